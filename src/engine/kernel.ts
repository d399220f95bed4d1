/**
 * The kernel: a deterministic state machine over events. Read `apply` first, then `onSlices`: one closed slice through
 * the whole system. Nothing here waits, reads a clock, or touches disk or network.
 */

import { assert, unreachable } from '../domain/assert.ts'
import { orderColumns, type QuoteColumns } from '../domain/columns.ts'
import type { Command, EngineEvent } from '../domain/events.ts'
import type { Slice } from '../domain/market.ts'
import type { Parameters } from '../domain/parameters.ts'
import type { Strategy } from '../domain/strategy.ts'
import type { Memory, TradeDate } from '../domain/units.ts'
import { configure, indexAgain, list, takeConfig } from './assembly.ts'
import { canonicalBytes, revive } from './canonical.ts'
import { createClock } from './clock.ts'
import { onAuction, onRange, onSlices, takeChains } from './cycle.ts'
import { amend } from './external/amend.ts'
import { takeFinding } from './external/findings.ts'
import { takeReconciliation } from './external/reconciled.ts'
import { isToldFirst } from './external/told-once.ts'
import { stepApprovals } from './gates/approvals.ts'
import { onGate } from './gates/gates.ts'
import { onMode } from './gates/operator.ts'
import { onCash, onOperator } from './operations.ts'
import { retireBatch } from './orders/batch.ts'
import { listPlain } from './orders/plain.ts'
import { plainWishes } from './orders/plain-columns.ts'
import { settleFills, settleState } from './orders/settle.ts'
import { shareColumns } from './orders/share-columns.ts'
import type { Parts } from './parts.ts'
import { applyAction } from './positions/corporate.ts'
import { onRates } from './positions/foreign.ts'
import { emptyRoster } from './positions/roster.ts'
import { valueAll } from './positions/valuation.ts'
import { reconfigure } from './reconfigure/reconfigure.ts'
import type { Observer } from './records/observer.ts'
import { type Stretch, skipBars } from './run/quiet.ts'
import { takeAuction, takeClose } from './run/short-close.ts'
import type { Runtime } from './runtime.ts'
import { bookWaits, openShadows, type ShadowSource } from './shadows/shadow.ts'
import { type ClockSnapshot, KERNEL_VERSION, restoreClock, type Snapshot, snapshotOf, wholeState } from './snapshot.ts'
import { emptyState, type KernelState } from './state.ts'
import { wishColumns } from './view.ts'
import { onDecided } from './wishes/decide.ts'
import { projectedBooks } from './wishes/risk-view.ts'

export interface Kernel {
  /** Takes one event; returns what the outside must do now. One shared empty array when there is nothing to do. */
  apply(event: EngineEvent): readonly Command[]
  /** Takes closes at which nothing can happen, as `skipBars` says: the same as a slices event for each. */
  skip(stretch: Stretch): number
  /** Takes the close that `skip` stopped at, and returns what the outside must do now: the same as its slices event. */
  close(stretch: Stretch, slices: readonly Slice[]): readonly Command[]
  /** Takes the auction after that close, while nothing else has come: the same as its quotes event. */
  auction(quotes: QuoteColumns, tradeDate: TradeDate): readonly Command[]
  snapshot(): Snapshot
  /** Canonical bytes of the state: equal states, equal bytes. */
  canonical(): Uint8Array
  /** Read-only: what a run and its invariants look at. */
  readonly runtime: Runtime
}

export interface KernelOptions {
  readonly strategies: ReadonlyMap<string, Strategy<Parameters, Memory>>
  readonly observer?: Observer
  /** False leaves buying power unjudged at the exchanges of shadows, as `ExchangeOptions.checks` says; true by default. */
  readonly checks?: boolean
}

const NOTHING: readonly Command[] = []

export function createKernel(options: KernelOptions): Kernel {
  return assemble(emptyState(), options)
}

/** A kernel that continues from a snapshot: equal state, equal future. */
export function restoreKernel(snapshot: Snapshot, options: KernelOptions): Kernel {
  assert(
    snapshot.kernelVersion === KERNEL_VERSION,
    `the snapshot is of kernel version ${snapshot.kernelVersion}, this is ${KERNEL_VERSION}; start that version once to close it`,
  )
  const state = revive(snapshot.state) as KernelState
  const kernel = assemble(state, options, revive(snapshot.sessions) as Map<string, never>)
  const { runtime } = kernel
  for (const [id, data] of Object.entries(snapshot.indicators)) {
    let clock = runtime.clocks.get(id)
    // A clock that no sleeve trades on has no indicators, but its bars count on.
    if (clock === undefined) {
      clock = createClock(id)
      runtime.clocks.set(id, clock)
    }
    restoreClock(clock, data as ClockSnapshot)
  }
  runtime.tradeDate = snapshot.tradeDate
  return kernel
}

