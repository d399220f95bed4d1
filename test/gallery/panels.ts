import { readFileSync } from 'node:fs'
import type { IndicatorSpec } from '../../src/indicators/indicator.ts'
import { log } from '../../src/numerics/elementary.ts'
import { rigSymbol } from '../../src/research/contract/rig-records.ts'
import { outputOf } from '../contracts/strategy-log.ts'
import { type Change, changesOf, closesOf, heldOf, type Scene } from './scene.ts'
import type { LineMark, Panel, Picture, PointMark, SpanMark, StemMark, Tone } from './svg.ts'

/** What a picture shows of a strategy: its price with what it did, its own measure beneath, and its equity. */

const LINE_TONES: readonly Tone[] = ['accent', 'violet', 'brown']
const NAMES = ['Alder', 'Birch', 'Cedar', 'Dogwood'] as const

const nameOf = (column: number): string => NAMES[column] ?? rigSymbol(column)

export function pictureOf(scene: Scene): Picture {
  const { strategy, days, result } = scene
  const column = busiest(scene)
  const structures = result.trades.filter(({ kind }) => kind === 'structure')
  const price =
    strategy.group === 2
      ? pairPanel(scene, column - (column % 2))
      : pricePanel(scene, column, structures.length > 0 ? structureMarks(scene, column) : tradeMarks(scene, column))
  const measure = measurePanel(scene, column)
  return {
    title: titleOf(strategy.name),
    subtitle: subtitleOf(scene),
    days,
    panels: [price, ...(measure === null ? [] : [measure]), equityPanel(scene)],
    legend: LEGENDS[structures.length > 0 ? 'structures' : 'shares'].filter((one) =>
      price.points?.some(({ shape, tone }) => shape === one.shape && tone === one.tone),
    ),
  }
}

const LEGENDS: Readonly<Record<'shares' | 'structures', Picture['legend']>> = {
  shares: [
    { shape: 'up', tone: 'accent', text: 'buys' },
    { shape: 'down', tone: 'warn', text: 'sells short' },
    { shape: 'cross', tone: 'pos', text: 'out with a gain' },
    { shape: 'cross', tone: 'neg', text: 'with a loss' },
  ],
  structures: [
    { shape: 'down', tone: 'warn', text: 'sold' },
    { shape: 'up', tone: 'accent', text: 'bought' },
    { shape: 'cross', tone: 'pos', text: 'closed with a gain' },
    { shape: 'cross', tone: 'neg', text: 'with a loss' },
  ],
}

/** What a strategy's own page is headed by. */
export function titleOf(name: string): string {
  const page = readFileSync(new URL(`../../src/pipeline/strategies/${name}/README.md`, import.meta.url), 'utf8')
  const heading = /^# (.+)$/m.exec(page)?.[1]
  if (heading === undefined) throw new Error(`the page of "${name}" has no heading`)
  return heading
}

/** Round trips of the shown part and how they ended. */
function subtitleOf({ result, market, from }: Scene): string {
  const first = market.dates[from]!
  const trades = result.trades.filter(({ entryDate }) => entryDate >= first)
  if (trades.length === 0) return 'holds what it bought'
  const reasons = new Map<string, number>()
  for (const { exitReason } of trades) reasons.set(exitReason, (reasons.get(exitReason) ?? 0) + 1)
  const told = [...reasons].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1))
  return `${trades.length} round trips in all instruments, ended by ${told.map(([reason, count]) => `${reason} (${count})`).join(', ')}`
}

/** The instrument in which most was done in the shown part; the first of equally busy ones. */
function busiest({ result, market, from }: Scene): number {
  const first = market.dates[from]!
  const count = Array.from({ length: market.columns }, (_, column) => {
    const symbol = rigSymbol(column)
    return result.attribution.filter(
      ({ instrument, tradeDate: day }) =>
        day >= first && (instrument === symbol || instrument.startsWith(`${symbol} `)),
    ).length
  })
  return count.indexOf(Math.max(...count))
}

interface Marks {
  readonly points: readonly PointMark[]
  readonly spans: readonly SpanMark[]
}

