import { describe, expect, it } from 'vitest'
import { marketOf as barsOf, logOf, outputOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { atr } from '../../../indicators/atr/atr.ts'
import { failedBreakdown } from './failed-breakdown.ts'

const like = drawnMarket(1, 1, 40)
const marketOf = (bars: readonly Bar[]) => barsOf(bars, like)

type Bar = readonly [number, number, number, number, number]

const strategy = failedBreakdown as unknown as Strategy
const settings = {
  ...(defaultsOf(failedBreakdown.parameters as never) as Record<string, number>),
  period: 5,
  atrPeriod: 3,
  reclaimBars: 2,
}

const FLAT: Bar = [100, 104, 98, 100, 100]
/** Closes below the support of 98; the low of the breakdown is 96. */
const BROKEN: Bar = [98, 98.5, 96.5, 97, 100]
const LOWER: Bar = [97, 97.5, 96, 97.2, 100]
const BACK: Bar = [97, 99, 97, 98.8, 100]

/** Wishes by bar, the flat ones before included. */
function wishesOf(bars: readonly Bar[], more: Readonly<Record<string, number>> = {}) {
  const all = [...Array.from({ length: 8 }, () => FLAT), ...bars]
  return logOf(strategy, { ...settings, ...more }, marketOf(all)).map(({ wish }) => wish)
}
const count = (wishes: readonly unknown[]): number => wishes.filter((wish) => wish !== null).length

describe('failedBreakdown', () => {
  it('buys the close back above the support that was broken, with stop, target and confidence', () => {
    const bars = [BROKEN, LOWER, BACK]
    const wishes = wishesOf(bars)
    expect(count(wishes)).toBe(1)
    const wish = wishes.at(-1)!
    const market = marketOf([...Array.from({ length: 8 }, () => FLAT), ...bars])
    const range = outputOf(atr(3), market, 0).at(-1)!
    const stopAt = 96 - 0.25 * range
    const risk = 98.8 - stopAt
    expect([wish.kind, wish.value, wish.reason]).toEqual(['enter', 1, 'failed breakdown'])
    // The top of the range, 104, is nearer than twice the risk.
    expect(wish.options!.protection).toEqual({ stopAt, targetAt: Math.min(104, 98.8 + 2 * risk), bars: 48 })
    const parts = [(3 - 2) / 2, (1.8 / 2 - 0.5) / 0.5, (104 - 98.8) / risk / 2]
    expect(wish.options!.confidence).toBeCloseTo(
      parts.map((part) => Math.min(1, part)).reduce((sum, part) => sum + part) / 3,
      12,
    )
  })

  it('remembers the support of the day of the break: lows since do not lower it', () => {
    expect(count(wishesOf([BROKEN, [97, 98.2, 96, 97.9, 100]]))).toBe(0)
    expect(count(wishesOf([BROKEN, [97, 98.2, 96, 98.1, 100]]))).toBe(1)
  })

  it('gives up after as many closes below as are stated, and looks for the next break', () => {
    expect(count(wishesOf([BROKEN, LOWER, LOWER, BACK]))).toBe(0)
    expect(count(wishesOf([BROKEN, LOWER, LOWER, BACK], { reclaimBars: 3 }))).toBe(1)
    const next: Bar = [96.5, 96.6, 94.5, 95, 100]
    expect(count(wishesOf([BROKEN, LOWER, LOWER, LOWER, next, [95, 98, 95, 97.5, 100]]))).toBe(1)
  })

  it.each([
    ['the low of the breakdown is too deep', [BROKEN, [97, 97.5, 70, 97.2, 100], BACK], {}],
    ['the close back lies low in its bar', [BROKEN, [97, 103, 97, 98.8, 100]], {}],
    ['nothing was broken', [FLAT, BACK], {}],
  ] as const)('does nothing where %s', (_, bars, more) => {
    expect(count(wishesOf(bars, more))).toBe(0)
  })
})
