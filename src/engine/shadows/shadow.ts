/**
 * Shadow books: beside every sleeve a second kernel of the same code, with this sleeve alone, its full capital, its own
 * memory and its own exchange. It takes what the market says and nothing of what becomes of the sleeve itself: no
 * netting, no limits of the portfolio, no overlays, no transfers, no commands. Indicators are those of the kernel beside it.
 */
import { assert } from '../../domain/assert.ts'
import { quoteColumns } from '../../domain/columns.ts'
import type { PortfolioConfig, Sizing, SleeveConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { Command, EngineEvent } from '../../domain/events.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { PortfolioLimits, SleeveLimits } from '../../domain/limits.ts'
import type { CorporateAction, Slice } from '../../domain/market.ts'
import { endsSessionAt } from '../../domain/sessions.ts'
import {
  type CalendarId,
  type CurrencyCode,
  type Instant,
  type InstrumentId,
  type Money,
  money,
  type TradeDate,
} from '../../domain/units.ts'
import type { BarColumns } from '../../exchange/desk.ts'
import type { Moment } from '../../exchange/matching.ts'
import { type ExchangeAnswer, type SimulatedExchange, simulatedExchange } from '../../exchange/simulated.ts'
import { isSameData } from '../canonical.ts'
import { retireBatch } from '../orders/batch.ts'
import { listPlain } from '../orders/plain.ts'
import type { Observer } from '../records/observer.ts'
import {
  adjustContracts,
  type BookAndBroker,
  capitalAbroad,
  convertCapital,
  type EventBody,
  endContracts,
  endOptionDay,
  forceReduction,
} from '../run/broker-side.ts'
import { blankBars, pickColumns, quotedColumns } from '../run/quoted.ts'
import type { Runtime } from '../runtime.ts'
import { emptyState, type KernelState, type ShadowState } from '../state.ts'
import type { ShadowBook, Shadows } from './shadow-book.ts'
import { createTally } from './shadow-tally.ts'

type MarketEvent = Exclude<EngineEvent, { kind: 'slices' }>
type Auction = Extract<EngineEvent, { kind: 'quotes' }>
type Writable<T> = { -readonly [Field in keyof T]: T[Field] }

/** What shadows are made of. */
export interface ShadowSource {
  /** Of the kernel beside them. */
  readonly runtime: Runtime
  /** Whether their exchanges judge buying power, as `ExchangeOptions.checks` says. */
  readonly checks: boolean
  /** A kernel that reads the clocks of the one beside it. */
  kernel(state: KernelState, observer: Observer): ShadowKernel
}

export interface ShadowKernel {
  apply(event: EngineEvent): readonly Command[]
  readonly runtime: Runtime
}

const NO_LIMITS: PortfolioLimits = {
  positionsMax: null,
  assetClassWeightMax: null,
  positionWeightMax: null,
  leverageMax: Number.POSITIVE_INFINITY,
  drawdown: null,
}

/** Prices of one clock, as the exchange reads them. */
interface ClockBars {
  readonly slice: Slice
  readonly bars: BarColumns
  /** With this close the session of its day ends. */
  readonly sessionEnds: boolean
}

/** The shadows of a configuration that wants them; with states, where those left off. */
export function openShadows(
  source: ShadowSource,
  config: PortfolioConfig,
  states: readonly (ShadowState | null)[] | null,
): Shadows {
  const books = config.sleeves.map((sleeve, ordinal) => {
    if (source.runtime.sleeves[ordinal]!.strategy === null || !(shadowCapital(config, sleeve) > 0)) return null
    const from = states?.[ordinal] ?? null
    // What it began with it began with, however capital is dealt since.
    const alone = standAlone(config, sleeve, from?.book.config?.capital ?? shadowCapital(config, sleeve))
    return createShadow(source, alone, from)
  })
  const alive = books.filter((book) => book !== null)
  const clocks = new Map<Int32Array, ClockColumns>()
  return {
    books,
    take: (event) => {
      for (const book of alive) book.take(event)
    },
    takeCloses: (at, slices) => {
      const closes = slices.map((slice) => clockBars(source.runtime, clocks, slice))
      for (const book of alive) book.takeCloses(at, closes)
    },
    waits: () => alive.some((book) => book.waits()),
    needsChains: () => alive.some((book) => book.needsChains()),
    states: () => books.map((book) => (book === null ? null : book.state())),
  }
}

/** What does not change from row to row of a clock. */
interface ClockColumns {
  readonly calendar: CalendarId | null
  readonly quoted: Int32Array | null
}

function clockBars({ state, sessions }: Runtime, clocks: Map<Int32Array, ClockColumns>, slice: Slice): ClockBars {
  const { instruments: instrument, open, high, low, close, volume } = slice
  let columns = clocks.get(instrument)
  if (columns === undefined) {
    const listed = Array.from(instrument, (index) => state.instruments[index]!)
    columns = { calendar: listed[0]?.calendar ?? null, quoted: quotedColumns(listed, slice.clock) }
    clocks.set(instrument, columns)
  }
  const { calendar, quoted } = columns
  const table = calendar === null ? undefined : sessions.get(calendar)
  const sessionEnds = table === undefined || endsSessionAt(table, slice.tradeDate, slice.at)
  if (quoted === null) return { slice, sessionEnds, bars: { instrument, open, high, low, close, volume } }
  const bars = blankBars(instrument, quoted)
  pickColumns(bars, slice, quoted)
  return { slice, sessionEnds, bars }
}

/**
 * What a shadow begins with: the sleeve's capital, or what its weight stands for while it waits to be added. A sleeve that
 * begins with nothing, as on paper, shows what it would have done with an equal part: nobody could ever score it otherwise.
 */
export function shadowCapital(config: PortfolioConfig, sleeve: SleeveConfig): Money {
  const capital = sleeve.awaited === true ? Math.floor(config.capital * sleeve.weight) : sleeve.capital
  if (capital > 0) return money(capital)
  return money(Math.floor(config.capital / config.sleeves.filter(({ strategy }) => strategy !== null).length))
}

/** The sleeve as a portfolio of its own: its own limits and sizing hold, nothing of the portfolio's does. */
function standAlone(config: PortfolioConfig, sleeve: SleeveConfig, capital: Money): PortfolioConfig {
  const part = capital / config.capital
  const { name, currency, netting, account, costs, parity, dayCalendar, periods } = config
  const { awaited: _, removed: __, ...own } = sleeve
  const alone: SleeveConfig = {
    ...own,
    weight: 1,
    capital,
    status: 'active',
    sizing: ownSizing(sleeve.sizing, part),
    limits: ownLimits(sleeve.limits, part),
  }
  const base = { name, currency, netting, account, costs, parity, dayCalendar, periods }
  const routing = config.routing === undefined ? {} : { routing: config.routing }
  return { ...base, ...routing, capital, sleeves: [alone], limits: NO_LIMITS, groups: {} }
}

/** A fraction of the portfolio is a larger one of the sleeve that is a part of it. */
function ownSizing(sizing: Sizing, part: number): Sizing {
  if (sizing.kind !== 'percent' || sizing.of === 'sleeve') return sizing
  return { kind: 'percent', fraction: sizing.fraction / part, of: 'sleeve' }
}

function ownLimits(limits: SleeveLimits, part: number): SleeveLimits {
  const { exposureMax, position } = limits
  const isOfPortfolio = position !== undefined && position.of === 'portfolio' && position.weightMax !== null
  return {
    ...limits,
    ...(exposureMax === undefined ? {} : { exposureMax: exposureMax / part }),
    ...(isOfPortfolio ? { position: { ...position, weightMax: position.weightMax! / part, of: 'sleeve' } } : {}),
  }
}

interface Shadow extends ShadowBook {
  take(event: MarketEvent): void
  takeCloses(at: Instant, closes: readonly ClockBars[]): void
  waits(): boolean
  needsChains(): boolean
  state(): ShadowState
}

/** Everything one shadow holds. */
interface Parts {
  readonly runtime: Runtime
  readonly exchange: SimulatedExchange
  readonly sides: BookAndBroker
  readonly kernel: ShadowKernel
  at: Instant
  moment: Moment
  /** What outlives an event, besides kernel, exchange and tally. */
  readonly kept: Writable<Pick<ShadowState, 'fault' | 'called' | 'abroad' | 'rates' | 'dividends'>>
}

function createShadow(source: ShadowSource, config: PortfolioConfig, from: ShadowState | null): Shadow {
  const tally = createTally(from?.tally ?? null)
  const kernel = source.kernel(from?.book ?? emptyState(), tally.observer)
  const { runtime } = kernel
  tally.attach(runtime)
  const exchange = simulatedExchange({
    account: config.account,
    currency: config.currency,
    cash: config.capital,
    parity: config.parity,
    costs: config.costs,
    checks: source.checks,
    ...(from === null ? {} : { from: from.exchange }),
  })
  const parts: Parts = {
    runtime,
    exchange,
    kernel,
    sides: { runtime, exchange, give: (body) => give(parts, body), act: (action) => act(parts, action) },
    at: (from?.book.at ?? 0) as Instant,
    moment: 'auction',
    kept: {
      fault: from?.fault ?? '',
      called: from?.called ?? false,
      abroad: from?.abroad ?? capitalAbroad(config),
      rates: from?.rates ?? null,
      dividends: from?.dividends ?? [],
    },
  }
  if (from === null) guarded(parts, parts.at, () => give(parts, { kind: 'configured', config, codes: {} }))
  else {
    runtime.tradeDate = from.tradeDate
    if (!isSameData(runtime.state.config, config))
      guarded(parts, parts.at, () => give(parts, { kind: 'configured', config, codes: {} }))
  }
  const { kept } = parts
  const perUnit = countsPerUnit(config.currency)
  return {
    get equity() {
      // One that could not even start has its capital still.
      return runtime.state.seq === 0 ? config.capital / perUnit : runtime.equity
    },
    get fees() {
      const { books, foreign } = runtime.state
      return (books.fees[0] ?? 0) / perUnit + (foreign?.fees[0] ?? 0)
    },
    get fault() {
      return kept.fault
    },
    tally: tally.counts,
    take: (event) => guarded(parts, event.at, () => take(parts, event)),
    takeCloses: (at, closes) => guarded(parts, at, () => takeCloses(parts, closes)),
    waits: () => kept.fault === '' && (kept.called || exchange.restingCount() > 0 || bookWaits(runtime)),
    needsChains: () => kept.fault === '' && bookNeedsChains(runtime),
    state: () => {
      listPlain(runtime)
      retireBatch(runtime)
      return {
        ...kept,
        book: runtime.state,
        tradeDate: runtime.tradeDate,
        exchange: exchange.state(),
        tally: { ...tally.counts },
      }
    },
  }
}

/** A shadow that fails ends, and with it nothing else: the sleeve is scored by its own book from then on. */
function guarded(parts: Parts, at: Instant, step: () => void): void {
  const { kept, runtime } = parts
  if (kept.fault !== '') return
  parts.at = at
  runtime.plain.isOpen = runtime.beside!.plain.isOpen
  try {
    step()
  } catch (error) {
    kept.fault = error instanceof Error ? error.message : String(error)
  }
}

/** Whether an auction can concern a book: wishes that wait, positions with exits, leftovers of an expiry. */
export function bookWaits({ state, plain }: Runtime): boolean {
  const { waiting, waitingStructures, guards, leftovers } = state
  const listed = waiting.length + waitingStructures.length
  return plain.count + listed > 0 || guards.length > 0 || leftovers.length > 0
}

/** Whether a book trades at the quotes of option chains at the next auction. */
export function bookNeedsChains({ state }: Runtime): boolean {
  return state.waitingStructures.length > 0 || state.structures.length > 0 || state.leftovers.length > 0
}

function take(parts: Parts, event: MarketEvent): void {
  const { kept } = parts
  // Rates of a close come before its bars, which were traded at those before: they wait for them.
  takeRates(parts)
  switch (event.kind) {
    case 'listed':
      list(parts, event.instrument)
      return
    case 'quotes':
      if (event.phase === 'auction') takeAuction(parts, event)
      return
    case 'corporateAction':
      takeAction(parts, event.tradeDate, event.action)
      return
    case 'rates':
      kept.rates = { tradeDate: event.tradeDate, rates: event.rates }
      return
    case 'announced':
      kept.dividends = event.dividends
      return
    default:
  }
}

/** Contracts are listed by each shadow itself when it first wishes for one; everything else must share its column. */
function list({ runtime, exchange, sides }: Parts, instrument: Instrument): void {
  const next = runtime.state.instruments.length
  if (instrument.option !== null && instrument.index !== next) return
  assert(instrument.index === next, `the column of "${instrument.id}" is taken: it was listed after option contracts`)
  exchange.list(instrument)
  sides.give({ kind: 'listed', instrument })
}

/** One close, in the order of the run's own: what rests and the exits within the bar, the close, the cycle, the night. */
function takeCloses(parts: Parts, closes: readonly ClockBars[]): void {
  const { runtime, exchange, kept } = parts
  const { at } = parts
  for (const { slice, bars } of closes) takeRange(parts, slice, bars)
  parts.moment = 'close'
  for (const { slice, bars, sessionEnds } of closes)
    answer(parts, exchange.close(at, slice.tradeDate, bars, slice.chains, sessionEnds))
  takeRates(parts)
  give(parts, { kind: 'slices', cycle: runtime.state.cycle, slices: closes.map(({ slice }) => slice) })
  const { dividends } = kept
  const dividendOf = (underlying: InstrumentId): number => {
    let amount = 0
    for (const one of dividends) if (one.instrument === underlying) amount += one.amount
    return amount
  }
  for (const { slice, sessionEnds } of closes) if (sessionEnds) endOptionDay(parts.sides, slice.tradeDate, dividendOf)
  if (dividends.length > 0) kept.dividends = []
  kept.called = runtime.state.config!.account.kind === 'margin' && exchange.marginCall() !== null
}

/** Within the bar: what rests at the exchange, then the kernel's exits, one trigger per instrument at a time. */
function takeRange(parts: Parts, slice: Slice, bars: BarColumns): void {
  const { runtime, exchange } = parts
  if (bars.instrument.length === 0 || (exchange.restingCount() === 0 && runtime.state.guards.length === 0)) return
  parts.moment = 'range'
  answer(parts, exchange.range(slice.at, bars))
  for (let orders = runtime.state.executions - 1; orders !== runtime.state.executions; ) {
    if (runtime.state.guards.length === 0) return
    orders = runtime.state.executions
    const { instrument, open, low, high, close } = bars
    const quotes = quoteColumns(instrument, { first: open, low, high, last: close })
    const { cycle } = runtime.state
    give(parts, { kind: 'quotes', cycle, phase: 'range', tradeDate: slice.tradeDate, quotes, chains: [] })
  }
}

function takeAuction(parts: Parts, { cycle, tradeDate, quotes, chains, at }: Auction): void {
  const { exchange, kept, runtime } = parts
  const { instrument, first: open, low, high, last: close } = quotes
  // Where the market does not say how much can trade, nothing is capped.
  const volume = quotes.volume ?? new Float64Array(quotes.count).fill(Number.NaN)
  parts.moment = 'auction'
  answer(parts, exchange.open(at, tradeDate, { instrument, open, high, low, close, volume }, chains))
  if (kept.called) {
    kept.called = false
    forceReduction(parts.sides)
  }
  if (bookWaits(runtime)) give(parts, { kind: 'quotes', cycle, phase: 'auction', tradeDate, quotes, chains })
}

/** What an expiry or assignment did to the account is its own; a shadow's broker looks after the shadow's contracts. */
function takeAction(parts: Parts, tradeDate: TradeDate, action: CorporateAction): void {
  if (action.kind === 'expiry' || action.kind === 'assignment' || action.kind === 'adjustment') return
  if (!parts.runtime.byId.has(action.instrument)) return
  parts.runtime.tradeDate = tradeDate
  if (action.kind === 'split') adjustContracts(parts.sides, action)
  if (action.kind === 'ended') endContracts(parts.sides, action)
  act(parts, action)
}

function takeRates(parts: Parts): void {
  const { exchange, kept } = parts
  if (kept.rates === null) return
  const { tradeDate, rates } = kept.rates
  kept.rates = null
  for (const { currency, rate } of rates) exchange.setRate(currency, rate)
  give(parts, { kind: 'rates', tradeDate, rates })
  if (kept.abroad.length === 0) return
  const known = new Map<CurrencyCode, number>(rates.map(({ currency, rate }) => [currency, rate]))
  const due = kept.abroad.filter(({ currency }) => known.has(currency))
  kept.abroad = kept.abroad.filter((one) => !due.includes(one))
  for (const one of due) convertCapital(parts.sides, one, known.get(one.currency)!)
}

function give(parts: Parts, body: EventBody): void {
  const { kernel, runtime } = parts
  const commands = kernel.apply({ seq: runtime.state.seq + 1, at: parts.at, ...body } as EngineEvent)
  for (let index = 0; index < commands.length; index += 1) carryOut(parts, commands[index]!)
}

function carryOut(parts: Parts, command: Command): void {
  const { exchange, moment } = parts
  switch (command.kind) {
    case 'list':
      exchange.list(command.instrument)
      return
    case 'submit':
      answer(parts, exchange.submit(command.orders, moment))
      return
    case 'cancel':
      answer(parts, exchange.cancel(command.order))
      return
    default:
  }
}

/** The exchange's word: fills first, then what fills do not say. */
function answer(parts: Parts, said: ExchangeAnswer): void {
  if (said.fills === null && said.states.length === 0) return
  const states = said.states.filter(({ state }) => state !== 'working').map((state) => ({ ...state }))
  if (said.fills !== null) give(parts, { kind: 'fills', fills: said.fills })
  for (const { order, state, evidence } of states) give(parts, { kind: 'order', order, state, evidence })
}

function act(parts: Parts, action: CorporateAction): void {
  const states = parts.exchange.apply(action).states.map((state) => ({ ...state }))
  give(parts, { kind: 'corporateAction', tradeDate: parts.runtime.tradeDate as TradeDate, action })
  for (const { order, state, evidence } of states) give(parts, { kind: 'order', order, state, evidence })
}
