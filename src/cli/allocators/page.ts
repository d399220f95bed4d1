import type { AllocatorFigures, AllocatorsView } from '../../api/contract/allocators.ts'
import { count, longDate, percent, percentTo } from '../report/numbers.ts'
import { empty, panel, table } from '../report/page/frame.ts'
import { lineChart } from '../report/page/line-chart.ts'
import { html, type Markup } from '../report/page/markup.ts'
import { shellText } from '../report/page/shell.ts'
import { hueClass } from '../report/page/style.ts'
import { plural } from '../report/page/words.ts'
import { ALLOCATOR_COLUMNS } from './columns.ts'

/** The comparison of allocators as one page that needs nothing else. */
export function allocatorsPage(view: AllocatorsView): string {
  const { source, series, start, end, rows, window, schedule, covariance, costBps } = view
  const span =
    start === null || end === null ? 'no row behind the first window' : `${longDate(start)} to ${longDate(end)}`
  return shellText({
    title: `Allocators on ${source}`,
    mode: 'Allocators',
    hues: view.allocators.length,
    heading: html`<h1>Allocators on ${source}</h1><p class="sub">${plural(count(series.length), 'series', 'series')} · ${span} · ${plural(count(rows), 'row', 'rows')} out of sample</p>
<p class="capitals"><span>Window<b>${count(window)} rows</b></span><span>Weights anew<b>${schedule}</b></span><span>Covariance<b>${covariance}</b></span><span>Cost of moving<b>${costBps} bps</b></span></p>`,
    panels: html`${curvesPanel(view)}
${figuresPanel(view)}
${weightsPanel(view)}
${notesPanel(view)}`,
    footer: html`<footer>Every weight comes from rows before those that it earns. Turnover is half of what is moved in a year; returns are after costs. The interval is of 95 %, for returns that need not be normal.</footer>`,
  })
}

function curvesPanel({ curves }: AllocatorsView): Markup {
  const text = { title: 'Cumulative return', unit: 'after costs' }
  if (curves.days.length < 2) return panel(text, empty('A curve needs two rows behind the first window.'))
  const chart = {
    id: 'allocators',
    days: curves.days,
    plots: [
      {
        name: 'Cumulative return',
        lines: curves.allocators.map(({ title, values }, index) => ({ title, values, style: hueClass(index) })),
        guides: [],
        height: 420,
        ticks: 5,
        tickText: (tick: number) => percentTo(tick, 0),
        valueText: (value: number | null) => percent(value, 'both'),
        ends: true,
      },
    ],
  }
  return panel({ ...text, width: 'long-names' }, lineChart(chart, true))
}

function figuresPanel({ allocators }: AllocatorsView): Markup {
  const rows = allocators.map(
    (figures) =>
      html`<tr><th scope="row">${figures.method}</th>${ALLOCATOR_COLUMNS.map(({ text }) => html`<td>${text(figures)}</td>`)}</tr>`,
  )
  const columns = ['<Allocator', ...ALLOCATOR_COLUMNS.map(({ label }) => label)]
  return panel({ title: 'Side by side', unit: 'annual' }, table({ caption: 'Allocators side by side', columns }, rows))
}

function weightsPanel({ allocators, series }: AllocatorsView): Markup {
  const rows = allocators.flatMap(({ method, meanWeights }: AllocatorFigures) =>
    meanWeights === null
      ? []
      : [
          html`<tr><th scope="row">${method}</th>${series.map(
            (name) => html`<td>${percentTo(meanWeights[name] ?? null, 0)}</td>`,
          )}</tr>`,
        ],
  )
  if (rows.length === 0) return panel({ title: 'Mean weights' }, empty('No weight was computed.'))
  return panel(
    { title: 'Mean weights', unit: 'over all rows' },
    table({ caption: 'Mean weights', columns: ['<Allocator', ...series] }, rows),
  )
}

function notesPanel({ notes }: AllocatorsView): Markup | null {
  if (notes.length === 0) return null
  return panel({ title: 'Notes' }, html`<ul class="list">${notes.map((note) => html`<li>${note}</li>`)}</ul>`)
}
