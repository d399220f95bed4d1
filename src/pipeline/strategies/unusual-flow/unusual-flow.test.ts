import { describe, expect, it } from 'vitest'
import {
  closeOf,
  drawnMarket,
  type RigMarket,
  rigSymbol,
  strategyRig,
} from '../../../../test/contracts/strategy-rig.ts'
import type { FlowRecord } from '../../../domain/market-records.ts'
import { defaultsOf, type Parameters } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { type Instant, instrumentId } from '../../../domain/units.ts'
import { unusualFlow } from './unusual-flow.ts'

const strategy = unusualFlow as unknown as Strategy
const defaults = defaultsOf(unusualFlow.parameters as never) as Parameters
const BARS = 90

/** Closes that rise, or fall, by a little every bar. */
function market(drift: number, flows: readonly (Partial<FlowRecord> & { readonly bar: number })[]): RigMarket {
  const like = drawnMarket(1, 1, BARS)
  const price = Float64Array.from({ length: BARS }, (_, bar) => 100 + drift * bar)
  const flat = { open: price, high: price, low: price, close: price, volume: price, factor: price.map(() => 1) }
  const bars = { ...like, ...flat }
  const records = flows.map(({ bar, ...own }, at): FlowRecord => {
    const publishedAt = closeOf(bars, bar)
    const head = { id: String(at), instrument: instrumentId(rigSymbol(0)), eventAt: publishedAt, publishedAt }
    return { ...head, origin: 'computed', kind: 'flow', measure: 'volume', ratio: 4, side: 1, premium: null, ...own }
  })
  return { ...bars, records }
}

function wishes(bars: RigMarket, parameters: Parameters = {}): string[] {
  const rig = strategyRig(strategy, { ...defaults, ...parameters }, bars)
  return Array.from({ length: BARS }, (_, bar) =>
    rig.step(bar).map(({ kind, value, reason }) => `${bar} ${kind} ${value} ${reason}`),
  ).flat()
}

describe('unusualFlow', () => {
  it('goes with flow of at least three times the usual on the side of the trend', () => {
    expect(wishes(market(0.1, [{ bar: 60 }]))).toEqual(['60 enter 1 buyers in a hurry'])
    expect(wishes(market(-0.1, [{ bar: 60, side: -1 }]))).toEqual(['60 enter -1 sellers in a hurry'])
    expect(wishes(market(0.1, [{ bar: 60, ratio: 2.9 }]))).toEqual([])
    expect(wishes(market(-0.1, [{ bar: 60 }]))).toEqual([])
    expect(wishes(market(0.1, [{ bar: 60, side: -1 }]))).toEqual([])
    expect(wishes(market(-0.1, [{ bar: 60, side: -1 }]), { shorts: false })).toEqual([])
  })
  it('knows no trend before the average has its bars', () => {
    expect(wishes(market(0.1, [{ bar: 48 }]))).toEqual([])
    expect(wishes(market(0.1, [{ bar: 49 }]))).toEqual(['49 enter 1 buyers in a hurry'])
  })
  it('takes no notice of flow that was published long after it happened', () => {
    const late = (days: number) => {
      const bars = market(0.1, [{ bar: 60 }])
      const eventAt = (closeOf(bars, 60) - days * 86_400_000) as Instant
      return { ...bars, records: bars.records!.map((record) => ({ ...record, eventAt })) }
    }
    expect(wishes(late(4))).toHaveLength(1)
    expect(wishes(late(5))).toEqual([])
  })
  it('adds up the flow of a close, buyers less sellers', () => {
    const both = [{ bar: 60 }, { bar: 60, side: -1 as const, ratio: 2 }]
    expect(wishes(market(0.1, both))).toEqual([])
    expect(wishes(market(0.1, [...both, { bar: 60, ratio: 1 }]))).toEqual(['60 enter 1 buyers in a hurry'])
  })
  it('reads the measure that it is told, and of options what enough was paid for', () => {
    const options = [{ bar: 60, measure: 'options' as const, premium: 1_000 }]
    expect(wishes(market(0.1, options))).toEqual([])
    expect(wishes(market(0.1, options), { measure: 'options' })).toHaveLength(1)
    expect(wishes(market(0.1, options), { measure: 'both', premiumMin: 1_000 })).toHaveLength(1)
    expect(wishes(market(0.1, options), { measure: 'both', premiumMin: 1_001 })).toEqual([])
  })
  it('leaves on opposite flow, else by time and stop that go with the entry', () => {
    const turned = market(0.1, [{ bar: 60 }, { bar: 63, side: -1 }])
    expect(wishes(turned)).toEqual(['60 enter 1 buyers in a hurry', '63 exit 0 opposite flow'])
    const rig = strategyRig(strategy, defaults, turned)
    const first = Array.from({ length: BARS }, (_, bar) => rig.step(bar)).flat()[0]!
    expect(first.options).toEqual({ protection: { stop: 0.05, bars: 5 } })
  })
})
