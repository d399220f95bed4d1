import type { ExcursionView, StabilityView, TailView } from '../../../api/contract/risk.ts'
import { count, decimal, decimalsOf, longDate, money, percent, percentTo, ratio } from '../numbers.ts'
import { empty, type Frame, panel, sleeveName, table } from './frame.ts'
import { type Line, lineChart, type Plot } from './line-chart.ts'
import { html, type Markup } from './markup.ts'
import { plural } from './words.ts'

/* The risk of the book: what it may lose, who carries it, how it moved, and what mixing takes away. */

const METHODS = { historical: 'Historical', gaussian: 'Gaussian', cornishFisher: 'Cornish-Fisher' } as const
const LEVELS = ['95', '99'] as const
/** Days that a rolling correlation needs: with fewer there is nothing to say of its stability. */
const SHIFTS_SHOWN = 6

function lossCells(tail: TailView, method: keyof typeof METHODS): Markup[] {
  const cell = (figure: 'var' | 'cvar', level: string): Markup => {
    const { low, high } = tail[`${figure}Interval`][method][level]!
    const between =
      low === null || high === null
        ? null
        : html`<em class="range">${decimal(low * 100, 2)} to ${decimal(high * 100, 2)}</em>`
    return html`<td>${percentTo(tail[figure][method][level]!, 2)}${between}</td>`
  }
  return LEVELS.flatMap((level) => [cell('var', level), cell('cvar', level)])
}

function lossRows(title: string, tail: TailView): Markup[] {
  const methods = Object.entries(METHODS).map(
    ([method, name]) => html`<tr><th scope="row">${name}</th>${lossCells(tail, method as keyof typeof METHODS)}</tr>`,
  )
  return [html`<tr><th scope="rowgroup" class="l group" colspan="5">${title}</th></tr>`, ...methods]
}

/** One day's losses by method and level, with intervals. */
export function lossPanel(frame: Frame): Markup {
  const { risk, portfolio } = frame.page.report
  const text = {
    title: 'Losses to expect in a day',
    unit: 'below each the middle 90 % of redrawn histories',
    width: 'w6',
  }
  if (risk.book.var.gaussian['95'] === null)
    return panel(text, empty('Losses need at least two days on which every sleeve had a session and capital at work.'))
  const columns = ['<Method', ...LEVELS.flatMap((level) => [`VaR ${level} %`, `CVaR ${level} %`])]
  const rows = [...lossRows('The book as it stands', risk.book), ...lossRows('The portfolio as it was', risk.portfolio)]
  const once = risk.book.var.historical['95'] ?? 0
  return panel(
    text,
    html`${table({ caption: 'Value at risk and expected shortfall', columns, kind: 'losses' }, rows)}
<p class="note">On one day in twenty the book loses more than ${money(once * portfolio.final, frame.currency)} if days are as they were. VaR is not exceeded on that share of days, CVaR is the mean loss beyond it. Added up, the sleeves' own historical VaR at 95 % would be ${percentTo(risk.varSum.historical['95']!, 2)}; put together by their correlations ${percentTo(risk.varCorrelated.historical['95']!, 2)}.</p>`,
  )
}

function barOf(share: number | null): Markup {
  const width = Math.max(0, Math.min(1, share ?? 0)) * 100
  return html`<td class="not-phone" style="min-width:80px"><span class="duo"><i class="n" style="width:${width.toFixed(1)}%"></i></span></td>`
}

/** Components of the volatility: they add up to the whole. */
export function carriedPanel(frame: Frame): Markup {
  const { risk } = frame.page.report
  const text = { title: 'Who carries the risk', unit: 'components of the volatility', width: 'w6' }
  if (risk.names.length === 0)
    return panel(text, empty('No sleeve is invested on the last day, so nothing is at risk.'))
  const { benchmark, portfolioToBenchmark, benchmarkOfSleeves, portfolio: betas } = risk.betas
  const beside = (value: number | null): Markup | null => (benchmark === null ? null : html`<td>${ratio(value)}</td>`)
  const rows = risk.names.map(
    (name, at) =>
      html`<tr><th scope="row">${sleeveName(frame, name, `${percentTo(risk.weights[at]!, 1)} of equity`)}</th><td>${percent(risk.volatilities[at]!)}</td><td>${ratio(betas[at]!)}</td>${beside(benchmarkOfSleeves[at]!)}<td>${percent(risk.components[at]!)}</td><td>${percentTo(risk.shares[at]!, 1)}</td>${barOf(risk.shares[at]!)}</tr>`,
  )
  const foot = html`<tr><th scope="row" class="l">Book</th><td>${percent(risk.portfolioVolatility)}</td><td></td>${beside(portfolioToBenchmark)}<td>${percent(risk.portfolioVolatility)}</td><td></td><td class="not-phone"></td></tr>`
  const columns = [
    '<Sleeve',
    'Volatility',
    'Beta',
    ...(benchmark === null ? [] : [`Beta ${benchmark}`]),
    'Component',
    'Of the risk',
    '',
  ]
  return panel(
    text,
    html`${table({ caption: 'Components of the volatility by sleeve', columns, kind: 'carried' }, rows, foot)}
<p class="note">Weights of the last day, returns of ${plural(count(risk.observations), 'day', 'days')} on which every sleeve had a session and capital at work. Beta is on the book${benchmark === null ? '' : ` and on ${benchmark}`}; a negative component takes risk away.</p>`,
  )
}

