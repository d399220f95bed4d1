import type { SimulatedOutcome, SimulationView } from '../../api/contract/simulation.ts'
import { addDays, formatDate, parseDate, WEEKDAY, weekday } from '../../domain/sessions.ts'
import { count, decimalsOf, longDate, percent, percentTo, ratio } from '../report/numbers.ts'
import { empty, panel, table } from '../report/page/frame.ts'
import { lineChart } from '../report/page/line-chart.ts'
import { html, type Markup } from '../report/page/markup.ts'
import { shellText } from '../report/page/shell.ts'
import { hueClass } from '../report/page/style.ts'
import { methodWords, quantileWords } from './words.ts'

/** The simulation as one page that needs nothing else. */
export function simulationPage(view: SimulationView): string {
  const past =
    view.start === null || view.end === null
      ? `${count(view.observations)} periods`
      : `${longDate(view.start)} to ${longDate(view.end)}, ${count(view.observations)} periods`
  return shellText({
    title: `${view.name}: simulated futures`,
    mode: 'Simulation',
    hues: view.quantiles.length,
    heading: html`<h1>${view.name}</h1><p class="sub">${count(view.paths)} futures of ${count(view.horizon)} periods, drawn from ${past} · ${methodWords(view)} · seed ${String(view.seed)}</p>
<p class="capitals">${quantileSpans(view)}</p>`,
    panels: html`${conePanel(view)}
${outcomesPanel(view)}
${notesPanel(view)}`,
    footer: html`<footer>A simulation repeats and mixes what has been: it cannot show what never was. Values are multiples of the start.</footer>`,
  })
}

/** Where the portfolio ends. */
function quantileSpans({ quantiles, portfolio }: SimulationView): readonly Markup[] {
  return quantiles.map(
    (quantile, at) => html`<span>${quantileWords(quantile)}<b>${percent(portfolio.final[at]! - 1, 'both')}</b></span>`,
  )
}

/** The line of days that a cone is drawn over: it goes on where the past ends. */
function daysAhead({ end, horizon, periodsPerYear }: SimulationView): readonly string[] {
  const first = parseDate(end ?? '')
  if (first === null) return []
  const between = 365.25 / periodsPerYear
  if (periodsPerYear < 200 || periodsPerYear > 300) {
    return Array.from({ length: horizon + 1 }, (_, index) => formatDate(addDays(first, Math.round(index * between))))
  }
  const days: string[] = []
  let day = first
  while (days.length <= horizon) {
    days.push(formatDate(day))
    do day = addDays(day, 1)
    while (weekday(day) === WEEKDAY.saturday || weekday(day) === WEEKDAY.sunday)
  }
  return days
}

function conePanel(view: SimulationView): Markup {
  const text = { title: 'Cone of futures', unit: 'portfolio, change since the start' }
  const days = daysAhead(view)
  if (days.length === 0)
    return panel(text, empty('The file has no dates to draw the cone over; the table below has its end.'))
  const middle = view.quantiles.indexOf(0.5)
  const chart = {
    id: 'cone',
    days,
    plots: [
      {
        name: 'Cone of futures',
        lines: view.cone
          .map((line, index) => ({
            title: quantileWords(view.quantiles[index]!),
            values: line.map((value) => value - 1),
            style: index === middle ? 'whole' : hueClass(index),
          }))
          .toReversed(),
        guides: [{ value: view.ruinAt - 1, label: 'Ruin', style: 'halt' }].filter(
          ({ value }) => value >= Math.min(...view.cone.map((line) => Math.min(...line) - 1)) * 1.5,
        ),
        height: 380,
        ticks: 6,
        tickText: (tick: number, step: number) => percentTo(tick, decimalsOf(step * 100)),
        valueText: (value: number | null) => percent(value, 'both'),
        ends: true,
      },
    ],
  }
  return panel(text, lineChart(chart, true))
}

function outcomesPanel(view: SimulationView): Markup {
  const { portfolio, sleeves, quantiles } = view
  const low = 0
  const high = quantiles.length - 1
  const middle = Math.max(0, quantiles.indexOf(0.5))
  const columns = [
    '<Series',
    `End, ${quantileWords(quantiles[low]!)}`,
    `End, ${quantileWords(quantiles[middle]!)}`,
    `End, ${quantileWords(quantiles[high]!)}`,
    'Loss',
    `Ruin (${ratio(view.ruinAt)}×)`,
    ...portfolio.breaches.map(({ drawdown }) => `Beyond ${percentTo(drawdown, 0)}`),
    'Drawdown, median',
    `Drawdown, ${quantileWords(1 - quantiles[high]!)}`,
  ]
  const row = (outcome: SimulatedOutcome) =>
    html`<tr><th scope="row">${outcome.title}</th>${[low, middle, high].map(
      (at) => html`<td>${percent(outcome.final[at]! - 1, 'both')}</td>`,
    )}<td>${percentTo(outcome.lossProbability, 1)}</td><td>${percentTo(outcome.ruinProbability, 2)}</td>${outcome.breaches.map(
      ({ probability }) => html`<td>${percentTo(probability, 1)}</td>`,
    )}<td>${percent(outcome.drawdown[middle]!)}</td><td>${percent(outcome.drawdown[high]!)}</td></tr>`
  return panel(
    { title: 'What becomes of each', unit: 'the same futures for all; probabilities are shares of them' },
    table({ caption: 'Outcomes by series', columns }, [row(portfolio), ...sleeves.map(row)]),
  )
}

function notesPanel({ notes }: SimulationView): Markup | null {
  if (notes.length === 0) return null
  return panel({ title: 'Notes' }, html`<ul class="list">${notes.map((note) => html`<li>${note}</li>`)}</ul>`)
}
