import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nyseSessions } from '../../src/adapters/calendars/nyse.ts'
import { readDividends } from '../../src/adapters/feeds/wide.ts'
import { readSeries } from '../../src/cli/data/read-series.ts'
import { describeFault } from '../../src/domain/faults.ts'
import type { Series } from '../../src/domain/series.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import { instrumentId } from '../../src/domain/units.ts'
import {
  adjustSeries,
  corporateActions,
  dividendsOf,
  forwardFactors,
  priceBasis,
  splitsOf,
} from '../../src/pipeline/market/adjust.ts'
import { dataFolder } from '../outside-data.ts'

const data = dataFolder()
const TODAY = tradeDate(20261120)

function splitsIn(series: Series): string {
  const splits = splitsOf(series)
  if (!splits.ok) return describeFault(splits.error)
  return splits.value.map(({ date, numerator, denominator }) => `${date} ${numerator}:${denominator}`).join(' ')
}

async function loaded(name: string): Promise<Series> {
  const result = await readSeries(join(data!, name), name, TODAY)
  if (!result.ok) throw new Error(describeFault(result.error))
  return result.series
}

describe.skipIf(data === null)('corporate actions of real files (skipped without the data folder)', () => {
  it.each([
    ['AAPL', '20050228 2:1 20140609 7:1 20200831 4:1'],
    ['NFLX', '20150715 7:1'],
    ['C', '20110509 1:10'],
    ['USO', '20200429 1:8'],
    [
      'TOPS',
      '20080320 1:3 20110624 1:10 20140421 1:7 20160222 1:10 20170511 1:20 20170623 1:15 20170803 1:30 20171006 1:2 20180326 1:10 20190822 1:20 20200810 1:25',
    ],
  ])('finds the splits of %s, all of them raw', async (symbol, wanted) => {
    const series = await loaded(`splits_raw/${symbol}.csv`)
    expect(splitsIn(series)).toBe(wanted)
    const splits = splitsOf(series)
    if (!splits.ok) throw new Error('splits')
    expect(priceBasis(series, splits.value, null)).toEqual({ ok: true, value: 'raw' })
    expect(priceBasis(series, splits.value, 'adjusted').ok).toBe(false)
  })

  it('refuses AAPL declared adjusted at the line of its first split', async () => {
    const series = await loaded('splits_raw/AAPL.csv')
    const splits = splitsOf(series)
    const basis = priceBasis(series, splits.ok ? splits.value : [], 'adjusted')
    expect(basis.ok ? '' : describeFault(basis.error)).toBe(
      '"splits_raw/AAPL.csv" line 40: prices are declared adjusted, but jump at the 2:1 split of 2005-02-28 as raw prices do; declare them raw',
    )
  })

  it.each(['AAPL', 'NFLX', 'C', 'USO'])(
    'gives %s the same daily returns raw with factors as divided by its later splits',
    async (symbol) => {
      const adjusted = adjustSeries(await loaded(`splits_raw/${symbol}.csv`), 'raw', null)
      if (!adjusted.ok) throw new Error(describeFault(adjusted.error))
      const { series, splits, factors } = adjusted.value
      const divided = series.close.map((close, row) => {
        const later = splits.filter((split) => split.row > row)
        return later.reduce((price, { numerator, denominator }) => (price * denominator) / numerator, close)
      })
      for (let row = 1; row < divided.length; row += 1) {
        const signal = (series.close[row]! * factors[row]!) / (series.close[row - 1]! * factors[row - 1]!)
        expect(Math.abs(signal - divided[row]! / divided[row - 1]!)).toBeLessThan(1e-12)
      }
    },
  )

  it('makes signal prices continuous over each split of AAPL', async () => {
    const series = await loaded('splits_raw/AAPL.csv')
    const splits = splitsOf(series)
    const found = splits.ok ? splits.value : []
    const factors = forwardFactors(series, found, 'raw')
    expect(factors.at(-1)).toBe(56)
    for (const { row } of found) {
      const change = (series.open[row]! * factors[row]!) / (series.close[row - 1]! * factors[row - 1]!) - 1
      expect(Math.abs(change)).toBeLessThan(0.03)
    }
  })

  it('reads the same dividends out of the file of today and the column of the day', async () => {
    const series = await loaded('splits_raw/AAPL.csv')
    const splits = splitsOf(series)
    const shared = { series, splits: splits.ok ? splits.value : [], basis: 'raw' as const }
    const file = await readDividends(join(data!, 'dividends/AAPL.csv'), 'dividends/AAPL.csv')
    const ofDay = dividendsOf({ ...shared, file: null })
    const ofFile = dividendsOf({ ...shared, file }).filter(({ date }) => date <= 20201211)
    expect(ofDay[0]).toEqual({ date: 20120809, amount: 2.65, line: 1917 })
    expect(ofFile.map(({ date }) => date)).toEqual(ofDay.map(({ date }) => date))
    for (const [row, { amount }] of ofFile.entries()) expect(amount).toBeCloseTo(ofDay[row]!.amount, 3)
  })

  it('dates the actions at the open of their session', async () => {
    const series = await loaded('splits_raw/AAPL.csv')
    const splits = splitsOf(series)
    const sessions = nyseSessions()
    const { actions, notes } = corporateActions({
      instrument: instrumentId('AAPL'),
      splits: splits.ok ? splits.value : [],
      dividends: dividendsOf({ series, splits: [], basis: 'raw', file: null }),
      basis: 'raw',
      sessions,
      firstDate: tradeDate(20140101),
      lastDate: tradeDate(20141231),
    })
    expect(notes).toEqual([])
    expect(actions.map(({ tradeDate: date, action }) => `${date} ${action.kind}`)).toEqual([
      '20140206 dividend',
      '20140508 dividend',
      '20140609 split',
      '20140807 dividend',
      '20141106 dividend',
    ])
    expect(new Date(actions[2]!.at).toISOString()).toBe('2014-06-09T13:30:00.000Z')
  })
})
