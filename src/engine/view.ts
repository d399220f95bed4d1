/** What one sleeve sees on a slice, and the columns that take its wishes. */
import { AssertionError, assert } from '../domain/assert.ts'
import { quickToRead } from '../domain/getters.ts'
import type { OptionChain, Slice } from '../domain/market.ts'
import { type MarketRecord, NO_RECORDS, type RecordKind } from '../domain/market-records.ts'
import type { Parameters } from '../domain/parameters.ts'
import type { Sessions } from '../domain/sessions.ts'
import type {
  Holding,
  IntentSink,
  Outlook,
  StructureHolding,
  StructureWish,
  View,
  WishOptions,
} from '../domain/strategy.ts'
import type { Instant, InstrumentId, Memory, Price, Quantity } from '../domain/units.ts'
import { averagePrice } from '../pipeline/ledger/books.ts'
import { sizingCapital } from './capital/sizing-capital.ts'
import { agoOf, type ClockRuntime, type IndicatorRows } from './clock.ts'
import { structureHoldings } from './positions/structures.ts'
import { cashOf } from './positions/valuation.ts'
import type { Runtime, SleeveRuntime } from './runtime.ts'
import { held, projectedOf } from './state.ts'
import { isMember } from './universe/membership.ts'

export const WISH = { enter: 0, exit: 1, target: 2, change: 3, openStructure: 4, closeStructure: 5, refuse: 6 } as const

/** Wishes of all sleeves of one cycle, in the order they were made. */
export interface WishColumns {
  count: number
  sleeve: Int32Array
  instrument: Int32Array
  kind: Uint8Array
  /** Units for target and change, side for enter, structure id for closeStructure. */
  value: Float64Array
  /** Factor from signal strength. */
  factor: Float64Array
  /** Units of the wish that already went on their way as its reducing part. */
  taken: Float64Array
  readonly reason: string[]
  readonly options: (WishOptions | null)[]
  readonly structure: (StructureWish | null)[]
}

export function wishColumns(capacity = 256): WishColumns {
  return {
    count: 0,
    sleeve: new Int32Array(capacity),
    instrument: new Int32Array(capacity),
    kind: new Uint8Array(capacity),
    value: new Float64Array(capacity),
    factor: new Float64Array(capacity),
    taken: new Float64Array(capacity),
    reason: [],
    options: [],
    structure: [],
  }
}

function growWishes(wishes: WishColumns): void {
  const capacity = wishes.sleeve.length * 2
  const copy = <T extends Int32Array | Uint8Array | Float64Array>(old: T, next: T): T => {
    next.set(old as never)
    return next
  }
  wishes.sleeve = copy(wishes.sleeve, new Int32Array(capacity))
  wishes.instrument = copy(wishes.instrument, new Int32Array(capacity))
  wishes.kind = copy(wishes.kind, new Uint8Array(capacity))
  wishes.value = copy(wishes.value, new Float64Array(capacity))
  wishes.factor = copy(wishes.factor, new Float64Array(capacity))
  wishes.taken = copy(wishes.taken, new Float64Array(capacity))
}

export function pushWish(
  wishes: WishColumns,
  sleeve: number,
  instrument: number,
  kind: number,
  value: number,
  reason: string,
  options: WishOptions | null,
  structure: StructureWish | null,
): void {
  const row = wishes.count
  if (row === wishes.sleeve.length) growWishes(wishes)
  wishes.sleeve[row] = sleeve
  wishes.instrument[row] = instrument
  wishes.kind[row] = kind
  wishes.value[row] = value
  wishes.factor[row] = options === null ? 1 : (options.strength ?? 1)
  wishes.taken[row] = 0
  wishes.reason[row] = reason
  wishes.options[row] = options
  wishes.structure[row] = structure
  wishes.count = row + 1
}

interface Named {
  readonly entry: IndicatorRows
  readonly output: number
}

/** The view of one sleeve over its clock. */
export interface SleeveView {
  readonly view: View<Parameters, Memory>
  readonly sink: IntentSink
  readonly clock: ClockRuntime
  /** Points the view at a slice; afterwards `view` answers for it. */
  aim(slice: Slice): void
  /** What is known of the next `count` bars, the first of them at place `first`, once the clock's indicators have been read ahead. One object, reused. */
  ahead(first: number, count: number): Outlook<Parameters, Memory>
}

