import type { IntentSink, View } from '../../../domain/strategy.ts'
import type { Quantity } from '../../../domain/units.ts'
import type { Fit, Pair } from './formation.ts'

/** A pair that was entered. Plain data. */
export type Trade = {
  /** Of the first leg; the second is on the other. */
  readonly side: 1 | -1
  /** Signed units of each leg on the signal scale, so that a split changes nothing. */
  readonly first: number
  readonly second: number
  readonly fit: Fit
  /** Since both legs were filled, the first bar counted. */
  readonly bars: number
  readonly barsMax: number
}

/** What an entry goes by. */
export interface Entry {
  readonly side: 1 | -1
  readonly fit: Fit
  /** Money of the second leg per money of the first. */
  readonly ratio: number
  /** Both legs together, in the base currency. */
  readonly value: number
  /** As much money in the second leg as in the first, whatever the ratio. */
  readonly equal: boolean
  readonly barsMax: number
}

type Positions = Pick<View, 'position' | 'projected' | 'instrument' | 'unitValue' | 'slice'>

/** Whether anything of a pair is held, or on its way. */
export function holdsAny(view: Positions, { first, second }: Pair): boolean {
  for (const column of [first, second]) if (view.position(column) !== 0 || view.projected(column) !== 0) return true
  return false
}

/** Wishes both legs, or names what forbids it; null where it does. */
export function enterPair(view: Positions, pair: Pair, entry: Entry, out: IntentSink): Trade | null {
  const { side, ratio, value } = entry
  if (!(ratio > 0)) {
    out.refuse(pair.first, 'hedgeNegative')
    return null
  }
  const sold = side > 0 ? pair.second : pair.first
  if (!view.instrument(sold).shortable) {
    out.refuse(sold, 'notHoldable')
    return null
  }
  const part = entry.equal ? 0.5 : 1 / (1 + ratio)
  const first = unitsOf(view, pair.first, value * part)
  const second = unitsOf(view, pair.second, value * (1 - part))
  if (first === 0 || second === 0) {
    out.refuse(first === 0 ? pair.first : pair.second, 'belowStep')
    return null
  }
  const reason = side > 0 ? 'spread low' : 'spread high'
  out.target(pair.first, (first * side) as Quantity, reason)
  out.target(pair.second, (0 - second * side) as Quantity, reason)
  return {
    side,
    first: (first * side) / view.slice.factor[pair.first]!,
    second: (0 - second * side) / view.slice.factor[pair.second]!,
    fit: entry.fit,
    bars: 0,
    barsMax: entry.barsMax,
  }
}

/** Whole steps that this much money buys; 0 where the instrument has no price. */
function unitsOf(view: Positions, column: number, money: number): number {
  const unit = view.unitValue(column)
  const { step } = view.instrument(column)
  return unit > 0 ? Math.floor(money / (unit * step)) * step : 0
}

/** Part of the larger leg by which the other may lack behind: below, rounding and prices make as much. */
const IMBALANCE_MAX = 0.1

/** What has become of a trade since the last bar. */
export type Standing =
  | { readonly kind: 'gone' }
  /** Nothing is filled yet, but both legs are on their way. */
  | { readonly kind: 'waiting' }
  /** One leg without the other: it has to be closed. */
  | { readonly kind: 'orphan' }
  | {
      readonly kind: 'held'
      readonly trade: Trade
      /** A leg that is too large beside the other, and the signed units that it should have. */
      readonly excess: { readonly column: number; readonly units: Quantity } | null
    }

/**
 * No leg stands alone: what only one leg has come to is an orphan. Where one is smaller beside the other than it should
 * be, by a limit or by what the market had, the other is to come down to it.
 */
export function standingOf(view: Positions, pair: Pair, trade: Trade): Standing {
  if (!holdsAny(view, pair)) return { kind: 'gone' }
  const first = partOf(view, pair.first, trade.first)
  const second = partOf(view, pair.second, trade.second)
  const [least, most] = [Math.min(first, second), Math.max(first, second)]
  if (!(most > 0)) {
    const isWhole = view.projected(pair.first) !== 0 && view.projected(pair.second) !== 0
    return { kind: isWhole ? 'waiting' : 'orphan' }
  }
  if (!(least > 0)) return { kind: 'orphan' }
  const next = { ...trade, bars: trade.bars + 1 }
  if (most - least <= IMBALANCE_MAX * most) return { kind: 'held', trade: next, excess: null }
  const isFirst = first === most
  const column = isFirst ? pair.first : pair.second
  const factor = view.slice.factor[column]!
  const { step } = view.instrument(column)
  const wanted = (isFirst ? trade.first : trade.second) * factor * least
  const size = Math.floor(Math.abs(wanted) / step) * step
  if (size === 0) return { kind: 'orphan' }
  const units = (wanted > 0 ? size : 0 - size) as Quantity
  const other = isFirst ? pair.second : pair.first
  const [kept, rest] = [units / factor, view.position(other) / view.slice.factor[other]!]
  const whole = isFirst ? { ...next, first: kept, second: rest } : { ...next, first: rest, second: kept }
  return { kind: 'held', trade: whole, excess: { column, units } }
}

/** Part of a leg that is held: 1 where it is whole, 0 or less where nothing of this side is. */
function partOf({ slice, position }: Positions, column: number, wanted: number): number {
  return position(column) / slice.factor[column]! / wanted
}

/** Closes what is held of both legs and takes back what waits, unless that is on its way already. */
export function leave(view: Positions, { first, second }: Pair, reason: string, out: IntentSink): void {
  for (const column of [first, second]) if (view.projected(column) !== 0) out.exit(column, reason)
}