function volatilityPlot(name: string, lines: readonly Line[], height: number): Plot {
  return {
    name,
    lines,
    guides: [],
    height,
    ticks: 4,
    tickText: (tick, step) => percentTo(tick, decimalsOf(step * 100)),
    valueText: (value) => percent(value),
    ends: true,
  }
}

/** Rolling volatility of the portfolio over three windows, and of the sleeves. */
export function volatilityPanel({ page, sleeves }: Frame): Markup {
  const { days, volatility } = page.curves
  const text = { title: 'Volatility over time', unit: 'annualised, of the days before' }
  if (volatility.portfolio.every(({ values }) => values.every((value) => value === null)))
    return panel(text, empty('A rolling volatility needs thirty days; this run has fewer.'))
  const whole = volatility.portfolio.map(({ title, values }, at) => ({
    title,
    values,
    style: ['h10 dashed', 'whole', 'h6 dotted'][at] ?? '',
  }))
  const own = volatility.sleeves.map(({ name, title, values }) => ({
    title,
    values,
    style: sleeves.get(name)?.hue ?? '',
  }))
  const plots = [
    volatilityPlot('Portfolio', whole, 200),
    ...(own.length === 0 ? [] : [volatilityPlot('Sleeves, 60 days', own, 200)]),
  ]
  return panel(text, html`<div class="long-names">${lineChart({ id: 'volatility', days, plots }, false)}</div>`)
}

/** What holding the sleeves together takes away, over time. */
export function reductionPanel({ page }: Frame): Markup {
  const { days, reduction } = page.curves
  const { diversification } = page.report.risk
  const text = { title: 'What mixing takes away', unit: `volatility of ${diversification.window} days`, width: 'w8' }
  if (reduction.benefit.every((value) => value === null))
    return panel(
      text,
      empty(`The comparison needs ${diversification.window} days on which every sleeve has a session.`),
    )
  const plots = [
    volatilityPlot(
      'Volatility',
      [
        { title: 'Sleeves, weighted', values: reduction.weighted, style: 'h2 dashed' },
        { title: 'Mix', values: reduction.portfolio, style: 'whole' },
      ],
      180,
    ),
    {
      ...volatilityPlot('Taken away', [{ title: 'Taken away', values: reduction.benefit, style: 'h9' }], 80),
      ticks: 2,
    },
  ]
  return panel(
    text,
    html`${lineChart({ id: 'reduction', days, plots }, false)}
<p class="note">Diversification ratio ${ratio(diversification.ratio)}: weighted volatility over that of the book. The book's volatility is ${ratio(diversification.volatilityOverWeighted)} of the weighted and ${ratio(diversification.volatilityOverSum)} of the plain sum.</p>`,
  )
}

/** Exposure on the last day and where it is concentrated. */
export function exposurePanel({ page }: Frame): Markup {
  const { exposure, concentration } = page.report.risk
  const text = { title: 'Exposure and concentration', unit: 'of equity, on the last day', width: 'w4' }
  const facts: readonly (readonly [string, string])[] = [
    ['Held by the sleeves', percent(exposure.sleeves)],
    ['Gross, netted', percent(exposure.gross)],
    ['Netted away', percent(exposure.netted)],
    ['Net', percent(exposure.net)],
    ['Largest', percent(concentration.largest)],
    ['Five largest', percent(concentration.topFive)],
    ['Herfindahl index', ratio(concentration.herfindahl)],
    ['Equal positions like it', decimal(concentration.effectiveCount, 1)],
  ]
  const rows = facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)
  const places = concentration.instruments
    .map(({ instrument, weight }) => `${instrument} ${percent(weight)}`)
    .join(', ')
  return panel(
    text,
    html`${table({ caption: 'Exposure and concentration', columns: ['<', ''] }, rows)}${
      places === '' ? html`<p class="note">Nothing is held at the end.</p>` : html`<p class="note">${places}</p>`
    }`,
  )
}

