/** Bars of what a portfolio trades, for charts: as they came, and rolled up by hour and day. */
import type { Slice } from '../../domain/market.ts'
import type { PriceBarRow } from '../../domain/price-bar-row.ts'
import { barLength, timeframeOf } from '../../domain/timeframes.ts'
import type { Recording } from '../../engine/records/recording.ts'
import type { RowBuffer } from './rows.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Longer than every timeframe that is shorter than a session. */
const ROLLED = [
  ['hour', HOUR],
  ['day', DAY],
] as const
/** Portfolios that look at more than this keep the bars of what they signalled, ordered or held, from then on. */
const ALL_KEPT = 150

export interface BarRows {
  /** A signal, order or booking: it is worth a chart. */
  touched(instrument: number): void
  slices(slices: readonly Slice[]): void
  /** Goes on with the last stretches, and with what is kept. */
  resume(last: readonly PriceBarRow[], kept: readonly string[]): void
}

export function barRows({ runtime, instrumentAt }: Recording, rows: RowBuffer): BarRows {
  const kept = new Set<string>()
  /** Stretches that go on, by instrument and grain. */
  const open = new Map<string, PriceBarRow>()

  function add(bar: PriceBarRow, length: number | null): void {
    rows.add('priceBar', bar)
    if (length === null) return
    for (const [grain, stretch] of ROLLED) {
      if (length >= stretch) continue
      const key = `${grain} ${bar.instrument}`
      const bucket = Math.floor((bar.at - 1) / stretch) * stretch
      const before = open.get(key)
      const next = { ...bar, grain, bucket }
      const grown = before?.bucket === bucket ? joined(before, next) : next
      open.set(key, grown)
      rows.add('priceBar', grown)
    }
  }

  return {
    touched: (instrument) => kept.add(instrumentAt(instrument).id),
    slices(slices) {
      const isEvery = runtime().state.instruments.length <= ALL_KEPT
      for (const slice of slices) {
        const grain = timeframeOf(slice.clock)
        for (let column = 0; column < slice.instruments.length; column += 1) {
          const { id } = instrumentAt(slice.instruments[column]!)
          const close = slice.close[column]!
          if (!Number.isFinite(close) || !(isEvery || kept.has(id))) continue
          kept.add(id)
          add(barOf(slice, column, id, grain), barLength(grain))
        }
      }
    },
    resume(last, names) {
      open.clear()
      kept.clear()
      for (const name of names) kept.add(name)
      for (const bar of last) open.set(`${bar.grain} ${bar.instrument}`, bar)
    },
  }
}

function barOf(slice: Slice, column: number, instrument: string, grain: string): PriceBarRow {
  const [open, high, low, close] = [slice.open[column]!, slice.high[column]!, slice.low[column]!, slice.close[column]!]
  const volume = slice.volume[column]!
  return {
    instrument,
    grain,
    bucket: slice.at,
    at: slice.at,
    tradeDate: slice.tradeDate,
    open: Number.isFinite(open) ? open : close,
    high: Number.isFinite(high) ? high : close,
    low: Number.isFinite(low) ? low : close,
    close,
    volume: Number.isFinite(volume) ? volume : 0,
    factor: slice.factor[column]!,
  }
}

/** Two stretches of the same bucket, the later one second. */
function joined(one: PriceBarRow, other: PriceBarRow): PriceBarRow {
  return {
    ...other,
    open: one.open,
    high: Math.max(one.high, other.high),
    low: Math.min(one.low, other.low),
    volume: one.volume + other.volume,
  }
}
