import { assert } from '../../domain/assert.ts'
import type { IndicatorRequest } from '../../domain/indicator-request.ts'
import type { OptionChain } from '../../domain/market.ts'
import type { MarketRecord, RecordKind } from '../../domain/market-records.ts'
import { type Parameter, type ParameterTable, parameterProblem, type ValuesOf } from '../../domain/parameters.ts'
import type { Holding, IntentSink, Outlook, Strategy, View, WishOptions } from '../../domain/strategy.ts'
import type { Memory, Price, Quantity } from '../../domain/units.ts'

/** A strategy as its author writes it: what is left out gets its plain meaning. */
export interface Definition<T extends Readonly<Record<string, Parameter>>, M extends Memory> {
  readonly name: string
  /** One sentence for lists: what it buys and when it lets go. */
  readonly summary?: string
  readonly parameters: T
  /** Instruments of the universe that belong together, in its declared order; left out: each stands for itself. */
  readonly group?: number
  /** `own`: it names every quantity itself, and a sleeve states no sizing. Left out: `enter` asks for the sleeve's. */
  readonly sizes?: 'own'
  /** `capital`: its explicit quantities follow from `view.capital`. Left out: they stand for themselves. */
  readonly targets?: 'capital'
  /** What is wrong with parameters that are each within their bounds; left out: any combination is fine. */
  check?(parameters: ValuesOf<T>): string | null
  /** Left out: none. */
  indicators?(parameters: ValuesOf<T>): Readonly<Record<string, IndicatorRequest>>
  /** Kinds of records that `records` shows. Left out: none. */
  readonly reads?: readonly RecordKind[]
  /** Bars that `ago` may look back. Left out: 0. */
  lookback?(parameters: ValuesOf<T>): number
  /** Memory before the first bar. Left out: empty. */
  start?(parameters: ValuesOf<T>): M
  decide(view: View<ValuesOf<T>, M>, out: IntentSink): M
  /** Left out: every bar is decided. */
  idle?(outlook: Outlook<ValuesOf<T>, M>): number
}

/**
 * Makes a strategy from its definition. Parameter types follow from the descriptors; a default outside its own bounds
 * is a bug of the author and asserted here.
 */
export function defineStrategy<T extends Readonly<Record<string, Parameter>>, M extends Memory>(
  definition: Definition<T, M>,
): Strategy<ValuesOf<T>, M> {
  for (const [name, parameter] of Object.entries(definition.parameters)) {
    const problem = parameterProblem(parameter, parameter.default)
    assert(problem === null, `default of "${name}" of "${definition.name}" ${problem}, was "${parameter.default}"`)
  }
  return {
    name: definition.name,
    ...(definition.summary === undefined ? {} : { summary: definition.summary }),
    parameters: definition.parameters as unknown as ParameterTable<ValuesOf<T>>,
    ...(definition.group === undefined ? {} : { group: definition.group }),
    ...(definition.sizes === undefined ? {} : { sizes: definition.sizes }),
    ...(definition.targets === undefined ? {} : { targets: definition.targets }),
    check: (parameters) => definition.check?.(parameters) ?? null,
    indicators: (parameters) => definition.indicators?.(parameters) ?? {},
    lookback: (parameters) => definition.lookback?.(parameters) ?? 0,
    start: (parameters) => definition.start?.(parameters) ?? ({} as M),
    ...(definition.reads === undefined ? {} : { reads: definition.reads }),
    decide: definition.decide,
    ...(definition.idle === undefined ? {} : { idle: definition.idle }),
  }
}

/** What a one-instrument function sees: the view of its sleeve at one column. One object, reused: never keep it. */
export interface One<P> {
  readonly parameters: P
  readonly column: number
  /** Close on the signal scale: comparable with indicators. NaN where there is no bar. */
  readonly close: number
  /** Volume on the signal scale. */
  readonly volume: number
  /** Raw prices of this bar, as traded. */
  readonly raw: { readonly open: number; readonly high: number; readonly low: number; readonly close: number }
  /** The function's own notes on this instrument; empty at first. */
  readonly memory: Memory
  readonly equity: number
  readonly available: number
  readonly position: Quantity
  readonly projected: Quantity
  readonly holding: Holding | null
  readonly eligible: boolean
  readonly chain: OptionChain | null
  /** What became known of this instrument since the clock's previous slice, of the kinds that the strategy `reads`. */
  readonly records: readonly MarketRecord[]
  indicator(name: string): number
  ago(name: string, bars: number): number
  toRaw(signalPrice: number): Price
}

