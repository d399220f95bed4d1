import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import { dataFolder } from '../outside-data.ts'

/*
 * The channels preset as a user runs it, on real files and on the simulated market: the report is kept whole, the other
 * files by their hash. After a change that is meant, write them anew and read the difference:
 *
 *   UPDATE_GOLDEN=1 npx vitest run test/golden
 */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const data = dataFolder()
const work = mkdtempSync(join(tmpdir(), 'polyfolio-golden-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const FILES = [
  'attribution.csv',
  'capital.csv',
  'equity.csv',
  'orders.csv',
  'report.html',
  'report.json',
  'signals.csv',
  'trades.csv',
  'universe.csv',
  'violations.csv',
]
/** Numbers of the invariants that every run looks at. */
const ALWAYS_CHECKED = [1, 2, 3, 4, 6, 13, 14]
const PERIOD = ['--from', '2020-01-01', '--to', '2024-12-31']

interface Written {
  readonly report: string
  /** SHA-256 of each file, by name. */
  readonly hashes: Readonly<Record<string, string>>
}

/** Runs the command line under the Node that runs this test, and takes what it wrote. */
function run(name: string, args: readonly string[]): Written {
  const out = join(work, name)
  const main = join(root, 'src/cli/main.ts')
  const ended = spawnSync(process.execPath, ['--import', 'tsx', main, ...args, '--out', out], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (ended.status !== 0) throw new Error(`"${args.join(' ')}" ended with ${ended.status}:\n${ended.stderr}`)
  expect(readdirSync(out).sort()).toEqual(FILES)
  const hash = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(join(out, file)))
      .digest('hex')
  return {
    report: readFileSync(join(out, 'report.json'), 'utf8'),
    hashes: Object.fromEntries(FILES.map((file) => [file, hash(file)])),
  }
}

/** Compares with what is kept; the figures first, because their difference can be read. */
function expectKept(name: string, { report, hashes }: Written): void {
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

/** What holds for every run of the preset, whatever its market. */
function expectSound(text: string): BacktestReport {
  const report = JSON.parse(text) as BacktestReport
  expect(report.portfolio.initial).toBe(99_000)
  expect(report.sleeves.map(({ capital }) => capital)).toEqual([24_750, 19_800, 24_750, 14_850, 14_850])
  expect(report.invariants.violated).toEqual([])
  const { checked } = report.invariants
  for (const number of ALWAYS_CHECKED) {
    const [name, count] = Object.entries(checked).find(([key]) => key.startsWith(`${number} `)) ?? [number, 0]
    expect({ name, isChecked: count > 0 }).toEqual({ name, isChecked: true })
  }
  expect(report.maxOrdersPerInstrumentCycle).toBe(1)
  expect(report.files.folder).toBeNull()
  expect(text).not.toContain(root)
  return report
}

describe.skipIf(data === null)('the channels preset on real files (needs the folder of POLYFOLIO_TEST_DATA)', () => {
  const args = ['backtest', 'presets/channels.yaml', '--data', data ?? '', ...PERIOD]
  let written: Written

  beforeAll(() => {
    written = run('channels', args)
  })

  it('gives the report that it always gave', () => expectKept('channels', written))

  it('gives every file byte for byte on a second run', () => {
    expect(run('channels-again', args)).toEqual(written)
  })

  it('closes round trips in every channel, breaks nothing and orders once per instrument and cycle', () => {
    const { sleeves } = expectSound(written.report)
    for (const { name, roundTrips } of sleeves.filter(({ strategy }) => strategy !== null)) {
      const least = name === 'options' ? 12 : 20
      expect({ name, isEnough: roundTrips >= least }).toEqual({ name, isEnough: true })
    }
  })
})

describe('the channels preset on the simulated market', () => {
  let written: Written

  beforeAll(() => {
    written = run('demo', ['demo'])
  })

  it('gives the report that it always gave', () => expectKept('demo', written))

  it('gives every file byte for byte on a second run', () => {
    expect(run('demo-again', ['demo'])).toEqual(written)
  })

  it('trades every channel and breaks nothing', () => {
    const { sleeves } = expectSound(written.report)
    for (const { name, roundTrips, strategy } of sleeves) {
      expect({ name, trades: roundTrips > 0 }).toEqual({ name, trades: strategy !== null })
    }
  })
})
