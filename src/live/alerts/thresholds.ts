/**
 * Figures that are beyond a value. One that is beyond it stays so until it is back at another value: a figure that moves
 * to and fro at the edge is told of once. A figure that nobody knows changes nothing.
 */
import type { Alert, AlertThreshold, ThresholdFigure } from '../../domain/alerts.ts'
import type { Instant } from '../../domain/units.ts'

/** Of a portfolio as it runs; null where it is not known. */
export type FigureOf = (figure: ThresholdFigure, sleeve: string | null) => number | null

/** Names of thresholds that are exceeded, and since when. */
export type Exceeded = Readonly<Record<string, number>>

/** The same object where nothing has changed. */
export function exceededBy(
  thresholds: readonly AlertThreshold[],
  figureOf: FigureOf,
  before: Exceeded,
  at: Instant,
): Exceeded {
  const entries = thresholds.flatMap((threshold): readonly (readonly [string, number])[] => {
    if (!threshold.isEnabled) return []
    const since = before[threshold.name]
    const figure = figureOf(threshold.figure, threshold.sleeve)
    const isBeyond = figure === null ? since !== undefined : stands(threshold, figure, since !== undefined)
    return isBeyond ? [[threshold.name, since ?? at]] : []
  })
  const isSame = entries.length === Object.keys(before).length && entries.every(([name, at]) => before[name] === at)
  return isSame ? before : Object.fromEntries(entries)
}

function stands({ side, value, release }: AlertThreshold, figure: number, wasBeyond: boolean): boolean {
  const edge = wasBeyond ? release : value
  return side === 'above' ? figure > edge : figure < edge
}

/** One for each that is exceeded; the same for as long as it lasts. */
export function thresholdAlerts(
  portfolio: string,
  thresholds: readonly AlertThreshold[],
  figureOf: FigureOf,
  exceeded: Exceeded,
): readonly Alert[] {
  return thresholds.flatMap((threshold): readonly Alert[] => {
    const { name, figure, sleeve, side, value, severity } = threshold
    const since = exceeded[name]
    if (since === undefined) return []
    const now = figureOf(figure, sleeve)
    const words = figure.replaceAll('_', ' ')
    const whose = sleeve === null ? '' : ` of ${sleeve}`
    return [
      {
        id: `${portfolio} threshold ${name} ${since}`,
        portfolio,
        at: since as Instant,
        severity,
        rule: `threshold_${figure}`,
        subject: sleeve ?? '',
        sleeve,
        text: `${words}${whose} is ${now === null ? 'not known' : shown(figure, now)}, ${side} ${shown(figure, value)} (${name})`,
        value: now,
        limit: value,
        link: sleeve === null ? '/risk' : `/strategy/${encodeURIComponent(sleeve)}`,
        incident: `around threshold ${name}`,
        state: 'raised',
      },
    ]
  })
}

const RATIOS: ReadonlySet<ThresholdFigure> = new Set(['leverage'])
const COUNTS: ReadonlySet<ThresholdFigure> = new Set(['positions', 'unknown_orders'])

function shown(figure: ThresholdFigure, value: number): string {
  if (figure === 'data_age') return `${Math.floor(value + 0.5)} s`
  if (COUNTS.has(figure)) return String(value)
  return RATIOS.has(figure) ? value.toFixed(2) : `${(value * 100).toFixed(2)} %`
}
