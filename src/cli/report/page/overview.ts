import { count, leverage, longDate, money, moneyAxis, percent, percentTo, ratio, tone } from '../numbers.ts'
import { empty, type Frame, panel } from './frame.ts'
import { type Chart, lineChart } from './line-chart.ts'
import { html, type Markup } from './markup.ts'
import { plural } from './words.ts'

/* The top of the page: whose report it is, what needs a look, the key figures and the equity curve. */

export function heading({ page, currency }: Frame): Markup {
  const { portfolio, sleeves } = page.report
  const span =
    portfolio.start === null || portfolio.end === null
      ? 'no trading day'
      : `${longDate(portfolio.start)} to ${longDate(portfolio.end)} · ${plural(count(portfolio.days), 'day', 'days')}`
  return html`<h1>${portfolio.name}</h1><p class="sub">${plural(count(sleeves.length), 'sleeve', 'sleeves')} · ${span} · amounts in ${currency}</p>
<p class="capitals"><span class="whole">Capital<b>${money(portfolio.initial, currency)}</b></span>${sleeves.map(
    (sleeve) => html`<span>${sleeve.title}<b>${money(sleeve.capital, currency)}</b></span>`,
  )}</p>`
}

/** What the reader must know before any figure: broken invariants, paused sleeves, records that nobody published, open violations. */
export function attention({ page }: Frame): Markup {
  const { invariants, sleeves, violations } = page.report
  const open = violations.filter((violation) => violation.resolvedAt === null)
  const items: Markup[] = []
  if (invariants.violated.length > 0)
    items.push(
      html`<li class="warned"><b>Invariants were violated: ${invariants.violated.join(', ')}.</b> Do not trust these figures.</li>`,
    )
  for (const { paused, title } of sleeves) {
    if (paused !== null)
      items.push(
        html`<li class="warned"><b>${title} was paused on ${longDate(paused.tradeDate)}.</b> ${paused.cause}</li>`,
      )
  }
  const invented = sleeves.filter(({ synthetic }) => synthetic.length > 0)
  if (invented.length > 0) {
    const names = invented.map(({ title, synthetic }) => `${title} (${synthetic.join(', ')})`)
    items.push(
      html`<li class="warned"><b>SYNTHETIC data: ${names.join('; ')}.</b> Nobody published it: it shows how these sleeves work, not what they earn.</li>`,
    )
  }
  if (open.length > 0)
    items.push(
      html`<li class="warned"><b>${plural(count(open.length), 'violation', 'violations')} open at the end.</b> The list is below.</li>`,
    )
  if (items.length === 0) {
    const checked = Object.keys(invariants.checked).length > 0 ? 'Every invariant held, no' : 'No'
    items.push(html`<li><b>Nothing needs you.</b> ${checked} sleeve was paused and no violation is open.</li>`)
  }
  return html`<ul class="attn">${items}</ul>`
}

interface Figure {
  readonly label: string
  readonly value: Markup
  readonly below: Markup
}

function meter(share: number, limit: number): Markup {
  const full = limit * 1.1
  return html`<div class="meter"><i style="width:${percentOf(share / full)}%"></i><u style="left:${percentOf(limit / full)}%"></u></div>`
}

function percentOf(share: number): string {
  return String(Number((Math.max(0, Math.min(1, share)) * 100).toFixed(1)))
}

function headline(value: number, currency: string): Markup {
  const text = money(value, currency)
  if (Math.abs(value) < 10_000) return html`${text}`
  const cents = Math.abs(value).toFixed(2).slice(-2)
  // Whole amounts are cut, not rounded, here, so that the cents beside them belong to them.
  return html`${money(Math.trunc(value), currency)}<small>.${cents}</small>`
}

function figures({ page, currency }: Frame): Figure[] {
  const { portfolio, netting } = page.report
  const { leverage: leverageMax, drawdownHalt } = page.limits
  const profit = portfolio.final - portfolio.initial - portfolio.flows
  return [
    {
      label: 'Portfolio value',
      value: headline(portfolio.final, currency),
      below: html`<span class="${tone(profit, 0.005)}">${money(profit, currency, 'both')}</span> from ${money(portfolio.initial, currency)}`,
    },
    {
      label: 'Total return',
      value: html`<span class="${tone(portfolio.totalReturn)}">${percent(portfolio.totalReturn, 'both')}</span>`,
      below: html`${percent(portfolio.annualReturn)} a year`,
    },
    {
      label: 'Sharpe',
      value: html`${ratio(portfolio.sharpe)}`,
      below: html`Sortino ${ratio(portfolio.sortino)}, Calmar ${ratio(portfolio.calmar)}`,
    },
    { label: 'Volatility', value: html`${percent(portfolio.volatility)}`, below: html`a year, of daily returns` },
    {
      label: 'Deepest drawdown',
      value: html`${percent(portfolio.maxDrawdown)}`,
      below: html`${drawdownHalt === null ? null : meter(-(portfolio.maxDrawdown ?? 0), drawdownHalt)}${
        drawdownHalt === null ? 'no halt is set' : `new positions halt at ${percentTo(-drawdownHalt, 0)}`
      }`,
    },
    {
      label: 'Leverage, gross',
      value: html`${leverage(portfolio.leverageGross)}`,
      below: html`${meter(portfolio.leverageGross ?? 0, leverageMax)}limit ${leverage(leverageMax)}, net ${leverage(portfolio.leverageNet)}`,
    },
    {
      label: 'Round trips',
      value: html`${count(portfolio.roundTrips)}`,
      below: html`${plural(count(netting.ordersNet), 'order', 'orders')}, ${plural(count(portfolio.positionsGross), 'position', 'positions')} open`,
    },
  ]
}

