import { join } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { DatedAction } from '../../domain/market.ts'
import type { Series } from '../../domain/series.ts'
import { formatDate, type Sessions, startOfDay } from '../../domain/sessions.ts'
import { type InstrumentId, instrumentId, type TradeDate } from '../../domain/units.ts'
import { type GeneratedContract, generateFutures } from '../../exchange/generator/futures.ts'
import { forwardFactors } from '../../pipeline/market/adjust.ts'
import { type ChainContract, continuousChain, type RollRule, rollActions } from '../../pipeline/market/futures-chain.ts'
import { contractSymbol, type FutureDeclaration } from '../config/futures.ts'
import type { InstrumentDeclaration, LoadedPortfolio } from '../config/loaded.ts'
import { readSeries } from '../data/read-series.ts'
import type { History } from './history.ts'

/** Layout of contracts that the generator made. */
export const GENERATED = 'generated'

const PLAIN = { intraday: null, splits: [], basis: 'raw', dividends: null, impliedVolatility: null } as const

/**
 * Every history in the order in which instruments are declared, a future as its continuous series; and behind them the
 * contracts, which no configuration names.
 *
 * @param base histories of everything but futures
 * @param contractsOf the contracts of a future, from files or generated
 */
export function withFutures(
  loaded: LoadedPortfolio,
  base: readonly History[],
  contractsOf: (declaration: InstrumentDeclaration, future: FutureDeclaration) => readonly Dated[],
): readonly History[] {
  const known = new Map(base.map((history) => [history.instrument.id, history]))
  const dated: History[] = []
  const first = loaded.instruments.length
  const declared = loaded.instruments.map((declaration) => {
    const { future, instrument } = declaration
    if (future === undefined) return known.get(instrument.id)!
    const made = chainHistory(declaration, contractsOf(declaration, future), future.roll, first + dated.length)
    dated.push(...made.contracts)
    return made.chain
  })
  return [...declared, ...dated]
}

/** A contract's bars, and what it is called. */
interface Dated {
  readonly symbol: string
  readonly expiry: TradeDate
  readonly series: Series
}

function chainHistory(
  { instrument, place }: InstrumentDeclaration,
  dated: readonly Dated[],
  rule: RollRule,
  first: number,
): { readonly chain: History; readonly contracts: readonly History[] } {
  if (dated.length === 0) {
    const reason = 'no contract has a single bar; the instrument it is generated from has no prices'
    throw new FaultError(fault('CONFIG_INVALID', { ...place, path: `instruments.${instrument.id}`, reason }))
  }
  const contracts = dated.map(({ symbol, expiry, series }) => ({ instrument: instrumentId(symbol), expiry, series }))
  const { series, factors, contractFactors, rolls } = continuousChain(String(instrument.id), contracts, rule)
  const chain = { instrument, series, ...PLAIN, factors, chain: { contracts, rolls } }
  const histories = contracts.map((contract, at): History => {
    const own = contract.series
    const listed = contractOf(instrument, contract, first + at)
    return { instrument: listed, series: own, ...PLAIN, factors: own.close.map(() => contractFactors[at]!) }
  })
  return { chain, contracts: histories }
}

function contractOf(chain: Instrument, { instrument, expiry }: ChainContract, index: number): Instrument {
  const name = `${chain.name} to ${formatDate(expiry)}`
  return { ...chain, id: instrument, index, symbol: String(instrument), name, future: { root: chain.id, expiry } }
}

/** Contracts of the generator, on the bars of the instrument that the future is made from. */
function generatedContracts(
  { instrument }: InstrumentDeclaration,
  source: Extract<FutureDeclaration['source'], { kind: 'synthetic' }>,
  base: readonly History[],
): readonly Dated[] {
  const underlying = base.find((history) => history.instrument.id === source.from)!
  const { series, splits, basis } = underlying
  const factors = forwardFactors(series, splits, basis)
  const scaled = (field: Float64Array): Float64Array => field.map((price, row) => price * factors[row]!)
  const { dates, volume } = series
  const bars = {
    dates,
    open: scaled(series.open),
    high: scaled(series.high),
    low: scaled(series.low),
    close: scaled(series.close),
    volume: volume.map((units, row) => (Number.isNaN(units) ? 0 : units / factors[row]!)),
  }
  const tick = instrument.ticks[0]?.tick ?? 0.01
  return generateFutures(bars, { ...source, tick }).map((contract) => {
    const symbol = contractSymbol(String(instrument.id), contract.expiry)
    return { symbol, expiry: contract.expiry, series: seriesOf(symbol, contract, series) }
  })
}

