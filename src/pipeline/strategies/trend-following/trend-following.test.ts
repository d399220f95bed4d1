import { describe, expect, it } from 'vitest'
import { byColumn, type LogRow, logOf, outputOf, signalColumns } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket } from '../../../../test/contracts/strategy-rig.ts'
import { defaultsOf } from '../../../domain/parameters.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { macd } from '../../../indicators/macd/macd.ts'
import { sma } from '../../../indicators/sma/sma.ts'
import { volumeAverage } from '../../../indicators/volume-average/volume-average.ts'
import { trendFollowing } from './trend-following.ts'

const strategy = trendFollowing as unknown as Strategy
const defaults = defaultsOf(trendFollowing.parameters as never) as Record<string, number>
const market = drawnMarket(11)

describe('trendFollowing', () => {
  it('wishes exactly what its rules say, on every instrument of every bar', () => {
    const lines = macd({ fast: 12, slow: 26, signal: 9 }, 'independent')
    const columns = byColumn(market, (column) => ({
      ...signalColumns(market, column),
      trend: outputOf(sma(50), market, column),
      exit: outputOf(sma(20), market, column),
      line: outputOf(lines, market, column, 'macd'),
      signal: outputOf(lines, market, column, 'signal'),
      average: outputOf(volumeAverage(20, { previous: true }), market, column),
    }))
    const expected = ({ bar, column, position, projected, eligible }: LogRow): string | null => {
      const { close, volume, trend, exit, line, signal, average } = columns[column]!
      if (position !== 0) return close[bar]! < exit[bar]! ? 'sma' : null
      const crossed = line[bar]! > signal[bar]! && line[bar - 1]! <= signal[bar - 1]!
      const confirmed = close[bar]! > trend[bar]! && volume[bar]! > average[bar]!
      return crossed && confirmed && projected === 0 && eligible ? 'macd cross' : null
    }
    const rows = logOf(strategy, defaults, market)
    expect(rows.map(({ wish }) => wish?.reason ?? null)).toEqual(rows.map(expected))
    for (const reason of ['macd cross', 'sma']) expect(rows.some(({ wish }) => wish?.reason === reason)).toBe(true)
  })
  it('gives the trailing stop with the entry', () => {
    const entry = logOf(strategy, { ...defaults, trail: 0.25 }, market).find(({ wish }) => wish?.kind === 'enter')
    expect(entry!.wish!.options).toEqual({ protection: { trail: { fraction: 0.25, intrabar: false } } })
  })
  it('names MACD periods in the wrong order', () => {
    expect(trendFollowing.check!({ ...defaults, macdFast: 30 } as never)).toContain('must lie below the slow one 26')
  })
})
