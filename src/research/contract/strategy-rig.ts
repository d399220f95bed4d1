import type { BarRow, IndicatorRequest, IndicatorState } from '../../domain/indicator-request.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { OptionChain, Slice } from '../../domain/market.ts'
import { NO_RECORDS } from '../../domain/market-records.ts'
import type { Parameters } from '../../domain/parameters.ts'
import { type Sessions, sessionsFrom, startOfDay } from '../../domain/sessions.ts'
import type {
  Holding,
  IntentSink,
  Strategy,
  StructureHolding,
  StructureWish,
  View,
  WishOptions,
} from '../../domain/strategy.ts'
import {
  type CalendarId,
  clockId,
  currencyCode,
  type Instant,
  instant,
  instrumentId,
  type Memory,
  type Price,
  type Quantity,
} from '../../domain/units.ts'
import { CHAIN_MODEL, listedExpiries, modelChain } from '../../pipeline/market/model-chains.ts'
import { closeOf, type RigMarket, weekdaysFrom } from './rig-market.ts'
import { MS_OF_CLOSE, rigSymbol } from './rig-records.ts'

const CALENDAR = 'rig' as CalendarId
/** Days of the session table beyond the market, so that expiries are listed to the end. */
const DAYS_AHEAD = 120
const UNITS = 1_000_000

/** One wish as plain data, so that two runs can be compared. */
export interface SeenWish {
  readonly kind: keyof IntentSink
  readonly column: number
  readonly value: number
  readonly reason: string
  readonly options: WishOptions | null
  readonly structure: StructureWish | null
}

interface Held {
  quantity: number
  entryPrice: number
  openedBar: number
  highest: number
  options: WishOptions | null
}

interface HeldStructure {
  id: number
  column: number
  wish: StructureWish
  openedBar: number
  pending: boolean
}

interface Book {
  memory: Memory
  held: (Held | null)[]
  /** Filled at the column's next open. */
  waiting: (SeenWish | null)[]
  structures: HeldStructure[]
  nextId: number
}

export interface StrategyRig {
  /** Fills what waits at this bar's open, judges protections, then lets the strategy decide at the close. */
  step(bar: number): readonly SeenWish[]
  memory(): Memory
  snapshot(): unknown
  restore(data: unknown): void
}

/** Real indicators, drawn bars, and a book of one size per entry: enough for a strategy to live through its states. */
export function strategyRig(strategy: Strategy, parameters: Parameters, market: RigMarket): StrategyRig {
  const { columns } = market
  const indicators = indicatorRig(strategy, parameters, columns)
  const book: Book = {
    memory: strategy.start(parameters),
    held: Array.from({ length: columns }, () => null),
    waiting: Array.from({ length: columns }, () => null),
    structures: [],
    nextId: 1,
  }
  const { sessions } = surroundingsOf(market)
  const universe = Int32Array.from({ length: columns }, (_, column) => column)
  let slice: Slice = sliceAt(market, 0)
  let chains = new Map<number, OptionChain>()
  let now = 0
  let seen: SeenWish[] = []
  const chainAt = (column: number): OptionChain | null => {
    const spot = slice.close[column]!
    if (Number.isNaN(spot)) return null
    const known = chains.get(column)
    if (known !== undefined) return known
    const made = chainOf(column, spot, slice, sessions)
    chains.set(column, made)
    return made
  }
  const view: View = {
    parameters,
    get memory() {
      return book.memory
    },
    get slice() {
      return slice
    },
    universe,
    equity: 100_000,
    available: 100_000,
    capital: 100_000,
    indicator: (name) => indicators.row(name),
    ago: (name, column, back) => indicators.ago(name, column, back),
    position: (column) => (book.held[column]?.quantity ?? 0) as Quantity,
    projected(column) {
      const held = book.held[column]?.quantity ?? 0
      const wish = book.waiting[column]
      return (wish === null || wish === undefined ? held : quantityAfter(held, wish)) as Quantity
    },
    holding: (column) => holdingOf(book, column, now, slice),
    eligible: (column) => slice.volume[column]! > 0,
    structures: () => book.structures.map((one) => structureOf(one, chainAt(one.column))),
    chain: chainAt,
    records: (column) =>
      slice.records.filter(
        ({ instrument, kind }) => instrument === rigSymbol(column) && strategy.reads?.includes(kind) === true,
      ),
    toRaw: (column, signalPrice) => (signalPrice / slice.factor[column]!) as Price,
    instrument: rigInstrument,
    unitValue: (column) => markAt(market, now, column) / UNITS,
    sessions: () => sessions,
  }
  const out = sinkOf((wish) => seen.push(wish))
  return {
    step(bar) {
      now = bar
      slice = sliceAt(market, bar)
      chains = new Map()
      seen = []
      fillWaiting(book, slice, bar)
      protect(book, slice, bar)
      indicators.advance(slice)
      book.memory = strategy.decide(view, out)
      for (const wish of seen) take(book, wish)
      return seen
    },
    memory: () => book.memory,
    snapshot: () => JSON.parse(JSON.stringify({ book, indicators: indicators.snapshot() })),
    restore(data) {
      const saved = data as { readonly book: Book; readonly indicators: unknown }
      Object.assign(book, saved.book)
      indicators.restore(saved.indicators)
    },
  }
}