/** @param beside the kernel that this one is a shadow of a sleeve of: it keeps their clocks and calendars */
function assemble(state: KernelState, options: KernelOptions, sessions?: unknown, beside?: Runtime): Kernel {
  const runtime: Runtime = {
    state,
    strategies: options.strategies,
    observer: options.observer ?? null,
    sleeves: [],
    sleeveOrdinal: new Map(),
    clocks: beside?.clocks ?? new Map(),
    sessions: beside?.sessions ?? new Map(),
    byId: new Map(),
    closing: [],
    recorded: new Set(),
    perPrice: new Float64Array(0),
    assetClass: new Uint8Array(0),
    isOption: new Uint8Array(0),
    initialPart: null,
    symbols: [],
    step: new Float64Array(0),
    roundLot: new Float64Array(0),
    unitValue: new Float64Array(0),
    countsOf: [],
    batch: orderColumns('' as never, { instrumentId: (index) => state.instruments[index]!.id, shares: () => [] }),
    shares: shareColumns(),
    shareStart: new Int32Array(64),
    shareCount: new Int32Array(64),
    filled: new Float64Array(64),
    rowEnded: new Uint8Array(64),
    endedAt: new Float64Array(64),
    rowOfSequence: new Int32Array(64),
    sequence: 0,
    structureOrders: new Map(),
    chains: new Map(),
    tradeDate: 0,
    dayClose: { sessions: null, tradeDate: 0, at: Number.NaN },
    plain: plainWishes(),
    reference: new Float64Array(0),
    spareWaiting: [],
    commands: [],
    equity: 0,
    cash: 0,
    market: 0,
    contracts: 0,
    roster: emptyRoster(),
    beside: beside ?? null,
    shadows: null,
    eligible: null,
    averageVolume: null,
  }
  const source: ShadowSource = {
    runtime,
    checks: options.checks ?? true,
    kernel: (own, observer) => assemble(own, { strategies: options.strategies, observer }, undefined, runtime),
  }
  const parts: Parts = { runtime, wishes: wishColumns(), books: projectedBooks(runtime), views: [], screens: [] }
  if (state.config !== null) {
    for (const [id, table] of Object.entries((sessions ?? {}) as Record<string, never>)) runtime.sessions.set(id, table)
    takeConfig(parts, state.config)
    for (const instrument of state.instruments) indexAgain(runtime, instrument)
    valueAll(runtime)
    const { shadows } = state
    delete state.shadows
    if (shadows !== undefined) runtime.shadows = openShadows(source, state.config, shadows)
  }
  return {
    runtime,
    apply: (event) => apply(parts, event, source),
    skip: (stretch) => skipBars(parts, stretch),
    close: (stretch, slices) => takeClose(parts, stretch, slices),
    auction: (quotes, tradeDate) => takeAuction(parts, quotes, tradeDate),
    snapshot: () => snapshotOf(parts),
    canonical: () => canonicalOf(parts),
  }
}

function apply(parts: Parts, event: EngineEvent, source: ShadowSource): readonly Command[] {
  const { runtime } = parts
  const { state } = runtime
  // Asked before asserting, because writing the sentence costs more than the event.
  if (event.seq !== state.seq + 1) assert(false, `event ${event.seq} must follow ${state.seq}`)
  state.seq = event.seq
  state.at = event.at
  if (runtime.commands.length > 0) runtime.commands = []
  if (runtime.plain.count > 0 && !isAuction(event)) listPlain(runtime)
  if (state.approvals !== undefined) stepApprovals(runtime)
  switch (event.kind) {
    case 'configured':
      if (state.config === null)
        configure(parts, event.config, event.codes, () => openShadows(source, event.config, null))
      else reconfigure(parts, event.config, event.codes, (states) => openShadows(source, event.config, states))
      break
    case 'listed':
      list(runtime, event.instrument)
      break
    case 'sessions':
      runtime.sessions.set(event.calendar, event.sessions)
      break
    case 'slices':
      onSlices(parts, event.slices, event.faults)
      break
    case 'quotes':
      // An auction that concerns shadows alone leaves the book as it is.
      if (runtime.shadows !== null && event.phase === 'auction' && !bookWaits(runtime)) break
      runtime.tradeDate = event.tradeDate
      takeChains(runtime, event.chains)
      if (event.phase === 'auction') onAuction(parts, event.quotes)
      else onRange(parts, event.quotes)
      break
    case 'decided':
      onDecided(parts, event)
      break
    case 'order':
      settleState(runtime, event.order, event.state, event.evidence)
      break
    case 'fills':
      settleFills(runtime, event.fills)
      break
    case 'corporateAction':
      runtime.tradeDate = event.tradeDate
      if (!isToldFirst(state, event.brokerEvent)) return NOTHING
      applyAction(runtime, event.action)
      break
    case 'correction':
      amend(runtime, event.correction)
      break
    case 'external':
      if (!isToldFirst(state, event.brokerEvent)) return NOTHING
      takeFinding(runtime, event.finding)
      break
    case 'reconciled':
      takeReconciliation(runtime, event.reconciliation)
      break
    case 'rates':
      onRates(runtime, event)
      break
    case 'announced':
    case 'alert':
      break
    case 'cash':
      runtime.tradeDate = event.tradeDate ?? runtime.tradeDate
      if (!isToldFirst(state, event.brokerEvent)) return NOTHING
      onCash(parts, event)
      break
    case 'operator':
      runtime.tradeDate = event.tradeDate ?? runtime.tradeDate
      onOperator(parts, event.command)
      break
    case 'gate':
      onGate(runtime, event)
      break
    case 'mode':
      onMode(runtime, event)
      break
    default:
      return unreachable(event)
  }
  if (state.approvals !== undefined) stepApprovals(runtime)
  if (runtime.shadows !== null && event.kind !== 'slices') runtime.shadows.take(event)
  return runtime.commands.length === 0 ? NOTHING : runtime.commands
}

function isAuction(event: EngineEvent): boolean {
  return event.kind === 'quotes' && event.phase === 'auction'
}

function canonicalOf(parts: Parts): Uint8Array {
  listPlain(parts.runtime)
  retireBatch(parts.runtime)
  return canonicalBytes(wholeState(parts.runtime))
}
