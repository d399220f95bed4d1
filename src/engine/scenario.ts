/**
 * A scenario of wishes, prices, broker answers and corporate actions, put through the kernel itself: what `net` prints
 * and what the worked ledger cases are checked against. Names are those of the scenario files.
 */
import { type FillColumns, fillColumns, quoteColumns } from '../domain/columns.ts'
import type { PortfolioConfig } from '../domain/config.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import type { Command, EngineEvent } from '../domain/events.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { Intent } from '../domain/orders.ts'
import { tradedCash } from '../domain/traded-cash.ts'
import {
  accountId,
  calendarId,
  clockId,
  currencyCode,
  type Instant,
  type IntentId,
  instrumentId,
  money,
  type Price,
  quantity,
  sleeveId,
  type TradeDate,
} from '../domain/units.ts'
import { commission, nothingTraded } from '../exchange/commission.ts'
import { SCHEDULES } from '../exchange/schedules.ts'
import { averagePrice } from '../pipeline/ledger/books.ts'
import { createKernel, type Kernel } from './kernel.ts'
import { setMark } from './runtime.ts'
import { difference, plain, type ScenarioLog, scenarioObserver } from './scenario-log.ts'
import { valueAll } from './valuation.ts'

type Decimal = string | number

export interface ScenarioInput {
  readonly settings?: {
    readonly fees?: { readonly per_share?: Decimal; readonly min_per_order?: Decimal; readonly bps?: Decimal }
    /** Round lot of the broker order, by symbol. */
    readonly lot?: Readonly<Record<string, Decimal>>
    /** Smallest tradable count, by symbol; 1 where nothing is said. */
    readonly increment?: Readonly<Record<string, Decimal>>
    readonly multiplier?: Readonly<Record<string, Decimal>>
    readonly netting?: boolean
  }
  readonly strategies: Readonly<
    Record<
      string,
      { readonly cash: Decimal; readonly positions?: Readonly<Record<string, readonly [Decimal, Decimal]>> }
    >
  >
  readonly bars: readonly ScenarioBar[]
}

export interface ScenarioBar {
  readonly t: string
  readonly prices: Readonly<Record<string, Decimal>>
  readonly intents?: readonly { readonly strategy: string; readonly symbol: string; readonly qty: Decimal }[]
  readonly fills?: Readonly<
    Record<string, { readonly filled?: Decimal; readonly price?: Decimal; readonly status?: string }>
  >
  readonly corporate_actions?: readonly {
    readonly type: string
    readonly symbol: string
    readonly ratio?: readonly [Decimal, Decimal]
    readonly price_after?: Decimal
    readonly amount?: Decimal
  }[]
}

type Row = Record<string, unknown>

const COUNTS = countsPerUnit(currencyCode('USD'))

/** Runs a scenario; amounts come back as decimal text, undefined ones as null. */
export function runScenario(input: ScenarioInput): { readonly bars: readonly Row[] } {
  const scene = stage(input)
  return { bars: input.bars.map((bar, index) => playBar(scene, bar, index)) }
}

interface Scene {
  readonly input: ScenarioInput
  readonly kernel: Kernel
  readonly log: ScenarioLog
  readonly symbols: readonly string[]
  readonly names: readonly string[]
  readonly fills: FillColumns
  readonly config: PortfolioConfig
  /** Money counts of each sleeve before the first bar, positions at cost. */
  readonly start: number[]
  seq: number
  executions: number
  at: number
}

type Body<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never

function give(scene: Scene, body: Body<EngineEvent>): readonly Command[] {
  const event = { seq: scene.seq, at: scene.at as Instant, ...body } as EngineEvent
  scene.seq += 1
  return scene.kernel.apply(event)
}

const num = (value: Decimal | undefined, otherwise = 0): number => (value === undefined ? otherwise : Number(value))

function symbolsOf(input: ScenarioInput): string[] {
  const symbols = new Set<string>()
  for (const bar of input.bars) for (const symbol of Object.keys(bar.prices)) symbols.add(symbol)
  for (const strategy of Object.values(input.strategies))
    for (const symbol of Object.keys(strategy.positions ?? {})) symbols.add(symbol)
  return [...symbols]
}

function stage(input: ScenarioInput): Scene {
  const names = Object.keys(input.strategies)
  const symbols = symbolsOf(input)
  const config = configOf(input, names)
  const log = scenarioObserver()
  const kernel = createKernel({ strategies: new Map(), observer: log.observer })
  const scene: Scene = {
    input,
    kernel,
    log,
    symbols,
    names,
    fills: fillColumns(config.account.id, (index) => instrumentId(symbols[index]!)),
    config,
    start: names.map((name) => counts(input.strategies[name]!.cash)),
    seq: 0,
    executions: 0,
    at: 0,
  }
  give(scene, { kind: 'configured', config, codes: {} })
  for (const [index, symbol] of symbols.entries())
    give(scene, { kind: 'listed', instrument: instrumentOf(input, symbol, index) })
  openPositions(scene)
  return scene
}