/** Entries, exits and a line from one to the other, in the colour of what it brought. */
function tradeMarks(scene: Scene, column: number): Marks {
  const points: PointMark[] = []
  const spans: SpanMark[] = []
  let entry: Change | null = null
  for (const change of changesOf(scene, column)) {
    const { bar, before, after, price } = change
    const isOut = before !== 0 && before * after <= 0
    if (isOut) {
      const gain = entry === null ? 0 : (price - entry.price) * before
      const tone = gain >= 0 ? 'pos' : 'neg'
      if (entry !== null)
        spans.push({ from: entry.bar, to: bar, fromValue: entry.price, toValue: price, tone, width: 2 })
      points.push({ bar, value: price, shape: 'cross', tone })
      entry = null
    }
    if (after === 0) continue
    if (before === 0 || isOut) {
      entry = change
      points.push({ bar, value: price, shape: after > 0 ? 'up' : 'down', tone: after > 0 ? 'accent' : 'warn' })
    } else
      points.push({ bar, value: price, shape: 'dot', tone: Math.abs(after) > Math.abs(before) ? 'accent' : 'text-3' })
  }
  return { points, spans }
}

const LEG = /([+-])(\d+x)?([\d.]+)[CP]/g

/** Strikes of each structure over its life. */
function structureMarks(scene: Scene, column: number): Marks {
  const { result, market, from } = scene
  const points: PointMark[] = []
  const spans: SpanMark[] = []
  for (const { kind, instrument, entryDate, exitDate, pnl } of result.trades) {
    if (kind !== 'structure' || !instrument.startsWith(`${rigSymbol(column)} `)) continue
    const [first, last] = [market.dates.indexOf(entryDate) - from, market.dates.indexOf(exitDate) - from]
    if (first < 0) continue
    for (const [, side, , strike] of instrument.slice(instrument.indexOf(' ', 4)).matchAll(LEG)) {
      const value = Number(strike)
      const isSold = side === '-'
      spans.push({
        from: first,
        to: last,
        fromValue: value,
        toValue: value,
        tone: isSold ? 'warn' : 'accent',
        width: isSold ? 2 : 1.2,
      })
      points.push({ bar: first, value, shape: isSold ? 'down' : 'up', tone: isSold ? 'warn' : 'accent' })
      if (isSold) points.push({ bar: last, value, shape: 'cross', tone: pnl >= 0 ? 'pos' : 'neg' })
    }
  }
  const shares = tradeMarks(scene, column)
  return { points: [...points, ...shares.points], spans: [...spans, ...shares.spans] }
}

function pricePanel(scene: Scene, column: number, marks: Marks): Panel {
  const closes = closesOf(scene, column)
  return {
    title: nameOf(column),
    height: 250,
    lines: [{ values: closes, tone: 'text', label: '', thin: true }, ...overlays(scene, column, closes)],
    ...marks,
  }
}

const INITIALS = new Set(['rsi', 'sma', 'ema', 'wma', 'macd', 'adx', 'atr', 'roc', 'obv', 'vwap'])

/** 'previous(highest(20,close))' as 'highest 20': a name that fits beside a line. */
function labelOf(key: string, output: string): string {
  const [head, ...rest] = key.replace('previous(', '').replace(/\)/g, '').split(/[(,]/)
  const period = rest.find((part) => /^\d/.test(part)) ?? ''
  const name = INITIALS.has(head!) ? head!.toUpperCase() : head!
  return output === '' ? `${name} ${period}`.trim() : `${name} ${output}`
}

interface Named {
  readonly period: number
  readonly label: string
  readonly values: readonly (number | null)[]
  readonly name: string
}

/** Every output of every indicator that the strategy declares, over the shown bars. */
function outputsOf({ strategy, parameters, market, from, until }: Scene, column: number): Named[] {
  return Object.entries(strategy.indicators(parameters)).flatMap(([name, request]) =>
    request.outputs.map((output) => ({
      name,
      label: labelOf(request.key, output),
      period: Number(/\d+/.exec(request.key)?.[0] ?? Number.POSITIVE_INFINITY),
      values: Array.from(outputOf(request as IndicatorSpec, market, column, output).subarray(from, until), (value) =>
        Number.isNaN(value) ? null : value,
      ),
    })),
  )
}

/** Whether an indicator is read on the axis of prices: it stays within two fifths of them. */
function isPrice({ values }: Named, closes: readonly number[]): boolean {
  let near = 0
  let known = 0
  values.forEach((value, bar) => {
    if (value === null) return
    known += 1
    if (Math.abs(value / closes[bar]! - 1) < 0.4) near += 1
  })
  return known > 0 && near > 0.9 * known
}

/** Averages and extremes over so few bars are the price over again. */
const SHORT = 3

