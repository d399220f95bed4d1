import { describe, expect, it } from 'vitest'
import { decisionsOf } from '../../../test/contracts/strategy.ts'
import { drawnMarket } from '../../../test/contracts/strategy-rig.ts'
import { integer, real } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { rsi } from '../../indicators/rsi/rsi.ts'
import { sma } from '../../indicators/sma/sma.ts'
import { defineStrategy, perInstrument, signalClose } from './define.ts'

const parameters = {
  period: integer(20, { min: 2, max: 200 }),
  low: real(45, { min: 1, max: 99 }),
}
const indicators = (p: { period: number }) => ({ average: sma(p.period), rsi: rsi(14) })

/** The same rules twice: dips below the average with a weak RSI are bought, at most every third dip of an instrument. */
const simple = defineStrategy({
  name: 'simple',
  parameters,
  indicators,
  lookback: () => 1,
  decide: perInstrument<{ readonly period: number; readonly low: number }>((one, out) => {
    const average = one.indicator('average')
    if (one.holding !== null) {
      if (one.close > average) out.exit('back', { strength: 0.5 })
      return undefined
    }
    const crossed =
      one.close < average && one.ago('rsi', 1) > one.parameters.low && one.indicator('rsi') < one.parameters.low
    if (!crossed || one.projected !== 0 || !one.eligible) return undefined
    const dips = ((one.memory['dips'] as number | undefined) ?? 0) + 1
    if (dips % 3 === 1) out.enter(1, 'dip', { protection: { stop: 0.1 } })
    else out.refuse('everyThird')
    return { dips }
  }),
})

const batch = defineStrategy({
  name: 'batch',
  parameters,
  indicators,
  lookback: () => 1,
  start: () => ({ dips: [] as readonly number[] }),
  decide(view, out) {
    const average = view.indicator('average')
    const strength = view.indicator('rsi')
    const dips = [...view.memory.dips]
    for (const column of view.universe) {
      const close = signalClose(view, column)
      if (Number.isNaN(close)) continue
      if (view.holding(column) !== null) {
        if (close > average[column]!) out.exit(column, 'back', { strength: 0.5 })
        continue
      }
      const weak = view.ago('rsi', column, 1) > view.parameters.low && strength[column]! < view.parameters.low
      if (!(close < average[column]!) || !weak || view.projected(column) !== 0 || !view.eligible(column)) continue
      dips[column] = (dips[column] ?? 0) + 1
      if (dips[column] % 3 === 1) out.enter(column, 1, 'dip', { protection: { stop: 0.1 } })
      else out.refuse(column, 'everyThird')
    }
    return { dips: Array.from(dips, (count) => count ?? 0) }
  },
})

describe('perInstrument', () => {
  it('decides exactly as the batch form of the same rules', () => {
    const market = drawnMarket(3)
    const one = decisionsOf(() => simple as unknown as Strategy, market)
    expect(one).toEqual(decisionsOf(() => batch as unknown as Strategy, market))
    const kinds = one.flat().map(({ kind }) => kind)
    for (const kind of ['enter', 'exit', 'refuse'])
      expect(kinds.filter((seen) => seen === kind).length).toBeGreaterThan(5)
  })
})

describe('defineStrategy', () => {
  it('fills in what is left out', () => {
    const plain = defineStrategy({ name: 'plain', parameters: {}, decide: (view) => view.memory })
    expect([plain.indicators({}), plain.lookback({}), plain.start({}), plain.check!({})]).toEqual([{}, 0, {}, null])
  })
  it('refuses a default outside its bounds', () => {
    const define = () =>
      defineStrategy({
        name: 'odd',
        parameters: { period: integer(1, { min: 2, max: 9 }) },
        decide: (view) => view.memory,
      })
    expect(define).toThrow('default of "period" of "odd" must lie between 2 and 9, was "1"')
  })
})
