import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unpacking } from '../../dashboard/src/data/unpack.ts'
import { openStore } from '../../src/adapters/store/open.ts'
import type { Analysis } from '../../src/api/contract/analysis.ts'
import type { JobView } from '../../src/api/contract/jobs.ts'
import type { KeptPage } from '../../src/api/contract/kept.ts'
import type { PerformancePage } from '../../src/api/contract/performance-page.ts'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import type { RiskPage } from '../../src/api/contract/risk-page.ts'
import type { SessionView } from '../../src/api/contract/session.ts'
import { strategiesWith } from '../../src/cli/live/recorded.ts'
import { reportOf } from '../../src/cli/report/figures.ts'
import { recordedResult } from '../../src/live/recorded/result.ts'
import { CHROMIUM, openBrowser } from '../dashboard/chromium.ts'
import { showsItsFigures } from '../dashboard/still-figures.ts'
import { command, start } from './command.ts'

const root = resolve(import.meta.dirname, '../..')
const preset = join(root, 'presets', 'momentum-reversion-trend.yaml')
const home = mkdtempSync(join(tmpdir(), 'polyfolio-demo-'))
const HISTORY_MS = 120_000

interface Served {
  readonly child: ChildProcess
  readonly link: string
  readonly origin: string
  readonly said: () => string
  ask(path: string): Promise<Response>
}

/** What takes longer than the test itself may is told by the test's own limit. */
async function until(holds: () => boolean | Promise<boolean>, every: number): Promise<void> {
  while (!(await holds())) await wait(every)
}