/** Positions held before the first bar, at their stated average cost. */
function openPositions(scene: Scene): void {
  const { state } = scene.kernel.runtime
  scene.names.forEach((name, sleeve) => {
    for (const [symbol, [held, average]] of Object.entries(scene.input.strategies[name]!.positions ?? {})) {
      const index = scene.symbols.indexOf(symbol)
      const units = Number(held) * state.instruments[index]!.unitsPerWhole
      const at = sleeve * state.books.width + index
      state.books.quantity[at] = units
      state.books.cost[at] = Number(held) * Number(average)
      scene.start[sleeve] = scene.start[sleeve]! + counts(Number(held) * Number(average))
      state.books.accountQuantity[index] = state.books.accountQuantity[index]! + units
    }
  })
}

function configOf(input: ScenarioInput, names: readonly string[]): PortfolioConfig {
  const fees = input.settings?.fees ?? {}
  const total = names.reduce((sum, name) => sum + counts(input.strategies[name]!.cash), 0)
  const limits = { positionsMax: null, positionWeightMax: null, weekend: null }
  const schedule = {
    ...SCHEDULES.none,
    name: 'scenario',
    perShare: num(fees.per_share),
    minimumPerOrder: num(fees.min_per_order),
    bps: num(fees.bps),
    step: 0.01,
  }
  return {
    name: 'scenario',
    currency: currencyCode('USD'),
    capital: money(total),
    sleeves: names.map((name) => ({
      id: sleeveId(name),
      title: name,
      strategy: null,
      parameters: {},
      capital: money(counts(input.strategies[name]!.cash)),
      weight: 0,
      clock: clockId('scenario'),
      calendar: calendarId('scenario'),
      periods: 252,
      universe: [],
      universeRules: { volatilityMin: null, volatilityBars: 60, volumeMin: null, volumeBars: 20, notEvaluated: [] },
      sizing: { kind: 'quantity', quantity: 0 },
      limits,
      status: 'active',
      onFault: 'hold',
      expected: null,
    })),
    limits: {
      positionsMax: null,
      assetClassWeightMax: null,
      positionWeightMax: null,
      leverageMax: Number.POSITIVE_INFINITY,
      drawdown: null,
    },
    netting: input.settings?.netting ?? true,
    // The scenario's broker answers are given, so nothing is refused for lack of money.
    account: {
      id: accountId('account'),
      kind: 'margin',
      initialMargin: 1e-12,
      maintenanceMargin: 0,
      shortMaintenanceMargin: 0,
    },
    costs: { equity: { commission: schedule, slippage: { kind: 'none' }, participationMax: null } },
    parity: {},
    dayCalendar: calendarId('scenario'),
    periods: 252,
    groups: {},
  }
}

const counts = (amount: Decimal): number =>
  Math.floor(Math.abs(Number(amount)) * 1_000_000 + 0.5) * (Number(amount) < 0 ? -1 : 1)

function instrumentOf(input: ScenarioInput, symbol: string, index: number): Instrument {
  const increment = num(input.settings?.increment?.[symbol], 1)
  const fine = increment < 1e-6 - 1e-12
  const unitsPerWhole = fine ? 100_000_000 : 1_000_000
  const step = Math.floor(increment * unitsPerWhole + 0.5)
  const lot = input.settings?.lot?.[symbol]
  return {
    id: instrumentId(symbol),
    index,
    symbol,
    name: symbol,
    kind: 'equity',
    assetClass: 'equity',
    sector: '',
    industry: '',
    currency: currencyCode('USD'),
    calendar: calendarId('scenario'),
    clocks: [clockId('scenario')],
    multiplier: num(input.settings?.multiplier?.[symbol], 1),
    unit: 1 / unitsPerWhole,
    unitsPerWhole,
    step: quantity(step),
    roundLot: quantity(lot === undefined ? step : Math.floor(Number(lot) * unitsPerWhole + 0.5)),
    ticks: [],
    shortable: true,
    option: null,
  }
}

