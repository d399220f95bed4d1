/** Curves of equity, as coarse as a chart can show them. */

import type { PriceBar } from '../../domain/paging.ts'
import type { CapitalRow, EquityRow } from '../../domain/projections.ts'
import type { ChartLine, EquityCurve, EquityLine } from '../contract/overview.ts'
import type { Basis } from './basis.ts'
import { dayText, momentOrNull } from './moments.ts'
import { dayOf, type Zone, zoneOf } from './trade-days.ts'

/** More points than this no chart shows. */
export const POINTS_MOST = 900
const DAILY: ReadonlySet<string> = new Set(['day', 'week', 'month'])

export interface CurveRows {
  /** By sleeve, '' the whole; oldest first. */
  readonly lines: ReadonlyMap<string, readonly EquityRow[]>
  readonly rebalancings: readonly CapitalRow[]
  /** Null: the portfolio names none. */
  readonly benchmark: {
    readonly instrument: string
    readonly symbol: string
    readonly bars: readonly PriceBar[]
  } | null
}

export function equityCurve(basis: Basis, { lines, rebalancings, benchmark }: CurveRows, points: number): EquityCurve {
  const whole = lines.get('') ?? []
  const grain = whole[0]?.grain ?? null
  const halt = basis.config?.limits.drawdown?.halt ?? null
  const zone = grain !== null && DAILY.has(grain) ? zoneOf(basis) : null
  const drawn: EquityLine[] = []
  const add = (id: string, kind: EquityLine['kind'], title: string, ordinal: number): void => {
    const rows = lines.get(id)
    if (rows !== undefined && rows.length > 0) drawn.push({ ...lineOf(rows, points, zone), id, kind, title, ordinal })
  }
  add('', 'portfolio', basis.portfolio, -1)
  for (const { sleeve, title, ordinal } of basis.sleeves) add(sleeve, 'sleeve', title, ordinal)
  const bars = benchmark?.bars ?? []
  if (benchmark !== null && bars.length > 0) drawn.push(benchmarkLine(benchmark.symbol, bars, points, zone))
  const kept = keepExtremes(whole, points, (row) => row.growth / row.peak)
  return {
    from: momentOrNull(whole[0]?.at ?? null),
    to: momentOrNull(whole.at(-1)?.at ?? null),
    grain,
    lines: drawn,
    drawdown: {
      at: kept.map(({ at }) => at),
      dates: zone === null ? null : kept.map(({ at }) => dayOf(at, zone)),
      value: kept.map(({ growth, peak }) => shortened(growth / peak - 1, GROWTH_PARTS)),
    },
    haltLine: halt === null ? null : -halt,
    rebalancings: occasions(rebalancings),
    benchmarkWhy: benchmarkWhy(benchmark),
  }
}

function benchmarkWhy(benchmark: CurveRows['benchmark']): string {
  if (benchmark === null) return 'The portfolio names no benchmark.'
  return benchmark.bars.length === 0 ? `There are no prices of ${benchmark.symbol} in this stretch.` : ''
}

/** Cents, and billionths: finer than any chart shows, and half as long to send. */
const MONEY_PARTS = 100
const GROWTH_PARTS = 1e9

function shortened(value: number, parts: number): number {
  return Math.round(value * parts) / parts
}

function lineOf(rows: readonly EquityRow[], points: number, zone: Zone | null): ChartLine {
  const kept = keepExtremes(rows, points, ({ growth }) => growth)
  const start = rows[0]!.growth
  return {
    at: kept.map(({ at }) => at),
    dates: zone === null ? null : kept.map(({ at }) => dayOf(at, zone)),
    value: kept.map(({ equity }) => shortened(equity, MONEY_PARTS)),
    growth: kept.map(({ growth }) => (start > 0 ? shortened(growth / start, GROWTH_PARTS) : null)),
  }
}

function benchmarkLine(symbol: string, bars: readonly PriceBar[], points: number, zone: Zone | null): EquityLine {
  const kept = keepExtremes(bars, points, ({ close }) => close)
  const start = bars[0]!.close
  return {
    at: kept.map(({ at }) => at),
    dates: zone === null ? null : kept.map(({ at }) => dayOf(at, zone)),
    value: kept.map(() => null),
    growth: kept.map(({ close }) => (start > 0 ? shortened(close / start, GROWTH_PARTS) : null)),
    id: symbol,
    kind: 'benchmark',
    title: symbol,
    ordinal: -1,
  }
}

/**
 * At most so many of them: the lowest and the highest of each stretch, in their order, so that no trough is lost; the
 * first and the last as they are.
 */
export function keepExtremes<T>(rows: readonly T[], points: number, of: (row: T) => number): readonly T[] {
  if (rows.length <= points) return rows
  const stretches = Math.max(1, Math.floor((points - 2) / 2))
  const kept: T[] = [rows[0]!]
  const inner = rows.length - 2
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = 1 + Math.floor((stretch * inner) / stretches)
    const to = 1 + Math.floor(((stretch + 1) * inner) / stretches)
    let [low, high] = [from, from]
    for (let index = from; index < to; index += 1) {
      if (of(rows[index]!) < of(rows[low]!)) low = index
      if (of(rows[index]!) > of(rows[high]!)) high = index
    }
    if (to > from) for (const index of new Set(low < high ? [low, high] : [high, low])) kept.push(rows[index]!)
  }
  kept.push(rows.at(-1)!)
  return kept
}

/** Rows of one event are one occasion. */
function occasions(rows: readonly CapitalRow[]): EquityCurve['rebalancings'] {
  const bySeq = new Map<number, CapitalRow[]>()
  for (const row of rows) bySeq.set(row.seq, [...(bySeq.get(row.seq) ?? []), row])
  return [...bySeq.values()]
    .map(([first, ...rest]) => ({
      seq: first!.seq,
      at: first!.at,
      tradeDate: dayText(first!.tradeDate),
      text: rest.length === 0 ? `${first!.cause}: ${first!.reason}` : `${first!.cause} of ${rest.length + 1} sleeves`,
    }))
    .sort((one, other) => one.at - other.at)
}
