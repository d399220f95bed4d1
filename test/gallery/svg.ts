import { fromTop, type Scale, scaleOf, timeTicks } from '../../src/cli/report/page/scale.ts'
import { DARK, LIGHT } from '../../src/cli/report/page/tokens.ts'

/** Drawing of stacked panels over one row of days, as text of an SVG that reads in light and dark. */

export const WIDTH = 960
const LEFT = 74
const RIGHT = 116
const GAP = 30
const TOP = 80
const BOTTOM = 34

export type Tone = 'text' | 'text-3' | 'accent' | 'pos' | 'neg' | 'warn' | 'violet' | 'brown'

/** Beside the page's tones, two hues for lines that mean neither good nor bad. */
const VIOLET = { dark: '#9a79e8', light: '#6038a5' }
const BROWN = { dark: '#a87a2a', light: '#6e4b00' }

export interface LineMark {
  readonly values: readonly (number | null)[]
  readonly tone: Tone
  readonly label: string
  readonly thin?: boolean
  readonly dashed?: boolean
  /** Fills down to this value. */
  readonly down?: number
}

export interface PointMark {
  readonly bar: number
  readonly value: number
  readonly shape: 'up' | 'down' | 'cross' | 'dot' | 'ring'
  readonly tone: Tone
}

export interface SpanMark {
  readonly from: number
  readonly to: number
  readonly fromValue: number
  readonly toValue: number
  readonly tone: Tone
  readonly width: number
  readonly dashed?: boolean
}

export interface StemMark {
  readonly bar: number
  readonly value: number
  readonly tone: Tone
}

export interface Panel {
  readonly title: string
  readonly height: number
  readonly lines: readonly LineMark[]
  readonly points?: readonly PointMark[]
  readonly spans?: readonly SpanMark[]
  readonly stems?: readonly StemMark[]
  readonly guides?: readonly { readonly value: number; readonly label: string }[]
  /** Rows with names instead of a value axis: row 0 on top. */
  readonly rows?: readonly string[]
  tickText?(value: number): string
}

export interface Picture {
  readonly title: string
  readonly subtitle: string
  readonly days: readonly string[]
  readonly panels: readonly Panel[]
  /** What the marks mean, in the order shown. */
  readonly legend: readonly { readonly shape: PointMark['shape']; readonly tone: Tone; readonly text: string }[]
}

