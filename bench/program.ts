/** The compiled program as a user starts it, how much memory it takes, and how a browser gets in. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { benchFolder } from './folder.ts'

const ROOT = join(benchFolder(), '..')
const MAIN = join(benchFolder(), '.cache/built/src/cli/main.js')
/** What `npm start` gives Node. */
const NODE_FLAGS = ['--max-semi-space-size=2']
const LINK = /http:\/\/\S+#link=[\w-]+/
const LOOK_MS = 20

export interface StartedProgram {
  /** One-time: signs in as who may do everything. */
  readonly link: string
  readonly origin: string
  /** From the start of the process to the line with its address. */
  readonly seconds: number
  /** Bytes that the process and those that it started take; what they share counts once. */
  memory(): number
  stop(): Promise<void>
}

export async function startProgram(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<StartedProgram> {
  const begun = performance.now()
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
  })
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  for (;;) {
    const link = LINK.exec(said)?.[0]
    if (link !== undefined)
      return {
        link,
        origin: new URL(link).origin,
        seconds: (performance.now() - begun) / 1_000,
        memory: () => treeOf(child.pid!).reduce((sum, pid) => sum + bytesOf(pid), 0),
        stop: () => stopped(child),
      }
    if (child.exitCode !== null) throw new Error(`the program ended:\n${said}`)
    await wait(LOOK_MS)
  }
}

/** Runs a command to its end. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, ...args], { cwd: ROOT, stdio: 'ignore' })
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0) throw new Error(`"polyfolio ${args.join(' ')}" ended with ${String(code)}`)
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.once('close', done))
  child.kill('SIGTERM')
  await ended
}

/** A process and all that it started. */
function treeOf(pid: number): readonly number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = read(`/proc/${name}/stat`)
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const isBelow = (one: number | undefined): boolean =>
    one !== undefined && (one === pid || (one > 1 && isBelow(parents.get(one))))
  return [...parents.keys()].filter(isBelow)
}

/** Proportional size: what several processes share is parted among them. */
function bytesOf(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1_024
}

function read(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  } catch {
    return '' // it has just ended
  }
}
