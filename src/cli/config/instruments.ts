import { currencyPair, isBookCurrency } from '../../domain/currencies.ts'
import { fault } from '../../domain/faults.ts'
import type { AssetClass, Instrument, InstrumentKind } from '../../domain/instruments.ts'
import { compareTimeframes, type Timeframe, timeframeOf } from '../../domain/timeframes.ts'
import {
  type CalendarId,
  type ClockId,
  calendarId,
  clockId,
  currencyCode,
  instrumentId,
  type Quantity,
} from '../../domain/units.ts'
import { currencyOf } from './currencies.ts'
import type { ConfigDocument } from './document.ts'
import { futureOf } from './futures.ts'
import type { InstrumentDeclaration } from './loaded.ts'
import type { Problems } from './problems.ts'
import type { RawInstrument } from './schema/instruments.ts'
import type { Watch } from './watches.ts'

/** What an instrument is when its author says no more than its kind. Sizes are in whole shares, contracts or coins. */
interface KindDefaults {
  readonly unit: number | null
  /** Null: the unit itself. */
  readonly step: number | null
  readonly multiplier: number
  readonly calendar: 'nyse' | 'continuous'
  readonly assetClass: AssetClass
  readonly shortable: boolean
  readonly ticks: readonly { readonly from: number; readonly tick: number }[]
}

/** SEC Rule 612: one cent from a dollar upwards, a hundredth of one below. */
const SHARE_TICKS = [
  { from: 0, tick: 0.0001 },
  { from: 1, tick: 0.01 },
]
const COIN_TICKS = [{ from: 0, tick: 0.00000001 }]
const SHARE = { unit: 0.000001, step: 1, multiplier: 1, calendar: 'nyse', shortable: true, ticks: SHARE_TICKS } as const
const COIN = { step: null, multiplier: 1, calendar: 'continuous', assetClass: 'crypto', ticks: COIN_TICKS } as const
/** Currency pairs count hundredths of the left currency; the continuous day ends after the last market for them. */
const PAIR = {
  unit: 0.01,
  step: 1,
  multiplier: 1,
  calendar: 'continuous',
  ticks: [{ from: 0, tick: 0.00001 }],
} as const

/** Whole contracts; what a point is worth, and its tick, are the future's own. */
const CONTRACT = {
  unit: 1,
  step: 1,
  multiplier: 1,
  calendar: 'nyse',
  shortable: true,
  ticks: [{ from: 0, tick: 0.01 }],
} as const

const DEFAULTS: Readonly<Record<RawInstrument['kind'], KindDefaults>> = {
  equity: { ...SHARE, assetClass: 'equity' },
  etf: { ...SHARE, assetClass: 'equity' },
  crypto: { ...COIN, unit: null, shortable: false },
  perpetual: { ...COIN, unit: null, shortable: true },
  future: { ...CONTRACT, assetClass: 'equity' },
  fx: { ...PAIR, assetClass: 'fx', shortable: true },
  stream: { ...SHARE, step: null, assetClass: 'fund', shortable: false, ticks: COIN_TICKS },
}

/** Coins whose smallest amount is fixed by their own protocol or custom; others state theirs. */
const COIN_UNITS: Readonly<Record<string, number>> = { BTC: 0.00000001, ETH: 0.00000001 }

/** The clock of an instrument's bars: calendars with the same length of bar do not close together. */
export function clockOf(calendar: CalendarId, timeframe: Timeframe): ClockId {
  return clockId(`${calendar}/${timeframe}`)
}

/** The instruments that a portfolio uses, in their declared order, which is their index. */
export function declareInstruments(
  document: ConfigDocument,
  problems: Problems,
  raw: {
    readonly instruments: Readonly<Record<string, RawInstrument>>
    readonly currency: string
    readonly used: ReadonlySet<string>
    /** Timeframes of the sleeves that trade an instrument, and those that they watch it on. */
    readonly timeframes: ReadonlyMap<string, ReadonlySet<Timeframe>>
    readonly watches: ReadonlyMap<string, Watch>
  },
): InstrumentDeclaration[] {
  const declared: InstrumentDeclaration[] = []
  for (const [id, entry] of Object.entries(raw.instruments)) {
    // a table of sectors may list thousands that this portfolio never trades
    if (!raw.used.has(id)) continue
    const place = document.placeOf(['instruments', id], 'key')
    const { currency, timeframes } = raw
    const instrument = instrumentOf(id, entry, declared.length, { document, problems, currency, timeframes })
    const future = futureOf(id, entry, raw.instruments, problems)
    if (future !== null && instrument !== null) {
      // What is wrong with a watch is said where it is written.
      if (!raw.watches.has(id)) requireDays(instrument, problems)
      const plain = { column: null, dividends: null, prices: 'raw', simulation: null } as const
      const made = future.source.kind === 'synthetic' ? { ...instrument, isSynthetic: true as const } : instrument
      declared.push({ instrument: made, file: `contracts of ${id}`, future, ...plain, place })
    } else if (entry.file === undefined && entry.kind !== 'future') {
      problems.add(fault('INSTRUMENT_WITHOUT_FILE', { ...place, instrument: id }))
    } else if (entry.file !== undefined && instrument !== null) {
      declared.push({
        instrument,
        file: entry.file,
        column: null,
        dividends: entry.dividends ?? null,
        prices: entry.prices,
        simulation: entry.simulation ?? null,
        ...(entry.borrow_rate === undefined ? {} : { borrowRate: entry.borrow_rate }),
        ...watchOf(raw.watches.get(id)),
        place,
      })
    }
  }
  return declared
}

