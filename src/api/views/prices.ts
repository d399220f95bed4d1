/** The price chart of one instrument. */
import type { PostingPageRow, PriceBar, SignalPageRow } from '../../domain/paging.ts'
import type { InstrumentRow } from '../../domain/projections.ts'
import type { PriceBars, PriceChart, PriceMarker } from '../contract/prices.ts'
import { priceDecimals, quantity } from './amounts.ts'
import type { Basis } from './basis.ts'
import { keepExtremes } from './equity.ts'
import { moment } from './moments.ts'
import { zoneOf } from './trade-days.ts'

export interface PriceRows {
  /** Oldest first. */
  readonly bars: readonly PriceBar[]
  readonly signals: readonly SignalPageRow[]
  readonly postings: readonly PostingPageRow[]
}

const MARKERS_MOST = 2_000
const DAY_MS = 86_400_000

export function priceChart(
  basis: Basis,
  { instrument, symbol, currency, kind, unitsPerWhole }: InstrumentRow,
  { bars, signals, postings }: PriceRows,
  points: number,
): PriceChart {
  const drawn = keepExtremes(bars, points, ({ close }) => close)
  const markers = [...signals.map(signalMarker), ...postings.flatMap((row) => tradeMarker(row, unitsPerWhole))]
  return {
    instrument,
    symbol,
    currency,
    decimals: priceDecimals(bars.at(-1)?.close ?? null, kind),
    zone: zoneOf(basis),
    bars: barsOf(drawn),
    barsPerPoint: drawn.length === 0 ? 1 : bars.length / drawn.length,
    markers: markers.sort((one, other) => one.at - other.at).slice(-MARKERS_MOST),
    levels: levelsOf(basis, instrument),
    oscillators: [],
    why: bars.length === 0 ? `There are no prices of ${symbol} in this stretch.` : '',
  }
}

function barsOf(bars: readonly PriceBar[]): PriceBars {
  const isDaily = bars.length > 1 && bars.every(({ bucket }) => bucket % DAY_MS === 0)
  return {
    at: bars.map(({ at }) => at),
    dates: isDaily ? bars.map(({ bucket }) => moment(bucket).slice(0, 10)) : null,
    open: bars.map(({ open }) => open),
    high: bars.map(({ high }) => high),
    low: bars.map(({ low }) => low),
    close: bars.map(({ close }) => close),
    volume: bars.map(({ volume }) => (Number.isFinite(volume) ? volume : null)),
  }
}

function signalMarker({ at, sleeve, price, quantity: wanted, reason, confidence }: SignalPageRow): PriceMarker {
  return {
    at,
    kind: 'signal',
    side: wanted < 0 ? 'sell' : 'buy',
    sleeve,
    price,
    quantity: quantity(Math.abs(wanted)),
    text: `${reason} (confidence ${confidence.toFixed(2)})`,
    order: null,
  }
}

/** What was traded; a booking that only moves money is no mark in a chart of prices. */
function tradeMarker(row: PostingPageRow, unitsPerWhole: number): readonly PriceMarker[] {
  const { at, sleeve, price, quantity: units, before, order, reason, kind } = row
  if (units === 0 || (kind !== 'fill' && kind !== 'cross')) return []
  const isEntry = before === 0 || Math.sign(before) === Math.sign(units)
  return [
    {
      at,
      kind: isEntry ? 'entry' : 'exit',
      side: units > 0 ? 'buy' : 'sell',
      sleeve,
      price,
      quantity: quantity(Math.abs(units) / unitsPerWhole),
      text: reason,
      order,
    },
  ]
}

function levelsOf({ positions }: Basis, instrument: string): PriceChart['levels'] {
  return positions.bySleeve
    .filter((one) => one.instrument === instrument)
    .flatMap(({ sleeve, stop, target, averagePrice }) => [
      ...(averagePrice === null ? [] : [{ sleeve, kind: 'entry' as const, price: averagePrice }]),
      ...(stop === null ? [] : [{ sleeve, kind: 'stop' as const, price: stop }]),
      ...(target === null ? [] : [{ sleeve, kind: 'target' as const, price: target }]),
    ])
}