/** Where a one-instrument function puts its wishes. */
export interface OneSink {
  enter(side: 1 | -1, reason: string, options?: WishOptions): void
  exit(reason: string, options?: WishOptions): void
  target(quantity: Quantity, reason: string, options?: WishOptions): void
  change(quantity: Quantity, reason: string, options?: WishOptions): void
  refuse(rule: string): void
}

/** Notes by Instrument.index. */
export type PerInstrumentMemory = { readonly own: { readonly [instrument: string]: Memory } }

/** One instrument on one bar; returns its next notes, or nothing to keep the last ones. */
export type OneFunction<P> = (one: One<P>, out: OneSink) => Memory | undefined

/**
 * Adapts a one-instrument function to the batch form: it is called for every column of the universe that has a bar, in
 * declared order. Convenient rather than fast: inner loops over many instruments are written in batch form.
 *
 * @example decide: perInstrument((one, out) => { if (one.close > one.indicator('average')) out.enter(1, 'above') })
 */
export function perInstrument<P>(
  decide: OneFunction<P>,
): (view: View<P, PerInstrumentMemory>, out: IntentSink) => PerInstrumentMemory {
  return (view, out) => {
    let at = 0
    let notes: Memory = NO_NOTES
    const one = oneOf(
      view,
      () => at,
      () => notes,
    )
    const sink = sinkOf(out, () => at)
    const known = view.memory.own ?? NO_OWN
    let changed: Record<string, Memory> | null = null
    for (const column of view.universe) {
      if (Number.isNaN(view.slice.close[column]!)) continue
      at = column
      const key = String(view.slice.instruments[column]!)
      notes = known[key] ?? NO_NOTES
      const next = decide(one, sink)
      if (next === undefined || next === notes) continue
      changed ??= { ...known }
      changed[key] = next
    }
    return changed === null ? (view.memory.own === undefined ? { own: NO_OWN } : view.memory) : { own: changed }
  }
}

const NO_NOTES: Memory = {}
const NO_OWN: Readonly<Record<string, Memory>> = {}

function oneOf<P>(view: View<P, PerInstrumentMemory>, at: () => number, notes: () => Memory): One<P> {
  const { slice } = view
  return {
    parameters: view.parameters,
    equity: view.equity,
    available: view.available,
    get column() {
      return at()
    },
    get close() {
      return signalClose(view, at())
    },
    get volume() {
      return signalVolume(view, at())
    },
    get raw() {
      const column = at()
      return {
        open: slice.open[column]!,
        high: slice.high[column]!,
        low: slice.low[column]!,
        close: slice.close[column]!,
      }
    },
    get memory() {
      return notes()
    },
    get position() {
      return view.position(at())
    },
    get projected() {
      return view.projected(at())
    },
    get holding() {
      return view.holding(at())
    },
    get eligible() {
      return view.eligible(at())
    },
    get chain() {
      return view.chain(at())
    },
    get records() {
      return view.records(at())
    },
    indicator: (name) => view.indicator(name)[at()]!,
    ago: (name, bars) => view.ago(name, at(), bars),
    toRaw: (signalPrice) => view.toRaw(at(), signalPrice),
  }
}

function sinkOf(out: IntentSink, at: () => number): OneSink {
  return {
    enter: (side, reason, options) => out.enter(at(), side, reason, options),
    exit: (reason, options) => out.exit(at(), reason, options),
    target: (quantity, reason, options) => out.target(at(), quantity, reason, options),
    change: (quantity, reason, options) => out.change(at(), quantity, reason, options),
    refuse: (rule) => out.refuse(at(), rule),
  }
}

/** Close of a column on the signal scale: raw x forward factor. */
export function signalClose(view: Pick<View, 'slice'>, column: number): number {
  return view.slice.close[column]! * view.slice.factor[column]!
}

/** Volume of a column on the signal scale: raw / forward factor. */
export function signalVolume(view: Pick<View, 'slice'>, column: number): number {
  return view.slice.volume[column]! / view.slice.factor[column]!
}
