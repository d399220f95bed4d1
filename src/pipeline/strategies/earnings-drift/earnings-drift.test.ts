import { describe, expect, it } from 'vitest'
import {
  closeOf,
  drawnMarket,
  type RigMarket,
  rigSymbol,
  strategyRig,
} from '../../../../test/contracts/strategy-rig.ts'
import type { EarningsRecord } from '../../../domain/market-records.ts'
import { defaultsOf, type Parameters } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { type Instant, instrumentId } from '../../../domain/units.ts'
import { earningsDrift } from './earnings-drift.ts'

const strategy = earningsDrift as unknown as Strategy
const defaults = defaultsOf(earningsDrift.parameters as never) as Parameters
const BARS = 90
const DAY = 70

/** Closes that go up and down by one in a hundred, but for a leap on one day. */
function market(leap: number, records: (closes: (bar: number) => Instant) => readonly EarningsRecord[]): RigMarket {
  const like = drawnMarket(1, 1, BARS)
  let price = 100
  const close = Float64Array.from({ length: BARS }, (_, bar) => {
    price *= bar === DAY ? 1 + leap : bar % 2 === 0 ? 1.01 : 1 / 1.01
    return price
  })
  const flat = { open: close, high: close.map((one) => one * 1.001), low: close.map((one) => one * 0.999), close }
  const bars = { ...like, ...flat, volume: new Float64Array(BARS).fill(1e6), factor: new Float64Array(BARS).fill(1) }
  return { ...bars, records: records((bar) => closeOf(bars, bar)) }
}

const announced = (at: number, own: Partial<EarningsRecord> = {}): EarningsRecord => ({
  id: String(at),
  instrument: instrumentId(rigSymbol(0)),
  eventAt: at as Instant,
  publishedAt: at as Instant,
  origin: 'recorded',
  kind: 'earnings',
  actual: 1.1,
  estimate: 1,
  surprise: 1.5,
  session: 'after_close',
  ...own,
})

function wishes(bars: RigMarket, parameters: Parameters = {}): string[] {
  const rig = strategyRig(strategy, { ...defaults, ...parameters }, bars)
  return Array.from({ length: BARS }, (_, bar) =>
    rig.step(bar).map(({ kind, value, reason }) => `${bar} ${kind} ${value} ${reason}`),
  ).flat()
}

/** Published within the night before the day of the leap. */
const nightBefore =
  (own: Partial<EarningsRecord> = {}) =>
  (closes: (bar: number) => Instant) => [announced(closes(DAY - 1) + 1_800_000, own)]

describe('earningsDrift', () => {
  it('enters on the first close that knows of a surprise which the price confirms, on its side', () => {
    expect(wishes(market(0.03, nightBefore()))).toEqual([`${DAY} enter 1 good surprise`])
    expect(wishes(market(-0.03, nightBefore({ surprise: -1.5 })))).toEqual([`${DAY} enter -1 bad surprise`])
  })
  it('stays out where the price does not confirm, the surprise is small, or nobody expected anything', () => {
    expect(wishes(market(-0.03, nightBefore()))).toEqual([])
    expect(wishes(market(0.003, nightBefore()))).toEqual([])
    expect(wishes(market(0.03, nightBefore({ surprise: 0.7 })))).toEqual([])
    expect(wishes(market(0.03, nightBefore({ surprise: null, estimate: null })))).toEqual([])
    expect(wishes(market(-0.03, nightBefore({ surprise: -1.5 })), { shorts: false })).toEqual([])
  })
  it('measures a surprise that nobody standardised by the price', () => {
    expect(wishes(market(0.03, nightBefore({ surprise: null, actual: 1.3 })))).toEqual([`${DAY} enter 1 good surprise`])
    expect(wishes(market(0.03, nightBefore({ surprise: null, actual: 1.1 })))).toEqual([])
  })
  it('takes no notice of what was published long after it happened', () => {
    const late = (closes: (bar: number) => Instant) => [
      announced(closes(DAY - 20), { publishedAt: (closes(DAY) - 1) as Instant }),
    ]
    expect(wishes(market(0.03, late))).toEqual([])
    expect(wishes(market(0.03, late), { ageDays: 30 })).toEqual([`${DAY} enter 1 good surprise`])
  })
  it('leaves on an opposite surprise, else by time and stop that go with the entry', () => {
    const two = (closes: (bar: number) => Instant) => [
      ...nightBefore()(closes),
      announced(closes(DAY + 5) - 1, { surprise: -2 }),
    ]
    expect(wishes(market(0.03, two))).toEqual([`${DAY} enter 1 good surprise`, `${DAY + 5} exit 0 opposite surprise`])
    const rig = strategyRig(strategy, defaults, market(0.03, nightBefore()))
    const options = Array.from({ length: BARS }, (_, bar) => rig.step(bar)).flat()[0]!.options
    expect(options).toEqual({ protection: { stop: 0.1, bars: 30 } })
  })
  it('refuses to take every announcement for a surprise', () => {
    expect(earningsDrift.check!({ ...defaults, surpriseMin: 0, surpriseOfPrice: 0 } as never)).toMatch('raise one')
  })
})