function seriesOf(symbol: string, contract: GeneratedContract, underlying: Series): Series {
  const { dates, rows, open, high, low, close, volume } = contract
  return {
    source: `generated/${symbol}`,
    layout: GENERATED,
    resolution: 'day',
    dates,
    times: Float64Array.from(dates, (date) => startOfDay(date as TradeDate)),
    open,
    high,
    low,
    close,
    volume,
    adjustedClose: null,
    dividend: null,
    split: null,
    lines: Int32Array.from(rows, (row) => underlying.lines[row]!),
    findings: [],
  }
}

type RequireFile = (declaration: InstrumentDeclaration, folder: string, file: string, path: string) => void

/** Contracts of every future that the portfolio declares, read from a folder or generated. */
export async function contractsIn(
  loaded: LoadedPortfolio,
  folder: string,
  base: readonly History[],
  requireFile: RequireFile,
): Promise<ReadonlyMap<InstrumentDeclaration, readonly Dated[]>> {
  const found = new Map<InstrumentDeclaration, readonly Dated[]>()
  for (const declaration of loaded.instruments) {
    const source = declaration.future?.source
    if (source === undefined) continue
    if (source.kind === 'synthetic') found.set(declaration, generatedContracts(declaration, source, base))
    else found.set(declaration, await readContracts(declaration, source.contracts, folder, requireFile))
  }
  return found
}

/** On the simulated market every contract is generated. */
export function simulatedContracts(
  declaration: InstrumentDeclaration,
  { source }: FutureDeclaration,
  base: readonly History[],
): readonly Dated[] {
  if (source.kind === 'synthetic') return generatedContracts(declaration, source, base)
  const path = `instruments.${declaration.instrument.id}.contracts`
  const reason = 'are files of what was traded, which the simulated market does not have; give --data'
  throw new FaultError(fault('CONFIG_INVALID', { ...declaration.place, path, reason }))
}

/** Contracts of files: each must have bars of days, and none after its expiry. */
async function readContracts(
  declaration: InstrumentDeclaration,
  files: Extract<FutureDeclaration['source'], { kind: 'files' }>['contracts'],
  folder: string,
  requireFile: RequireFile,
): Promise<readonly Dated[]> {
  const contracts: Dated[] = []
  for (const [at, { file, expiry, symbol }] of files.entries()) {
    const path = `instruments.${declaration.instrument.id}.contracts[${at}]`
    requireFile(declaration, folder, file, `${path}.file`)
    const read = await readSeries(join(folder, file), file)
    if (!read.ok) throw new FaultError(read.error)
    const { series } = read
    const last = series.dates.at(-1) ?? 0
    const refuse = (reason: string): never => {
      throw new FaultError(fault('CONFIG_INVALID', { ...declaration.place, path, reason }))
    }
    if (series.resolution !== 'day') refuse(`"${file}" holds bars within the day; contracts have one bar a day`)
    if (last > expiry)
      refuse(
        `"${file}" goes on to ${formatDate(last as TradeDate)}, after its expiry on ${formatDate(expiry)}; correct one`,
      )
    contracts.push({ symbol, expiry, series })
  }
  return contracts
}

/** Contracts that have a bar within the run: the others are not listed. Contracts stand behind everything that is declared. */
export function livingContracts(
  histories: readonly History[],
  reach: { readonly from: TradeDate; readonly to: TradeDate },
): readonly History[] {
  const lives = ({ instrument, series }: History): boolean =>
    instrument.future === undefined || series.dates.some((date) => date >= reach.from && date <= reach.to)
  return histories
    .filter(lives)
    .map((history, index) =>
      history.instrument.future === undefined ? history : { ...history, instrument: { ...history.instrument, index } },
    )
}

/** Rolls of a future as dated actions; none of anything else. */
export function rollsOf(
  { instrument, chain }: History,
  sessions: Sessions,
  reach: { readonly from: TradeDate; readonly to: TradeDate },
): readonly DatedAction[] {
  return chain === undefined ? [] : rollActions(instrument.id, chain.contracts, chain.rolls, sessions, reach)
}

/** What is different where contracts of futures lie on a clock: their ends are expiries, and nothing to be told. */
export function contractTerms(histories: readonly History[]): {
  settled(dated: DatedAction): DatedAction
  isSaid(concerned: ReadonlySet<InstrumentId>, instrument: InstrumentId): boolean
} {
  const expiries = new Map(
    histories.flatMap(({ instrument: { id, future } }) => (future === undefined ? [] : [[id, future.expiry] as const])),
  )
  return {
    settled: (dated) =>
      dated.action.kind === 'ended' && expiries.get(dated.action.instrument) === dated.tradeDate
        ? { ...dated, action: { ...dated.action, cause: 'expiry' } }
        : dated,
    isSaid: (concerned, instrument) => concerned.has(instrument) && !expiries.has(instrument),
  }
}
