import { longDate, monthName } from '../numbers.ts'
import { html, inlineData, type Markup, trusted } from './markup.ts'
import { evenPoints, fromTop, pushApart, type Scale, scaleOf, shapePoints, timeTicks } from './scale.ts'

/*
 * Line charts that need no script: the lines are an SVG that stretches with the panel, every word is a text of the page
 * and stays at its size. The page's script only adds the read-out under the pointer.
 */

const WIDTH = 1000
const HEIGHT = 300
const POINTS_MAX = 900
const READOUTS_MAX = 700
const LABEL_HEIGHT = 18

export interface Line {
  readonly title: string
  readonly values: readonly (number | null)[]
  /** Class that colours the line, and by which a toggle hides it. */
  readonly style: string
  /** Area between the line and zero. */
  readonly filled?: boolean
}

export interface Guide {
  readonly value: number
  readonly label: string
  readonly style: string
}

export interface Plot {
  readonly name: string
  readonly lines: readonly Line[]
  readonly guides: readonly Guide[]
  /** Height in pixels. */
  readonly height: number
  /** Ticks wanted on the value axis. */
  readonly ticks: number
  tickText(value: number, step: number): string
  valueText(value: number | null): string
  /** Whether the last value of each line stands beside its end. */
  readonly ends: boolean
}

export interface Chart {
  readonly id: string
  readonly days: readonly string[]
  readonly plots: readonly Plot[]
}

function x(index: number, length: number): number {
  return length < 2 ? 0.5 : index / (length - 1)
}

function at(value: number): string {
  return String(Number(value.toFixed(2)))
}

function path(line: Line, scale: Scale): Markup {
  const { values } = line
  const point = (index: number, value: number) =>
    `${at(x(index, values.length) * WIDTH)} ${at(fromTop(scale, value) * HEIGHT)}`
  let text = ''
  let isDown = false
  for (const index of shapePoints(values, POINTS_MAX)) {
    const value = values[index] ?? null
    if (value !== null) text += `${isDown ? 'L' : 'M'}${point(index, value)}`
    isDown = value !== null
  }
  if (values.length === 1) text += 'h.1'
  const base = at(fromTop(scale, 0) * HEIGHT)
  const area = line.filled
    ? html`<path class="area ${line.style}" d="M0 ${base}${text.replace(/^M/, 'L')}L${WIDTH} ${base}Z"/>`
    : null
  return html`${area}<path class="line ${line.style}" d="${text}"/>`
}

function lastOf(line: Line): number | null {
  return line.values.at(-1) ?? null
}

/** The lines whose names fit beside their ends: all of them, or the first one, the highest and the lowest. */
function labelled(plot: Plot): readonly Line[] {
  const known = plot.lines.filter((line) => lastOf(line) !== null)
  const room = Math.floor(plot.height / LABEL_HEIGHT)
  if (known.length <= room) return known
  const [first, ...others] = known
  const ranked = others.sort((one, other) => lastOf(other)! - lastOf(one)!)
  const lowest = Math.floor((room - 1) / 2)
  const kept = new Set([first, ...ranked.slice(0, room - 1 - lowest), ...ranked.slice(ranked.length - lowest)])
  return known.filter((line) => kept.has(line))
}

function endLabels(plot: Plot, scale: Scale): Markup | null {
  if (!plot.ends) return null
  const shown = labelled(plot)
  const places = pushApart(
    shown.map((line) => fromTop(scale, lastOf(line)!)),
    LABEL_HEIGHT / plot.height,
  )
  return html`<div class="ends" aria-hidden="true">${shown.map(
    (line, index) =>
      html`<div class="end ${line.style}" style="top:${at(places[index]! * 100)}%"><s></s><span>${line.title}</span><b>${plot.valueText(lastOf(line))}</b></div>`,
  )}</div>`
}

function scaleOfPlot(plot: Plot): Scale {
  const values = plot.lines.flatMap((line) => line.values.filter((value) => value !== null))
  const all = plot.guides.map((guide) => guide.value)
  let low = Math.min(...all, values[0] ?? 0)
  let high = Math.max(...all, values[0] ?? 0)
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return scaleOf(low, high, plot.ticks)
}

