/** Where a live run stood when it was last put away, and what its journal says of its beginning. */

import type { PortfolioConfig } from '../domain/config.ts'
import { FaultError, fault } from '../domain/faults.ts'
import type { OrderRecord } from '../domain/order-records.ts'
import type { Sessions } from '../domain/sessions.ts'
import type { Store, StoredSnapshot } from '../domain/store.ts'
import { freeze } from '../engine/canonical.ts'
import { decodeEvent, encodeEvent } from '../engine/journal/codec.ts'
import type { Run } from '../engine/run/drive.ts'
import { type RunState, runState } from '../engine/run/run-state.ts'
import { KERNEL_VERSION } from '../engine/snapshot.ts'
import type { DeskState, OrderDesk } from './desk/order-desk.ts'
import { isSame, type JournalPlace, KnownRows } from './known-rows.ts'
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
}

type Place = JournalPlace & { readonly store: Store }

/** What a process begins with. */
export interface Beginning {
  /** Undefined: from the first event. */
  readonly from: LiveState | undefined
  /** What the journal holds behind it. */
  readonly known: KnownRows
  /** Undefined: the market's own. */
  readonly told: readonly Sessions[] | undefined
}

/** @throws FaultError where the store holds this portfolio under another configuration, or from another kernel */
export async function beginning(config: PortfolioConfig, place: Place): Promise<Beginning> {
  const { from, lastSteps } = await stateToGoOnFrom(place)
  await demandConfiguration(config, place)
  const known = new KnownRows(place, from?.run.seq ?? 0, lastSteps)
  return { from, known, told: from === undefined ? await calendarsTold(place) : undefined }
}

/**
 * The state to go on from: the last one but one. What was journalled between the two is played again, and so compared with
 * the market: prices that were restated since are found even where the last state was the journal's end.
 */
async function stateToGoOnFrom(place: Place): Promise<Resumption> {
  const { store, portfolio } = place
  const last = await store.snapshotBefore(portfolio, Number.MAX_SAFE_INTEGER)
  if (last === undefined) return { from: undefined, lastSteps: 0 }
  demandVersion(last, place)
  const { steps: lastSteps } = liveState(last)
  const kept = await store.snapshotBefore(portfolio, last.seq - 1)
  if (kept === undefined) return { from: undefined, lastSteps }
  demandVersion(kept, place)
  return { from: liveState(kept), lastSteps }
}

interface Resumption {
  /** Undefined: from the first event. */
  readonly from: LiveState | undefined
  /** Up to which the run had come when its last state was kept. */
  readonly lastSteps: number
}

function liveState({ payload }: StoredSnapshot): LiveState {
  return JSON.parse(new TextDecoder().decode(payload)) as LiveState
}

/** @param venue of this process; null where it is elsewhere */
export function snapshotOf(
  run: Run,
  desk: Pick<OrderDesk, 'state' | 'open'>,
  venue: { state(): unknown } | null,
  steps: number,
  expected: Pick<Expected, 'state'>,
): StoredSnapshot {
  const state: LiveState = {
    run: { ...runState(run), exchange: null },
    venue: venue === null ? null : freeze(venue.state()),
    desk: { state: desk.state(), records: desk.open },
    steps,
    ...(venue === null ? { expected: expected.state() } : {}),
  }
  const payload = new TextEncoder().encode(JSON.stringify(state))
  return { seq: state.run.seq - 1, kernelVersion: KERNEL_VERSION, payload }
}

function demandVersion({ kernelVersion }: StoredSnapshot, { storeName: store, portfolio }: Place): void {
  if (kernelVersion === KERNEL_VERSION) return
  throw new FaultError(fault('KERNEL_VERSION', { store, portfolio, found: kernelVersion, own: KERNEL_VERSION }))
}

/** The journal's first event must be of this configuration. */
async function demandConfiguration(config: PortfolioConfig, place: Place): Promise<void> {
  const { store, storeName, portfolio } = place
  for await (const { seq, at, kind, payload } of store.read(portfolio, 0)) {
    const own = encodeEvent({ seq, at, kind: 'configured', config, codes: {} })
    if (isSame(own, payload)) return
    const reason = 'the configuration is another one'
    throw new FaultError(fault('JOURNAL_DIFFERS', { store: storeName, portfolio, seq, kind, reason }))
  }
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
