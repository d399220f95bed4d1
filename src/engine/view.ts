/** What one sleeve sees on a slice, and the columns that take its wishes. */
import { AssertionError, assert } from '../domain/assert.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { OptionChain, Slice } from '../domain/market.ts'
import { type MarketRecord, NO_RECORDS, type RecordKind } from '../domain/market-records.ts'
import type { Parameters } from '../domain/parameters.ts'
import type { RoutingTier } from '../domain/routing.ts'
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
import type { CalendarId, Instant, InstrumentId, Memory, Price, Quantity } from '../domain/units.ts'
import { averagePrice } from '../pipeline/ledger/books.ts'
import { partOfChange, partOfTarget } from './capital/live-fraction.ts'
import { sizingCapital } from './capital/sizing-capital.ts'
import { agoOf, type ClockRuntime, type IndicatorRows } from './clock.ts'
import { heldFor, tradedFor } from './positions/rolling.ts'
import { structureHoldings } from './positions/structures.ts'
import { cashOf } from './positions/valuation.ts'
import type { Runtime, SleeveRuntime } from './runtime.ts'
import { held, type KernelState, projectedOf } from './state.ts'
import { activeUniverse } from './universe/account-size.ts'
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
  wishes.factor[row] = options === null ? 1 : (options.strength ?? 1) * (options.confidence ?? 1)
  wishes.taken[row] = 0
  wishes.reason[row] = reason
  wishes.options[row] = options
  wishes.structure[row] = structure
  wishes.count = row + 1
}

/** A declared indicator's output, by the name under which a strategy asks for it. */
interface Named {
  readonly entry: IndicatorRows
  readonly output: number
}

/** What a view is over: one sleeve of a kernel, on its clock. */
interface Place {
  readonly runtime: Runtime
  readonly sleeve: SleeveRuntime
  readonly clock: ClockRuntime
  named(name: string): Named
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
  // A strategy asks for a few names, bar by bar: a row of them is searched faster than a map.
  const names = [...indicators.keys()]
  const rowsOf = [...indicators.values()]
  const named = (name: string): Named => {
    for (let place = 0; place < names.length; place += 1) if (names[place] === name) return rowsOf[place]!
    throw new AssertionError(`indicator "${name}" is not declared by "${sleeve.config.strategy}"`)
  }
  const place: Place = { runtime, sleeve, clock, named }
  const view = new SliceView(place)
  const outlook = new ComingBars(place)
  return {
    view,
    sink: sinkOf(place, view, wishes),
    clock,
    ahead: (first, count) => {
      outlook.first = first
      outlook.count = count
      return outlook
    },
    aim: (slice) => view.aim(slice),
  }
}

/**
 * A sleeve's view as its strategy reads it. A class, so that the views of all sleeves of all runs lie alike in memory: a
 * strategy's code is compiled once for all of them. The functions need no `this`: a strategy may take them out of the view.
 */
class SliceView implements View<Parameters, Memory> {
  readonly #place: Place
  readonly #state: KernelState
  readonly #ordinal: number
  readonly #published: ShownRecords
  #slice: Slice | null = null
  #universe = new Int32Array(0)
  #universeWidth = -1
  /** Of the account, by which the universe was taken. */
  #tier: RoutingTier | undefined = undefined
  #isOwn = new Uint8Array(0)
  readonly parameters: Parameters

  constructor(place: Place) {
    this.#place = place
    this.#state = place.runtime.state
    this.#ordinal = place.sleeve.ordinal
    this.#published = shownRecords(place.sleeve.strategy?.reads ?? [])
    this.parameters = place.sleeve.config.parameters
  }

  get memory(): Memory {
    return this.#state.sleeves[this.#ordinal]!.memory
  }

  get slice(): Slice {
    return this.#slice!
  }

  get universe(): Int32Array {
    return this.#universe
  }

  get equity(): number {
    return this.#place.sleeve.equity
  }

