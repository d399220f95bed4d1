/** Where a live run stood when it was last put away, and what its journal says of its beginning. */

import type { PortfolioConfig } from '../domain/config.ts'
import type { EngineEvent } from '../domain/events.ts'
import { FaultError, fault } from '../domain/faults.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { OrderRecord } from '../domain/order-records.ts'
import type { Sessions } from '../domain/sessions.ts'
import type { Store, StoredSnapshot } from '../domain/store.ts'
import type { ClockId } from '../domain/units.ts'
import { freeze, revive } from '../engine/canonical.ts'
import { decodeEvent } from '../engine/journal/codec.ts'
import { configInForce } from '../engine/reconfigure/in-force.ts'
import { refusalFault, refusals } from '../engine/reconfigure/refusals.ts'
import type { KnownColumns } from '../engine/run/arranged.ts'
import type { Run } from '../engine/run/drive.ts'
import { openBooks, type RunInput } from '../engine/run/run.ts'
import { type RunState, runState, takeUp } from '../engine/run/run-state.ts'
import { type ClockSnapshot, KERNEL_VERSION } from '../engine/snapshot.ts'
import type { DeskState, OrderDesk } from './desk/order-desk.ts'
import { type JournalPlace, KnownRows } from './known-rows.ts'
import type { Expected, ExpectedState } from './reconcile/expected.ts'

/** Plain JSON data. */
export interface LiveState {
  readonly run: RunState
  /** Of the venue in this process; null where the venue is elsewhere. */
  readonly venue: unknown
  readonly desk: { readonly state: DeskState; readonly records: readonly OrderRecord[] }
  /** Steps of instants taken since the run began. */
  readonly steps: number
  /** What a broker elsewhere posts later. */
  readonly expected?: ExpectedState
  /** It stands under another configuration than the market was laid out for. */
  readonly isReconfigured?: true
}

type Configured = Extract<EngineEvent, { readonly kind: 'configured' }>

type Place = JournalPlace & { readonly store: Store }

/** What a process begins with. */
export interface Beginning {
  /** In force where the journal ends: the one that is given, or the one before it. */
  readonly config: PortfolioConfig
  /** The one that is given is another one: it is to be gone over to once everything was played again. */
  readonly isOther: boolean
  /** What the journal has listed; null where it has nothing. */
  readonly columns: KnownColumns | null
  /** Undefined: from the first event. */
  readonly from: LiveState | undefined
  /** What the journal holds behind it. */
  readonly known: KnownRows
  /** Undefined: the market's own. */
  readonly told: readonly Sessions[] | undefined
  /** What the first event says of the strategies' code. Undefined: there is none, or it is not played again. */
  readonly codes: Configured['codes'] | undefined
}

/** @throws FaultError where the journal cannot go on with this configuration, or is from another kernel */
export async function beginning(config: PortfolioConfig, place: Place): Promise<Beginning> {
  const { last, former } = await statesKept(place)
  const inForce = last === null ? ((await firstConfigured(place))?.config ?? null) : configOf(last)
  const isOther = inForce !== null && configInForce(inForce, config) !== inForce
  if (isOther) demandChangeable(inForce, config, last, place)
  // Under another configuration nothing can be compared with the market that is left behind: it is gone on from the last state.
  const from = isOther || last?.isReconfigured === true ? last : former
  const known = new KnownRows(place, from?.run.seq ?? 0, last?.steps ?? 0)
  const told = from === null ? await calendarsTold(place) : undefined
  const columns = from === null ? await listedFirst(place) : columnsOf(from)
  const codes = from === null ? (await firstConfigured(place))?.codes : undefined
  return { config: inForce ?? config, isOther, columns, from: from ?? undefined, known, told, codes }
}

interface StatesKept {
  readonly last: LiveState | null
  readonly former: LiveState | null
}

/**
 * The last two states. Where nothing has changed the former one is gone on from: what was journalled between the two is
 * played again, and so compared with the market: prices that were restated since are found even where the last state was the
 * journal's end.
 */
async function statesKept(place: Place): Promise<StatesKept> {
  const { store, portfolio } = place
  const last = await store.snapshotBefore(portfolio, Number.MAX_SAFE_INTEGER)
  if (last === undefined) return { last: null, former: null }
  demandVersion(last, place)
  const former = await store.snapshotBefore(portfolio, last.seq - 1)
  if (former === undefined) return { last: liveState(last), former: null }
  demandVersion(former, place)
  return { last: liveState(last), former: liveState(former) }
}

