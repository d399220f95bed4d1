/** A scenario set up: its kernel, its sleeves and instruments, and the events it gives. */
import { type FillColumns, fillColumns } from '../../domain/columns.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import type { Command, EngineEvent } from '../../domain/events.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { Intent } from '../../domain/orders.ts'
import {
  accountId,
  calendarId,
  clockId,
  currencyCode,
  type Instant,
  type IntentId,
  instrumentId,
  money,
  quantity,
  sleeveId,
} from '../../domain/units.ts'
import { SCHEDULES } from '../../exchange/schedules.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import { COUNTS, type ScenarioLog, scenarioObserver } from './scenario-log.ts'

export type Decimal = string | number

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

export interface Scene {
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

export function give(scene: Scene, body: Body<EngineEvent>): readonly Command[] {
  const event = { seq: scene.seq, at: scene.at as Instant, ...body } as EngineEvent
  scene.seq += 1
  return scene.kernel.apply(event)
}

export const num = (value: Decimal | undefined, otherwise = 0): number =>
  value === undefined ? otherwise : Number(value)

function symbolsOf(input: ScenarioInput): string[] {
  const symbols = new Set<string>()
  for (const bar of input.bars) for (const symbol of Object.keys(bar.prices)) symbols.add(symbol)
  for (const strategy of Object.values(input.strategies))
    for (const symbol of Object.keys(strategy.positions ?? {})) symbols.add(symbol)
  return [...symbols]
}

export function stage(input: ScenarioInput): Scene {
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
      leverageMax: 1,
      drawdown: null,
    },
    netting: input.settings?.netting ?? true,
    // The scenario's broker answers are given, so nothing is refused for lack of money.
    account: {
      id: accountId('account'),
      kind: 'given',
      initialMargin: 0,
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
  Math.floor(Math.abs(Number(amount)) * COUNTS + 0.5) * (Number(amount) < 0 ? -1 : 1)

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

export function intentOf(
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
