/** How long the API takes to answer, and what a page that listens costs, while a hundred of them are told every second. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { benchFolder } from './folder.ts'

export interface ApiLine {
  readonly workload: 'api'
  readonly pages: number
  readonly requests: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly longest: number
  /** Of the server, by which it grew, for each page. */
  readonly bytesPerPage: number
  /** Told to each page. */
  readonly framesPerSecond: number
}

const PORTFOLIO = 'presets/six-bots.yaml'
const NAME = 'Six bots'
const PAGES = 100
const REQUESTS = 1_000
/** Between two requests: as many as pages that are opened now and then ask. */
const EVERY_MS = 20
const SETTLED_MS = 10_000
const READINGS = [
  'figures',
  'sleeves',
  'positions',
  'exposures',
  'attention',
  'limits',
  'activity',
  'orders',
  'trades',
  'violations',
  'equity',
  'rebalancings',
  'prices/SPY',
] as const

/** `polyfolio serve` with an engine that takes an instant every tenth of a second, compiled. */
function serve(store: string): ChildProcess {
  const main = join(benchFolder(), '.cache/built/src/cli/main.js')
  const played = ['--seed', '26', '--from', '2021-01-04', '--to', '2024-12-31', '--every', '0.1']
  return spawn(
    process.execPath,
    [main, 'serve', PORTFOLIO, '--port', '0', '--store', store, '--log-level', 'error', ...played],
    {
      cwd: join(benchFolder(), '..'),
    },
  )
}

async function linkOf(child: ChildProcess): Promise<URL> {
  let said = ''
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  for (;;) {
    const link = /http:\S+#link=[\w-]+/.exec(said)?.[0]
    if (link !== undefined) return new URL(link)
    if (child.exitCode !== null) throw new Error(said)
    await wait(20)
  }
}

/** Resident memory of a process. */
function bytesOf(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024
}

async function listening(url: string, headers: Readonly<Record<string, string>>, told: () => void): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers })
  socket.on('message', told)
  await new Promise((done, refuse) => socket.once('open', done).once('error', refuse))
  return socket
}

export async function measureApi(): Promise<ApiLine> {
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-api-'))
  const child = serve(join(folder, 'api.db'))
  const sockets: WebSocket[] = []
  try {
    const link = await linkOf(child)
    const { origin } = link
    const body = JSON.stringify({ secret: link.hash.slice('#link='.length) })
    const headers = { 'content-type': 'application/json' }
    const signedIn = await fetch(`${origin}/api/v1/session/link`, { method: 'POST', headers, body })
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
    const at = `/api/v1/p/${encodeURIComponent(NAME)}`
    while (!(await fetch(`${origin}${at}/figures`, { headers: { cookie } })).ok) await wait(100)
    await wait(SETTLED_MS)
    const asking = async (): Promise<number[]> => {
      const waited: number[] = []
      for (let request = 0; request < REQUESTS; request += 1) {
        const asked = performance.now()
        const answered = await fetch(`${origin}${at}/${READINGS[request % READINGS.length]!}`, { headers: { cookie } })
        await answered.arrayBuffer()
        if (!answered.ok) throw new Error(`${answered.url} answered ${answered.status}`)
        waited.push(performance.now() - asked)
        await wait(EVERY_MS)
      }
      return waited
    }

    // What the questions themselves take of memory is no cost of pages that listen.
    await asking()
    let told = 0
    const before = bytesOf(child)
    const begun = performance.now()
    for (let page = 0; page < PAGES; page += 1) {
      sockets.push(await listening(`${origin.replace('http', 'ws')}${at}/push`, { cookie, origin }, () => (told += 1)))
    }
    const waited = await asking()
    const seconds = (performance.now() - begun) / 1_000
    const grown = bytesOf(child) - before
    waited.sort((one, other) => one - other)
    const part = (fraction: number): number => waited[Math.floor((waited.length - 1) * fraction)]!
    return {
      workload: 'api',
      pages: PAGES,
      requests: REQUESTS,
      p50: part(0.5),
      p99: part(0.99),
      longest: part(1),
      bytesPerPage: Math.max(0, grown) / PAGES,
      framesPerSecond: told / PAGES / seconds,
    }
  } finally {
    for (const socket of sockets) socket.terminate()
    child.kill('SIGTERM')
    await new Promise((done) => child.once('close', done))
    rmSync(folder, { recursive: true, force: true })
  }
}
