import { describe, expect, it } from 'vitest'
import {
  closeOf,
  drawnMarket,
  type RigMarket,
  rigSymbol,
  strategyRig,
} from '../../../../test/contracts/strategy-rig.ts'
import type { NewsRecord } from '../../../domain/market-records.ts'
import { defaultsOf, type Parameters } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { type Instant, instrumentId } from '../../../domain/units.ts'
import { newsSentiment } from './news-sentiment.ts'

const strategy = newsSentiment as unknown as Strategy
const defaults = defaultsOf(newsSentiment.parameters as never) as Parameters
const BARS = 30
const DAY_MS = 86_400_000

type Story = Partial<NewsRecord> & { readonly bar: number; readonly hoursBefore?: number }

/** Flat prices, and stories so many hours before the close of a bar. */
function market(stories: readonly Story[]): RigMarket {
  const like = drawnMarket(1, 1, BARS)
  const price = new Float64Array(BARS).fill(100)
  const flat = { open: price, high: price, low: price, close: price, volume: price, factor: price.map(() => 1) }
  const bars = { ...like, ...flat }
  const records = stories.map(({ bar, hoursBefore = 0, ...own }, at): NewsRecord => {
    const publishedAt = (closeOf(bars, bar) - hoursBefore * 3_600_000) as Instant
    const head = { id: String(at), instrument: instrumentId(rigSymbol(0)), eventAt: publishedAt, publishedAt }
    const said = { source: 'wire', sentiment: 1, relevance: 1, novelty: 1, topic: '' }
    return { ...head, origin: 'recorded', kind: 'news', ...said, ...own }
  })
  return { ...bars, records: records.sort((one, other) => one.publishedAt - other.publishedAt) }
}

function wishes(bars: RigMarket, parameters: Parameters = {}): string[] {
  const rig = strategyRig(strategy, { ...defaults, barsMax: 250, ...parameters }, bars)
  return Array.from({ length: BARS }, (_, bar) =>
    rig.step(bar).map(({ kind, value, reason }) => `${bar} ${kind} ${value} ${reason}`),
  ).flat()
}

describe('newsSentiment', () => {
  it('goes with the tone of a fresh story, drawn towards nothing by the prior', () => {
    // tone 1, weight 1, prior 1: a score of a half
    expect(wishes(market([{ bar: 5 }]), { entry: 0.5, exit: 0 })).toEqual(['5 enter 1 good news'])
    expect(wishes(market([{ bar: 5 }]), { entry: 0.51, exit: 0 })).toEqual([])
    expect(wishes(market([{ bar: 5, sentiment: -1 }]), { exit: -0.1 })).toEqual(['5 enter -1 bad news'])
    expect(wishes(market([{ bar: 5, sentiment: -1 }]), { shorts: false })).toEqual([])
  })
  it('weighs relevance and novelty', () => {
    const once = { entry: 0.2, exit: -1, prior: 1 }
    // 0.5 x 0.5 = 0.25 over 1.25
    expect(wishes(market([{ bar: 5, relevance: 0.5, novelty: 0 }]), { ...once, entry: 0.199 })).toHaveLength(1)
    expect(wishes(market([{ bar: 5, relevance: 0.5, novelty: 0 }]), { ...once, entry: 0.201 })).toEqual([])
    // tones 1 and 0 of weights 1 and 0.3: 1 over 2.3
    const aged = [{ bar: 5 }, { bar: 5, sentiment: 0, relevance: 0.3, source: 'paper' }]
    expect(wishes(market(aged), { ...once, entry: 0.44 })).toEqual([])
    expect(wishes(market(aged), { ...once, entry: 0.43 })).toHaveLength(1)
    expect(wishes(market([{ bar: 5, relevance: 0.2 }]), once)).toEqual([])
  })
  it('counts several stories of one source between two closes as one', () => {
    const loud = Array.from({ length: 9 }, (_, at) => ({ bar: 5, hoursBefore: at / 10 }))
    expect(wishes(market(loud), { entry: 0.51, exit: 0 })).toEqual([])
    const chorus = loud.map((story, at) => ({ ...story, source: `source ${at}` }))
    expect(wishes(market(chorus), { entry: 0.89, exit: 0 })).toEqual(['5 enter 1 good news'])
  })
  it('is not kept from hearing by years of stories that the first bar knows at once', () => {
    const years = Array.from({ length: 500 }, (_, at) => ({ bar: 0, hoursBefore: 24 * (60 + at), sentiment: -1 }))
    expect(wishes(market([...years, { bar: 0 }]), { entry: 0.49, exit: 0 })).toEqual(['0 enter 1 good news'])
  })
  it('asks for as many sources as it is told, and remembers them for two half-lives', () => {
    const two = [{ bar: 5 }, { bar: 6, source: 'paper' }]
    expect(wishes(market(two), { sourcesMin: 2, exit: -1 })).toEqual(['6 enter 1 good news'])
    expect(wishes(market([{ bar: 5 }, { bar: 6 }]), { sourcesMin: 2 })).toEqual([])
    const far = [{ bar: 5 }, { bar: 15, source: 'paper' }]
    expect(wishes(market(far), { sourcesMin: 2, halfLife: 3 })).toEqual([])
    expect(wishes(market(far), { sourcesMin: 2, halfLife: 8 })).toEqual(['15 enter 1 good news'])
  })
  it('stays in between the two thresholds and leaves below the lower one', () => {
    const bars = market([{ bar: 5 }])
    const halfLife = 3
    // score after d days: 2^-d/3 over 1 + 2^-d/3
    const score = (bar: number): number => {
      const left = 2 ** (-(closeOf(bars, bar) - closeOf(bars, 5)) / DAY_MS / halfLife)
      return left / (1 + left)
    }
    const exit = Array.from({ length: BARS - 6 }, (_, at) => at + 6).find((bar) => score(bar) < 0.1)!
    expect(score(exit - 1)).toBeLessThan(0.2)
    expect(wishes(bars, { entry: 0.2, exit: 0.1 })).toEqual(['5 enter 1 good news', `${exit} exit 0 tone turned`])
  })
  it('opens again only on fresh news what the kernel has closed by time', () => {
    const long = { barsMax: 2, halfLife: 60, exit: -1 }
    expect(wishes(market([{ bar: 5 }]), long)).toEqual(['5 enter 1 good news'])
    expect(wishes(market([{ bar: 5 }, { bar: 12 }]), long)).toEqual(['5 enter 1 good news', '12 enter 1 good news'])
  })
  it('refuses thresholds without a gap', () => {
    expect(newsSentiment.check!({ ...defaults, entry: 0.2, exit: 0.2 } as never)).toMatch('must be below entry')
  })
})
