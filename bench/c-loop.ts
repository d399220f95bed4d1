/** The same work as one C loop on one core: what the machine can do. Compiled where there is a compiler. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { benchFolder } from './folder.ts'
import type { Measured } from './product.ts'

const SOURCES = join(benchFolder(), 'c')
const HEADERS = ['common.h', 'moments.h']
const COMPILER = process.env['CC'] ?? 'gcc'
/** No fused multiply-add: every operation rounds as JavaScript does. */
const FLAGS = ['-O3', '-march=native', '-ffp-contract=off']

export function hasCompiler(): boolean {
  return spawnSync(COMPILER, ['--version'], { stdio: 'ignore' }).status === 0
}

/** Compiles a loop into `folder`, unless it stands there newer than its sources. */
export function compile(source: string, macros: Readonly<Record<string, number>>, folder: string): string {
  const named = Object.entries(macros).map(([name, value]) => `${name}${value}`)
  const program = join(folder, [source.replace(/\.c$/, ''), ...named].join('_'))
  const parts = [source, ...HEADERS].map((file) => join(SOURCES, file))
  if (existsSync(program) && parts.every((file) => statSync(file).mtimeMs < statSync(program).mtimeMs)) return program
  mkdirSync(folder, { recursive: true })
  const defined = Object.entries(macros).map(([name, value]) => `-D${name}=${value}`)
  execFileSync(COMPILER, [...FLAGS, ...defined, '-o', program, join(SOURCES, source), '-lm'], { stdio: 'pipe' })
  return program
}

/** Runs a loop `runs` times in one process; the last one counts. */
export function runLoop(program: string, folder: string, runs: number): Measured {
  const output = execFileSync(program, [String(runs)], { env: { ...process.env, WORKLOAD_DIR: folder } }).toString()
  return JSON.parse(output) as Measured
}
