import { CALENDARS } from '../../adapters/calendars/calendars.ts'
import { NYSE, NYSE_FIRST, NYSE_LAST } from '../../adapters/calendars/nyse.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { Series } from '../../domain/series.ts'
import { addDays, formatDate, parseDate, type Sessions, sessionOf, startOfDay } from '../../domain/sessions.ts'
import { barLength, timeframeOf } from '../../domain/timeframes.ts'
import type { CalendarId, TradeDate } from '../../domain/units.ts'
import { intradayBars } from '../../exchange/generator/intraday.ts'
import type { AssetOptions, SimulatedAsset } from '../../exchange/generator/options.ts'
import { withPremium } from '../../exchange/generator/premium.ts'
import { simulateMarket } from '../../exchange/generator/simulate.ts'
import { createRandom, type Random } from '../../numerics/random.ts'
import { splitsOf } from '../../pipeline/market/adjust.ts'
import type { InstrumentDeclaration, LoadedPortfolio } from '../config/loaded.ts'
import { isStreamCalendar } from '../config/streams.ts'
import { simulatedContracts, withFutures } from './futures.ts'
import type { History } from './history.ts'
import { streamSeries } from './streams.ts'

/** History before the first day, so that averages and volatilities exist when a run begins. */
const DAYS_BEFORE = 400
/** A stretch of the calendar that holds sessions for certain. */
const DAYS_OF_LIFE = 14

/**
 * The portfolio's instruments on a simulated market; the same seed gives the same history.
 *
 * @throws FaultError where the calendar does not reach, or an instrument has no character
 */
export function simulateHistories(
  loaded: LoadedPortfolio,
  seed: number,
  reach: { readonly from: TradeDate; readonly to: TradeDate },
): readonly History[] {
  requireReach(reach)
  const declared = loaded.instruments.filter(({ future }) => future === undefined)
  const assets = declared.map((declaration) => assetOf(declaration, loaded))
  const { start, end } = stretchOf(assets, reach)
  const calendars = new Set(declared.map(({ instrument }) => calendarOf(instrument)))
  const sessions = Object.fromEntries(
    [...calendars].map((id) => {
      const table = CALENDARS.get(id)?.(start, end)
      if (table === undefined) throw new Error(`no calendar is named "${id}"`)
      return [id, sessionList(table)]
    }),
  )
  const market = simulateMarket({ seed, sessions, assets })
  const days = followed(
    declared,
    market.assets.map((asset, index) => historyOf(declared[index]!, asset)),
    seed,
  )
  const base = days.map((history, index): History => {
    const declaration = declared[index]!
    const random = createRandom(seed).fork(`intraday/${declaration.instrument.id}`)
    return { ...history, intraday: barsWithin(declaration.instrument, history.series, TICK, random) }
  })
  return withFutures(loaded, base, (declaration, future) => simulatedContracts(declaration, future, base))
}

/** Perpetuals get the prices of the coins that they follow, with a premium; a coin that nobody trades is followed by none. */
function followed(
  declared: readonly InstrumentDeclaration[],
  histories: readonly History[],
  seed: number,
): readonly History[] {
  return histories.map((history, index) => {
    const { simulation, instrument } = declared[index]!
    const at = declared.findIndex((other) => other.instrument.id === simulation?.follows)
    const spot = histories[at]?.series
    if (simulation === null || spot === undefined) return history
    const { premium: mean = PREMIUM.mean, premium_deviation: deviation = PREMIUM.deviation } = simulation
    const rules = { mean, deviation, tick: TICK }
    const bars = withPremium(spot, rules, createRandom(seed).fork(`premium/${instrument.id}`))
    const { dates, times, lines } = spot
    const traded = simulation.average_volume / (declared[at]!.simulation?.average_volume ?? 1)
    const volume = spot.volume.map((units) => Math.floor(units * traded + 0.5))
    return { ...history, series: { ...history.series, dates, times, lines, ...bars, volume } }
  })
}

/** The bars of an instrument's finest clock, made of its days; null where that clock has a bar a day. */
export function barsWithin(instrument: Instrument, days: Series, tick: number, random: Random): Series | null {
  const barMs = barLength(timeframeOf(instrument.clocks[0]!))
  if (barMs === null) return null
  const table = CALENDARS.get(instrument.calendar)!(days.dates[0] as TradeDate, days.dates.at(-1) as TradeDate)
  const rows = Array.from(days.dates, (date) => sessionOf(table, date as TradeDate))
  const opens = rows.map((row) => table.opens[row]!)
  const closes = rows.map((row) => table.closes[row]!)
  const bars = intradayBars(days, { opens, closes, barMs, tick }, random)
  return {
    source: days.source,
    layout: days.layout,
    resolution: 'intraday',
    dates: bars.dates,
    times: bars.times,
    open: bars.open,
    high: bars.high,
    low: bars.low,
    close: bars.close,
    volume: bars.volume,
    adjustedClose: null,
    dividend: null,
    split: null,
    lines: Int32Array.from(bars.days, (day) => days.lines[day]!),
    findings: days.findings,
  }
}

/** Simulated prices are whole cents. */
const TICK = 0.01
/** Of a perpetual over its coin, as fractions: that of large ones in calm years. */
const PREMIUM = { mean: 0.0002, deviation: 0.0006 }

/** A recorded stream has the sessions of the exchange here: there is no file whose dates it could have. */
function calendarOf({ calendar }: Instrument): CalendarId {
  return isStreamCalendar(calendar) ? NYSE : calendar
}

