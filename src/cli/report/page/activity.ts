import type { RefusalCount, TradeView } from '../../../api/contract/report.ts'
import { count, decimal, longDate, money, moneyWhole, percentTo, quantityText, tone } from '../numbers.ts'
import { membershipWords } from '../universes.ts'
import { empty, type Frame, panel, sleeveName, table } from './frame.ts'
import { html, type Markup, trusted } from './markup.ts'
import { plural, ruleFigure, ruleWords, sentence, spaced } from './words.ts'

/* What was done and what was not: netting, round trips, refusals, checks and notes. */

const SHOWN = 12
const LISTED_MAX = 1_000

export function nettingPanel({ page, currency }: Frame): Markup {
  const { netting } = page.report
  const text = { title: 'Netting', unit: 'gross wishes, net orders' }
  if (netting.ordersGross === 0)
    return panel(text, empty('No sleeve sent an order in this period, so there was nothing to net.'))
  const row = (label: string, gross: number, net: number, show: (value: number) => string) =>
    html`<tr><th scope="row">${label}</th><td>${show(gross)}</td><td>${show(net)}</td><td style="min-width:80px"><span class="duo" role="img" aria-label="net is ${percentTo(gross > 0 ? net / gross : 0, 1)} of gross"><i class="g" style="width:100%"></i><i class="n" style="width:${(gross > 0 ? (net / gross) * 100 : 0).toFixed(1)}%"></i></span></td></tr>`
  const rows = [
    row('Orders', netting.ordersGross, netting.ordersNet, count),
    row('Units', netting.unitsGross, netting.unitsNet, (value) => decimal(value, 0)),
    row('Traded value', netting.notionalGross, netting.notionalNet, (value) => moneyWhole(value, currency)),
  ]
  return panel(
    text,
    html`<p class="big"><b>${money(netting.savings, currency)}</b><span>less traded than the sleeves wished, ${percentTo(netting.savingsPct, 1)} of the gross value</span></p>
${table({ caption: 'Gross against net', columns: ['', 'Gross', 'Net', ''] }, rows)}
<p class="note">${plural(count(netting.crosses), 'internal cross', 'internal crosses')}; fees saved ${money(netting.feesSaved, currency)}. At most ${plural(count(page.report.maxOrdersPerInstrumentCycle), 'order', 'orders')} for one instrument in one cycle.</p>`,
  )
}

function tradeRow(frame: Frame, trade: TradeView): Markup {
  const price = (value: number) => decimal(value, trade.priceDecimals)
  const hue = frame.sleeves.get(trade.sleeve)?.hue ?? ''
  return html`<tr><th scope="row"><i class="only-phone ${hue}"></i>${trade.instrument}</th><td class="l">${sleeveName(frame, trade.sleeve)}</td><td class="l mid">${sentence(trade.side)}</td><td>${quantityText(trade.quantity)}</td><td>${trade.entryDate}</td><td>${price(trade.entryPrice)}</td><td>${trade.exitDate}</td><td>${price(trade.exitPrice)}</td><td class="${tone(trade.pnl, 0.005)}">${money(trade.pnl, frame.currency, 'both')}</td><td class="mid">${money(trade.fees, frame.currency)}</td><td>${count(trade.bars)}</td><td class="l mid">${sentence(spaced(trade.exitReason))}</td></tr>`
}

const TRADE_COLUMNS = [
  '<Instrument',
  '<Sleeve',
  '<Side',
  'Quantity',
  'Opened',
  'Entry',
  'Closed',
  'Exit',
  'Result',
  'Fees',
  'Bars',
  '<Exit reason',
]

function tradeTable(frame: Frame, caption: string, trades: readonly TradeView[]): Markup {
  return table(
    { caption, columns: TRADE_COLUMNS, kind: 'trade' },
    trades.map((trade) => tradeRow(frame, trade)),
  )
}

const TABS = trusted(
  [
    ['last', 'Latest'],
    ['best', 'Best'],
    ['worst', 'Worst'],
  ]
    .map(
      ([id, label], index) =>
        `<input class="away" type="radio" name="trades" id="tab-${id}"${index === 0 ? ' checked' : ''}><label for="tab-${id}">${label}</label>`,
    )
    .join(''),
)

export function tradesPanel(frame: Frame): Markup {
  const { trades } = frame.page
  const total = plural(count(trades.length), 'round trip', 'round trips')
  if (trades.length === 0)
    return panel(
      { title: 'Trades' },
      empty('No round trip was closed in this period. What was refused, and why, is listed below.'),
    )
  const latest = trades.toReversed()
  const ranked = latest.toSorted((left, right) => right.pnl - left.pnl)
  const best = ranked.filter((trade) => trade.pnl > 0).slice(0, SHOWN)
  const worst = ranked
    .toReversed()
    .filter((trade) => trade.pnl < 0)
    .slice(0, SHOWN)
  const tab = (id: string, shown: readonly TradeView[], none: string) =>
    html`<div class="tab tab-${id}">${shown.length === 0 ? empty(none) : tradeTable(frame, `Trades: ${id}`, shown)}</div>`
  const all = latest.slice(0, LISTED_MAX)
  const more =
    trades.length > SHOWN
      ? html`<details class="all"><summary>Show ${all.length < trades.length ? `the latest ${count(all.length)} of ${total}` : `all ${total}`}</summary>${tradeTable(frame, 'All trades', all)}</details>`
      : null
  return html`<section class="panel long trades"><div class="head"><h2>Trades</h2><span class="unit">${total}; every one is in trades.csv</span><div class="seg" role="group" aria-label="Which trades">${TABS}</div></div>${tab(
    'last',
    latest.slice(0, SHOWN),
    '',
  )}${tab('best', best, 'No round trip has won yet.')}${tab('worst', worst, 'No round trip has lost yet.')}${more}</section>`
}