const at = (value: number): string => String(Number(value.toFixed(1)))
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** The whole picture; equal pictures give equal text. */
export function svgOf({ title, subtitle, days, panels, legend }: Picture): string {
  const x = (bar: number): number => LEFT + (bar / Math.max(1, days.length - 1)) * (WIDTH - LEFT - RIGHT)
  const parts: string[] = []
  let top = TOP
  const bottom = panels.reduce((sum, { height }) => sum + height + GAP, TOP) - GAP
  const ticks = timeTicks(days, 10)
  for (const { index } of ticks) parts.push(`<path class="rule" d="M${at(x(index))} ${TOP}V${at(bottom)}"/>`)
  for (const panel of panels) {
    parts.push(...panelOf(panel, top, x, days.length))
    top += panel.height + GAP
  }
  for (const { index, date, isYear } of ticks)
    parts.push(
      `<text class="tick" x="${at(x(index))}" y="${at(bottom + 16)}">${isYear ? date.slice(0, 4) : monthOf(date)}</text>`,
    )
  const height = bottom + BOTTOM
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${at(height)}" viewBox="0 0 ${WIDTH} ${at(height)}" role="img" aria-label="${escaped(`${title}. ${subtitle}`)}">
<style>${style()}</style>
<rect class="ground" width="${WIDTH}" height="${at(height)}" rx="8"/>
<text class="title" x="${LEFT}" y="26">${escaped(title)}</text>
<text class="note" x="${LEFT}" y="44">${escaped(subtitle)}</text>
${legendOf(legend)}
${parts.join('\n')}
</svg>
`
}

function monthOf(date: string): string {
  return 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[Number(date.slice(5, 7)) - 1]!
}

function legendOf(legend: Picture['legend']): string {
  let left = WIDTH - 16
  const parts: string[] = []
  for (const { shape, tone, text } of legend.toReversed()) {
    left -= text.length * 6.4
    parts.unshift(`<text class="note" x="${at(left)}" y="26">${escaped(text)}</text>`)
    left -= 10
    parts.unshift(shapeOf(shape, left, 22, tone))
    left -= 16
  }
  return parts.join('\n')
}

function panelOf(panel: Panel, top: number, x: (bar: number) => number, bars: number): string[] {
  const { height, rows } = panel
  const scale = scaleOfPanel(panel)
  const y = (value: number): number => top + fromTop(scale, value) * height
  const right = x(bars - 1)
  const parts = [`<text class="head" x="${LEFT}" y="${at(top - 7)}">${escaped(panel.title)}</text>`]
  if (rows === undefined) {
    const text = panel.tickText ?? ((value: number) => String(value))
    for (const tick of scale.ticks) {
      parts.push(`<path class="rule" d="M${LEFT} ${at(y(tick))}H${at(right)}"/>`)
      parts.push(`<text class="value" x="${LEFT - 8}" y="${at(y(tick) + 4)}">${text(tick)}</text>`)
    }
  } else {
    rows.forEach((name, row) => {
      parts.push(`<text class="value" x="${LEFT - 8}" y="${at(y(row) + 4)}">${escaped(name)}</text>`)
    })
  }
  for (const { value, label } of panel.guides ?? []) {
    parts.push(`<path class="guide" d="M${LEFT} ${at(y(value))}H${at(right)}"/>`)
    parts.push(`<text class="label text-3" x="${at(right + 8)}" y="${at(y(value) + 4)}">${escaped(label)}</text>`)
  }
  for (const { bar, value, tone } of panel.stems ?? [])
    parts.push(`<path class="stem ${tone}" d="M${at(x(bar))} ${at(y(0))}V${at(y(value))}"/>`)
  for (const line of panel.lines) parts.push(lineOf(line, x, y))
  for (const { from, to, fromValue, toValue, tone, width, dashed } of panel.spans ?? [])
    parts.push(
      `<path class="span ${tone}${dashed === true ? ' dashed' : ''}" stroke-width="${width}" d="M${at(x(from))} ${at(y(fromValue))}L${at(x(to))} ${at(y(toValue))}"/>`,
    )
  for (const { bar, value, shape, tone } of panel.points ?? []) parts.push(shapeOf(shape, x(bar), y(value), tone))
  parts.push(...endLabels(panel, y, right))
  return parts
}

function scaleOfPanel({ lines, points = [], spans = [], stems = [], guides = [], rows, height }: Panel): Scale {
  if (rows !== undefined) return { low: rows.length - 0.4, high: -0.6, step: 1, ticks: [] }
  const values = [
    ...lines.flatMap(({ values: own, down }) => [
      ...own.filter((value) => value !== null),
      ...(down === undefined ? [] : [down]),
    ]),
    ...points.map(({ value }) => value),
    ...spans.flatMap(({ fromValue, toValue }) => [fromValue, toValue]),
    ...stems.map(({ value }) => value),
    ...(stems.length > 0 ? [0] : []),
    ...guides.map(({ value }) => value),
  ]
  return scaleOf(
    values.reduce((least, value) => Math.min(least, value)),
    values.reduce((most, value) => Math.max(most, value)),
    Math.max(2, Math.floor(height / 48)),
  )
}

function lineOf(
  { values, tone, thin, dashed, down }: LineMark,
  x: (bar: number) => number,
  y: (value: number) => number,
): string {
  let text = ''
  let isDown = false
  values.forEach((value, bar) => {
    if (value !== null) text += `${isDown ? 'L' : 'M'}${at(x(bar))} ${at(y(value))}`
    isDown = value !== null
  })
  const own = `${tone}${thin === true ? ' thin' : ''}${dashed === true ? ' dashed' : ''}`
  const first = values.findIndex((value) => value !== null)
  const area =
    down === undefined || first < 0
      ? ''
      : `<path class="area ${tone}" d="M${at(x(first))} ${at(y(down))}${text.replace(/^M/, 'L')}L${at(x(values.length - 1))} ${at(y(down))}Z"/>`
  return `${area}<path class="line ${own}" d="${text}"/>`
}

/** Names of the lines beside their ends, moved apart where they would meet. */
function endLabels({ lines, guides = [] }: Panel, y: (value: number) => number, right: number): string[] {
  const named = lines.flatMap(({ values, label, tone }) => {
    const last = values.findLast((value) => value !== null)
    return label === '' || last === undefined || last === null ? [] : [{ place: y(last), label, tone }]
  })
  named.sort((one, other) => one.place - other.place)
  const taken = guides.map(({ value }) => y(value))
  let above = Number.NEGATIVE_INFINITY
  return named.map(({ place, label, tone }) => {
    let own = Math.max(place, above + 14)
    while (taken.some((other) => Math.abs(other - own) < 13)) own += 1
    above = own
    return `<text class="label ${tone}" x="${at(right + 8)}" y="${at(own + 4)}">${escaped(label)}</text>`
  })
}

function shapeOf(shape: PointMark['shape'], x: number, y: number, tone: Tone): string {
  switch (shape) {
    case 'up':
      return `<path class="mark ${tone}" d="M${at(x)} ${at(y - 5)}L${at(x + 5)} ${at(y + 4)}H${at(x - 5)}Z"/>`
    case 'down':
      return `<path class="mark ${tone}" d="M${at(x)} ${at(y + 5)}L${at(x + 5)} ${at(y - 4)}H${at(x - 5)}Z"/>`
    case 'cross':
      return `<path class="cross ${tone}" d="M${at(x - 4)} ${at(y - 4)}L${at(x + 4)} ${at(y + 4)}M${at(x - 4)} ${at(y + 4)}L${at(x + 4)} ${at(y - 4)}"/>`
    case 'ring':
      return `<circle class="ring ${tone}" cx="${at(x)}" cy="${at(y)}" r="3.5"/>`
    default:
      return `<circle class="mark ${tone}" cx="${at(x)}" cy="${at(y)}" r="2.5"/>`
  }
}

function style(): string {
  const theme = (colours: typeof LIGHT, hues: 'dark' | 'light'): string =>
    Object.entries({ ...colours, violet: VIOLET[hues], brown: BROWN[hues] })
      .filter(([name]) => USED.has(name))
      .map(([name, value]) => `--${name}:${value}`)
      .join(';')
  const tones = TONES.map((tone) => `.${tone}{--tone:var(--${tone})}`).join('')
  return `svg{${theme(LIGHT, 'light')}}@media (prefers-color-scheme:dark){svg{${theme(DARK, 'dark')}}}text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;fill:var(--text-2)}.title{font-size:17px;font-weight:600;fill:var(--text)}.note{fill:var(--text-2)}.head{font-weight:600;fill:var(--text)}.tick{text-anchor:middle;fill:var(--text-3)}.value{text-anchor:end;fill:var(--text-3)}.label{fill:var(--tone)}.ground{fill:var(--surface)}.rule{stroke:var(--line);fill:none}.guide{stroke:var(--control);stroke-dasharray:3 4;fill:none}.line,.span,.stem,.cross,.ring{fill:none;stroke:var(--tone)}.line{stroke-width:1.6;stroke-linejoin:round}.thin{stroke-width:1.1}.dashed{stroke-dasharray:5 4}.span{stroke-linecap:butt}.stem{stroke-width:1.6}.cross,.ring{stroke-width:1.8}.mark{fill:var(--tone);stroke:var(--surface);stroke-width:.8}.area{fill:var(--tone);opacity:.14}${tones}`
}

const TONES: readonly Tone[] = ['text', 'text-3', 'accent', 'pos', 'neg', 'warn', 'violet', 'brown']
const USED = new Set<string>(['surface', 'line', 'control', 'text-2', ...TONES])
