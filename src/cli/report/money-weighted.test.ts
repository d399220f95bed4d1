import { describe, expect, it } from 'vitest'
import { sampleRun } from '../../../test/fixtures/sample-run.ts'
import { reportOf } from './figures.ts'

const run = sampleRun({ days: 400 })

describe('the money-weighted return of a report', () => {
  it('is the growth per year of 365 days where no money came or went', () => {
    const still = { ...run, sleeves: run.sleeves.map((one) => ({ ...one, flows: one.flows.map(() => 0) })) }
    const { portfolio } = reportOf(still)
    const days = (Date.parse(portfolio.end!) - Date.parse(portfolio.start!)) / 86_400_000
    expect(portfolio.moneyWeightedReturn).toBeCloseTo((portfolio.final / portfolio.initial) ** (365 / days) - 1, 10)
    expect(portfolio.moneyWeightedNote).toBeNull()
  })

  it('takes every flow on its day, and stands beside the time-weighted one', () => {
    const { portfolio, sleeves } = reportOf(run)
    const since = (day: number): number => {
      const text = String(run.days[day])
      return Date.parse(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`) / 86_400_000
    }
    const last = run.days.length - 1
    const grown = (rate: number, initial: number, flows: ArrayLike<number>): number =>
      Array.from(flows, (flow, day) => flow * (1 + rate) ** ((since(last) - since(day)) / 365)).reduce(
        (sum, value) => sum + value,
        initial * (1 + rate) ** ((since(last) - since(0)) / 365),
      )
    run.sleeves.forEach((sleeve, index) => {
      const { moneyWeightedReturn, moneyWeightedNote, capital, final } = sleeves[index]!
      if (moneyWeightedReturn === null) expect(moneyWeightedNote).not.toBeNull()
      else expect(grown(moneyWeightedReturn, capital, sleeve.flows)).toBeCloseTo(final, 4)
    })
    expect(sleeves.some(({ flows }) => flows !== 0)).toBe(true)
    const flows = run.days.map((_, day) => run.sleeves.reduce((sum, sleeve) => sum + sleeve.flows[day]!, 0))
    expect(grown(portfolio.moneyWeightedReturn!, portfolio.initial, Array.from(flows))).toBeCloseTo(portfolio.final, 1)
  })
})
