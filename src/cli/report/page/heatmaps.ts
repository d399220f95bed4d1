import type { CorrelationView, MonthReturn } from '../../../api/contract/report.ts'
import { decimal, monthName, percentTo } from '../numbers.ts'
import { html, type Markup } from './markup.ts'

/* Tables whose cells are coloured by value, with the figure always printed in the cell. */

/** Below this correlation two sleeves spread risk as intended; above the other one they are one bet. */
const CORRELATION_GOAL = 0.3
const CORRELATION_ALERT = 0.7
const STEPS = 9
/** Monthly returns beyond this quantile share the last colour, so that one month does not pale all others. */
const CLIP_QUANTILE = 0.95

/** Class of one of nine colour steps for a value between -limit and limit. */
export function rampClass(value: number | null, limit: number): string {
  if (value === null || !(limit > 0)) return 'd d4'
  const place = Math.floor(((value / limit + 1) / 2) * STEPS)
  return `d d${Math.max(0, Math.min(STEPS - 1, place))}`
}

function clipOf(months: readonly MonthReturn[]): number {
  const sizes = months.flatMap(({ totalReturn }) => (totalReturn === null ? [] : [Math.abs(totalReturn)]))
  sizes.sort((left, right) => left - right)
  return sizes[Math.min(sizes.length - 1, Math.floor(CLIP_QUANTILE * sizes.length))] ?? 0
}

function monthCell(month: MonthReturn | undefined, clip: number): Markup {
  if (month === undefined) return html`<td class="d none"></td>`
  return html`<td class="${rampClass(month.totalReturn, clip)}">${percentTo(month.totalReturn, 1, 'both')}</td>`
}

export interface MonthlyInput {
  readonly months: readonly MonthReturn[]
  readonly years: readonly { readonly name: string; readonly totalReturn: number | null }[]
}

/** Years down and months across; on a narrow page months down and years across. */
export function monthlyHeatmap({ months, years }: MonthlyInput): Markup {
  const clip = clipOf(months)
  const byMonth = new Map(months.map((month) => [month.month, month]))
  const numbers = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, '0'))
  const cell = (year: string, month: string) => monthCell(byMonth.get(`${year}-${month}`), clip)
  const total = (value: number | null) => html`<td class="total">${percentTo(value, 1, 'both')}</td>`
  return html`<div class="scroll wide-only" tabindex="0" role="region" aria-label="Return by month"><table class="heat"><caption class="away">Return by month</caption><thead><tr><th scope="col">Year</th>${numbers.map(
    (month) => html`<th scope="col">${monthName(`2000-${month}`)}</th>`,
  )}<th scope="col">Year</th></tr></thead><tbody>${years.map(
    (year) =>
      html`<tr><th scope="row">${year.name}</th>${numbers.map((month) => cell(year.name, month))}${total(year.totalReturn)}</tr>`,
  )}</tbody></table></div>
<div class="scroll narrow-only" tabindex="0" role="region" aria-label="Return by month"><table class="heat"><caption class="away">Return by month</caption><thead><tr><th scope="col">Month</th>${years.map(
    (year) => html`<th scope="col">${year.name}</th>`,
  )}</tr></thead><tbody>${numbers.map(
    (month) =>
      html`<tr><th scope="row">${monthName(`2000-${month}`)}</th>${years.map((year) => cell(year.name, month))}</tr>`,
  )}<tr><th scope="row">Year</th>${years.map((year) => total(year.totalReturn))}</tr></tbody></table></div>`
}

function correlationCell(value: number | null, isOwn: boolean): Markup {
  if (value === null) return html`<td class="d none" title="No variance on one side">n/a</td>`
  if (isOwn) return html`<td class="d own">${decimal(value, 2)}</td>`
  const mark = value < CORRELATION_GOAL ? ' goal' : value > CORRELATION_ALERT ? ' alert' : ''
  return html`<td class="${rampClass(value, 1)}${mark}">${decimal(value, 2)}${
    mark === ' alert' ? html`<span class="away"> above ${CORRELATION_ALERT}</span>` : null
  }</td>`
}

/** Correlations with their figures; pairs below the goal carry a dot, pairs above the alert an outline. */
export function correlationHeatmap(
  correlation: CorrelationView,
  label: (name: string, bare: boolean) => Markup,
): Markup {
  const { names, matrix } = correlation
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Correlation of daily returns"><table class="heat corr"><caption class="away">Correlation of daily returns</caption><thead><tr><th scope="col"></th>${names.map(
    (name) => html`<th scope="col">${label(name, true)}</th>`,
  )}</tr></thead><tbody>${names.map(
    (name, row) =>
      html`<tr><th scope="row">${label(name, false)}</th>${names.map((_, column) => correlationCell(matrix[row]?.[column] ?? null, row === column))}</tr>`,
  )}</tbody></table></div>
<p class="key"><span><i class="dot"></i>below ${CORRELATION_GOAL.toFixed(2)}, the goal</span><span><i class="ring"></i>above ${CORRELATION_ALERT.toFixed(2)}, nearly one bet</span></p>`
}