function playBar(scene: Scene, bar: ScenarioBar, index: number): Row {
  const { runtime } = scene.kernel
  scene.at = index + 1
  scene.log.clear()
  const corporate = (bar.corporate_actions ?? []).map((action) => playAction(scene, action))
  for (const [symbol, text] of Object.entries(bar.prices)) setMark(runtime, scene.symbols.indexOf(symbol), Number(text))
  valueAll(runtime)
  // One decision per intent, in the order given: orders come out by first appearance.
  for (const intent of bar.intents ?? []) {
    give(scene, {
      kind: 'decided',
      cycle: index,
      sleeve: sleeveId(intent.strategy),
      intents: [intentOf(scene, intent)],
      memory: {},
    })
  }
  const quoted = scene.symbols.filter((symbol) => bar.prices[symbol] !== undefined)
  const prices = Float64Array.from(quoted, (symbol) => Number(bar.prices[symbol]))
  const quotes = quoteColumns(
    Int32Array.from(quoted, (symbol) => scene.symbols.indexOf(symbol)),
    { first: prices, low: prices, high: prices, last: prices },
  )
  const commands = give(scene, {
    kind: 'quotes',
    cycle: index,
    phase: 'auction',
    tradeDate: (20000101 + index) as TradeDate,
    quotes,
    chains: [],
  })
  for (const command of commands) if (command.kind === 'submit') fillOrders(scene, bar, command)
  valueAll(runtime)
  return describeBar(scene, bar, corporate)
}

function intentOf(
  scene: Scene,
  intent: { readonly strategy: string; readonly symbol: string; readonly qty: Decimal },
): Intent {
  const instrument = scene.kernel.runtime.state.instruments[scene.symbols.indexOf(intent.symbol)]!
  const units =
    Math.floor(Math.abs(Number(intent.qty)) * instrument.unitsPerWhole + 0.5) * (Number(intent.qty) < 0 ? -1 : 1)
  return {
    id: 0 as IntentId,
    sleeve: sleeveId(intent.strategy),
    want: { kind: 'change', quantity: quantity(units) },
    terms: { type: 'market', force: 'cycle' },
    legs: [{ instrument: instrument.id, ratio: 1 }],
    activeFrom: scene.at as Instant,
    expires: (scene.at + 1) as Instant,
    reason: 'scenario',
  }
}

/** The broker of the scenario: fills what the bar says, at its price, and charges its schedule once per order. */
function fillOrders(scene: Scene, bar: ScenarioBar, command: Extract<Command, { kind: 'submit' }>): void {
  const { runtime } = scene.kernel
  const { orders } = command
  scene.fills.clear(scene.at as Instant)
  const ends: { order: number; rejected: boolean }[] = []
  for (let row = 0; row < orders.count; row += 1) {
    const index = orders.instrument[row]!
    const symbol = scene.symbols[index]!
    const answer = bar.fills?.[symbol]
    const instrument = runtime.state.instruments[index]!
    const price = num(answer?.price, Number(bar.prices[symbol]))
    scene.log.priced(symbol, price)
    if (answer?.status === 'rejected') {
      ends.push({ order: orders.id[row]!, rejected: true })
      continue
    }
    const ordered = orders.quantity[row]!
    const filled =
      answer?.filled === undefined
        ? ordered
        : Math.floor(Math.abs(Number(answer.filled)) * instrument.unitsPerWhole + 0.5) * Math.sign(ordered)
    if (filled !== 0) {
      const whole = Math.abs(filled) / instrument.unitsPerWhole
      const sold = filled < 0 ? whole : 0
      const traded = {
        ...nothingTraded(),
        shares: whole,
        value: whole * price * instrument.multiplier,
        soldShares: sold,
        soldValue: sold * price,
      }
      const fee = commission(scene.config.costs.equity!.commission, instrument, traded, 0, scene.config.currency)
      scene.executions += 1
      scene.fills.push(orders.id[row]!, scene.executions, index, filled, price, fee)
    }
    if (filled !== ordered) ends.push({ order: orders.id[row]!, rejected: false })
  }
  if (scene.fills.count > 0) give(scene, { kind: 'fills', fills: scene.fills })
  for (const { order, rejected } of ends) {
    give(scene, {
      kind: 'order',
      order: order as never,
      state: rejected ? 'rejected' : 'cancelled',
      evidence: 'scenario',
    })
  }
}