function configOf({ run }: LiveState): PortfolioConfig {
  return revive((run.kernel.state as { readonly config: unknown }).config) as PortfolioConfig
}

function columnsOf({ run: { kernel } }: LiveState): KnownColumns {
  const { instruments } = kernel.state as { readonly instruments: unknown }
  const clocks = Object.entries(kernel.indicators as Readonly<Record<string, ClockSnapshot>>)
  return {
    instruments: revive(instruments) as readonly Instrument[],
    clocks: new Map(clocks.map(([clock, { columns }]) => [clock as ClockId, columns])),
  }
}

/** @throws FaultError CONFIGURATION_FIXED */
function demandChangeable(
  inForce: PortfolioConfig,
  config: PortfolioConfig,
  last: LiveState | null,
  place: Place,
): void {
  const left = last === null ? undefined : { flows: last.run.flowsToCome, operations: last.run.operationsToCome }
  const found = refusals(inForce, config, left)
  if (found.length > 0) throw new FaultError(refusalFault(place.portfolio, found))
}

/** The state that a snapshot holds. */
export function liveState({ payload }: Pick<StoredSnapshot, 'payload'>): LiveState {
  return JSON.parse(new TextDecoder().decode(payload)) as LiveState
}

/** Puts a run, made from where the state stood, there: or before its first instant. */
export function beginRun(run: Run, begun: Beginning, input: Omit<RunInput, 'checks'>): void {
  const { from, isOther, told } = begun
  const { market, codes = {} } = input
  if (from !== undefined) takeUp(run, from.run, isOther || from.isReconfigured === true)
  else
    openBooks(run, { ...input, codes: begun.codes ?? codes, market: { ...market, sessions: told ?? market.sessions } })
}

/** @param venue of this process; null where it is elsewhere */
export function snapshotOf(
  run: Run,
  desk: Pick<OrderDesk, 'state' | 'open'>,
  venue: { state(): unknown } | null,
  steps: number,
  expected: Pick<Expected, 'state'>,
  isReconfigured: boolean,
): StoredSnapshot {
  const state: LiveState = {
    run: { ...runState(run), exchange: null },
    venue: venue === null ? null : freeze(venue.state()),
    desk: { state: desk.state(), records: desk.open },
    steps,
    ...(venue === null ? { expected: expected.state() } : {}),
    ...(isReconfigured ? { isReconfigured } : {}),
  }
  const payload = new TextEncoder().encode(JSON.stringify(state))
  return { seq: state.run.seq - 1, kernelVersion: KERNEL_VERSION, payload }
}

function demandVersion({ kernelVersion }: StoredSnapshot, { storeName: store, portfolio }: Place): void {
  if (kernelVersion === KERNEL_VERSION) return
  throw new FaultError(fault('KERNEL_VERSION', { store, portfolio, found: kernelVersion, own: KERNEL_VERSION }))
}

/** The event that the journal begins with; null where it is empty. */
async function firstConfigured({ store, portfolio }: Place): Promise<Configured | null> {
  for await (const { payload } of store.read(portfolio, 0)) {
    const event = decodeEvent(payload, unnamed)
    if (event.kind !== 'configured') throw new RangeError(`a configuration was expected, not "${event.kind}"`)
    return event
  }
  return null
}

/** What the first events of the journal list; null where it is empty. */
async function listedFirst({ store, portfolio }: Place): Promise<KnownColumns | null> {
  const instruments: Instrument[] = []
  let isThere = false
  for await (const { kind, payload } of store.read(portfolio, 0)) {
    isThere = true
    if (kind === 'configured' || kind === 'sessions') continue
    const event = kind === 'listed' ? decodeEvent(payload, unnamed) : null
    if (event?.kind !== 'listed') break
    instruments.push(event.instrument)
  }
  return isThere ? { instruments, clocks: new Map() } : null
}

function unnamed(): never {
  throw new RangeError('the first events of a journal name no instrument')
}

/** The calendars as the first events of the journal tell them: the market may have gone on since. */
async function calendarsTold({ store, portfolio }: Place): Promise<readonly Sessions[] | undefined> {
  const told: Sessions[] = []
  for await (const { kind, payload } of store.read(portfolio, 0)) {
    if (kind === 'sessions') told.push(sessionsOf(payload))
    else if (kind !== 'configured') return told
  }
  return undefined
}

function sessionsOf(payload: Uint8Array): Sessions {
  const event = decodeEvent(payload, () => {
    throw new RangeError('a calendar names no instrument')
  })
  if (event.kind !== 'sessions') throw new RangeError(`a calendar was expected, not "${event.kind}"`)
  return event.sessions
}