function sliceAt(market: RigMarket, bar: number): Slice {
  const from = bar * market.columns
  const part = (field: Float64Array): Float64Array => field.subarray(from, from + market.columns)
  const date = market.dates[bar]!
  return {
    clock: clockId('1d'),
    at: closeOf(market, bar),
    tradeDate: date,
    instruments: Int32Array.from({ length: market.columns }, (_, column) => column),
    open: part(market.open),
    high: part(market.high),
    low: part(market.low),
    close: part(market.close),
    volume: part(market.volume),
    factor: part(market.factor),
    chains: [],
    records: surroundingsOf(market).records[bar]!,
  }
}

interface Surroundings {
  readonly sessions: Sessions
  /** What became known since the close before, by bar. */
  readonly records: readonly Slice['records'][]
}

/** A strategy is tried on a market many times, also from every bar of a year on: what no trial changes is made once. */
const surroundings = new WeakMap<RigMarket, Surroundings>()

function surroundingsOf(market: RigMarket): Surroundings {
  const known = surroundings.get(market)
  if (known !== undefined) return known
  const days = weekdaysFrom(market.dates[0]!, market.bars + DAYS_AHEAD)
  const sessions = sessionsFrom(
    CALENDAR,
    days.map((date) => ({
      date,
      open: instant(startOfDay(date) + MS_OF_CLOSE - 6.5 * 3_600_000),
      close: instant(startOfDay(date) + MS_OF_CLOSE),
    })),
  )
  const made = { sessions, records: recordsByBar(market) }
  surroundings.set(market, made)
  return made
}

function recordsByBar(market: RigMarket): Surroundings['records'] {
  const records = market.records ?? []
  let next = 0
  return Array.from({ length: market.bars }, (_, bar) => {
    const first = next
    while (next < records.length && records[next]!.publishedAt <= closeOf(market, bar)) next += 1
    return next === first ? NO_RECORDS : records.slice(first, next)
  })
}

/** The last close up to a bar; 0 where there was none. */
function markAt(market: RigMarket, bar: number, column: number): number {
  for (let at = bar * market.columns + column; at >= 0; at -= market.columns) {
    const close = market.close[at]!
    if (!Number.isNaN(close)) return close
  }
  return 0
}

/** The share in a column of a drawn market. */
export function rigInstrument(column: number): Instrument {
  return {
    id: instrumentId(rigSymbol(column)),
    index: column,
    symbol: rigSymbol(column),
    name: rigSymbol(column),
    kind: 'equity',
    assetClass: 'equity',
    sector: '',
    industry: '',
    currency: currencyCode('USD'),
    calendar: CALENDAR,
    clocks: [clockId('1d')],
    multiplier: 1,
    unit: 1 / UNITS,
    unitsPerWhole: UNITS,
    step: UNITS as Quantity,
    roundLot: UNITS as Quantity,
    ticks: [{ from: 0, tick: 0.01 }],
    shortable: true,
    option: null,
  }
}

