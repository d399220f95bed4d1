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
import { atr } from '../../../indicators/atr/atr.ts'
import { donchian } from '../../../indicators/donchian/donchian.ts'
import { volatility } from '../../../indicators/volatility/volatility.ts'
import { breakoutTrend } from './breakout-trend.ts'

const strategy = breakoutTrend as unknown as Strategy
const defaults = defaultsOf(breakoutTrend.parameters as never) as Record<string, number | boolean>
const market = drawnMarket(23)
const short = { ...defaults, entryChannel: 20, exitChannel: 8, atrBars: 10, trail: 2.5, volatilityBars: 20 }

describe('breakoutTrend', () => {
  it('wishes exactly what its rules say, on every instrument of every bar', () => {
    const columns = byColumn(market, (column) => ({
      close: signalColumns(market, column).close,
      top: outputOf(donchian(20, { previous: true }), market, column, 'upper'),
      bottom: outputOf(donchian(20, { previous: true }), market, column, 'lower'),
      exitTop: outputOf(donchian(8, { previous: true }), market, column, 'upper'),
      exitBottom: outputOf(donchian(8, { previous: true }), market, column, 'lower'),
      range: outputOf(atr(10), market, column),
      swing: outputOf(volatility(20), market, column),
    }))
    const best = columns.map(() => Number.NaN)
    const expected = ({ bar, column, holding, projected, eligible }: LogRow): string | null => {
      const { close, top, bottom, exitTop, exitBottom, range } = columns[column]!
      const price = close[bar]!
      if (holding === null) {
        best[column] = Number.NaN
        if (projected !== 0 || !eligible) return null
        return price > top[bar]! ? 'enter breakout' : price < bottom[bar]! ? 'enter breakdown' : null
      }
      const long = holding.quantity > 0
      const before = Number.isNaN(best[column]!) ? price : best[column]!
      best[column] = long ? Math.max(before, price) : Math.min(before, price)
      if (long ? price < exitBottom[bar]! : price > exitTop[bar]!) return 'exit channel'
      const given = long ? best[column]! - price : price - best[column]!
      return given > 2.5 * range[bar]! ? 'exit trail' : null
    }
    const rows = logOf(strategy, short, market)
    const said = rows.map(({ wish }) => (wish === null ? null : `${wish.kind} ${wish.reason}`))
    expect(said).toEqual(rows.map(expected))
    for (const one of ['enter breakout', 'enter breakdown', 'exit channel', 'exit trail']) expect(said).toContain(one)
    for (const { bar, column, wish } of rows) {
      if (wish?.kind !== 'enter') continue
      const swing = columns[column]!.swing[bar]! * Math.sqrt(252)
      expect(wish.value).toBe(wish.reason === 'breakout' ? 1 : -1)
      expect(wish.options).toEqual({ strength: Number.isNaN(swing) ? 1 : Math.min(1, 0.15 / swing) })
    }
  })
  it('sells nothing short where it may not', () => {
    const wishes = logOf(strategy, { ...short, shorts: false }, market).flatMap(({ wish }) => wish?.reason ?? [])
    expect(wishes).toContain('breakout')
    expect(wishes).not.toContain('breakdown')
  })
  it('rides a rise to its end: one entry, one exit', () => {
    const rise = [...Array.from({ length: 40 }, (_, bar) => (bar < 25 ? 100 : 100 + 2 * (bar - 24))), 120, 105, 104]
    const rows = rise.map((price) => [price, price + 0.5, price - 0.5, price, 1_000] as const)
    const wishes = logOf(strategy, short, marketOf(rows, market)).filter(({ wish }) => wish !== null)
    expect(wishes.map(({ bar, wish }) => [bar, wish!.reason])).toEqual([
      [25, 'breakout'],
      [40, 'trail'],
    ])
  })
  it('asks for an exit channel that is shorter than the one it enters by', () =>
    expect(breakoutTrend.check?.({ ...(short as never as object), exitChannel: 20 } as never)).toContain('below'))
})
