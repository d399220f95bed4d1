import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textOf } from '../../../test/simulation/journal.ts'
import { openStore } from '../../adapters/store/open.ts'
import type { JobResult } from '../../api/contract/jobs.ts'
import { latestKernel } from '../../live/recorded/latest-kernel.ts'
import { paper } from '../commands/paper.ts'
import { loadPortfolio } from '../config/load.ts'
import { strategiesWith } from '../live/recorded.ts'
import { packageRoot } from '../package-root.ts'
import { answerTo } from './answers.ts'
import type { AskedQuestion, QuestionPlace } from './questions.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-jobs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = join(packageRoot(), 'presets', 'momentum-reversion-trend.yaml')
const NAME = 'Momentum, reversion and trend'
const place: QuestionPlace = {
  store: join(folder, 's.db'),
  configs: [file],
  seed: 26,
  from: '2023-01-01',
  to: '2023-12-31',
}

beforeAll(async () => {
  const out = process.stdout.write
  process.stdout.write = () => true
  try {
    await paper(file, {
      seed: 26,
      store: place.store,
      every: 0,
      snapshotEvery: 500,
      from: 20230101,
      to: 20231231,
    } as never)
  } finally {
    process.stdout.write = out
  }
}, 60_000)

type ViewOf<Kind extends JobResult['kind']> = Extract<JobResult, { kind: Kind }>['view']

async function viewOf<Kind extends JobResult['kind']>(
  kind: Kind,
  input: unknown,
  seen: string[] = [],
): Promise<ViewOf<Kind>> {
  const asked = { kind: `portfolio-${kind}`, portfolio: NAME, input, place } as AskedQuestion
  const result = await answerTo(asked, (done, of, what) => seen.push(`${done} of ${of} ${what}`))
  expect(result.kind).toBe(kind)
  return result.view as unknown as ViewOf<Kind>
}