function chainOf(column: number, spot: number, slice: Slice, sessions: ReturnType<typeof sessionsFrom>): OptionChain {
  const { tradeDate: date, at } = slice
  const expiries = listedExpiries({ tradeDate: date, weekly: true, horizonDays: CHAIN_MODEL.horizonDays, sessions })
  return modelChain({
    origin: 'model',
    underlying: instrumentId(rigSymbol(column)),
    at,
    tradeDate: date,
    spot,
    volatility: 0.3,
    dividendYield: 0,
    model: CHAIN_MODEL,
    expiries: expiries.map((expiry) => ({ date: expiry, close: instant(startOfDay(expiry) + MS_OF_CLOSE) })),
  })
}

function sinkOf(push: (wish: SeenWish) => void): IntentSink {
  const plain = (kind: keyof IntentSink, column: number, value: number, reason: string, options?: WishOptions): void =>
    push({ kind, column, value, reason, options: options ?? null, structure: null })
  return {
    enter: (column, side, reason, options) => plain('enter', column, side, reason, options),
    exit: (column, reason, options) => plain('exit', column, 0, reason, options),
    target: (column, quantity, reason, options) => plain('target', column, quantity, reason, options),
    change: (column, quantity, reason, options) => plain('change', column, quantity, reason, options),
    openStructure: (column, wish) =>
      push({ kind: 'openStructure', column, value: 1, reason: wish.reason, options: null, structure: wish }),
    closeStructure: (structure, reason) => plain('closeStructure', -1, structure, reason),
    refuse: (column, rule) => plain('refuse', column, 0, rule),
  }
}

function quantityAfter(held: number, wish: SeenWish): number {
  if (wish.kind === 'enter') return wish.value * 10 * UNITS
  if (wish.kind === 'exit') return 0
  return wish.kind === 'target' ? wish.value : held + wish.value
}

function take(book: Book, wish: SeenWish): void {
  if (wish.kind === 'refuse') return
  if (wish.kind === 'closeStructure') {
    const found = book.structures.find((one) => one.id === wish.value)
    if (found !== undefined) found.pending = true
  } else if (wish.structure !== null) {
    book.structures.push({ id: book.nextId, column: wish.column, wish: wish.structure, openedBar: -1, pending: true })
    book.nextId += 1
  } else book.waiting[wish.column] = wish
}

function fillWaiting(book: Book, slice: Slice, bar: number): void {
  for (let column = 0; column < book.waiting.length; column += 1) {
    const wish = book.waiting[column] ?? null
    const open = slice.open[column]!
    if (wish === null || Number.isNaN(open)) continue
    book.waiting[column] = null
    const quantity = quantityAfter(book.held[column]?.quantity ?? 0, wish)
    const entry = {
      quantity,
      entryPrice: open * slice.factor[column]!,
      openedBar: bar,
      highest: 0,
      options: wish.options,
    }
    book.held[column] = quantity === 0 ? null : entry
  }
  book.structures = book.structures.filter((one) => {
    if (one.pending && one.openedBar >= 0) return false
    if (one.pending) {
      one.pending = false
      one.openedBar = bar
    }
    return one.wish.legs[0]!.expiry > slice.tradeDate
  })
}

/** The kernel's part, told simply: stop and target inside the bar, trail and time on its close. */
function protect(book: Book, slice: Slice, bar: number): void {
  book.held.forEach((held, column) => {
    const close = slice.close[column]! * slice.factor[column]!
    if (held === null || Number.isNaN(close)) return
    held.highest = Math.max(held.highest, close)
    const { stop, stopAt, target, targetAt, trail, bars } = held.options?.protection ?? {}
    const low = slice.low[column]! * slice.factor[column]!
    const high = slice.high[column]! * slice.factor[column]!
    const long = held.quantity > 0
    const passed = (level: number | undefined, isBelow: boolean): boolean =>
      level !== undefined && (isBelow ? low <= level : high >= level)
    const away = (distance: number | undefined): number | undefined =>
      distance === undefined ? undefined : held.entryPrice * (1 + (long ? distance : 0 - distance))
    const stopped = passed(stopAt, long) || passed(away(stop === undefined ? undefined : 0 - stop), long)
    const reached = passed(targetAt, !long) || passed(away(target), !long)
    const trailed = trail !== undefined && close <= held.highest * (1 - trail.fraction)
    const late = bars !== undefined && bar - held.openedBar + 1 >= bars
    if (stopped || reached || trailed || late) book.held[column] = null
  })
}

