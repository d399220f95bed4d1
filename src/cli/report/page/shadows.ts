import type { CurveView, SleeveFigures } from '../../../api/contract/report.ts'
import { count, money, moneyWhole, percent, percentTo, ratio } from '../numbers.ts'
import { type Frame, panel, result, sleeveName, table } from './frame.ts'
import { lineChart, type Plot } from './line-chart.ts'
import { html, type Markup } from './markup.ts'

/* What each sleeve did beside what it would have done alone, at full capital. */

function plotOf({ page, sleeves }: Frame, shadow: CurveView): Plot {
  const actual = page.curves.sleeves.find(({ name }) => name === shadow.name)
  return {
    name: `${shadow.title}, actual and shadow`,
    lines: [
      { title: shadow.title, values: actual?.values ?? [], style: sleeves.get(shadow.name)?.hue ?? '' },
      { title: 'alone', values: shadow.values, style: 'shadow' },
    ],
    guides: [],
    height: 132,
    ticks: 3,
    tickText: (tick, step) => percentTo(tick, step < 0.00999 ? 1 : 0),
    valueText: (value) => percent(value, 'both'),
    ends: true,
  }
}

function row(frame: Frame, sleeve: SleeveFigures): Markup {
  const { currency } = frame
  const shadow = sleeve.shadow!
  const ended = shadow.fault === null ? null : html` <span class="late">ended: ${shadow.fault}</span>`
  return html`<tr><th scope="row">${sleeveName(frame, sleeve.name)}${ended}</th>
${result(percent(sleeve.totalReturn, 'both'), sleeve.totalReturn)}${result(percent(shadow.totalReturn, 'both'), shadow.totalReturn)}
<td>${moneyWhole(sleeve.final, currency)}</td><td>${shadow.final === null ? 'n/a' : moneyWhole(shadow.final, currency)}</td>
<td>${ratio(sleeve.sharpe)}</td><td>${ratio(shadow.sharpe)}</td><td>${percent(sleeve.maxDrawdown)}</td><td>${percent(shadow.maxDrawdown)}</td>
<td>${count(sleeve.roundTrips)}</td><td>${count(shadow.roundTrips)}</td><td>${money(sleeve.fees, currency)}</td><td>${money(shadow.fees, currency)}</td></tr>`
}

function netting({ page, currency }: Frame): Markup | null {
  const { shadow, ordersNet, notionalNet } = page.report.netting
  if (shadow === null) return null
  return html`<p class="note">Each sent alone, the orders of all sleeves at full capital would have been ${count(shadow.orders)} over ${moneyWhole(shadow.notional, currency)} for ${money(shadow.fees, currency)} of fees. The account sent ${count(ordersNet)} over ${moneyWhole(notionalNet, currency)} for ${money(page.report.portfolio.fees, currency)}.</p>`
}

/** Null where the run kept no shadows. */
export function shadowPanel(frame: Frame): Markup | null {
  const { curves, report } = frame.page
  const kept = report.sleeves.filter(({ shadow }) => shadow !== null)
  if (kept.length === 0) return null
  const columns = [
    '<Sleeve',
    'Total return',
    'alone',
    'Value',
    'alone',
    'Sharpe',
    'alone',
    'Drawdown',
    'alone',
    'Round trips',
    'alone',
    'Fees',
    'alone',
  ]
  const plots = curves.shadows.map((shadow) => plotOf(frame, shadow))
  const chart = curves.days.length < 2 ? null : lineChart({ id: 'shadows', days: curves.days, plots }, false)
  const rows = kept.map((sleeve) => row(frame, sleeve))
  return panel(
    { title: 'Sleeves and their shadows', unit: 'alone: what the sleeve would have done by itself, at full capital' },
    html`${table({ caption: 'Each sleeve beside its shadow', columns }, rows)}${netting(frame)}<div class="long-names">${chart}</div>`,
  )
}
