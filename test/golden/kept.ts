import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'
import { builtModule } from '../built.ts'
import { REPORT_FILES } from '../fixtures/report-files.ts'

/*
 * Runs of the command line whose reports are kept. After a change that is meant, write them anew and read the difference:
 *
 *   UPDATE_GOLDEN=1 npx vitest run test/golden
 */

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** A run of 25 years on a busy machine. */
export const RUN_MS = 180_000

export interface Written {
  readonly report: string
  /** SHA-256 of each file, by name. */
  readonly hashes: Readonly<Record<string, string>>
}

const hashOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A runner with a folder of its own, which goes with the tests of the file. */
export function runner(): (name: string, args: readonly string[]) => Written {
  const work = mkdtempSync(join(tmpdir(), 'polyfolio-golden-'))
  afterAll(() => rmSync(work, { recursive: true, force: true }))
  return (name, args) => run(join(work, name), args)
}

/** Runs the command line under the Node that runs this test, and takes what it wrote. */
function run(out: string, args: readonly string[]): Written {
  const ended = spawnSync(process.execPath, [builtModule('src/cli/main.ts'), ...args, '--out', out], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (ended.status !== 0) throw new Error(`"${args.join(' ')}" ended with ${ended.status}:\n${ended.stderr}`)
  expect(readdirSync(out).sort()).toEqual(REPORT_FILES)
  return {
    report: readFileSync(join(out, 'report.json'), 'utf8'),
    hashes: Object.fromEntries(REPORT_FILES.map((file) => [file, hashOf(readFileSync(join(out, file)))])),
  }
}

/** Compares with what is kept; the figures first, because their difference can be read. */
export function expectKept(name: string, { report, hashes }: Written): void {
  const folder = join(root, 'test/golden/presets', name)
  const [reportFile, hashFile] = [join(folder, 'report.json'), join(folder, 'sha256.json')]
  const hashText = `${JSON.stringify(hashes, null, 2)}\n`
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(folder, { recursive: true })
    writeFileSync(reportFile, report)
    writeFileSync(hashFile, hashText)
    return
  }
  if (!existsSync(reportFile))
    throw new Error(`no ${reportFile}; write it by UPDATE_GOLDEN=1 npx vitest run test/golden`)
  const kept = readFileSync(reportFile, 'utf8')
  expect(JSON.parse(report)).toEqual(JSON.parse(kept))
  expect(report === kept).toBe(true)
  expect(JSON.parse(hashText)).toEqual(JSON.parse(readFileSync(hashFile, 'utf8')))
}

const LISTED_MAX = 60

/** The same with long lists as their length and hash: what a person reads of a report, and whether the rest is the same. */
export function condensed({ report, hashes }: Written): Written {
  const short = (value: unknown): unknown => {
    if (Array.isArray(value) && value.length > LISTED_MAX)
      return { length: value.length, sha256: hashOf(JSON.stringify(value)) }
    if (Array.isArray(value)) return value.map(short)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, short(part)]))
  }
  return { report: `${JSON.stringify(short(JSON.parse(report)), null, 2)}\n`, hashes }
}
