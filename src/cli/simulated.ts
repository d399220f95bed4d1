import { CALENDARS } from '../adapters/calendars/calendars.ts'
import { FaultError, fault } from '../domain/faults.ts'
import type { Series } from '../domain/series.ts'
import { addDays, parseDate, type Sessions, startOfDay } from '../domain/sessions.ts'
import type { TradeDate } from '../domain/units.ts'
import type { AssetOptions, SimulatedAsset } from '../exchange/generator/options.ts'
import { simulateMarket } from '../exchange/generator/simulate.ts'
import { splitsOf } from '../pipeline/market/adjust.ts'
import type { InstrumentDeclaration, LoadedPortfolio } from './config/loaded.ts'
import type { History } from './market.ts'

/** History before the first day, so that averages and volatilities exist when a run begins. */
const DAYS_BEFORE = 400

/** The portfolio's instruments on a simulated market; the same seed gives the same history. */
export function simulateHistories(
  loaded: LoadedPortfolio,
  seed: number,
  reach: { readonly from: TradeDate; readonly to: TradeDate },
): readonly History[] {
  const assets = loaded.instruments.map((declaration) => assetOf(declaration, loaded))
  const calendars = new Set(loaded.instruments.map(({ instrument }) => instrument.calendar))
  const sessions = Object.fromEntries(
    [...calendars].map((id) => {
      const table = CALENDARS.get(id)?.(addDays(reach.from, -DAYS_BEFORE), reach.to)
      if (table === undefined) throw new Error(`no calendar is named "${id}"`)
      return [id, sessionList(table)]
    }),
  )
  const market = simulateMarket({ seed, sessions, assets })
  return market.assets.map((asset, index) => historyOf(loaded.instruments[index]!, asset))
}

function sessionList(table: Sessions): { readonly date: number }[] {
  return Array.from(table.dates, (date) => ({ date }))
}

function assetOf({ instrument, simulation, place }: InstrumentDeclaration, loaded: LoadedPortfolio): AssetOptions {
  if (simulation === null) {
    const path = `instruments.${instrument.id}.simulation`
    const reason = 'is missing; add it so that the instrument exists on the simulated market, or give --data'
    throw new FaultError(fault('CONFIG_INVALID', { ...place, path, reason }))
  }
  const kind = instrument.kind === 'etf' ? 'etf' : instrument.calendar === 'continuous' ? 'crypto' : 'equity'
  const date = (text: string | undefined): TradeDate | null => (text === undefined ? null : parseDate(text))
  const [listed, ends] = [date(simulation.listed), date(simulation.ends)]
  return {
    symbol: instrument.id,
    kind,
    calendar: instrument.calendar,
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
    ...given('listed', listed ?? undefined),
    ...given('ends', ends ?? undefined),
    iv: loaded.options?.underlyings[instrument.id] !== undefined,
    ...given('ivSkew', loaded.options?.skew),
  }
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
}

/** A simulated asset in the form in which files are read: raw prices with their splits and dividends. */
function historyOf({ instrument }: InstrumentDeclaration, asset: SimulatedAsset): History {
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
    splits: splits.value,
    basis: 'raw',
    dividends: null,
    impliedVolatility: asset.iv ?? null,
  }
}
