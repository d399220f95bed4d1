/** A run on a market that survives its process: one durable transaction after every instant. */
import { FaultError, fault } from '../domain/faults.ts'
import type { Sessions } from '../domain/sessions.ts'
import type { JournalRow, Lease, Projections, Store, StoredSnapshot } from '../domain/store.ts'
import type { Instant } from '../domain/units.ts'
import { CODEC_VERSION, decodeEvent, encodeEvent } from '../engine/journal/codec.ts'
import { awaitsStructure } from '../engine/orders/batch.ts'
import { give, type Run } from '../engine/run/drive.ts'
import type { RunInput } from '../engine/run/run.ts'
import type { RunState } from '../engine/run/run-state.ts'
import { renewCalendars, type SteppedRun, stepRun } from '../engine/run/steps.ts'
import { KERNEL_VERSION } from '../engine/snapshot.ts'
import { messageWriter } from './messages.ts'
import { toldAll } from './observers.ts'
import { projectionWriter } from './projections/writer.ts'

export interface JournalledOptions {
  readonly store: Store & { readonly projections?: Pick<Projections, 'projectionMemory'> }
  /** The right to write it. */
  readonly lease: Lease
  /** As the user named it, for messages. */
  readonly storeName: string
  /** Under which the store keeps this run: several portfolios may share one store. */
  readonly portfolio: string
  /** A state is kept after this many instants: what a restart must play again at most. */
  readonly snapshotEvery: number
  /** Waits until an instant is due; resolves at once where nothing is to be waited for. */
  due(at: Instant): Promise<void>
  /** Asked between two instants: true puts the run away. */
  isStopped(): boolean
  /** Told after an instant was written down. */
  onInstant?(run: Run): void
}

export interface JournalledEnd {
  readonly run: Run
  /** Events that the store held already, and that this process added. */
  readonly resumed: number
  readonly added: number
  /** `market`: there is no later bar; `stopped`: it was asked to. */
  readonly ended: 'market' | 'stopped'
}

/** @throws FaultError where the store holds this portfolio under another configuration or on other data */
export async function runJournalled(
  input: Omit<RunInput, 'journal'>,
  options: JournalledOptions,
): Promise<JournalledEnd> {
  const { store, lease, portfolio } = options
  const pending: JournalRow[] = []
  const writer = messageWriter()
  const tables = projectionWriter(await store.projections?.projectionMemory(portfolio))
  const journal: RunInput['journal'] = (event) => {
    const { seq, at, kind } = event
    if (event.kind === 'slices') writer.prices(event.slices)
    tables.event(event)
    pending.push({ seq, at, kind, version: CODEC_VERSION, payload: encodeEvent(event) })
  }
  const kept = await lastButOne(options)
  const from = kept === undefined ? undefined : stateOf(kept, options)
  await demandConfiguration(input, options)
  const told = kept === undefined ? await calendarsTold(options) : undefined
  const steps = stepRun({ ...input, journal }, from, toldAll([writer.observer, tables.observer]), told)
  const resumed = await catchUp(steps, pending, options)
  writer.take() // told already, with the events that are there
  renewCalendars(steps.run)
  let added = 0
  let unkept = 0
  const commit = async (isLast: boolean): Promise<void> => {
    if (pending.length > 0) unkept += 1
    else if (!isLast || unkept === 0) return
    const isDue = isLast || unkept >= options.snapshotEvery
    const snapshot = isDue && !awaitsStructure(steps.run.kernel.runtime) ? snapshotOf(steps) : undefined
    const batch = {
      rows: pending,
      messages: writer.take(),
      projected: tables.take(),
      ...(snapshot === undefined ? {} : { snapshot }),
    }
    await store.commit(portfolio, lease, batch)
    added += pending.length
    pending.length = 0
    if (snapshot !== undefined) unkept = 0
  }
  for (;;) {
    const at = steps.next()
    if (at !== null) await options.due(at)
    const isStopped = options.isStopped()
    if (at === null || isStopped) {
      await commit(true)
      return { run: steps.run, resumed, added, ended: at === null ? 'market' : 'stopped' }
    }
    steps.advance()
    await commit(steps.next() === null)
    options.onInstant?.(steps.run)
  }
}