function holdingOf(book: Book, column: number, bar: number, slice: Slice): Holding | null {
  const held = book.held[column] ?? null
  if (held === null) return null
  const move = (slice.close[column]! * slice.factor[column]!) / held.entryPrice - 1
  return {
    quantity: held.quantity as Quantity,
    entryPrice: held.entryPrice / slice.factor[column]!,
    bars: bar - held.openedBar + 1,
    gain: held.quantity > 0 ? move : -move,
    openedAt: 0 as Instant,
  }
}

function structureOf(one: HeldStructure, chain: OptionChain | null): StructureHolding {
  let cost: number | null = chain === null ? null : 0
  for (const leg of one.wish.legs) {
    const quote = chain?.quote(leg.expiry, leg.right, leg.strike) ?? null
    cost = quote === null || cost === null ? null : cost - leg.ratio * quote.mid
  }
  return {
    id: one.openedBar < 0 ? 0 : one.id,
    underlying: instrumentId(rigSymbol(one.column)),
    legs: one.wish.legs,
    quantity: (one.wish.quantity ?? 1) as Quantity,
    credit: one.wish.credit,
    costToClose: cost,
    maximumLoss: one.wish.maximumLoss,
    expiry: one.wish.legs[0]!.expiry,
    openedAt: 0 as Instant,
    pending: one.pending,
  }
}

interface Running {
  readonly request: IndicatorRequest
  state: IndicatorState
  readonly rows: readonly Float64Array[]
  /** Past rows, newest last: [bar back][output][column]. */
  past: number[][][]
}

function indicatorRig(strategy: Strategy, parameters: Parameters, width: number) {
  const lookback = strategy.lookback(parameters)
  const running = new Map<string, Running>()
  for (const [name, request] of Object.entries(strategy.indicators(parameters))) {
    const rows = request.outputs.map(() => new Float64Array(width).fill(Number.NaN))
    running.set(name, { request, state: request.create(width), rows, past: [] })
  }
  const found = (name: string): { readonly of: Running; readonly output: number } => {
    const [head, tail = ''] = name.split('.')
    const of = running.get(head!)
    const output = of?.request.outputs.indexOf(tail) ?? -1
    if (of === undefined || output < 0) throw new Error(`indicator "${name}" is not declared by "${strategy.name}"`)
    return { of, output }
  }
  return {
    row(name: string): Float64Array {
      const { of, output } = found(name)
      return of.rows[output]!
    },
    ago(name: string, column: number, back: number): number {
      if (back > lookback) throw new Error(`"${name}" keeps ${lookback} bars, asked for "${back}"`)
      const { of, output } = found(name)
      return of.past[of.past.length - 1 - back]?.[output]?.[column] ?? Number.NaN
    },
    advance(slice: Slice): void {
      const bar = signalRow(slice)
      for (const one of running.values()) {
        one.state.advance(bar, one.rows)
        if (lookback === 0) continue
        one.past.push(one.rows.map((row) => [...row]))
        if (one.past.length > lookback + 1) one.past.shift()
      }
    },
    // NaN has no place in JSON: null stands for it and becomes NaN again.
    snapshot: () => [...running.values()].map((one) => ({ state: one.state.snapshot(), past: one.past })),
    restore(data: unknown): void {
      const saved = data as readonly { readonly state: unknown; readonly past: (number | null)[][][] }[]
      let place = 0
      for (const one of running.values()) {
        one.state = one.request.create(width)
        one.state.restore(saved[place]!.state)
        one.past = saved[place]!.past.map((rows) => rows.map((row) => row.map((value) => value ?? Number.NaN)))
        place += 1
      }
    },
  }
}

/** Raw bars as indicators read them: prices x factor, volume / factor. */
function signalRow(slice: Slice): BarRow {
  const priced = (field: Float64Array): Float64Array => field.map((value, column) => value * slice.factor[column]!)
  return {
    open: priced(slice.open),
    high: priced(slice.high),
    low: priced(slice.low),
    close: priced(slice.close),
    volume: slice.volume.map((value, column) => value / slice.factor[column]!),
  }
}
