import { describe, expect, it } from 'vitest'
import { byColumn, logOf, outputOf } from '../../../../test/contracts/strategy-log.ts'
import { drawnMarket } from '../../../../test/contracts/strategy-rig.ts'
import type { Strategy } from '../../../domain/strategy.ts'
import { sma } from '../../../indicators/sma/sma.ts'
import { smaCrossover } from './sma-crossover.ts'

const strategy = smaCrossover as unknown as Strategy
const market = drawnMarket(11)

describe('smaCrossover', () => {
  it('wishes once at every cross and never in between', () => {
    const columns = byColumn(market, (column) => ({
      fast: outputOf(sma(5), market, column),
      slow: outputOf(sma(20), market, column),
      long: false,
    }))
    const rows = logOf(strategy, { fast: 5, slow: 20 }, market)
    const expected = rows.map(({ bar, column }) => {
      const own = columns[column]!
      if (Number.isNaN(own.slow[bar]!)) return null
      const long = own.fast[bar]! > own.slow[bar]!
      if (long === own.long) return null
      own.long = long
      return long ? 'enter' : 'exit'
    })
    expect(rows.map(({ wish }) => wish?.kind ?? null)).toEqual(expected)
    expect(expected.filter((kind) => kind === 'exit').length).toBeGreaterThan(20)
  })
  it('names periods in the wrong order', () => {
    expect(smaCrossover.check!({ fast: 50, slow: 50 })).toBe('the fast period 50 must lie below the slow one 50')
  })
})
