/** What each sleeve brought: day by day, by month, and as the books say. */

import type { SleeveAttribution } from '../../api/contract/attribution.ts'
import type { Attribution, AttributionRow } from '../../api/contract/performance-page.ts'
import { finite, known } from '../report/numbers.ts'
import { type Facts, titleOf } from './facts.ts'
import { lineAt, placesOf } from './lines.ts'
import { monthCells } from './monthly.ts'

const ADDED = [
  'realised',
  'unrealised',
  'dividends',
  'financing',
  'fees',
  'profit',
  'slippage',
  'crossingGain',
] as const
const ADDED_WHERE_KNOWN = ['currencyGain', 'contribution', 'riskShare'] as const

export function attributionOf(facts: Facts): Attribution {
  const { days, report } = facts
  const { lanes, total } = cumulative(facts)
  // Lines that are stacked share their days: those that the sum needs.
  const places = placesOf(total)
  const rows = report.attribution.sleeves.map((row) => ({ ...row, title: titleOf(facts, row.name) }))
  return {
    lines: report.sleeves.map(({ name, title }, at) => lineAt({ name, title }, days, lanes[at]!, places)),
    total: lineAt({ name: 'portfolio', title: report.portfolio.name }, days, total, places),
    bars: monthCells(facts),
    rows,
    sum: sumOf(rows),
  }
}

/** Contributions so far, each in units of the starting wealth. */
function cumulative({ returns, days }: Facts): {
  readonly lanes: readonly Float64Array[]
  readonly total: Float64Array
} {
  const lanes = returns.contributions.map(() => new Float64Array(days.length))
  const total = new Float64Array(days.length)
  let wealth = 1
  for (let day = 0; day < days.length; day += 1) {
    let gained = 0
    returns.contributions.forEach((lane, at) => {
      lanes[at]![day] = (day === 0 ? 0 : lanes[at]![day - 1]!) + lane[day]! * wealth
      gained += lane[day]!
    })
    wealth *= 1 + gained
    total[day] = wealth - 1
  }
  return { lanes, total }
}

function sumOf(rows: readonly AttributionRow[]): AttributionRow {
  const sum = (key: keyof SleeveAttribution): number =>
    rows.reduce((total, row) => total + (typeof row[key] === 'number' ? row[key] : 0), 0)
  const added = Object.fromEntries(ADDED.map((key) => [key, known(sum(key))]))
  const whereKnown = Object.fromEntries(
    ADDED_WHERE_KNOWN.map((key) => [key, rows.every((row) => row[key] === null) ? null : finite(sum(key))]),
  )
  return { name: 'portfolio', title: 'Sum', ...added, ...whereKnown } as unknown as AttributionRow
}
