import type { PortfolioConfig } from '../../domain/config.ts'
import { correlationMatrix } from '../../pipeline/metrics/diversification.ts'
import type { History } from '../market/market.ts'
import { finite } from '../report/numbers.ts'

/** How much what sleeves trade moves together: before any strategy has chosen among it. */
export interface Closeness {
  readonly sleeves: readonly string[]
  readonly matrix: readonly (readonly (number | null)[])[]
  /** Days behind it that all sleeves have. */
  readonly days: number
  /** Pairs above the level at which two sleeves begin to be one. */
  readonly close: readonly { readonly sleeves: readonly [string, string]; readonly correlation: number }[]
}

/** The last days that are looked at. */
const DAYS = 252
const DAYS_MIN = 20
const TOO_CLOSE = 0.7

/**
 * Correlations of the mean daily returns of the sleeves' universes, on the last days that all have; null where fewer than
 * two sleeves trade or they share too few days.
 */
export function closenessOf({ sleeves }: PortfolioConfig, histories: readonly History[]): Closeness | null {
  const traded = sleeves.filter(({ universe }) => universe.length > 0)
  if (traded.length < 2) return null
  const returns = new Map(histories.map(({ instrument, series }) => [String(instrument.id), returnsByDay(series)]))
  const means = traded.map(({ universe }) => meanByDay(universe.map((id) => returns.get(id) ?? new Map())))
  const [first, ...others] = means
  const days = [...first!.keys()]
    .filter((day) => others.every((mean) => mean.has(day)))
    .sort((left, right) => left - right)
    .slice(-DAYS)
  if (days.length < DAYS_MIN) return null
  const matrix = correlationMatrix(means.map((mean) => Float64Array.from(days, (day) => mean.get(day)!)))
  const names = traded.map(({ id }) => String(id))
  return {
    sleeves: names,
    matrix: matrix.map((row) => row.map(finite)),
    days: days.length,
    close: names.flatMap((left, row) =>
      names.slice(row + 1).flatMap((right, step) => {
        const correlation = matrix[row]![row + 1 + step] ?? null
        return correlation !== null && correlation > TOO_CLOSE ? [{ sleeves: [left, right] as const, correlation }] : []
      }),
    ),
  }
}

function returnsByDay({ dates, close }: History['series']): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  for (let row = 1; row < dates.length; row += 1) {
    const move = close[row]! / close[row - 1]! - 1
    if (Number.isFinite(move)) found.set(dates[row]!, move)
  }
  return found
}

function meanByDay(columns: readonly ReadonlyMap<number, number>[]): ReadonlyMap<number, number> {
  const sums = new Map<number, { sum: number; count: number }>()
  for (const column of columns) {
    for (const [day, move] of column) {
      const at = sums.get(day) ?? { sum: 0, count: 0 }
      sums.set(day, { sum: at.sum + move, count: at.count + 1 })
    }
  }
  return new Map([...sums].map(([day, { sum, count }]) => [day, sum / count]))
}