function snapshotOf(steps: SteppedRun): StoredSnapshot {
  const state = steps.state()
  const payload = new TextEncoder().encode(JSON.stringify(state))
  return { seq: state.seq - 1, kernelVersion: KERNEL_VERSION, payload }
}

/**
 * The state to go on from: the last one but one. What was journalled between the two is played again, and so compared with
 * the market: prices that were restated since are found even where the last state was the journal's end.
 */
async function lastButOne(options: JournalledOptions): Promise<StoredSnapshot | undefined> {
  const { store, portfolio } = options
  const last = await store.snapshotBefore(portfolio, Number.MAX_SAFE_INTEGER)
  if (last === undefined) return undefined
  demandVersion(last, options)
  return store.snapshotBefore(portfolio, last.seq - 1)
}

function stateOf(kept: StoredSnapshot, options: JournalledOptions): RunState {
  demandVersion(kept, options)
  return JSON.parse(new TextDecoder().decode(kept.payload)) as RunState
}

function demandVersion({ kernelVersion }: StoredSnapshot, options: JournalledOptions): void {
  if (kernelVersion === KERNEL_VERSION) return
  const { storeName: store, portfolio } = options
  throw new FaultError(fault('KERNEL_VERSION', { store, portfolio, found: kernelVersion, own: KERNEL_VERSION }))
}

async function demandConfiguration({ config }: Omit<RunInput, 'journal'>, options: JournalledOptions): Promise<void> {
  for await (const row of options.store.read(options.portfolio, 0)) {
    const own = encodeEvent({ seq: row.seq, at: row.at, kind: 'configured', config, codes: {} })
    if (!isSame(own, row.payload)) throw differs(row, 'the configuration is another one', options)
    return
  }
}

/** The calendars as the first events of the journal tell them: the market may have gone on since. */
async function calendarsTold({ store, portfolio }: JournalledOptions): Promise<readonly Sessions[] | undefined> {
  const told: Sessions[] = []
  for await (const { kind, payload } of store.read(portfolio, 0)) {
    if (kind === 'sessions') told.push(sessionsOf(payload))
    else if (kind !== 'configured') return told
  }
  return undefined
}

/**
 * Plays again what the journal holds behind the snapshot, and compares: the same market, configuration and code give the
 * same bytes. Instants are whole in a journal, because each is one transaction.
 *
 * @returns how many events are known by now
 */
async function catchUp(steps: SteppedRun, pending: JournalRow[], options: JournalledOptions): Promise<number> {
  let known = steps.run.seq - pending.length
  let taken = 0
  for await (const row of options.store.read(options.portfolio, known)) {
    while (taken === pending.length) {
      pending.length = 0
      taken = 0
      if (row.kind === 'sessions') renewAgain(steps.run, row)
      else if (!steps.advance()) throw differs(row, 'the market ends before it', options)
    }
    const own = pending[taken]!
    taken += 1
    if (own.kind !== row.kind || !isSame(own.payload, row.payload)) {
      const what = row.kind === 'configured' ? 'the configuration' : 'the market, or the program,'
      throw differs(row, `${what} is another one`, options)
    }
    known = row.seq + 1
  }
  pending.splice(0, taken)
  return known
}

/** A calendar that was told between two instants, because the market had gone on: as it was told then. */
function renewAgain(run: Run, { payload }: JournalRow): void {
  const sessions = sessionsOf(payload)
  give(run, { kind: 'sessions', calendar: sessions.calendar, sessions })
}

function sessionsOf(payload: Uint8Array): Sessions {
  const event = decodeEvent(payload, () => {
    throw new RangeError('a calendar names no instrument')
  })
  if (event.kind !== 'sessions') throw new RangeError(`a calendar was expected, not "${event.kind}"`)
  return event.sessions
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place])
}

function differs({ seq, kind }: JournalRow, reason: string, options: JournalledOptions): FaultError {
  const { storeName: store, portfolio } = options
  return new FaultError(fault('JOURNAL_DIFFERS', { store, portfolio, seq, kind, reason }))
}
