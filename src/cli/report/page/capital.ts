import type { CapitalRecordView } from '../../../api/contract/capital.ts'
import { count, moneyWhole, percentTo } from '../numbers.ts'
import { type Frame, panel, sleeveName, table } from './frame.ts'
import { lineChart } from './line-chart.ts'
import { html, type Markup } from './markup.ts'
import { plural } from './words.ts'

/* How capital was dealt while the run went on: what each sleeve might use, and why that changed. */

const SHOWN = 12
const LISTED_MAX = 500

/** What a record is about, in words. */
const CAUSES: Readonly<Record<string, string>> = {
  weights: 'Weights',
  lifecycle: 'Lifecycle',
  bench: 'Bench',
  return: 'Return',
  reduction: 'Reduction',
  ladder: 'Month ladder',
  volatilityTarget: 'Volatility target',
  spike: 'Correlation spike',
  rebalance: 'Rebalancing',
  flow: 'Money in or out',
  transfer: 'Transfer',
  loan: 'Loan',
  operator: 'Operator',
}

function change({ before, after }: CapitalRecordView): string {
  if (before === null && after === null) return ''
  const text = (value: number | null): string => (value === null ? '' : percentTo(value, 1))
  return `${text(before)} → ${text(after)}`
}

function row(frame: Frame, record: CapitalRecordView): Markup {
  const { tradeDate, cause, sleeve, moved, reason } = record
  const isMoney = cause === 'rebalance' || cause === 'flow' || cause === 'transfer' || cause === 'loan'
  const amount = moved === 0 ? '' : moneyWhole(moved, frame.currency)
  return html`<tr><td class="l">${tradeDate}</td><td class="l">${CAUSES[cause] ?? cause}</td><td class="l">${sleeve === null ? 'All' : sleeveName(frame, sleeve)}</td><td>${isMoney ? '' : change(record)}</td><td>${amount}</td><td class="l mid">${reason}</td></tr>`
}

function titleOf({ sleeves }: Frame, name: string): string {
  return sleeves.get(name)?.title ?? name
}

/** Null where capital was dealt once and nothing moved it. */
export function capitalPanel(frame: Frame): Markup | null {
  const { report, curves } = frame.page
  const { capital } = report
  if (capital === null) return null
  const columns = ['<Day', '<Cause', '<Sleeve', 'May use', 'Money moved', '<Reason']
  const rows = capital.records
    .toReversed()
    .slice(0, LISTED_MAX)
    .map((record) => row(frame, record))
  const rest = rows.slice(SHOWN)
  const more =
    rest.length === 0
      ? null
      : html`<details><summary>Show ${count(rest.length)} more</summary>${table({ caption: 'Earlier changes of capital', columns }, rest)}</details>`
  const computed = capital.days.filter((day) => day.computed && day.tradeDate !== null).length
  const method = capital.method === null ? 'dealt once' : capital.method.replaceAll('_', ' ')
  const standing = [
    ...capital.stages.map(({ sleeve, stage, proposed }) =>
      proposed === null
        ? `${titleOf(frame, sleeve)}: ${stage}`
        : `${titleOf(frame, sleeve)}: ${stage}, ${proposed} proposed`,
    ),
    ...capital.closeness.map(
      ({ left, right, runDays }) =>
        `${titleOf(frame, left)} and ${titleOf(frame, right)} too close for ${plural(count(runDays), 'day', 'days')}`,
    ),
  ]
  const end = standing.length === 0 ? '' : ` At the end: ${standing.join('; ')}.`
  const note = html`<p class="note">Weights: ${method}, computed anew on ${plural(count(computed), 'day', 'days')}. What overlays cut goes to nobody else.${end}</p>`
  return panel(
    { title: 'Capital', unit: 'what each sleeve may use of the portfolio: weight times the factors of the overlays' },
    html`${chartOf(frame, curves.days)}${note}${table({ caption: 'Latest changes of capital', columns }, rows.slice(0, SHOWN))}${more}`,
  )
}

function chartOf({ page, sleeves }: Frame, days: readonly string[]): Markup | null {
  const { capital } = page.curves
  if (capital.length === 0 || days.length < 2) return null
  const plot = {
    name: 'What each sleeve may use',
    lines: capital.map(({ name, title, values }) => ({ title, values, style: sleeves.get(name)?.hue ?? '' })),
    guides: [],
    height: 180,
    ticks: 4,
    tickText: (tick: number, step: number) => percentTo(tick, step < 0.00999 ? 1 : 0),
    valueText: (value: number | null) => percentTo(value, 1),
    ends: true,
  }
  return html`<div class="long-names">${lineChart({ id: 'capital', days, plots: [plot] }, false)}</div>`
}