function facts({ rule, value, limit }: RefusalCount, currency: string): string {
  if (value === null && limit === null) return ''
  const text = (figure: number | null) => ruleFigure(rule, figure, currency)
  return limit === null ? `, at ${text(value)}` : `, at ${text(value)} against a limit of ${text(limit)}`
}

function refusalRow(frame: Frame, refusal: RefusalCount): Markup {
  const amount =
    refusal.end === 'trimmed'
      ? `trimmed ${quantityText(refusal.wanted)} to ${quantityText(refusal.allowed)}`
      : `wished ${quantityText(refusal.wanted)}`
  return html`<tr><th scope="row">${sleeveName(frame, refusal.sleeve)}</th><td class="l mid">${sentence(refusal.end)}</td><td class="l wrap">${ruleWords(refusal.rule)}${/[A-Z]/.test(refusal.rule) ? html` <span class="soft">${refusal.rule}</span>` : null}</td><td>${count(refusal.count)}</td><td class="l wrap mid">${longDate(refusal.tradeDate)}: ${refusal.instrument}, ${amount}${facts(refusal, frame.currency)}</td></tr>`
}

export function refusalsPanel(frame: Frame): Markup {
  const { refusals } = frame.page.report
  const text = {
    title: 'Refused and trimmed',
    unit: 'wishes that ended without their full fill, and the rule that decided',
  }
  if (refusals.length === 0) return panel(text, empty('Every wish of every sleeve was filled or crossed in full.'))
  const columns = ['<Sleeve', '<End', '<Reason', 'Count', '<Latest']
  const rows = refusals.map((refusal) => refusalRow(frame, refusal))
  const shown = table({ caption: 'Wishes that ended otherwise', columns }, rows.slice(0, SHOWN))
  const rest =
    rows.length > SHOWN
      ? html`<details><summary>Show ${count(rows.length - SHOWN)} more</summary>${table({ caption: 'More of them', columns }, rows.slice(SHOWN))}</details>`
      : null
  return panel(text, html`${shown}${rest}`)
}

export function invariantsPanel({ page }: Frame): Markup {
  const { checked, violated } = page.report.invariants
  const text = { title: 'Invariants', unit: 'checked after every event' }
  const entries = Object.entries(checked)
  if (entries.length === 0) return panel(text, empty('Checks were off in this run, as they are in benches.'))
  const rows = entries.map(([name, times]) => {
    const isBroken = violated.some((broken) => broken === name || broken.startsWith(`${name}:`))
    return html`<tr><th scope="row">${sentence(spaced(name))}</th><td>${count(times)}</td><td class="l ${isBroken ? 'down' : 'up'}">${isBroken ? 'violated' : times === 0 ? 'not needed' : 'held'}</td></tr>`
  })
  const broken =
    violated.length === 0
      ? null
      : html`<ul class="list">${violated.map((name) => html`<li class="down">${name}</li>`)}</ul>`
  return panel(
    text,
    html`${table({ caption: 'Invariants and how often each was checked', columns: ['<Invariant', 'Checks', '<Result'] }, rows)}${broken}<p class="note">${count(page.report.events)} events in ${count(page.report.cycles)} cycles.</p>`,
  )
}

export function notesPanel({ page }: Frame): Markup {
  const { parity, notes, sleeves, universes } = page.report
  const titleOf = (name: string): string => sleeves.find((sleeve) => sleeve.name === name)?.title ?? name
  const items = [
    ...Object.entries(parity).map(
      ([from, to]) => html`<li><b>${from} is taken as equal to ${to}</b>, as parity: in the configuration states.</li>`,
    ),
    ...sleeves.flatMap(({ title, notEvaluated }) =>
      notEvaluated.length === 0
        ? []
        : [
            html`<li><b>${title}</b>: no point-in-time data for ${notEvaluated.join(', ')}, so these criteria were not evaluated.</li>`,
          ],
    ),
    ...sleeves.flatMap(({ title, fewRoundTrips }) =>
      fewRoundTrips === null ? [] : [html`<li><b>${title}</b>: ${fewRoundTrips}.</li>`],
    ),
    ...universes.map((one) => html`<li><b>${titleOf(one.sleeve)}</b>: ${membershipWords(one)} (universe.csv).</li>`),
    ...notes.map((note) => html`<li>${note}</li>`),
  ]
  const text = { title: 'Notes on this run', unit: 'assumptions and what the data lacked' }
  if (items.length === 0)
    return panel(text, empty('The data was complete for this period, and nothing had to be assumed.'))
  return panel(text, html`<ul class="list">${items}</ul>`)
}
