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
import { roc } from '../../../indicators/roc/roc.ts'
import { sma } from '../../../indicators/sma/sma.ts'
import { volatility } from '../../../indicators/volatility/volatility.ts'
import { timeSeriesMomentum } from './time-series-momentum.ts'

const strategy = timeSeriesMomentum as unknown as Strategy
const defaults = defaultsOf(timeSeriesMomentum.parameters as never) as Record<string, number>
const market = drawnMarket(11)
const short = { ...defaults, lookback: 20, smaFilter: 30, volatilityBars: 20 }

describe('timeSeriesMomentum', () => {
  it('wishes exactly what its rules say, on every instrument of every bar', () => {
    const columns = byColumn(market, (column) => ({
      close: signalColumns(market, column).close,
      rise: outputOf(roc(20), market, column),
      filter: outputOf(sma(30), market, column),
      swing: outputOf(volatility(20), market, column),
    }))
    const rows = logOf(strategy, short, market)
    const expected = ({ bar, column, holding, projected, eligible }: LogRow): string | null => {
      const { close, rise, filter } = columns[column]!
      if (Number.isNaN(close[bar]!)) return null
      const isUp = rise[bar]! > 0 && close[bar]! > filter[bar]!
      if (holding !== null) return isUp ? null : rise[bar]! > 0 ? 'exit filter' : 'exit momentum'
      return isUp && projected === 0 && eligible ? 'enter momentum' : null
    }
    const said = rows.map(({ wish }) => (wish === null ? null : `${wish.kind} ${wish.reason}`))
    expect(said).toEqual(rows.map(expected))
    for (const one of ['enter momentum', 'exit momentum', 'exit filter']) expect(said).toContain(one)
    const sizes = new Set<number>()
    for (const { bar, column, wish } of rows) {
      if (wish?.kind !== 'enter') continue
      const swing = columns[column]!.swing[bar]!
      sizes.add(wish.options!.strength!)
      expect(wish.options).toEqual({ strength: Number.isNaN(swing) ? 1 : Math.min(1, 0.24 / (swing * Math.sqrt(252))) })
    }
    expect(sizes.size).toBeGreaterThan(10)
  })
  it('takes all of the size where nothing moves, and leaves when the rise is over', () => {
    // A steady rise of one a bar: its volatility is far below the target. Then a fall below the average.
    const prices = [...Array.from({ length: 60 }, (_, day) => 1000 + day), ...Array.from({ length: 25 }, () => 1000)]
    const rows = prices.map((price) => [price, price, price, price, 1_000_000] as const)
    const wishes = logOf(strategy, short, marketOf(rows, market)).flatMap(({ wish }) => (wish === null ? [] : [wish]))
    expect(wishes.slice(0, 2).map(({ kind, options }) => [kind, options?.strength])).toEqual([
      ['enter', 1],
      ['exit', undefined],
    ])
  })
})