describe('questions about a portfolio that runs', () => {
  it('draw futures from its own past: another seed gives others, the same seed the same', async () => {
    const input = { method: 'block-bootstrap', horizon: 60, paths: 300, seed: 3, drawdown: 0.05 } as const
    const view = await viewOf('monte-carlo', input)
    expect(view.cone.map((line) => line.length)).toEqual([61, 61, 61, 61, 61])
    expect(view.portfolio.breaches.map(({ drawdown }) => drawdown)).toContain(0.05)
    expect(view.block).toBe(20)
    expect(await viewOf('monte-carlo', input)).toEqual(view)
    expect((await viewOf('monte-carlo', { ...input, seed: 4 })).cone).not.toEqual(view.cone)
    expect((await viewOf('monte-carlo', { ...input, method: 'normal' })).degrees).toBe(1_000_000)
  })

  it('try a rebalancing on a copy of its books, with orders, cost and drift', async () => {
    const view = await viewOf('rebalance-preview', {})
    expect(view.sleeves.map(({ name }) => name)).toContain('cash')
    expect(view.sleeves.reduce((sum, { moved }) => sum + moved, 0)).toBeCloseTo(0, 6)
    expect(view.notional).toBeCloseTo(
      view.orders.reduce((sum, { notional }) => sum + notional, 0),
      6,
    )
    expect(view.driftAfter!).toBeLessThanOrEqual(view.driftBefore! + 1e-9)
    expect(view.driftBefore!).toBeGreaterThan(0)
  })

  it('try another way of moving money than the configuration says', async () => {
    const scaled = await viewOf('rebalance-preview', { by: 'scaling' })
    const closed = await viewOf('rebalance-preview', { by: 'liquidation' })
    expect([scaled.rule, closed.rule]).toEqual(['scaling', 'liquidation'])
    expect(closed.orders.length).toBeGreaterThan(scaled.orders.length)
    expect(closed.cost).toBeGreaterThan(scaled.cost)
  })

  it('try to close what is held, with its cost and the markets that are closed', async () => {
    const whole = await viewOf('flatten-preview', { sleeve: null })
    const names = whole.orders.flatMap(({ sleeve }) => sleeve.split(', '))
    expect(names.length).toBeGreaterThan(0)
    expect(whole.cost).toBeGreaterThan(0)
    expect(whole.left).toEqual([])
    // The last event is the close of 29 December 2023: the market opens on the 2nd of January.
    expect(whole.closed.map(({ calendar, opens }) => [calendar, opens])).toEqual([['nyse', '2024-01-02T14:30:00.000Z']])
    expect(new Set(whole.closed[0]!.instruments)).toEqual(new Set(whole.orders.map(({ instrument }) => instrument)))
    const own = await viewOf('flatten-preview', { sleeve: names[0]! })
    expect(own.orders.map(({ sleeve }) => sleeve)).toEqual([names[0]])
    const { sleeves } = await viewOf('rebalance-preview', {})
    const idle = sleeves.find(({ name }) => !names.includes(name) && name !== 'cash')!
    expect(await viewOf('flatten-preview', { sleeve: idle.name })).toMatchObject({ orders: [], cost: 0, closed: [] })
    await expect(viewOf('flatten-preview', { sleeve: 'nobody' })).rejects.toThrow('no sleeve has the id "nobody"')
  })

  it('read nothing of what lies before the last state that was put away, and stand as all of it does', async () => {
    const store = await openStore(place.store, { create: false })
    try {
      const strategies = strategiesWith(await loadPortfolio(file))
      const [heard, all]: [number[], number[]] = [[], []]
      const near = (await latestKernel(store, NAME, strategies, (seq) => heard.push(seq)))!
      const none = { ...store, snapshotBefore: () => Promise.resolve(undefined) }
      const far = (await latestKernel(none, NAME, strategies, (seq) => all.push(seq)))!
      expect(heard.length).toBeLessThan(all.length / 2)
      expect(all.slice(all.length - heard.length)).toEqual(heard)
      expect(near.at).toBe(far.at)
      expect(textOf(near.kernel)).toBe(textOf(far.kernel))
      expect(await latestKernel(store, 'nobody', strategies)).toBeNull()
    } finally {
      await store.close()
    }
  })

  it('play what may happen on its book, and what a user adds', async () => {
    const seen: string[] = []
    const own = [
      { kind: 'shock', name: 'Down by a third', change: -0.33 },
      { kind: 'window', name: 'Last spring', from: '2023-03-01', to: '2023-04-28' },
    ]
    const view = await viewOf('stress', { scenarios: ['Market −10 %'], own }, seen)
    expect(view.today).toBe('2023-12-29')
    expect(view.outcomes.map(({ name }) => name)).toEqual(['Market −10 %', 'Down by a third', 'Last spring'])
    const [ten, third] = view.outcomes
    expect(third!.change!).toBeLessThan(ten!.change!)
    expect(ten!.change!).toBeLessThan(0)
    expect(seen).toContain('1 of 3 Down by a third')
  })

  it('compare its file with another version, and say whether that would run', async () => {
    const text = readFileSync(file, 'utf8')
    const changed = text.replace(/capital: .*/, 'capital: 123456')
    const view = await viewOf('config-diff', { document: changed })
    expect(view.problems).toEqual([])
    expect(view.changes).toEqual([expect.objectContaining({ path: 'capital', after: 123456, kind: 'changed' })])
    const broken = await viewOf('config-diff', { document: `${text}\nsurprise: 1\n` })
    expect(broken.problems.join()).toMatch(
      /^momentum-reversion-trend\.yaml:\d+:\d+ unknown key "surprise"|unknown key "surprise"/,
    )
    expect(broken.changes.map(({ path, kind }) => [path, kind])).toEqual([['surprise', 'added']])
  })

  it('are refused where nothing is known of the portfolio', async () => {
    const asked = { kind: 'portfolio-stress', portfolio: 'Nobody', input: { scenarios: [], own: [] }, place } as const
    await expect(answerTo(asked, () => {})).rejects.toThrow('no file of "Nobody"')
  })
})
