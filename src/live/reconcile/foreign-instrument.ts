/** What somebody else bought on the account and the portfolio does not list: an instrument that is held, and never traded. */
import type { BrokerPosition } from '../../domain/broker.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { CalendarId, CurrencyCode, InstrumentId, Quantity } from '../../domain/units.ts'

const UNITS_PER_WHOLE = 1_000_000

export function foreignInstrumentId(symbol: string): InstrumentId {
  return `external:${symbol}` as InstrumentId
}

/** Without clocks: its mark is what the broker says. Counted in the base currency, as the broker values it. */
export function foreignInstrument(
  { symbol }: Pick<BrokerPosition, 'symbol'>,
  {
    index,
    currency,
    calendar,
  }: { readonly index: number; readonly currency: CurrencyCode; readonly calendar: CalendarId },
): Instrument {
  return {
    id: foreignInstrumentId(symbol),
    index,
    symbol: `external:${symbol}`,
    name: symbol,
    kind: 'equity',
    assetClass: 'unknown',
    sector: 'unknown',
    industry: 'unknown',
    currency,
    calendar,
    clocks: [],
    multiplier: 1,
    unit: 1 / UNITS_PER_WHOLE,
    unitsPerWhole: UNITS_PER_WHOLE,
    step: 1 as Quantity,
    roundLot: 1 as Quantity,
    ticks: [{ from: 0, tick: 0.01 }],
    shortable: true,
    option: null,
  }
}