function watchOf(watch: Watch | undefined): Pick<InstrumentDeclaration, 'watch'> {
  return watch === undefined ? {} : { watch }
}

/** Contracts have a bar a day, so their chain has no finer clock. */
function requireDays({ id, clocks }: Instrument, problems: Problems): void {
  if (clocks.every((clock) => timeframeOf(clock) === '1d')) return
  problems.at(['instruments', id], 'a future has one bar a day; sleeves that trade it leave "timeframe" at 1d')
}

function instrumentOf(
  id: string,
  raw: RawInstrument,
  index: number,
  context: {
    readonly document: ConfigDocument
    readonly problems: Problems
    readonly currency: string
    readonly timeframes: ReadonlyMap<string, ReadonlySet<Timeframe>>
  },
): Instrument | null {
  const { problems } = context
  const path = ['instruments', id]
  const defaults = DEFAULTS[raw.kind]
  const currency = currencyOf(id, raw, context.currency)
  if (raw.kind === 'fx' && currencyPair(raw.symbol ?? id)?.right !== currency) {
    problems.at(path, `a currency pair is named by two currencies, the price's own on the right, such as EUR/USD`)
    return null
  }
  if (!isBookCurrency(currency)) {
    problems.at(raw.currency === undefined ? path : [...path, 'currency'], currencyAdvice(currency))
    return null
  }
  const unit = raw.unit ?? defaults.unit ?? COIN_UNITS[id.split(/[/-]/)[0] ?? ''] ?? null
  if (unit === null) {
    problems.at(path, `a ${raw.kind} states its smallest amount; add "unit: 0.00000001" or another power of ten`)
    return null
  }
  const unitsPerWhole = wholeInverse(unit)
  if (unitsPerWhole === null) {
    problems.at([...path, 'unit'], `must be 1 or a power of ten such as 0.000001, was "${unit}"`)
    return null
  }
  const step = countOf(raw.step ?? defaults.step ?? unit, unitsPerWhole)
  const roundLot = raw.round_lot === undefined ? step : countOf(raw.round_lot, unitsPerWhole)
  if (step === null) problems.at([...path, 'step'], `must be a whole multiple of the unit ${unit}, was "${raw.step}"`)
  if (roundLot === null || (step !== null && roundLot % step !== 0)) {
    problems.at([...path, 'round_lot'], `must be a whole multiple of the step, was "${raw.round_lot}"`)
    return null
  }
  if (step === null) return null
  const calendar = calendarId(raw.calendar ?? defaults.calendar)
  return {
    id: instrumentId(id),
    index,
    symbol: raw.symbol ?? id,
    name: raw.name ?? raw.symbol ?? id,
    kind: raw.kind satisfies InstrumentKind,
    assetClass: raw.asset_class ?? defaults.assetClass,
    sector: raw.sector ?? 'unknown',
    industry: raw.industry ?? 'unknown',
    currency: currencyCode(currency),
    calendar,
    clocks: [...(context.timeframes.get(id) ?? ['1d' as const])]
      .sort(compareTimeframes)
      .map((timeframe) => clockOf(calendar, timeframe)),
    multiplier: raw.multiplier ?? defaults.multiplier,
    unit,
    unitsPerWhole,
    step: step as Quantity,
    roundLot: roundLot as Quantity,
    ticks: raw.tick === undefined ? defaults.ticks : [{ from: 0, tick: raw.tick }],
    shortable: raw.shortable ?? defaults.shortable,
    option: null,
  }
}

/** What to do about a currency that books cannot be kept in. */
export function currencyAdvice(currency: string): string {
  const coin = Object.hasOwn(COIN_UNITS, currency) ? 'coins are positions, never money; ' : ''
  return `books cannot be kept in "${currency}"; ${coin}use a currency such as USD, EUR or USDT`
}

/** 1/unit when that is exactly a power of ten, else null. */
function wholeInverse(unit: number): number | null {
  for (let power = 1; power <= 1_000_000_000_000; power *= 10) {
    if (Number((1 / power).toPrecision(12)) === Number(unit.toPrecision(12))) return power
  }
  return null
}

/** `amount` whole shares or coins as a count of units, where that is whole; else null. */
function countOf(amount: number, unitsPerWhole: number): number | null {
  const count = amount * unitsPerWhole
  const whole = Math.round(count)
  return whole >= 1 && Math.abs(count - whole) <= 1e-9 * Math.max(1, whole) ? whole : null
}
