import { describe, expect, it } from 'vitest'
import { withSampleCapital } from '../../../test/fixtures/sample-capital.ts'
import { sampleRun } from '../../../test/fixtures/sample-run.ts'
import { capitalCurves, capitalFigures } from './capital.ts'
import { reportTexts } from './write.ts'

const plain = sampleRun({ days: 200 })
const run = withSampleCapital(plain)
const { texts, report } = reportTexts(run)

describe('capital in a report', () => {
  it('holds the weights in force from each day on, and every record in order', () => {
    const { method, names, days, records } = report.capital!
    expect(method).toBe('inverse_volatility')
    expect(names).toEqual(run.config.sleeves.flatMap(({ id, strategy }) => (strategy === null ? [] : [id])))
    expect(days.map(({ tradeDate, computed }) => [tradeDate === null, computed])).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ])
    expect(days.at(-1)!.factors[0]).toBe(0.5)
    expect(records.map(({ cause, sleeve, moved }) => [cause, sleeve === null, moved])).toEqual([
      ['weights', false, 0],
      ['rebalance', false, -1_500],
      ['ladder', false, 0],
      ['spike', true, 0],
    ])
  })

  it('draws what a sleeve may use as steps on the days of the changes', () => {
    const [first] = capitalCurves(run)
    const { weights } = report.capital!.days[0]!
    const steps = [...new Set(first!.values)]
    expect(steps).toEqual([weights[0]!, weights[0]! / 2, weights[0]! / 4])
    expect(first!.values).toHaveLength(run.days.length)
  })

  it('is a table of its own and a part of the page, every word of a reason escaped', () => {
    const lines = texts.capital.split('\r\n')
    expect(lines[0]).toBe('at,trade_date,cause,sleeve,before,after,moved,reason')
    expect(lines).toHaveLength(6)
    expect(texts.html).toContain('Month ladder')
    expect(texts.html).toContain('DISCOVERY, VALIDATION proposed')
    expect(texts.html).toContain('too close for 12 days')
    expect(texts.html).toContain('computed &lt;anew&gt;')
    expect(texts.html).toContain('What each sleeve may use, line chart')
  })

  it('is absent where nothing moves capital', () => {
    const without = reportTexts(plain)
    expect(capitalFigures(plain)).toBeNull()
    expect(without.report.capital).toBeNull()
    expect(without.texts.capital.split('\r\n')).toHaveLength(2)
    expect(without.texts.html).not.toContain('Money moved')
  })
})
