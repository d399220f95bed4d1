import { join } from 'node:path'
import { readOptionRecords } from '../../adapters/feeds/option-records.ts'
import { readWide } from '../../adapters/feeds/wide.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { ChainSource } from '../../domain/market.ts'
import type { OptionRecord } from '../../domain/recorded.ts'
import type { Sessions } from '../../domain/sessions.ts'
import { dividendsOf, forwardFactors } from '../../pipeline/market/adjust.ts'
import {
  type DatedValues,
  impliedVolatilitySeries,
  knownValue,
  trailingDividendYield,
  type VolatilityRule,
} from '../../pipeline/market/implied-volatility.ts'
import { type ChainModel, type ModelUnderlying, modelChainSource } from '../../pipeline/market/model-chains.ts'
import { recordedChainSource } from '../../pipeline/market/recorded-chains.ts'
import type { RawOptions } from '../config/schema/instruments.ts'
import { readSeries } from '../data/read-series.ts'
import type { History } from './market.ts'

/** Implied volatilities by underlying, before they are laid on any chain. */
export type Volatilities = ReadonlyMap<string, DatedValues>

/** Deepest put and call that is listed. */
const DELTA_MIN = 0.02

/** The stated implied volatility of every underlying, from the data folder's files and the underlyings' own prices. */
export async function readVolatilities(
  options: RawOptions,
  histories: readonly History[],
  folder: string,
): Promise<Volatilities> {
  const closes = (id: string): DatedValues => closesOf(histories.find(({ instrument }) => instrument.id === id)!)
  const found = new Map<string, DatedValues>()
  for (const [id, { volatility }] of Object.entries(options.underlyings)) {
    found.set(id, impliedVolatilitySeries(await ruleOf(volatility, closes(id), { options, closes, folder })))
  }
  return found
}

type Source = RawOptions['underlyings'][string]['volatility']

async function ruleOf(
  source: Source,
  own: DatedValues,
  context: { readonly options: RawOptions; closes(id: string): DatedValues; readonly folder: string },
): Promise<VolatilityRule> {
  const { options, closes, folder } = context
  switch (source.from) {
    case 'index':
      return { kind: 'index', index: await readIndex(folder, source.file) }
    case 'ratio': {
      const other = options.underlyings[source.to]?.volatility
      if (other?.from !== 'index') throw new Error('a checked configuration scales an index')
      return { kind: 'scaled', index: await readIndex(folder, other.file), closes: own, reference: closes(source.to) }
    }
    case 'series': {
      const recorded = await readColumn(folder, source.file, source.column)
      return { kind: 'recorded', recorded, closes: own, realisedFactor: source.factor }
    }
    default:
      return { kind: 'realised', closes: own, realisedFactor: source.factor }
  }
}

async function readIndex(folder: string, file: string): Promise<DatedValues> {
  const read = await readSeries(join(folder, file), file)
  if (!read.ok) throw new FaultError(read.error)
  return { dates: read.series.dates, values: read.series.close }
}

async function readColumn(folder: string, file: string, column: string): Promise<DatedValues> {
  const wide = await readWide(join(folder, file), file)
  const index = wide.names.indexOf(column)
  if (index === -1) {
    throw new FaultError(fault('COLUMN_MISSING', { file, column, columns: wide.names.join(', ') }))
  }
  return { dates: wide.dates, values: wide.columns[index]! }
}

/** Closes that are continuous over splits: what volatility is measured on. */
function closesOf({ series, splits, basis }: History): DatedValues {
  const factors = forwardFactors(series, splits, basis)
  return { dates: series.dates, values: series.close.map((close, row) => close * factors[row]!) }
}

/** The rows of every recorded chain that the configuration names. */
export async function readRecordedChains(options: RawOptions, folder: string): Promise<readonly OptionRecord[]> {
  const files: OptionRecord[][] = []
  for (const file of options.recorded) {
    const { records } = await readOptionRecords(join(folder, file), file)
    files.push([...records])
  }
  return files.flat()
}

/** Chains of every underlying that the configuration states: recorded where a file holds the day, else of the model. */
export function chainSourceOf(
  options: RawOptions,
  histories: readonly History[],
  volatilities: Volatilities,
  context: { readonly sessions: Sessions; readonly recorded: readonly OptionRecord[] },
): ChainSource {
  const { sessions, recorded: records } = context
  const underlyings = Object.entries(options.underlyings).map(([id, { expiries, style }]): ModelUnderlying => {
    const history = histories.find(({ instrument }) => instrument.id === id)!
    const { series, splits, basis, dividends: file } = history
    const paid = { dividends: dividendsOf({ series, splits, basis, file }), splits, basis }
    const values = volatilities.get(id)!
    return {
      id: history.instrument.id,
      weekly: expiries === 'weekly',
      ...(style === 'european' ? { style } : {}),
      volatility: (tradeDate, phase) => knownValue(values, tradeDate, phase),
      dividendYield: (tradeDate, spot) => trailingDividendYield(paid, tradeDate, spot),
    }
  })
  const model = modelChainSource({ underlyings, sessions, model: modelOf(options) })
  if (records.length === 0) return model
  const recorded = recordedChainSource({
    records,
    instruments: new Map(histories.map(({ instrument }) => [instrument.symbol, instrument.id])),
    european: new Set(underlyings.filter(({ style }) => style === 'european').map(({ id }) => id)),
    rate: options.rate,
    dividendYield: 0,
    halfSpreadMin: options.half_spread_min,
    halfSpreadFraction: options.half_spread,
  })
  return {
    underlyings: model.underlyings,
    chain: (underlying, at, tradeDate, phase, spot) =>
      recorded.chain(underlying, at, tradeDate, phase, spot) ?? model.chain(underlying, at, tradeDate, phase, spot),
  }
}

function modelOf(options: RawOptions): ChainModel {
  return {
    rate: options.rate,
    skew: options.skew,
    horizonDays: options.days_max,
    halfSpreadMin: options.half_spread_min,
    halfSpreadFraction: options.half_spread,
    deltaMin: DELTA_MIN,
    strikeSteps: options.strikes.map(({ below, step }) => ({ below: below ?? Number.MAX_VALUE, step })),
  }
}

/** What a reader must know about option prices: where each volatility comes from. */
export function chainNotes(options: RawOptions): readonly string[] {
  const recorded = options.recorded.map((file) => `option chains of "${file}" are used on the days that it holds`)
  const modelled = Object.entries(options.underlyings).map(([id, { volatility }]) => {
    const source = {
      index: () => `the index of "${(volatility as { file: string }).file}"`,
      ratio: () => `the index of ${(volatility as { to: string }).to} times the ratio of 60-day volatilities`,
      series: () => `the series of "${(volatility as { file: string }).file}", then 60-day realised volatility`,
      realised: () => `60-day realised volatility times ${(volatility as { factor: number }).factor}`,
    }[volatility.from]()
    return `options on ${id} are priced by a model off ${source}`
  })
  return [...recorded, ...modelled]
}
