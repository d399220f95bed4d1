import { describe, expect, it } from 'vitest'
import { marketOf as barsOf, logOf, outputOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { atr } from '../../../indicators/atr/atr.ts'
import { rsi } from '../../../indicators/rsi/rsi.ts'
import { capitulationReversal } from './capitulation-reversal.ts'

const like = drawnMarket(1, 1, 40)
const marketOf = (bars: readonly Bar[]) => barsOf(bars, like)

type Bar = readonly [number, number, number, number, number]

const strategy = capitulationReversal as unknown as Strategy
const settings = {
  ...(defaultsOf(capitulationReversal.parameters as never) as Record<string, number>),
  fallPeriod: 6,
  atrPeriod: 5,
  rsiPeriod: 4,
  volumePeriod: 5,
}

/** Ten quiet bars, four that fall by 3 each, the last of them on a climax of volume, then the bar to be judged. */
const fallen = (last: Bar, climax = 500): readonly Bar[] => [
  ...Array.from({ length: 10 }, (_, bar): Bar => {
    const close = bar % 2 === 0 ? 100 : 100.5
    return [100, 101, 99.5, close, 100]
  }),
  [100, 100, 96.5, 97.5, 100],
  [97.5, 97.5, 94, 94.5, 100],
  [94.5, 94.5, 91, 91.5, 100],
  [91.5, 91.5, 88, 88.5, climax],
  last,
]
const RECOVERY: Bar = [88.5, 91, 88.5, 90.5, 120]

/** The wish on the last bar. */
function wishOf(bars: readonly Bar[], more: Readonly<Record<string, number>> = {}) {
  return logOf(strategy, { ...settings, ...more }, marketOf(bars)).at(-1)!.wish
}

describe('capitulationReversal', () => {
  it('buys the first recovery after a deep fall on a climax of volume, with stop, target and confidence', () => {
    const bars = fallen(RECOVERY)
    const market = marketOf(bars)
    const range = outputOf(atr(5), market, 0).at(-1)!
    const before = outputOf(rsi(4), market, 0).at(-2)!
    const wish = wishOf(bars, { fallAtr: 2 })!
    expect([wish.kind, wish.value, wish.reason]).toEqual(['enter', 1, 'capitulation'])
    const { stopAt, targetAt, bars: most } = wish.options!.protection!
    // Lowest low of this bar and the two before; half-way back to the highest close of the six bars before.
    expect([stopAt, targetAt, most]).toEqual([88 - 0.5 * range, 90.5 + 0.5 * (100.5 - 90.5), 48])
    const depth = (100.5 - 88.5) / range
    const climax = 500 / 180
    const parts = [(depth - 2) / 2, (30 - before) / 30, (climax - 2) / 2].map((part) => Math.min(1, Math.max(0, part)))
    expect(wish.options!.confidence).toBeCloseTo(parts.reduce((sum, part) => sum + part) / 3, 12)
  })

  it.each([
    ['the bar does not close above the one before', fallen([88.5, 89, 87, 88.5, 120]), {}],
    ['it closes low in its bar', fallen([88.5, 93, 88.5, 89, 120]), {}],
    ['nobody was in a hurry', fallen(RECOVERY, 110), {}],
    ['the fall is not as deep as is asked', fallen(RECOVERY), { fallAtr: 6 }],
    ['RSI was not as low as is asked', fallen(RECOVERY), { entryRsi: 1 }],
  ])('does nothing where %s', (_, bars, more) => {
    expect(wishOf(bars, { fallAtr: 2, ...more })).toBeNull()
  })
})