function described(plot: Plot, days: readonly string[]): string {
  const lines = plot.lines.map((line) => `${line.title} ${plot.valueText(lastOf(line))}`)
  return `${plot.name}, line chart, ${longDate(days[0]!)} to ${longDate(days.at(-1)!)}. At the end: ${lines.join(', ')}.`
}

function plotOf(plot: Plot, days: readonly string[]): Markup {
  const scale = scaleOfPlot(plot)
  const top = (value: number) => at(fromTop(scale, value) * 100)
  const y = (value: number) => at(fromTop(scale, value) * HEIGHT)
  const marks = timeTicks(days, 10).filter((tick) => tick.isYear)
  return html`<div class="plotrow" style="--h:${plot.height}px">
<div class="yaxis" aria-hidden="true">${scale.ticks.map(
    (tick) => html`<span style="top:${top(tick)}%">${plot.tickText(tick, scale.step)}</span>`,
  )}</div>
<div class="plot"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${described(plot, days)}">
${scale.ticks.map((tick) => html`<path class="${tick === 0 ? 'rule zero' : 'rule'}" d="M0 ${y(tick)}H${WIDTH}"/>`)}
${marks.map((tick) => html`<path class="rule year" d="M${at(x(tick.index, days.length) * WIDTH)} 0V${HEIGHT}"/>`)}
${plot.guides.map((guide) => html`<path class="guide ${guide.style}" d="M0 ${y(guide.value)}H${WIDTH}"/>`)}
${plot.lines.toReversed().map((line) => path(line, scale))}
</svg>${plot.guides.map(
    (guide) => html`<span class="guidetext ${guide.style}" style="top:${top(guide.value)}%">${guide.label}</span>`,
  )}<i class="cursor"></i></div>
${endLabels(plot, scale) ?? trusted('<div class="ends"></div>')}</div>`
}

function timeAxis(days: readonly string[]): Markup {
  const ticks = timeTicks(days, 10)
  return html`<div class="plotrow xrow" aria-hidden="true"><div class="yaxis"></div><div class="xaxis">${ticks.map(
    (tick, index) =>
      html`<span class="${index % 2 === 1 && ticks.length > 6 ? 'opt' : ''}" style="left:${at(x(tick.index, days.length) * 100)}%">${
        tick.isYear ? tick.date.slice(0, 4) : monthName(tick.date)
      }</span>`,
  )}</div><div class="ends"></div></div>`
}

/** The data behind the read-out: texts of every line at up to 700 days, in the order of plots and lines. */
function readouts(chart: Chart): Markup {
  const points = evenPoints(chart.days.length, READOUTS_MAX)
  return inlineData({
    at: points.map((index) => Number(x(index, chart.days.length).toFixed(4))),
    days: points.map((index) => longDate(chart.days[index]!)),
    values: chart.plots.flatMap((plot) =>
      plot.lines.map((line) => points.map((index) => plot.valueText(line.values[index] ?? null))),
    ),
  })
}

/** Chips that read out each line; those with a toggle id switch their line on and off without any script. */
function chips(chart: Chart, toggled: boolean): Markup {
  const lines = chart.plots.flatMap((plot) => plot.lines.map((line) => ({ line, plot })))
  return html`<div class="chips"><span class="chip date" role="status" data-day>${longDate(chart.days.at(-1)!)}</span>${lines.map(
    ({ line, plot }, index) => {
      const inner = html`<s class="${line.style}"></s>${line.title} <b data-value>${plot.valueText(lastOf(line))}</b>`
      if (!toggled) return html`<span class="chip">${inner}</span>`
      const id = `${chart.id}-${index}`
      return html`<input class="away" type="checkbox" id="${id}" data-line="${line.style.split(' ')[0]!}" checked><label class="chip" for="${id}">${inner}</label>`
    },
  )}</div>`
}

/** Plots above each other with one time axis; `chips` go above them. */
export function lineChart(chart: Chart, toggled: boolean): Markup {
  return html`<div class="chart" data-chart tabindex="0" role="group" aria-label="Chart: arrow keys read its days">${chips(chart, toggled)}
${chart.plots.map((plot) => plotOf(plot, chart.days))}${timeAxis(chart.days)}${readouts(chart)}</div>`
}