/** The simulated exchange is open on the sessions of the calendar that is known. */
function requireReach({ from, to }: { readonly from: TradeDate; readonly to: TradeDate }): void {
  const refuse = (option: string, reason: string): FaultError =>
    new FaultError(fault('OPTION_INVALID', { option, reason }))
  const earliest = addDays(NYSE_FIRST, DAYS_BEFORE)
  if (from > to)
    throw refuse('--from', `${formatDate(from)} is after --to ${formatDate(to)}; give the earlier day first`)
  if (from < earliest) {
    throw refuse(
      '--from',
      `${formatDate(from)} is before the simulated market, which begins on ${formatDate(earliest)}`,
    )
  }
  if (to > NYSE_LAST) {
    throw refuse('--to', `${formatDate(to)} is after the simulated market, which ends on ${formatDate(NYSE_LAST)}`)
  }
}

/** The days to simulate: enough that every asset has a life, though it lists after the run or ended before it. */
function stretchOf(
  assets: readonly AssetOptions[],
  { from, to }: { readonly from: TradeDate; readonly to: TradeDate },
): { readonly start: TradeDate; readonly end: TradeDate } {
  let start = addDays(from, -DAYS_BEFORE)
  let end = to
  for (const { listed, ends } of assets) {
    if (listed !== undefined && listed > to) end = latest(end, addDays(listed as TradeDate, DAYS_OF_LIFE))
    if (ends !== undefined && ends < start) start = addDays(ends as TradeDate, -DAYS_OF_LIFE)
  }
  return { start, end }
}

const latest = (one: TradeDate, other: TradeDate): TradeDate => (one > other ? one : other)

function sessionList(table: Sessions): { readonly date: number }[] {
  return Array.from(table.dates, (date) => ({ date }))
}

function assetOf({ instrument, simulation, place }: InstrumentDeclaration, loaded: LoadedPortfolio): AssetOptions {
  if (simulation === null) {
    const path = isStreamCalendar(instrument.calendar)
      ? 'returns.simulation'
      : `instruments.${instrument.id}.simulation`
    const reason = 'is missing; add it so that the instrument exists on the simulated market, or give --data'
    throw new FaultError(fault('CONFIG_INVALID', { ...place, path, reason }))
  }
  const kind = instrument.kind === 'etf' ? 'etf' : instrument.calendar === 'continuous' ? 'crypto' : 'equity'
  const date = (key: 'listed' | 'ends'): TradeDate | undefined => {
    const text = simulation[key]
    if (text === undefined) return undefined
    const parsed = parseDate(text)
    if (parsed !== null && parsed >= NYSE_FIRST && parsed <= addDays(NYSE_LAST, -DAYS_OF_LIFE)) return parsed
    const path = `instruments.${instrument.id}.simulation.${key}`
    const reason = `must be a day from ${formatDate(NYSE_FIRST)} to ${formatDate(NYSE_LAST)} as YYYY-MM-DD, was "${text}"`
    throw new FaultError(fault('CONFIG_INVALID', { ...place, path, reason }))
  }
  return {
    symbol: instrument.id,
    kind,
    calendar: calendarOf(instrument),
    price: simulation.price,
    drift: simulation.drift,
    volatility: simulation.volatility,
    averageVolume: simulation.average_volume,
    marketCorrelation: simulation.market_correlation,
    ...given('family', simulation.family),
    ...given('familyCorrelation', simulation.family_correlation),
    ...given('dividendYield', simulation.dividend_yield),
    ...given('splitProbability', simulation.splits_per_year),
    ...given('jumpsPerYear', simulation.jumps_per_year),
    ...given('selloffsPerYear', simulation.selloffs_per_year),
    ...given('burstsPerYear', simulation.bursts_per_year),
    ...given('listed', date('listed')),
    ...given('ends', date('ends')),
    iv: loaded.options?.underlyings[instrument.id] !== undefined,
    ...given('ivSkew', loaded.options?.skew),
  }
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
}

/** A simulated asset in the form in which files are read: raw prices with their splits and dividends. */
function historyOf({ instrument }: InstrumentDeclaration, asset: SimulatedAsset): History {
  if (isStreamCalendar(instrument.calendar)) {
    const series = streamSeries(`simulated/${asset.symbol}`, asset.dates.subarray(1), returnsOf(asset.close))
    const plain = { intraday: null, splits: [], basis: 'raw', dividends: null, impliedVolatility: null } as const
    return { instrument, series, ...plain }
  }
  const count = asset.dates.length
  const split = new Float64Array(count).fill(1)
  const dividend = new Float64Array(count)
  const rowOf = new Map(Array.from(asset.dates, (date, row) => [date, row]))
  for (const { date, numerator, denominator } of asset.splits) split[rowOf.get(date)!] = numerator / denominator
  for (const { date, amount } of asset.dividends) dividend[rowOf.get(date)!] = amount
  const series: Series = {
    source: `simulated/${asset.symbol}`,
    layout: 'simulated',
    resolution: 'day',
    dates: asset.dates,
    times: Float64Array.from(asset.dates, (date) => startOfDay(date as TradeDate)),
    open: asset.open,
    high: asset.high,
    low: asset.low,
    close: asset.close,
    volume: asset.volume,
    adjustedClose: null,
    dividend,
    split,
    lines: Int32Array.from({ length: count }, (_, row) => row + 1),
    findings: [],
  }
  const splits = splitsOf(series)
  if (!splits.ok) throw new FaultError(splits.error)
  return {
    instrument,
    series,
    intraday: null,
    splits: splits.value,
    basis: 'raw',
    dividends: null,
    impliedVolatility: asset.iv ?? null,
  }
}

function returnsOf(close: Float64Array): Float64Array {
  return Float64Array.from({ length: close.length - 1 }, (_, row) => close[row + 1]! / close[row]! - 1)
}