export function keyFigures(frame: Frame): Markup {
  return html`<dl class="panel kpis">${figures(frame).map(
    ({ label, value, below }, index) =>
      html`<div class="kpi${index === 0 ? ' main' : ''}"><dt>${label}</dt><dd class="v">${value}</dd><dd class="x">${below}</dd></div>`,
  )}</dl>`
}

function equityPlots({ page, currency }: Frame): Chart {
  const { curves, limits, report } = page
  const halt = limits.drawdownHalt
  return {
    id: 'equity',
    days: curves.days,
    plots: [
      {
        name: 'Portfolio value',
        lines: [{ title: 'Portfolio', values: curves.equity, style: 'whole' }],
        guides: [{ value: report.portfolio.initial, label: 'Capital at the start', style: 'base' }],
        height: 372,
        ticks: 5,
        tickText: (tick, step) => moneyAxis(tick, currency, step),
        valueText: (value) => money(value, currency),
        ends: true,
      },
      {
        name: 'Drawdown',
        lines: [{ title: 'Drawdown', values: curves.drawdown, style: 'fall', filled: true }],
        guides: halt === null ? [] : [{ value: -halt, label: 'New positions halt', style: 'halt' }],
        height: 96,
        ticks: 2,
        tickText: (tick) => percentTo(tick, 0),
        valueText: (value) => percent(value),
        ends: true,
      },
    ],
  }
}

export function equityPanel(frame: Frame): Markup {
  const text = { title: 'Equity', unit: `${frame.currency}, drawdown below`, width: 'w8' }
  if (frame.page.curves.days.length < 2)
    return panel(text, empty('A curve needs two trading days. Run a longer period: --from and --to say which.'))
  return panel(text, html`${lineChart(equityPlots(frame), false)}${monthEnds(frame)}`)
}

/** The same curve as a table of month ends. */
function monthEnds({ page, currency }: Frame): Markup {
  const { days, equity, drawdown, portfolio } = page.curves
  const ends = days.flatMap((day, index) => (day.slice(0, 7) === days[index + 1]?.slice(0, 7) ? [] : [index]))
  return html`<details class="all"><summary>Month ends as a table</summary><div class="scroll"><table><caption class="away">Portfolio at month ends</caption><thead><tr><th scope="col">Date</th><th scope="col">Value</th><th scope="col">Return since the start</th><th scope="col">Drawdown</th></tr></thead><tbody>${ends.map(
    (index) =>
      html`<tr><th scope="row">${days[index]!}</th><td>${money(equity[index]!, currency)}</td><td>${percent(portfolio[index] ?? null, 'both')}</td><td>${percent(drawdown[index]!)}</td></tr>`,
  )}</tbody></table></div></details>`
}

export function sleeveCurves({ page, sleeves }: Frame): Markup {
  const { curves } = page
  const text = { title: 'Sleeves over time', unit: 'time-weighted return since the start; a chip hides its line' }
  if (curves.days.length < 2 || curves.sleeves.length === 0)
    return panel(text, empty('Curves need two trading days and a sleeve that trades. Cash alone has no curve.'))
  const whole = { title: 'Portfolio', values: curves.portfolio, style: 'whole' }
  const lines = curves.sleeves.map(({ name, title, values }) => ({
    title,
    values,
    style: sleeves.get(name)?.hue ?? '',
  }))
  const chart: Chart = {
    id: 'sleeves',
    days: curves.days,
    plots: [
      {
        name: 'Time-weighted return by sleeve',
        lines: [whole, ...lines],
        guides: [],
        height: 320,
        ticks: 6,
        tickText: (tick, step) => percentTo(tick, step < 0.00999 ? 1 : 0),
        valueText: (value) => percent(value, 'both'),
        ends: true,
      },
    ],
  }
  return panel(text, html`<div class="long-names">${lineChart(chart, true)}</div>`)
}
