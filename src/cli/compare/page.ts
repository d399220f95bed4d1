import type { ComparisonView } from '../../api/contract/comparison.ts'
import { count, decimalsOf, longDate, percent, percentTo, ratio } from '../report/numbers.ts'
import { empty, panel, table } from '../report/page/frame.ts'
import { lineChart } from '../report/page/line-chart.ts'
import { html, type Markup } from '../report/page/markup.ts'
import { shellText } from '../report/page/shell.ts'
import { hueClass } from '../report/page/style.ts'
import { plural } from '../report/page/words.ts'
import { bestOf, COMPARED_FIGURES } from './rows.ts'

/** The comparison as one page that needs nothing else. */
export function comparisonPage(view: ComparisonView): string {
  const span =
    view.start === null || view.end === null
      ? 'no common day'
      : `${longDate(view.start)} to ${longDate(view.end)} · ${plural(count(view.days), 'day', 'days')} that all have`
  return shellText({
    title: `${view.runs.map(({ name }) => name).join(' against ')}: comparison`,
    mode: 'Comparison',
    hues: view.runs.length,
    heading: html`<h1>${view.runs.map(({ name }) => name).join(' against ')}</h1><p class="sub">${plural(count(view.runs.length), 'run', 'runs')} · ${span}</p>
<p class="capitals">${view.runs.map(({ name, source }) => html`<span>${name}<b>${source}</b></span>`)}</p>`,
    panels: html`${curvesPanel(view)}
${figuresPanel(view)}
<div class="stack w6">${correlationPanel(view)}</div><div class="stack w6">${sleevesPanel(view)}</div>
${notesPanel(view)}`,
    footer: html`<footer>Returns are time-weighted and daily. Books: ${view.runs.map(
      ({ name, booksHash }, index) => html`${index === 0 ? '' : ', '}${name} SHA-256 ${booksHash}`,
    )}</footer>`,
  })
}

function curvesPanel({ curves }: ComparisonView): Markup {
  const text = { title: 'Cumulative return', unit: 'since the first day that all have' }
  if (curves.days.length < 2) return panel(text, empty('A curve needs two days that all runs have.'))
  const chart = {
    id: 'runs',
    days: curves.days,
    plots: [
      {
        name: 'Cumulative return',
        lines: curves.runs.map(({ title, values }, index) => ({ title, values, style: hueClass(index) })),
        guides: [],
        height: 360,
        ticks: 5,
        tickText: (tick: number, step: number) => percentTo(tick, decimalsOf(step * 100)),
        valueText: (value: number | null) => percent(value, 'both'),
        ends: true,
      },
    ],
  }
  return panel({ ...text, width: 'long-names' }, lineChart(chart, true))
}

function figuresPanel({ runs }: ComparisonView): Markup {
  const rows = COMPARED_FIGURES.map((figure) => {
    const best = bestOf(figure, runs)
    return html`<tr><th scope="row">${figure.label}</th>${runs.map((run, place) =>
      best.has(place) ? html`<td><b>${figure.text(run)}</b></td>` : html`<td>${figure.text(run)}</td>`,
    )}</tr>`
  })
  return panel(
    { title: 'Side by side', unit: 'the best of each row in bold' },
    table({ caption: 'Figures side by side', columns: ['', ...runs.map(({ name }) => name)] }, rows),
  )
}

function correlationPanel({ runs, correlation }: ComparisonView): Markup {
  const rows = correlation.map(
    (row, index) =>
      html`<tr><th scope="row">${runs[index]!.name}</th>${row.map((value) => html`<td>${ratio(value)}</td>`)}</tr>`,
  )
  return panel(
    { title: 'Correlation', unit: 'of daily returns' },
    table({ caption: 'Correlation of daily returns', columns: ['', ...runs.map(({ name }) => name)] }, rows),
  )
}

/** Contributions of sleeves by their titles, where any two runs share one. */
function sleevesPanel({ runs }: ComparisonView): Markup {
  const names = [...new Set(runs.flatMap(({ sleeves }) => sleeves.map(({ name }) => name)))]
  const rows = names.map(
    (name) =>
      html`<tr><th scope="row">${name}</th>${runs.map(({ sleeves }) => {
        const own = sleeves.find((sleeve) => sleeve.name === name)
        return html`<td>${own === undefined ? '–' : percent(own.contribution, 'both')}</td>`
      })}</tr>`,
  )
  return panel(
    { title: 'Contribution of each sleeve', unit: 'profit over the capital at the start, of the whole run' },
    table({ caption: 'Contribution of each sleeve', columns: ['<Sleeve', ...runs.map(({ name }) => name)] }, rows),
  )
}

function notesPanel({ notes }: ComparisonView): Markup | null {
  if (notes.length === 0) return null
  return panel({ title: 'Notes' }, html`<ul class="list">${notes.map((note) => html`<li>${note}</li>`)}</ul>`)
}
