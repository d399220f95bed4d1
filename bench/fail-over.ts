/** How long a portfolio stands still when the process that runs it is killed and another one stands by. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { openStore } from '../src/adapters/store/open.ts'
import type { OpenedStore } from '../src/adapters/store/sql-store.ts'
import { benchFolder } from './folder.ts'

export interface FailOverLine {
  readonly workload: 'fail-over'
  /** Where the journal is kept. */
  readonly variant: string
  /** Median, and the longest: from the kill to the first commit of the one that stood by. */
  readonly seconds: number
  readonly longest: number
  readonly kills: number
  /** Events that the one that stood by played again in the last of them. */
  readonly events: number
}

const PORTFOLIO = 'presets/channels.yaml'
const ROUNDS = 3
/** Written by the one that is killed before it is. */
const EVENTS_FIRST = 300
const LOOK_MS = 10

interface Serving {
  readonly child: ChildProcess
  said(): string
}

/** `polyfolio serve --role engine`, compiled, with the market at ten instants a second. */
function serveEngine(store: string): Serving {
  const root = join(benchFolder(), '..')
  const main = join(benchFolder(), '.cache/built/src/cli/main.js')
  const played = ['--seed', '26', '--from', '2016-01-01', '--to', '2023-12-31', '--every', '0.1']
  const args = ['serve', PORTFOLIO, '--role', 'engine', '--port', '0', '--store', store, ...played]
  const child = spawn(process.execPath, [main, ...args], { cwd: root })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return { child, said: () => said }
}

async function until<T>(look: () => Promise<T | null>, { child, said }: Serving): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (child.exitCode !== null) throw new Error(`an engine ended too early:\n${said()}`)
    await wait(LOOK_MS)
  }
}

const rowsOf = async (store: OpenedStore): Promise<number> => (await store.extents())[0]?.rows ?? 0

/** The process that runs the portfolio; null while none has said so. */
async function leaderOf(store: OpenedStore): Promise<number | null> {
  const [beat] = await store.control.beats()
  return beat === undefined || beat.ended !== '' ? null : Number(beat.owner.split(' ').at(-1))
}

/** @param address of an empty database; left out: a file of its own */
export async function measureFailOver(address?: string): Promise<FailOverLine> {
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-fail-over-'))
  const place = address ?? join(folder, 'fail-over.db')
  const store = await openStore(place, { create: true })
  const waits: number[] = []
  const engines = new Set<number>()
  let leading = serveEngine(place)
  const servers = new Set([leading])
  let events = 0
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const enough = (await rowsOf(store)) + EVENTS_FIRST
      await until(async () => ((await rowsOf(store)) >= enough ? true : null), leading)
      const leader = (await leaderOf(store))!
      engines.add(leader)
      const standing = serveEngine(place)
      servers.add(standing)
      await until(() => Promise.resolve(standing.said().includes('waiting for it to end') || null), standing)
      // The one above it first, which would start it again.
      leading.child.kill('SIGKILL')
      process.kill(leader, 'SIGKILL')
      const killed = performance.now()
      events = await rowsOf(store)
      await until(async () => ((await rowsOf(store)) > events && (await leaderOf(store)) !== leader) || null, standing)
      waits.push((performance.now() - killed) / 1_000)
      leading = standing
    }
    engines.add((await leaderOf(store))!)
  } finally {
    for (const { child } of servers) child.kill('SIGKILL')
    for (const engine of engines) endProcess(engine)
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
  waits.sort((one, other) => one - other)
  return {
    workload: 'fail-over',
    variant: address === undefined ? 'SQLite' : 'PostgreSQL',
    seconds: waits[waits.length >> 1]!,
    longest: waits.at(-1)!,
    kills: waits.length,
    events,
  }
}

/** One that had ended already is no problem. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it is gone
  }
}
