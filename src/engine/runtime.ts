/**
 * What the kernel works with besides its state: strategies, views, indicator rows and scratch columns. All of it is built
 * again from the state, so none of it is in a snapshot but the indicators' own.
 */
import { assert } from '../domain/assert.ts'
import type { OrderColumns } from '../domain/columns.ts'
import type { PortfolioConfig, SleeveConfig } from '../domain/config.ts'
import { isBookCurrency } from '../domain/currencies.ts'
import type { Command } from '../domain/events.ts'
import { ASSET_CLASSES, type Instrument } from '../domain/instruments.ts'
import { marginOf } from '../domain/margins.ts'
import type { OptionChain, Slice } from '../domain/market.ts'
import type { Parameters } from '../domain/parameters.ts'
import type { RiskRule } from '../domain/risk.ts'
import type { Sessions } from '../domain/sessions.ts'
import type { Strategy } from '../domain/strategy.ts'
import { countsPerPrice } from '../domain/traded-cash.ts'
import type { InstrumentId, Memory } from '../domain/units.ts'
import { addCurrency, rewiden } from '../pipeline/ledger/books.ts'
import { type RuleSplit, splitRules } from '../pipeline/risk/judge.ts'
import { groupsOf, inOrder, portfolioRules, sleeveRules } from '../pipeline/risk/rule-sets.ts'
import { membershipOf } from '../pipeline/universe/membership.ts'
import type { ClockRuntime } from './clock.ts'
import type { PlainWishes } from './orders/plain-columns.ts'
import type { ShareColumns } from './orders/share-columns.ts'
import { foreignLedger } from './positions/foreign-ledger.ts'
import type { Roster } from './positions/roster.ts'
import type { Observer } from './records/observer.ts'
import type { Shadows } from './shadows/shadow-book.ts'
import type { KernelState, StructureOrder, Waiting } from './state.ts'
import { askedOfPortfolio, askedOfSleeve } from './watch/rules.ts'

export interface SleeveRuntime extends RuleSplit {
  readonly ordinal: number
  readonly config: SleeveConfig
  /** Null for a reserve, and for a sleeve that decides elsewhere. */
  readonly strategy: Strategy<Parameters, Memory> | null
  /** In the order in which they are asked; the same by how they are contended for. */
  readonly rules: readonly RiskRule[]
  readonly lookback: number
  /** Whether any universe rule must be judged. */
  readonly screened: boolean
  /** Equity in the base currency at the last mark. */
  equity: number
}

export interface Runtime {
  readonly state: KernelState
  readonly strategies: ReadonlyMap<string, Strategy<Parameters, Memory>>
  readonly observer: Observer | null
  sleeves: SleeveRuntime[]
  readonly sleeveOrdinal: Map<string, number>
  readonly clocks: Map<string, ClockRuntime>
  readonly sessions: Map<string, Sessions>
  readonly byId: Map<InstrumentId, number>
  /** What closes now, until the wishes of that close are taken; nothing in between. */
  closing: readonly Slice[]
  /** Instruments that are the recorded stream of a sleeve. */
  readonly recorded: Set<number>
  /** Money counts that one unit moves for a price of one, per instrument. */
  perPrice: Float64Array
  /** Place of each instrument's asset class in ASSET_CLASSES; and 1 for option contracts. */
  assetClass: Uint8Array
  isOption: Uint8Array
  /** Initial margin per instrument as a part of its value; null while all are margined alike. */
  initialPart: Float64Array | null
  /** Symbol of each instrument. */
  readonly symbols: string[]
  /** Units in one dealing step and in one round lot, per instrument. */
  step: Float64Array
  roundLot: Float64Array
  /** Base-currency value of one unit at the last mark, per instrument. */
  unitValue: Float64Array
  /** Money counts in one unit of each currency of the books, once asked for. */
  readonly countsOf: number[]
  batch: OrderColumns
  shares: ShareColumns
  /** First share and count of shares of each row in `batch`. */
  shareStart: Int32Array
  shareCount: Int32Array
  /** Filled units of each row in `batch`, and whether it has ended. */
  filled: Float64Array
  rowEnded: Uint8Array
  endedAt: Float64Array
  /** Row in `batch` of each sequence number of this cycle; -1 = crossed inside. */
  rowOfSequence: Int32Array
  sequence: number
  /** Orders of structures of this cycle. */
  structureOrders: Map<number, StructureOrder>
  chains: Map<InstrumentId, OptionChain>
  tradeDate: number
  /** When the session of the day asked for last closes; NaN where the calendar has none on that day. */
  readonly dayClose: { sessions: Sessions | null; tradeDate: number; at: number }
  /** What waits for the next auction at the market, where a run lets it stand in columns. */
  readonly plain: PlainWishes
  /** Prices at which this auction nets, per instrument; NaN where an instrument does not open. */
  reference: Float64Array
  /** Waiting wishes that were taken up: their records serve again. */
  readonly spareWaiting: Waiting[]
  commands: Command[]
  equity: number
  cash: number
  /** Instruments listed before the first contract, and contracts. */
  market: number
  contracts: number
  readonly roster: Roster
  /** For a shadow, the kernel that it stands beside: it advances the clocks and their indicators, and takes marks first. */
  readonly beside: Runtime | null
  /** Null where the configuration wants none, and in a shadow. */
  shadows: Shadows | null
  /** Whether an instrument meets a sleeve's universe rules on the last bar; null where no sleeve has any. */
  eligible: ((sleeve: number, instrument: number) => boolean) | null
  /** Mean units per bar over the bars that a sleeve's limit names; null where no sleeve has such a limit. */
  averageVolume: ((sleeve: number, instrument: number) => number) | null
}

