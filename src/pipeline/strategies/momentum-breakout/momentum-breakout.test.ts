import { describe, expect, it } from 'vitest'
import { byColumn, type LogRow, logOf, outputOf, signalColumns } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { rsi } from '../../../indicators/rsi/rsi.ts'
import { momentumBreakout } from './momentum-breakout.ts'

const strategy = momentumBreakout as unknown as Strategy
const defaults = defaultsOf(momentumBreakout.parameters as never) as Record<string, number>
const market = drawnMarket(11)

/** Bars of the column that exist, before this one. */
function earlier(field: Float64Array, close: Float64Array, bar: number, count: number): number[] {
  const found: number[] = []
  for (let back = bar - 1; back >= 0 && found.length < count; back -= 1) {
    if (!Number.isNaN(close[back]!)) found.push(field[back]!)
  }
  return found
}

describe('momentumBreakout', () => {
  it('enters exactly on closes above the 20 highs before, on twice the volume before, with RSI above 50', () => {
    const columns = byColumn(market, (column) => ({
      ...signalColumns(market, column),
      rsi: outputOf(rsi(14), market, column),
    }))
    const expected = ({ bar, column, position, projected, eligible }: LogRow): boolean => {
      const { high, close, volume, rsi: strength } = columns[column]!
      const highs = earlier(high, close, bar, 20)
      const volumes = earlier(volume, close, bar, 20)
      if (highs.length < 20 || position !== 0 || projected !== 0 || !eligible) return false
      const average = volumes.reduce((sum, one) => sum + one, 0) / 20
      return close[bar]! > Math.max(...highs) && volume[bar]! > 2 * average * (1 + 1e-9) && strength[bar]! > 50
    }
    const rows = logOf(strategy, defaults, market)
    expect(rows.map(({ wish }) => wish?.kind === 'enter')).toEqual(rows.map(expected))
    expect(rows.filter(({ wish }) => wish !== null).length).toBeGreaterThan(10)
  })
  it('leaves its exits to the kernel: a trailing stop and a number of sessions, given with the entry', () => {
    const wishes = logOf(strategy, { ...defaults, intrabar: true }, market).flatMap(({ wish }) =>
      wish === null ? [] : [wish],
    )
    expect(new Set(wishes.map(({ kind }) => kind))).toEqual(new Set(['enter']))
    for (const { options } of wishes) {
      expect(options).toEqual({ protection: { trail: { fraction: 0.15, intrabar: true }, bars: 10 } })
    }
  })
})
