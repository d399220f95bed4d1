/**
 * Whose prices a clock gives to exchange and stops: an instrument on several clocks has those of its finest one. On its
 * slower clocks sleeves decide; what a slower bar saw of the day, the finer ones have seen before.
 */
import type { Instrument } from '../../domain/instruments.ts'
import type { ClockId } from '../../domain/units.ts'
import type { BarColumns } from '../../exchange/desk.ts'

/** Whether the instrument's prices come from this clock. */
export function isQuotedOn({ clocks }: Instrument, clock: ClockId): boolean {
  return clocks.length < 2 || clocks[0] === clock
}

/** Columns of a clock's instruments whose prices come from it; null where all do. */
export function quotedColumns(instruments: readonly Instrument[], clock: ClockId): Int32Array | null {
  if (instruments.every((instrument) => isQuotedOn(instrument, clock))) return null
  return Int32Array.from(instruments.flatMap((instrument, column) => (isQuotedOn(instrument, clock) ? [column] : [])))
}

const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const

/** Room for the columns of a row. */
export function blankBars(instruments: Int32Array, columns: Int32Array): BarColumns {
  const [open, high, low, close, volume] = PRICES.map(() => new Float64Array(columns.length))
  const instrument = columns.map((column) => instruments[column]!)
  return { instrument, open: open!, high: high!, low: low!, close: close!, volume: volume! }
}

/** Fills that room from a whole row. */
export function pickColumns(
  bars: BarColumns,
  row: { readonly [Field in (typeof PRICES)[number]]: Float64Array },
  columns: Int32Array,
): void {
  for (const field of PRICES) {
    const [from, to] = [row[field], bars[field]]
    for (let place = 0; place < columns.length; place += 1) to[place] = from[columns[place]!]!
  }
}