function playAction(scene: Scene, action: NonNullable<ScenarioBar['corporate_actions']>[number]): Row {
  const { runtime } = scene.kernel
  const { books } = runtime.state
  const index = scene.symbols.indexOf(action.symbol)
  const instrument = runtime.state.instruments[index]!
  const cashBefore = Array.from(books.cash)
  const accountBefore = books.accountCash[0]!
  const cashOf = (sleeve: number): string =>
    plain((books.cash[sleeve]! - cashBefore[sleeve]!) / countsPerUnit(scene.config.currency))
  const tradeDate = 20000101 as TradeDate
  if (action.type === 'dividend') {
    give(scene, {
      kind: 'corporateAction',
      tradeDate,
      action: { kind: 'dividend', instrument: instrument.id, amount: num(action.amount) },
    })
    return {
      type: 'dividend',
      symbol: action.symbol,
      broker_cash: plain((books.accountCash[0]! - accountBefore) / 1_000_000),
      per_strategy: Object.fromEntries(scene.names.map((name, sleeve) => [name, cashOf(sleeve)])),
    }
  }
  const [numerator, denominator] = action.ratio ?? ['1', '1']
  give(scene, {
    kind: 'corporateAction',
    tradeDate,
    action: {
      kind: 'split',
      instrument: instrument.id,
      numerator: Number(numerator),
      denominator: Number(denominator),
      priceAfter: action.price_after === undefined ? null : (Number(action.price_after) as Price),
    },
  })
  const involved = scene.names.map((name, sleeve) => ({ name, sleeve }))
  const holders = involved.filter(
    ({ sleeve }) => books.quantity[sleeve * books.width + index] !== 0 || books.cash[sleeve] !== cashBefore[sleeve],
  )
  return {
    type: 'split',
    symbol: action.symbol,
    broker_qty: plain(books.accountQuantity[index]! / instrument.unitsPerWhole),
    broker_cash_in_lieu: plain((books.accountCash[0]! - accountBefore) / 1_000_000),
    qty: Object.fromEntries(
      holders.map(({ name, sleeve }) => [
        name,
        plain(books.quantity[sleeve * books.width + index]! / instrument.unitsPerWhole),
      ]),
    ),
    cash_in_lieu: Object.fromEntries(holders.map(({ name, sleeve }) => [name, cashOf(sleeve)])),
  }
}

/** Cash and positions at their marks, in whole money counts. */
function equityOf(scene: Scene, cash: number, offset: number, held: Float64Array): number {
  const { state, perPrice } = scene.kernel.runtime
  let total = cash
  for (let index = 0; index < scene.symbols.length; index += 1) {
    const units = held[offset + index]!
    if (units === 0) continue
    const worth = tradedCash(units, state.mark[index]!, perPrice[index]!)
    total += units > 0 ? worth : 0 - worth
  }
  return total
}

function describeBar(scene: Scene, bar: ScenarioBar, corporate: readonly Row[]): Row {
  const { runtime } = scene.kernel
  const { books, instruments } = runtime.state
  const unit = (index: number): number => instruments[index]!.unitsPerWhole
  const strategies = Object.fromEntries(
    scene.names.map((name, sleeve) => {
      const held = scene.symbols
        .map((symbol, index) => ({ symbol, index, units: books.quantity[sleeve * books.width + index]! }))
        .filter(({ units }) => units !== 0)
      let realised = 0
      for (let index = 0; index < scene.symbols.length; index += 1)
        realised += books.realised[sleeve * books.width + index]!
      const equity = equityOf(scene, books.cash[sleeve]!, sleeve * books.width, books.quantity)
      // Equity change = realised + unrealised + dividends - fees: all but realised are whole money counts.
      const booked = scene.start[sleeve]! + books.dividends[sleeve]! - books.fees[sleeve]!
      const unrealised = held.length === 0 ? '0' : difference(equity - booked, realised)
      return [
        name,
        {
          cash: plain(books.cash[sleeve]! / 1_000_000),
          positions: Object.fromEntries(held.map(({ symbol, index, units }) => [symbol, plain(units / unit(index))])),
          avg_cost: Object.fromEntries(
            held.map(({ symbol, index }) => [symbol, plain(averagePrice(books, sleeve, index))]),
          ),
          realised_pnl: plain(realised),
          unrealised_pnl: unrealised,
          fees: plain(books.fees[sleeve]! / 1_000_000),
          dividends: plain(books.dividends[sleeve]! / 1_000_000),
          equity: plain(equity / COUNTS),
        },
      ]
    }),
  )
  const positions = Object.fromEntries(
    scene.symbols
      .map((symbol, index) => [symbol, books.accountQuantity[index]! / unit(index)] as const)
      .filter(([, held]) => held !== 0)
      .map(([symbol, held]) => [symbol, plain(held)]),
  )
  const said = scene.log.describe(scene)
  return {
    t: bar.t,
    ...said.orders,
    corporate,
    strategies,
    portfolio: {
      cash: plain(books.accountCash[0]! / 1_000_000),
      positions,
      equity: plain(equityOf(scene, books.accountCash[0]!, 0, books.accountQuantity) / COUNTS),
    },
    netting: said.netting,
  }
}
