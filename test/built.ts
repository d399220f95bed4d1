import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const ROOT = resolve(import.meta.dirname, '..')
const BUILDS = join(ROOT, 'dist/tests')
const KEPT_MS = 6 * 3_600_000 // longer than any run of the tests

/** What the sources are now: changes with every file that is added, taken away or written. */
function fingerprint(): string {
  const paths = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  const hash = createHash('sha256')
  hash.update(readFileSync(join(ROOT, 'test/bundle.ts')))
  for (const path of paths.filter((one) => one.endsWith('.ts') && !one.endsWith('.test.ts')).sort()) {
    const file = statSync(join(ROOT, 'src', path), { throwIfNoEntry: false })
    hash.update(`${path} ${file?.size} ${file?.mtimeMs}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

/** Takes away what earlier sources were built to, and what a build left that was interrupted. */
function removeOld(now: number): void {
  for (const name of readdirSync(BUILDS)) {
    const folder = join(BUILDS, name)
    if (now - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? now) > KEPT_MS)
      rmSync(folder, { recursive: true, force: true })
  }
}

function build(): string {
  const folder = join(BUILDS, fingerprint())
  if (existsSync(folder)) return folder
  mkdirSync(BUILDS, { recursive: true })
  removeOld(Date.now())
  const unfinished = mkdtempSync(`${folder}-`)
  const args = [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), join(ROOT, 'test/bundle.ts'), unfinished]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the program cannot be built:\n${stdout}${stderr}`)
  try {
    renameSync(unfinished, folder)
  } catch {
    rmSync(unfinished, { recursive: true }) // another worker was faster
  }
  return folder
}

let built: string | null = null

/**
 * A module of the product, built from the sources as they are when a process of tests first asks: a command that is
 * started from it is ready in a sixth of the time that it needs from source.
 * @param module its path from the root, as `src/cli/main.ts`; test/bundle.ts names those that there are
 */
export function builtModule(module: string): string {
  built ??= build()
  const path = join(built, module.replace(/\.ts$/, '.js'))
  if (!existsSync(path)) throw new Error(`"${module}" was not built; name it in test/bundle.ts`)
  return path
}

/** Imports a module as it was built, with the threads that it starts. It shares no state with the module in source. */
export async function importBuilt<Module>(module: string): Promise<Module> {
  return (await import(pathToFileURL(builtModule(module)).href)) as Module
}
