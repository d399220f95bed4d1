import { describe, expect, it } from 'vitest'
import { marketOf as barsOf, logOf, outputOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { atr } from '../../../indicators/atr/atr.ts'
import { liquiditySweep } from './liquidity-sweep.ts'

const like = drawnMarket(1, 1, 40)
const marketOf = (bars: readonly Bar[]) => barsOf(bars, like)

type Bar = readonly [number, number, number, number, number]

const strategy = liquiditySweep as unknown as Strategy
const settings = {
  ...(defaultsOf(liquiditySweep.parameters as never) as Record<string, number | boolean>),
  period: 5,
  age: 2,
  atrPeriod: 3,
  volumePeriod: 3,
}

const FLAT: Bar = [100, 101, 99, 100, 100]
/** The low that will be swept, five bars before the end. */
const OLD: Bar = [100, 101, 97, 100, 100]
const SWEEP: Bar = [99, 100, 96.5, 99.5, 300]
const swept = (last: Bar, before: readonly Bar[] = [OLD, FLAT, FLAT, FLAT]): readonly Bar[] => [
  ...Array.from({ length: 4 }, () => FLAT),
  ...before,
  last,
]

/** The wish on the last bar. */
function wishOf(bars: readonly Bar[], more: Readonly<Record<string, number | boolean>> = {}) {
  return logOf(strategy, { ...settings, ...more }, marketOf(bars)).at(-1)!.wish
}

describe('liquiditySweep', () => {
  it('buys a bar that goes below an old low and closes back above it, with stop, target and confidence', () => {
    const bars = swept(SWEEP)
    const range = outputOf(atr(3), marketOf(bars), 0).at(-1)!
    const wish = wishOf(bars)!
    const stopAt = 96.5 - 0.25 * range
    const [depth, location] = [0.5 / range, (99.5 - 96.5) / 3.5]
    expect([wish.kind, wish.value, wish.reason]).toEqual(['enter', 1, 'swept low'])
    expect(wish.options!.protection).toEqual({ stopAt, targetAt: 99.5 + 2 * (99.5 - stopAt), bars: 24 })
    // A third each: depth of the sweep, place of the close in its bar, volume of three times the average.
    expect(wish.options!.confidence).toBeCloseTo((depth / 1.5 + (location - 0.5) / 0.5 + 1) / 3, 12)
  })

  it.each([
    ['the low is not swept', swept([99, 100, 97, 99.5, 300])],
    ['it closes below the low', swept([99, 100, 96.5, 96.9, 300])],
    ['it closes in the lower half of its bar', swept([99, 102, 96.5, 97.5, 300])],
    ['the volume is no more than its average', swept([99, 100, 96.5, 99.5, 100])],
    ['the sweep is deeper than is allowed', swept([99, 100, 80, 99.5, 300])],
    ['the low is younger than is asked', swept(SWEEP, [FLAT, FLAT, FLAT, OLD])],
  ])('does nothing where %s', (_, bars) => {
    expect(wishOf(bars)).toBeNull()
  })

  it('takes a low that is exactly as old as is asked', () => {
    expect(wishOf(swept(SWEEP, [FLAT, OLD, FLAT, FLAT]))).not.toBeNull()
  })

  it('sells the mirror image, where it is let', () => {
    const mirrored = swept(SWEEP).map(
      ([open, high, low, close, volume]): Bar => [200 - open, 200 - low, 200 - high, 200 - close, volume],
    )
    expect(wishOf(mirrored)).toBeNull()
    const wish = wishOf(mirrored, { shorts: true })!
    const range = outputOf(atr(3), marketOf(mirrored), 0).at(-1)!
    const stopAt = 103.5 + 0.25 * range
    expect([wish.kind, wish.value, wish.reason]).toEqual(['enter', -1, 'swept high'])
    expect(wish.options!.protection!.stopAt).toBeCloseTo(stopAt, 12)
    expect(wish.options!.protection!.targetAt).toBeCloseTo(100.5 - 2 * (stopAt - 100.5), 12)
    expect(wish.options!.confidence).toBeCloseTo(wishOf(swept(SWEEP))!.options!.confidence!, 12)
  })
})