function overlays(scene: Scene, column: number, closes: readonly number[]): LineMark[] {
  const shown = outputsOf(scene, column).filter(
    (one) =>
      one.period > SHORT &&
      isPrice(one, closes) &&
      one.values.some((value, bar) => value !== null && value !== closes[bar]),
  )
  return shown
    .slice(0, 3)
    .map(({ values, label }, place) => ({ values, label, tone: LINE_TONES[place]!, thin: true, dashed: true }))
}

/** Both legs from 100 on, with what was done in each. */
function pairPanel(scene: Scene, first: number): Panel {
  const lines: LineMark[] = []
  const points: PointMark[] = []
  for (const column of [first, first + 1]) {
    const closes = closesOf(scene, column)
    const base = 100 / closes[0]!
    lines.push({
      values: closes.map((close) => close * base),
      label: nameOf(column),
      tone: column === first ? 'text' : 'violet',
      thin: true,
    })
    for (const point of tradeMarks(scene, column).points) points.push({ ...point, value: point.value * base })
  }
  return { title: `${nameOf(first)} and ${nameOf(first + 1)}, from 100`, height: 250, lines, points }
}

/** What the strategy looks at beside the price: a spread, records, an oscillator, or which instruments it holds. */
function measurePanel(scene: Scene, column: number): Panel | null {
  if (scene.strategy.group === 2) return spreadPanel(scene, column - (column % 2))
  if (scene.strategy.reads !== undefined) return recordsPanel(scene, column)
  if (scene.result.trades.some(({ kind }) => kind === 'structure')) return structuresPanel(scene)
  return isBroad(scene) ? holdingsPanel(scene) : (oscillatorPanel(scene, column) ?? holdingsPanel(scene))
}

/** Whether several instruments are held on most days. */
function isBroad(scene: Scene): boolean {
  const held = Array.from({ length: scene.market.columns }, (_, column) => heldOf(scene, column))
  const broad = scene.days.filter((_, bar) => held.filter((own) => own[bar] !== 0).length > 1).length
  return broad > 0.5 * scene.days.length
}

/** Lives of all structures, in the colour of what they brought. */
function structuresPanel({ result, market, from }: Scene): Panel {
  const rows = Array.from({ length: market.columns }, (_, column) => nameOf(column))
  const spans: SpanMark[] = []
  for (const { kind, instrument, entryDate, exitDate, pnl } of result.trades) {
    const row = rows.findIndex((_, column) => instrument.startsWith(`${rigSymbol(column)} `))
    const [first, last] = [market.dates.indexOf(entryDate) - from, market.dates.indexOf(exitDate) - from]
    if (kind !== 'structure' || row < 0 || first < 0) continue
    const tone = pnl >= 0 ? 'pos' : 'neg'
    // A little shorter than it lived, so that one ends before the next begins.
    spans.push({ from: first + 0.5, to: Math.max(first + 1, last - 0.5), fromValue: row, toValue: row, tone, width: 9 })
  }
  return { title: 'Open structures, by what they brought', height: 22 * rows.length, lines: [], spans, rows }
}

function holdingsPanel(scene: Scene): Panel {
  const spans: SpanMark[] = []
  const rows = Array.from({ length: scene.market.columns }, (_, column) => nameOf(column))
  rows.forEach((_, row) => {
    const held = heldOf(scene, row)
    let start = 0
    for (let bar = 1; bar <= held.length; bar += 1) {
      const [before, now] = [Math.sign(held[bar - 1]!), bar === held.length ? Number.NaN : Math.sign(held[bar]!)]
      if (before === now) continue
      if (before !== 0)
        spans.push({
          from: start,
          to: Math.min(bar, held.length - 1),
          fromValue: row,
          toValue: row,
          tone: before > 0 ? 'accent' : 'warn',
          width: 9,
        })
      start = bar
    }
  })
  return { title: 'Held', height: 22 * rows.length, lines: [], spans, rows }
}

/** First of these that the strategy declares; the rest is what there is. */
const OSCILLATORS = ['RSI', 'MACD histogram', 'MACD', 'z-score', 'ADX', 'ROC']