export function sleeveView(
  runtime: Runtime,
  sleeve: SleeveRuntime,
  clock: ClockRuntime,
  indicators: ReadonlyMap<string, Named>,
  wishes: WishColumns,
): SleeveView {
  const { state } = runtime
  const ordinal = sleeve.ordinal
  let slice: Slice | null = null
  let universe = new Int32Array(0)
  let universeWidth = -1
  let isOwn = new Uint8Array(0)
  const instrumentAt = (column: number): number => {
    const instrument = clock.columns[column]
    // Asked before asserting, here and below, because writing the sentence costs more than the answer.
    if (instrument === undefined) assert(false, `column must be below ${clock.width}, was "${column}"`)
    return instrument
  }
  /** Columns are those of the clock, shared with other sleeves: wishes may only name what is the sleeve's own. */
  const ownInstrument = (column: number): number => {
    const instrument = instrumentAt(column)
    if (isOwn[column] === 0) {
      const { symbol } = state.instruments[instrument]!
      assert(
        false,
        `"${symbol}" in column ${column} is not in the universe of this sleeve; wish columns of view.universe`,
      )
    }
    return instrument
  }
  // A strategy asks for a few names, bar by bar: a row of them is searched faster than a map.
  const names = [...indicators.keys()]
  const rowsOf = [...indicators.values()]
  const named = (name: string): Named => {
    for (let place = 0; place < names.length; place += 1) if (names[place] === name) return rowsOf[place]!
    throw new AssertionError(`indicator "${name}" is not declared by "${sleeve.config.strategy}"`)
  }
  const published = shownRecords(sleeve.strategy?.reads ?? [])
  const view = quickToRead<View<Parameters, Memory>>({
    parameters: sleeve.config.parameters,
    get memory() {
      return state.sleeves[ordinal]!.memory
    },
    get slice() {
      return slice!
    },
    get universe() {
      return universe
    },
    get equity() {
      return sleeve.equity
    },
    get available() {
      return cashOf(runtime, ordinal)
    },
    get capital() {
      return sizingCapital(runtime, ordinal)
    },
    indicator: (name) => {
      const { entry, output } = named(name)
      return entry.rows[output]!
    },
    ago: (name, column, bars) => {
      const { entry, output } = named(name)
      return agoOf(clock, entry, output, column, bars)
    },
    position: (column) => held(state, ordinal, instrumentAt(column)),
    projected: (column) => projectedOf(state, ordinal, instrumentAt(column)) as Quantity,
    holding: (column) => holdingOf(runtime, ordinal, instrumentAt(column)),
    eligible: (column) => !sleeve.screened || isMember(state, ordinal, instrumentAt(column)),
    structures: (): readonly StructureHolding[] => structureHoldings(runtime, ordinal),
    chain: (column): OptionChain | null => runtime.chains.get(state.instruments[instrumentAt(column)]!.id) ?? null,
    records: (column): readonly MarketRecord[] =>
      published.of(slice!.records, state.instruments[instrumentAt(column)]!.id),
    toRaw: (column, signalPrice) => (signalPrice / slice!.factor[column]!) as Price,
    instrument: (column) => state.instruments[instrumentAt(column)]!,
    unitValue: (column) => runtime.unitValue[instrumentAt(column)]!,
    sessions: (calendar): Sessions => {
      const sessions = runtime.sessions.get(calendar)
      assert(sessions !== undefined, `calendar "${calendar}" is not known to this run`)
      return sessions
    },
  })
  const push = (column: number, kind: number, value: number, reason: string, options?: WishOptions): void =>
    pushWish(wishes, ordinal, ownInstrument(column), kind, value, reason, options ?? null, null)
  const sink: IntentSink = {
    enter: (column, side, reason, options) => push(column, WISH.enter, side, reason, options),
    exit: (column, reason, options) => push(column, WISH.exit, 0, reason, options),
    target: (column, quantity, reason, options) => push(column, WISH.target, quantity, reason, options),
    change: (column, quantity, reason, options) => push(column, WISH.change, quantity, reason, options),
    openStructure: (column, wish) =>
      pushWish(wishes, ordinal, ownInstrument(column), WISH.openStructure, 0, wish.reason, null, wish),
    closeStructure: (structure, reason) =>
      pushWish(wishes, ordinal, -1, WISH.closeStructure, structure, reason, null, null),
    refuse: (column, rule) => pushWish(wishes, ordinal, instrumentAt(column), WISH.refuse, 0, rule, null, null),
  }
  const outlook = quickToRead({
    parameters: sleeve.config.parameters,
    get memory() {
      return state.sleeves[ordinal]!.memory
    },
    first: 0,
    count: 0,
    indicator: (name: string) => {
      const { entry, output } = named(name)
      return entry.ahead[output]!
    },
  })
  return {
    view,
    sink,
    clock,
    ahead: (first, count) => {
      outlook.first = first
      outlook.count = count
      return outlook
    },
    aim: (next) => {
      slice = next
      if (universeWidth === clock.width) return
      universeWidth = clock.width
      const columns: number[] = []
      for (const id of sleeve.config.universe) {
        const index = runtime.byId.get(id)
        const column = index === undefined ? -1 : (clock.columnOf[index] ?? -1)
        if (column >= 0) columns.push(column)
      }
      universe = Int32Array.from(columns)
      isOwn = new Uint8Array(clock.width)
      for (const column of columns) isOwn[column] = 1
    },
  }
}

function holdingOf(runtime: Runtime, sleeve: number, instrument: number): Holding | null {
  const { state } = runtime
  const quantity = held(state, sleeve, instrument)
  if (quantity === 0) return null
  const entryPrice = averagePrice(state.books, sleeve, instrument)
  const at = sleeve * state.books.width + instrument
  const move = state.mark[instrument]! / entryPrice - 1
  return {
    quantity,
    entryPrice,
    bars: state.sleeves[sleeve]!.bars - state.openedBar[at]!,
    gain: quantity > 0 ? move : 0 - move,
    openedAt: state.openedAt[at] as Instant,
  }
}

interface ShownRecords {
  of(records: readonly MarketRecord[], id: InstrumentId): readonly MarketRecord[]
}

/** Sorts what a strategy reads of a slice by instrument when it first asks: each slice with records brings an array of its own. */
function shownRecords(kinds: readonly RecordKind[]): ShownRecords {
  let sorted = NO_RECORDS
  const lists = new Map<InstrumentId, MarketRecord[]>()
  return {
    of: (records, id) => {
      if (records.length === 0) return NO_RECORDS
      if (records !== sorted) {
        sorted = records
        lists.clear()
        for (const record of records) {
          if (!kinds.includes(record.kind)) continue
          const list = lists.get(record.instrument)
          if (list === undefined) lists.set(record.instrument, [record])
          else list.push(record)
        }
      }
      return lists.get(id) ?? NO_RECORDS
    },
  }
}