/** The sleeve's rules, strategy and limits as the kernel consults them. */
export function buildSleeves(runtime: Runtime, config: PortfolioConfig): SleeveRuntime[] {
  const { limits, account } = config
  const shared = portfolioRules(askedOfPortfolio(config), account.kind, groupsOf(config.groups))
  const order = limits.lifecycle === undefined ? 'strictest' : 'lifecycle'
  return config.sleeves.map((sleeve, ordinal) => {
    const strategy =
      sleeve.strategy === null ? null : (runtime.strategies.get(sleeve.isolatedAs ?? sleeve.strategy) ?? null)
    const rules = inOrder([...shared, ...sleeveRules(askedOfSleeve(config, sleeve.limits), account.kind)], order)
    return {
      ordinal,
      config: sleeve,
      strategy,
      rules,
      ...splitRules(rules),
      lookback: strategy === null ? 0 : strategy.lookback(sleeve.parameters),
      screened: strategy !== null && membershipOf(sleeve.universeRules) !== null,
      equity: 0,
    }
  })
}

/** Column of a currency in the books, or of what it is taken as equal to; a new one gets the next column and no rate. */
export function currencyColumn(runtime: Runtime, currency: string): number {
  const { state } = runtime
  const code = state.config!.parity[currency] ?? currency
  const found = state.currencies.indexOf(code)
  if (found >= 0) return found
  assert(isBookCurrency(code), `no books can be kept in "${code}"`)
  const column = state.currencies.length
  addCurrency(state.books)
  state.currencies.push(code)
  state.rate = rewiden(state.rate, 1, column, column + 1).fill(Number.NaN, column)
  state.foreign ??= foreignLedger(state.books.sleeves, state.books.width)
  return column
}

function isStreamOf(config: PortfolioConfig | null, { id, kind }: Instrument): boolean {
  if (kind !== 'stream' || config === null) return false
  return config.sleeves.some((sleeve) => sleeve.kind === 'return_stream' && sleeve.universe.includes(id))
}

/** Takes an instrument's constants into the columns. */
export function indexInstrument(runtime: Runtime, instrument: Instrument): void {
  const { state } = runtime
  const width = state.books.width
  if (runtime.perPrice.length < width) {
    const perPrice = new Float64Array(width)
    perPrice.set(runtime.perPrice)
    runtime.perPrice = perPrice
    const unitValue = new Float64Array(width)
    unitValue.set(runtime.unitValue)
    runtime.unitValue = unitValue
    const assetClass = new Uint8Array(width)
    assetClass.set(runtime.assetClass)
    runtime.assetClass = assetClass
    const isOption = new Uint8Array(width)
    isOption.set(runtime.isOption)
    runtime.isOption = isOption
    runtime.reference = new Float64Array(width)
    const step = new Float64Array(width)
    step.set(runtime.step)
    runtime.step = step
    const roundLot = new Float64Array(width)
    roundLot.set(runtime.roundLot)
    runtime.roundLot = roundLot
  }
  runtime.byId.set(instrument.id, instrument.index)
  runtime.roster.live.push(instrument.index)
  if (instrument.option !== null) runtime.roster.contracts.push(instrument.index)
  if (instrument.option !== null) runtime.contracts += 1
  else if (instrument.index === runtime.market) runtime.market += 1
  if (isStreamOf(runtime.state.config, instrument)) runtime.recorded.add(instrument.index)
  runtime.assetClass[instrument.index] = ASSET_CLASSES.indexOf(instrument.assetClass)
  runtime.isOption[instrument.index] = instrument.kind === 'option' ? 1 : 0
  takeInitialPart(runtime, instrument)
  runtime.symbols[instrument.index] = instrument.symbol
  runtime.step[instrument.index] = instrument.step
  runtime.roundLot[instrument.index] = instrument.roundLot
  runtime.perPrice[instrument.index] = countsPerPrice(
    instrument,
    runtime.state.config?.parity[instrument.currency] ?? instrument.currency,
  )
  state.books.perWhole[instrument.index] = instrument.unitsPerWhole
  state.books.multiplier[instrument.index] = instrument.multiplier
  state.books.scale[instrument.index] = instrument.multiplier / instrument.unitsPerWhole
  state.books.currency[instrument.index] = currencyColumn(runtime, instrument.currency)
}

/** Where one instrument has a margin of its own, each is asked for its part from then on. */
function takeInitialPart(runtime: Runtime, { kind, index }: Instrument): void {
  const { config, books } = runtime.state
  const account = config?.account
  const own = account === undefined ? null : marginOf(account, kind)
  if (account === undefined || (own === null && runtime.initialPart === null)) return
  const known = runtime.initialPart ?? new Float64Array(0)
  if (known.length < books.width) {
    runtime.initialPart = new Float64Array(books.width).fill(account.initialMargin)
    runtime.initialPart.set(known)
  }
  runtime.initialPart![index] = own?.initial ?? account.initialMargin
}

/** Sets an instrument's mark and what one unit of it is worth. */
export function setMark(runtime: Runtime, instrument: number, price: number): void {
  const { state } = runtime
  state.mark[instrument] = price
  const rate = state.rate[state.books.currency[instrument]!]!
  const value = price * state.books.scale[instrument]! * rate
  runtime.unitValue[instrument] = Number.isNaN(value) ? 0 : value
}
