import type { ExpectedRange } from '../../api/contract/report.ts'
import { count, decimal, longDate, money, percent } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'
import { REVIEW_DAYS, type Review, type ReviewedSleeve } from './review.ts'

/** A review for people. */
export function reviewText(review: Review): string {
  const { portfolio, start, end, days, isLongEnough, sleeves, isSameBooks, notes } = review
  const span =
    start === null || end === null ? 'no day yet' : `${longDate(start)} to ${longDate(end)}, ${count(days)} days`
  const enough = isLongEnough ? '' : `; ${count(REVIEW_DAYS)} are needed to judge`
  const expected = sleeves.flatMap((sleeve) => expectedRows(sleeve))
  return [
    `${portfolio} on paper: ${span}${enough}`,
    '',
    'Against a backtest of the same recorded bars',
    trackingTable(review),
    isSameBooks ? 'The books are the same to the last count.' : 'The books differ: see the differences above.',
    '',
    'Against what is expected',
    expected.length === 0
      ? 'No sleeve states what is expected of it.'
      : textTable(['Sleeve', 'Figure', 'Expected', 'Found', ''], expected, [3]),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `note: ${note}`)]),
  ].join('\n')
}

function trackingTable({ sleeves, total, currency }: Review): string {
  const row = (
    name: string,
    { earned, backtested, difference, trackingError, fees, feesBacktested }: Review['total'],
  ) => [
    name,
    percent(earned, 'both'),
    percent(backtested, 'both'),
    percent(difference, 'both'),
    percent(trackingError),
    money(fees, currency),
    money(feesBacktested, currency),
  ]
  return textTable(
    [
      'Sleeve',
      'On paper',
      'Backtest',
      'Difference',
      'Tracking error',
      'Fees',
      'Backtest',
      'Trades',
      'Backtest',
      'Violations',
    ],
    [
      ...sleeves.map((sleeve) => [
        ...row(sleeve.title, sleeve),
        count(sleeve.trades),
        count(sleeve.tradesBacktested),
        count(sleeve.violations),
      ]),
      [...row('Portfolio', total), '', '', ''],
    ],
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
}

const FIGURES = { sharpe: 'Sharpe', winRate: 'Win rate', tradesPerMonth: 'Trades a month' } as const

function expectedRows({ title, expected }: ReviewedSleeve): readonly (readonly string[])[] {
  if (expected === null) return []
  return Object.entries(FIGURES).flatMap(([name, label]) => {
    const range: ExpectedRange | null = expected[name as keyof typeof FIGURES]
    if (range === null) return []
    const shown = (value: number | null): string => (name === 'winRate' ? percent(value) : decimal(value, 2))
    const verdict = range.within === null ? 'not known yet' : range.within ? 'as expected' : 'outside'
    return [[title, label, `${shown(range.low)} to ${shown(range.high)}`, shown(range.actual), verdict]]
  })
}