function oscillatorPanel(scene: Scene, column: number): Panel | null {
  const closes = closesOf(scene, column)
  const others = outputsOf(scene, column).filter(
    (one) => !isPrice(one, closes) && one.values.some((value) => value !== null),
  )
  const ranked = OSCILLATORS.flatMap((head) => others.filter(({ label }) => label.startsWith(head)))
  const chosen = ranked[0]
  if (chosen === undefined) return null
  const guides = chosen.label.startsWith('RSI')
    ? thresholdsOf(scene)
    : chosen.label.startsWith('MACD')
      ? [{ value: 0, label: '' }]
      : []
  return {
    title: chosen.label,
    height: 96,
    lines: [{ values: chosen.values, tone: 'violet', label: '' }],
    guides,
  }
}

/** Parameters of the strategy that are levels of the RSI. */
function thresholdsOf({ parameters }: Scene): { value: number; label: string }[] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    typeof value === 'number' && /Rsi$|^rsi(?!Period)/.test(name)
      ? [{ value, label: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) }]
      : [],
  )
}

type Fitted = { readonly intercept: number; readonly ratio: number; readonly deviation: number }

/** Deviations of a pair from what its test says, where it passed; else the ratio of the second leg to the first. */
function spreadPanel(scene: Scene, first: number): Panel {
  const { memories, from, parameters, strategy, days } = scene
  const [one, other] = [closesOf(scene, first), closesOf(scene, first + 1)]
  if (strategy.name !== 'pairs') {
    const basis = one.map((close, bar) => 100 * (other[bar]! / close - 1))
    return {
      title: `${nameOf(first + 1)} over ${nameOf(first)}`,
      height: 96,
      lines: [{ values: basis, tone: 'violet', label: '' }],
      guides: [{ value: 0, label: '' }],
      tickText: (value) => `${value} %`,
    }
  }
  const values = days.map((_, bar) => {
    const { pairs } = memories[from + bar] as {
      pairs: Record<string, { fit: Fitted | null; trade: { fit: Fitted } | null }>
    }
    const notes = pairs[`${first}-${first + 1}`]
    const fit = notes?.trade?.fit ?? notes?.fit ?? null
    return fit === null ? null : (log(one[bar]!) - fit.intercept - fit.ratio * log(other[bar]!)) / fit.deviation
  })
  const { entryZ } = parameters as { readonly entryZ: number }
  return {
    title: 'Spread in deviations, where the pair passed its test',
    height: 110,
    lines: [{ values, tone: 'violet', label: '' }],
    guides: [
      { value: entryZ, label: 'entry_z' },
      { value: 0, label: 'mean' },
      { value: 0 - entryZ, label: '-entry_z' },
    ],
  }
}

/** What became known of the instrument: surprise, tone, or how unusual its volume was. */
function recordsPanel(scene: Scene, column: number): Panel {
  const { market, from, strategy } = scene
  const stems: StemMark[] = []
  let title = ''
  for (const record of market.records ?? []) {
    if (record.instrument !== rigSymbol(column) || !strategy.reads!.includes(record.kind)) continue
    const known = market.dates.findIndex((date, bar) => bar >= from && closeAfter(date) >= record.publishedAt)
    const [what, value] =
      record.kind === 'earnings'
        ? ['Earnings surprise, in deviations', record.surprise ?? 0]
        : record.kind === 'news'
          ? ['Sentiment of news', record.sentiment]
          : record.kind === 'flow'
            ? ['Unusual flow, times the usual', record.side * record.ratio]
            : ['', 0]
    if (what === '' || known < from || record.publishedAt < closeAfter(market.dates[from - 1]!)) continue
    title = what
    stems.push({ bar: known - from, value, tone: value >= 0 ? 'pos' : 'neg' })
  }
  return { title: `${title} (drawn)`, height: 96, lines: [], stems }
}

/** When a session of the scene closes: at 21:00 UTC. */
function closeAfter(date: number): number {
  return Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100, 21)
}

function equityPanel({ result, market, from, until }: Scene): Panel {
  const { equity } = result.sleeves[0]!
  const rowOf = new Map([...result.days].map((day, row) => [day as number, row]))
  const values = market.dates.slice(from, until).map((date) => equity[rowOf.get(date)!]!)
  const base = values[0]!
  const gains = values.map((value) => 100 * (value / base - 1))
  const last = gains.at(-1)!
  return {
    title: 'Equity of the sleeve',
    height: 110,
    lines: [
      { values: gains, tone: last >= 0 ? 'pos' : 'neg', label: `${last > 0 ? '+' : ''}${last.toFixed(1)} %`, down: 0 },
    ],
    tickText: (value) => `${value} %`,
  }
}