/** What open structures gain and lose by, and how many shares of each underlying they stand for. */
export function optionsPanel({ page }: Frame): Markup {
  const { options } = page.report.risk
  if (options === undefined) return html``
  const text = { title: 'Options', unit: 'open on the last day' }
  const structures = options.structures.map(
    (one) =>
      html`<tr><th scope="row">${one.structure}</th><td class="l">${one.sleeve}</td><td>${one.quantity}</td><td>${decimal(one.delta, 1)}</td><td>${decimal(one.gamma, 2)}</td><td>${decimal(one.vega, 2)}</td><td>${decimal(one.theta, 2)}</td><td class="l">${one.chain ?? 'unknown'}</td></tr>`,
  )
  const underlyings = options.underlyings.map(
    (one) =>
      html`<tr><th scope="row">${one.underlying}</th><td>${decimal(one.shares, 1)}</td><td>${decimal(one.options, 1)}</td><td>${decimal(one.net, 1)}</td><td>${percent(one.weight)}</td></tr>`,
  )
  return panel(
    text,
    html`${table({ caption: 'Structures', columns: ['<Structure', '<Sleeve', 'Count', 'Delta', 'Gamma', 'Vega', 'Theta', '<Prices'] }, structures)}
${table({ caption: 'Delta by underlying', columns: ['<Underlying', 'Shares', 'By options', 'Net', 'Of equity'] }, underlyings)}
<p class="note">Delta in shares, gamma in shares per 1 of the price, vega in money per point of volatility, theta in money per day.</p>`,
  )
}

function stabilityRow(frame: Frame, pair: StabilityView): Markup {
  const last = pair.alerts.at(-1)
  const words = { moved: 'moved', above: 'rose above', below: 'fell below' } as const
  const said =
    last === undefined
      ? 'none'
      : last.kind === 'moved'
        ? `${longDate(last.date)}: ${ratio(last.reference)} to ${ratio(last.correlation)}`
        : `${longDate(last.date)}: ${words[last.kind]} ${ratio(last.reference)}`
  const steady =
    pair.current === null ? 'n/a' : pair.current < 0.3 ? 'below 0.30' : pair.current > 0.7 ? 'above 0.70' : ''
  return html`<tr><th scope="row">${sleeveName(frame, pair.left)}</th><td class="l">${sleeveName(frame, pair.right)}</td><td>${ratio(pair.current)}</td><td class="l soft">${steady}</td><td>${ratio(pair.deviation)}</td><td>${count(pair.alerts.length)}</td><td class="l">${said}</td></tr>`
}

/** How steady the correlations are: their deviation and the shifts of regime, the least steady pair first. */
export function stabilityPanel(frame: Frame): Markup {
  const pairs = frame.page.report.risk.stability.filter(({ current }) => current !== null)
  const text = { title: 'How steady correlations are', unit: 'of 90 days' }
  if (pairs.length === 0)
    return panel(text, empty('Stability needs two sleeves and ninety days on which both have a session.'))
  const ordered = [...pairs].sort((left, right) => (right.deviation ?? 0) - (left.deviation ?? 0))
  const columns = ['<Sleeve', '<with', 'Now', '<', 'Deviation', 'Shifts', '<Latest shift']
  const all = pairs.flatMap(({ alerts }) => alerts)
  const rows = ordered.slice(0, SHIFTS_SHOWN).map((pair) => stabilityRow(frame, pair))
  const more = ordered.slice(SHIFTS_SHOWN).map((pair) => stabilityRow(frame, pair))
  const caption = 'Stability of correlations'
  return panel(
    text,
    html`${table({ caption, columns }, rows)}${
      more.length === 0
        ? null
        : html`<details><summary>${plural(count(more.length), 'steadier pair', 'steadier pairs')}</summary>${table({ caption: `${caption}, the steadier pairs`, columns }, more)}</details>`
    }
<p class="note">${plural(count(all.length), 'shift', 'shifts')} in all. A shift is a move of more than 0.30 in 30 days, or a crossing of 0.70. Deviation 0 is a relation that never changes.</p>`,
  )
}

function excursionRow(frame: Frame, view: ExcursionView): Markup {
  const name = view.name === 'portfolio' ? html`Portfolio` : sleeveName(frame, view.name)
  return html`<tr><th scope="row"${view.name === 'portfolio' ? html` class="l"` : null}>${name}</th><td>${count(view.count)}</td><td>${percent(view.meanAdverse)}</td><td>${percent(view.worstAdverse)}</td><td>${percent(view.meanAdverseOfWinners)}</td><td>${percent(view.meanFavourable)}</td><td>${percent(view.bestFavourable)}</td><td>${percent(view.meanFavourableOfLosers)}</td><td>${ratio(view.edgeRatio)}</td></tr>`
}

/** Maximum adverse and favourable excursions of closed trades. */
export function excursionPanel(frame: Frame): Markup {
  const [whole, ...own] = frame.page.report.risk.excursions
  const text = {
    title: 'How far trades went',
    unit: 'against and for the sleeve while open: of entry price or maximum loss',
  }
  if (whole === undefined || whole.count === 0)
    return panel(text, empty('No position was closed in this period, so no trade has gone anywhere yet.'))
  const columns = [
    '<Sleeve',
    'Trades',
    'Against, mean',
    'Worst',
    'Winners, mean',
    'For, mean',
    'Best',
    'Losers, mean',
    'For over against',
  ]
  const rows = own.filter((view) => view.count > 0).map((view) => excursionRow(frame, view))
  return panel(text, table({ caption: 'Excursions by sleeve', columns }, rows, excursionRow(frame, whole)))
}
