import { describe, expect, it } from 'vitest'
import {
  byColumn,
  type LogRow,
  logOf,
  marketOf,
  outputOf,
  signalColumns,
} from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { bollinger } from '../../../indicators/bollinger/bollinger.ts'
import { rsi } from '../../../indicators/rsi/rsi.ts'
import { meanReversion } from './mean-reversion.ts'

const strategy = meanReversion as unknown as Strategy
const defaults = defaultsOf(meanReversion.parameters as never) as Record<string, number>
const market = drawnMarket(11)

describe('meanReversion', () => {
  it('wishes exactly what its rules say, on every instrument of every bar', () => {
    const columns = byColumn(market, (column) => ({
      close: signalColumns(market, column).close,
      lower: outputOf(bollinger(20, 2), market, column, 'lower'),
      average: outputOf(bollinger(20, 2), market, column, 'middle'),
      rsi: outputOf(rsi(14), market, column),
    }))
    const expected = ({ bar, column, holding, projected, eligible }: LogRow): string | null => {
      const { close, lower, average, rsi: strength } = columns[column]!
      if (holding !== null) {
        if (close[bar]! > average[bar]!) return 'sma'
        if (strength[bar]! > 63) return 'rsi'
        return holding.bars >= 5 && holding.gain > 0 ? '5-day profit' : null
      }
      const enters = close[bar]! < lower[bar]! && strength[bar]! < 27 && projected === 0 && eligible
      return enters ? 'below band' : null
    }
    const rows = logOf(strategy, defaults, market)
    expect(rows.map(({ wish }) => wish?.reason ?? null)).toEqual(rows.map(expected))
    const reasons = new Set(rows.map(({ wish }) => wish?.reason))
    for (const reason of ['below band', 'sma', '5-day profit']) expect(reasons).toContain(reason)
  })
  it('gives the stop and the size with the entry', () => {
    const entry = logOf(strategy, { ...defaults, stop: 0.1, size: 0.5 }, market).find(
      ({ wish }) => wish?.kind === 'enter',
    )
    expect(entry!.wish!.options).toEqual({ strength: 0.5, protection: { stop: 0.1 } })
  })
  it('leaves on a high RSI while the price is still below its average', () => {
    const parameters = { ...defaults, period: 60, deviations: 1, rsiPeriod: 3, stop: 0.5 }
    // Sixty days around 100, a fall to 70, a rise of three days: the RSI of three bars is high, the average still 97.
    const prices = [...Array.from({ length: 60 }, (_, day) => 100 + (day % 2)), 92, 84, 76, 70, 69, 74, 80, 86]
    const rows = prices.map((price) => [price, price, price, price, 1_000_000] as const)
    const wishes = logOf(strategy, parameters, marketOf(rows, market)).flatMap(({ wish }) =>
      wish === null ? [] : [wish.reason],
    )
    expect(wishes.slice(0, 2)).toEqual(['below band', 'rsi'])
  })
  it('names thresholds that contradict each other', () => {
    expect(meanReversion.check!({ ...defaults, entryRsi: 50, exitRsi: 45 } as never)).toBe(
      'entry RSI 50 must lie below exit RSI 45',
    )
  })
})
