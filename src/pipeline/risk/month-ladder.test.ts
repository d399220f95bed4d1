import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ladderFactor, type MonthLadderState, monthToDate, startMonthLadder, stepMonthLadder } from './month-ladder.ts'

const RULE = { halfAt: 0.15, zeroAt: 0.25, sharpeRelease: 0.5 }

/** Rows of `month equity sharpe => factor`. */
function check(text: string): void {
  const state = startMonthLadder(100, 0)
  for (const row of text.trim().split('\n')) {
    const [month, equity, sharpe, , factor] = row.trim().split(/\s+/)
    const close = { month: Number(month), equity: Number(equity), shadowSharpe: Number(sharpe) }
    expect([row, stepMonthLadder(state, RULE, close)]).toEqual([row, Number(factor)])
  }
}

describe('the month-to-date ladder', () => {
  it('halves at 15 % and not before, zeroes at 25 %, from the equity with which the month began', () =>
    check(`
      0 85.01 0 => 1
      0 85    0 => 0.5
      0 75.01 0 => 0.5
      0 75    0 => 0`))
  it('measures a new month from the last close of the old one', () =>
    check(`
      0 84 0 => 0.5
      1 84 0 => 1
      1 71.5 0 => 1
      1 71.4 0 => 0.5`))
  it('keeps zero through month ends, until the shadow has recovered above 0.5', () =>
    check(`
      0 70 -2  => 0
      1 75 0.5 => 0
      2 75 NaN => 0
      3 75 0.51 => 1`))
  it('gives a recovered sleeve half a size while its month is still bad', () =>
    check(`
      0 70 -2 => 0
      0 70 0.6 => 0.5
      0 86 0.6 => 1`))
  it('has a month to date of 0 without equity to measure from', () =>
    expect(monthToDate({ month: 0, monthStartEquity: 0, lastEquity: 5, latched: false })).toBe(0))
  it('never gives more than half at or below the first step, nor more than nothing when latched', () => {
    const fraction = fc.double({ min: -0.99, max: 1, noNaN: true })
    fc.assert(
      fc.property(fraction, fc.double({ min: -5, max: 5 }), fc.boolean(), (fall, shadowSharpe, latched) => {
        const result = ladderFactor(RULE, { monthToDate: fall, shadowSharpe, latched })
        if (fall <= -RULE.halfAt) expect(result.factor).toBeLessThanOrEqual(0.5)
        if (result.latched) expect(result.factor).toBe(0)
        if (latched && !(shadowSharpe > RULE.sharpeRelease)) expect(result.factor).toBe(0)
      }),
      { seed: 11 },
    )
  })
  it('goes on from a saved state as if nothing had happened', () => {
    const day = fc.record({
      rate: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
      sharpe: fc.double({ min: -2, max: 2 }),
    })
    fc.assert(
      fc.property(fc.array(day, { minLength: 2, maxLength: 80 }), fc.nat(), (days, cut) => {
        const play = (state: MonthLadderState, from: number, to: number): number[] =>
          days.slice(from, to).map(({ rate, sharpe }, index) =>
            stepMonthLadder(state, RULE, {
              month: Math.floor((from + index) / 21),
              equity: state.lastEquity * (1 + rate),
              shadowSharpe: sharpe,
            }),
          )
        const at = cut % days.length
        const whole = play(startMonthLadder(100, 0), 0, days.length)
        const state = startMonthLadder(100, 0)
        const first = play(state, 0, at)
        const saved = JSON.parse(JSON.stringify(state)) as MonthLadderState
        expect([...first, ...play(saved, at, days.length)]).toEqual(whole)
      }),
      { seed: 12 },
    )
  })
})