  get available(): number {
    return cashOf(this.#place.runtime, this.#ordinal)
  }

  get capital(): number {
    return sizingCapital(this.#place.runtime, this.#ordinal)
  }

  readonly indicator = (name: string): Float64Array => {
    const { entry, output } = this.#place.named(name)
    return entry.rows[output]!
  }

  readonly ago = (name: string, column: number, bars: number): number => {
    const { entry, output } = this.#place.named(name)
    return agoOf(this.#place.clock, entry, output, column, bars)
  }

  readonly position = (column: number): Quantity => this.#total(column, held)

  readonly projected = (column: number): Quantity => this.#total(column, projectedOf)

  readonly holding = (column: number): Holding | null => {
    const { runtime } = this.#place
    return holdingOf(runtime, this.#ordinal, heldFor(runtime, this.#ordinal, this.instrumentAt(column))[0]!)
  }

  readonly eligible = (column: number): boolean =>
    !this.#place.sleeve.screened || isMember(this.#state, this.#ordinal, this.instrumentAt(column))

  readonly structures = (): readonly StructureHolding[] => structureHoldings(this.#place.runtime, this.#ordinal)

  readonly chain = (column: number): OptionChain | null =>
    this.#place.runtime.chains.get(this.#state.instruments[this.instrumentAt(column)]!.id) ?? null

  readonly records = (column: number): readonly MarketRecord[] =>
    this.#published.of(this.#slice!.records, this.#state.instruments[this.instrumentAt(column)]!.id)

  readonly toRaw = (column: number, signalPrice: number): Price => (signalPrice / this.#slice!.factor[column]!) as Price

  readonly instrument = (column: number): Instrument => this.#state.instruments[this.tradedAt(column)]!

  readonly unitValue = (column: number): number => this.#place.runtime.unitValue[this.tradedAt(column)]!

  readonly sessions = (calendar: CalendarId): Sessions => {
    const sessions = this.#place.runtime.sessions.get(calendar)
    assert(sessions !== undefined, `calendar "${calendar}" is not known to this run`)
    return sessions
  }

  /** Of a chain of futures, all its contracts that the sleeve holds, and the one of the day. */
  #total(column: number, of: typeof held | typeof projectedOf): Quantity {
    const instrument = this.instrumentAt(column)
    if (this.#state.fronts === undefined) return of(this.#state, this.#ordinal, instrument) as Quantity
    let total = 0
    for (const one of heldFor(this.#place.runtime, this.#ordinal, instrument))
      total += of(this.#state, this.#ordinal, one)
    return total as Quantity
  }

  /** What stands for the column's instrument in the books: of a chain of futures, the contract of the day. */
  tradedAt(column: number): number {
    return tradedFor(this.#place.runtime, this.instrumentAt(column))
  }

  instrumentAt(column: number): number {
    const { clock } = this.#place
    const instrument = clock.columns[column]
    // Asked before asserting, here and below, because writing the sentence costs more than the answer.
    if (instrument === undefined) assert(false, `column must be below ${clock.width}, was "${column}"`)
    return instrument
  }

  /** Columns are those of the clock, shared with other sleeves: wishes may only name what is the sleeve's own. */
  ownInstrument(column: number): number {
    const instrument = this.instrumentAt(column)
    if (this.#isOwn[column] === 0) {
      const { symbol } = this.#state.instruments[instrument]!
      assert(
        false,
        `"${symbol}" in column ${column} is not in the universe of this sleeve; wish columns of view.universe`,
      )
    }
    return instrument
  }

  aim(slice: Slice): void {
    this.#slice = slice
    const { routing } = this.#state
    if (this.#universeWidth !== this.#place.clock.width || routing?.tier !== this.#tier) this.#takeUniverse()
  }

  #takeUniverse(): void {
    const { runtime, clock, sleeve } = this.#place
    this.#universeWidth = clock.width
    this.#tier = this.#state.routing?.tier
    const columns: number[] = []
    for (const id of activeUniverse(runtime, sleeve.config)) {
      const index = runtime.byId.get(id)
      const column = index === undefined ? -1 : (clock.columnOf[index] ?? -1)
      if (column >= 0) columns.push(column)
    }
    this.#universe = Int32Array.from(columns)
    this.#isOwn = new Uint8Array(clock.width)
    for (const column of columns) this.#isOwn[column] = 1
  }
}

/** What `idle` is told. A class for the same reason as the view. */
class ComingBars implements Outlook<Parameters, Memory> {
  readonly #place: Place
  readonly parameters: Parameters
  first = 0
  count = 0

  constructor(place: Place) {
    this.#place = place
    this.parameters = place.sleeve.config.parameters
  }

  get memory(): Memory {
    return this.#place.runtime.state.sleeves[this.#place.sleeve.ordinal]!.memory
  }

  readonly indicator = (name: string): Float64Array => {
    const { entry, output } = this.#place.named(name)
    return entry.ahead[output]!
  }
}

function sinkOf({ runtime, sleeve }: Place, view: SliceView, wishes: WishColumns): IntentSink {
  const { ordinal } = sleeve
  const push = (column: number, kind: number, value: number, reason: string, options?: WishOptions): void =>
    pushWish(
      wishes,
      ordinal,
      tradedFor(runtime, view.ownInstrument(column)),
      kind,
      value,
      reason,
      options ?? null,
      null,
    )
  const exit: IntentSink['exit'] = (column, reason, options) => {
    // Only of a chain of futures several contracts may be held.
    if (runtime.state.fronts === undefined) {
      push(column, WISH.exit, 0, reason, options)
      return
    }
    for (const instrument of heldFor(runtime, ordinal, view.ownInstrument(column)))
      pushWish(wishes, ordinal, instrument, WISH.exit, 0, reason, options ?? null, null)
  }
  const target: IntentSink['target'] = (column, quantity, reason, options) => {
    const front = tradedFor(runtime, view.ownInstrument(column))
    let left = partOfTarget(runtime, sleeve, front, quantity)
    if (runtime.state.fronts === undefined) {
      push(column, WISH.target, left, reason, options)
      return
    }
    // What an earlier contract still holds of the chain counts, as far as it is on the side that is wanted.
    for (const instrument of heldFor(runtime, ordinal, view.ownInstrument(column))) {
      if (instrument === front) continue
      const had = projectedOf(runtime.state, ordinal, instrument)
      const kept = had * left > 0 ? Math.sign(had) * Math.min(Math.abs(had), Math.abs(left)) : 0
      if (kept !== had) pushWish(wishes, ordinal, instrument, WISH.target, kept, reason, null, null)
      left -= kept
    }
    push(column, WISH.target, left, reason, options)
  }
  return {
    enter: (column, side, reason, options) => push(column, WISH.enter, side, reason, options),
    exit,
    target,
    change: (column, quantity, reason, options) => {
      const part = partOfChange(runtime, sleeve, tradedFor(runtime, view.ownInstrument(column)), quantity)
      push(column, WISH.change, part, reason, options)
    },
    openStructure: (column, wish) =>
      pushWish(wishes, ordinal, view.ownInstrument(column), WISH.openStructure, 0, wish.reason, null, wish),
    closeStructure: (structure, reason) =>
      pushWish(wishes, ordinal, -1, WISH.closeStructure, structure, reason, null, null),
    refuse: (column, rule) => pushWish(wishes, ordinal, view.instrumentAt(column), WISH.refuse, 0, rule, null, null),
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