/** As `npm start` serves it; at this pace the market stands still once its history is played. */
async function serve(port: number): Promise<Served> {
  const child = start(home, ['demo', preset, '--port', String(port), '--speed', '1'], { POLYFOLIO_HOME: home })
  let [out, err] = ['', '']
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()))
  await until(() => /http:\S+#link=\S+/.test(out), 50)
  const link = /http:\S+#link=\S+/.exec(out)![0]
  const { origin, hash } = new URL(link)
  const entered = await fetch(`${origin}/api/v1/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ secret: hash.slice('#link='.length) }),
  })
  const cookie = entered.headers
    .getSetCookie()
    .map((one) => one.split(';')[0]!)
    .join('; ')
  return {
    child,
    link,
    origin,
    said: () => out + err,
    ask: (path) => fetch(`${origin}${path}`, { headers: { cookie } }),
  }
}

async function stopped({ child }: Served): Promise<number | null> {
  const ended = new Promise<number | null>((done) => child.once('close', done))
  child.kill('SIGTERM')
  return ended
}

/** Waits until the two years that lie behind the first look were played; the number of events then. */
async function played({ ask }: Served): Promise<{ readonly name: string; readonly seq: number }> {
  const session = async () => (await (await ask('/api/v1/session')).json()) as SessionView
  await until(async () => (await session()).portfolios.length > 0, 200)
  const name = (await session()).portfolios[0]!
  const known = async () => {
    const answer = await ask(`/api/v1/p/${encodeURIComponent(name)}/analysis/report`)
    return (answer.ok ? await answer.json() : { asOf: null, seq: -1 }) as Pick<Analysis<unknown>, 'asOf' | 'seq'>
  }
  await until(async () => ((await known()).asOf ?? '') >= '2024-12-31T20', 2_000)
  return { name, seq: (await known()).seq }
}

const json = async <T>(answer: Promise<Response>): Promise<T> => (await (await answer).json()) as T

let taken: Server
let first: Served
let standing: { readonly name: string; readonly seq: number }
let report: BacktestReport

beforeAll(async () => {
  taken = createServer()
  const port = await new Promise<number>((done) =>
    taken.listen(0, '127.0.0.1', () => done((taken.address() as { readonly port: number }).port)),
  )
  first = await serve(port)
  standing = await played(first)
}, HISTORY_MS + 60_000)

afterAll(() => {
  first?.child.kill('SIGKILL')
  taken?.close()
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
})

describe('npm start', () => {
  it('says where the dashboard is, takes the next free port, and marks the portfolio as a demonstration', async () => {
    expect(first.said()).toMatch(/note: port \d+ is taken; \d+ is used instead/)
    const session = await json<SessionView>(first.ask('/api/v1/session'))
    expect(session).toMatchObject({ role: 'admin', demo: true, portfolios: [standing.name] })
  })

  it('shows figures that are those of the report of the same events', async () => {
    const place = `/api/v1/p/${encodeURIComponent(standing.name)}`
    const answer = await json<Analysis<BacktestReport>>(first.ask(`${place}/analysis/report`))
    report = answer.data!
    const risk = (await json<Analysis<RiskPage>>(first.ask(`${place}/analysis/risk`))).data!
    const performance = (await json<Analysis<PerformancePage>>(first.ask(`${place}/analysis/performance`))).data!
    expect(risk.tail.data!.book).toEqual(report.risk.book)
    const rows = report.attribution.sleeves.map((row) => expect.objectContaining(row) as unknown)
    expect(performance.attribution.data!.rows).toEqual(rows)
    const file = readdirSync(join(home, 'demo')).find((name) => name.endsWith('.db'))!
    const store = await openStore(join(home, 'demo', file), { create: false })
    const happened = await recordedResult(
      {
        read: async function* (portfolio, from) {
          for await (const row of store.read(portfolio, from)) if (row.seq <= answer.seq) yield row
        },
      },
      standing.name,
      strategiesWith(null),
    )
    await store.close()
    expect(report).toEqual(JSON.parse(JSON.stringify(reportOf(happened))))
    expect(report.portfolio.roundTrips).toBeGreaterThan(5)
  }, 60_000)

  it('hands out its trades as a file', async () => {
    const answer = await first.ask(`/api/v1/p/${encodeURIComponent(standing.name)}/exports/trades.csv`)
    expect(answer.status).toBe(200)
    const lines = (await answer.text()).trim().split('\r\n')
    expect(lines).toHaveLength(report.portfolio.roundTrips + 1)
  }, 60_000)

  it(
    'goes on where it was stopped, and its link worked once',
    async () => {
      expect(await stopped(first)).toBe(0)
      const again = await serve(0)
      first = again
      expect(again.said()).toContain('goes on where it stopped')
      const { seq } = await played(again)
      expect(seq).toBeGreaterThanOrEqual(standing.seq)
      const { hash } = new URL(again.link)
      const secret = hash.slice('#link='.length)
      const twice = await fetch(`${again.origin}/api/v1/session/link`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: again.origin },
        body: JSON.stringify({ secret }),
      })
      expect(twice.status).toBe(401)
      const place = `/api/v1/p/${encodeURIComponent(standing.name)}`
      const { data } = await json<Analysis<BacktestReport>>(again.ask(`${place}/analysis/report`))
      expect(data!.portfolio.initial).toBe(report.portfolio.initial)
      expect(data!.portfolio.roundTrips).toBeGreaterThanOrEqual(report.portfolio.roundTrips)
    },
    HISTORY_MS,
  )

  it.skipIf(!existsSync(join(root, 'dist/report.html')))(
    'is kept as one file with the same figures, which asks nobody (needs the built dashboard)',
    async () => {
      const file = readdirSync(join(home, 'demo')).find((name) => name.endsWith('.db'))!
      const page = join(home, 'page.html')
      const args = ['report', '--store', join(home, 'demo', file), '--out', page]
      const { code, err } = await command(home, args, { POLYFOLIO_HOME: home })
      expect({ code, err }).toEqual({ code: 0, err: '' })
      const text = readFileSync(page, 'utf8')
      const kept = JSON.parse(
        /<script id="kept-answers" type="application\/json">(.*?)<\/script>/s.exec(text)![1]!,
      ) as KeptPage
      const place = `/api/v1/p/${encodeURIComponent(standing.name)}`
      const { data } = unpacking(kept)(`${place}/analysis/report`) as Analysis<BacktestReport>
      expect(data!.portfolio.initial).toBe(report.portfolio.initial)
      expect(kept.refresh).toBeNull()
      const futures = unpacking(kept)(`${place}/jobs/kept-monte-carlo`) as JobView
      expect(futures).toMatchObject({ state: 'done', result: { kind: 'monte-carlo', view: { horizon: 252 } } })
      expect(text.length).toBeLessThan(5_000_000)
      expect(text.replaceAll(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(/(?:src|href)="https?:/)
      expect(text).toContain("default-src 'none'")
      if (CHROMIUM === undefined) return
      const browser = await openBrowser()
      try {
        await showsItsFigures(browser, page, kept, standing.name)
      } finally {
        await browser.close()
      }
    },
    120_000,
  )
})
