/** What a run writes of itself: its events, and the messages and readable rows that follow from them. */
import type { Message } from '../domain/bus.ts'
import type { Command, EngineEvent } from '../domain/events.ts'
import type { Projected } from '../domain/projections.ts'
import type { Batch, BrokerPlace, JournalRow, StoredSnapshot } from '../domain/store.ts'
import { CODEC_VERSION, encodeEvent } from '../engine/journal/codec.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { KnownRows } from './known-rows.ts'
import { messageWriter } from './messages.ts'
import { type Attached, toldAll } from './observers.ts'
import type { ProjectionWriter } from './projections/writer.ts'

/** What one transaction writes of events. */
interface Written {
  readonly rows: readonly JournalRow[]
  readonly messages?: readonly Omit<Message, 'number'>[]
  readonly projected?: Projected
  readonly isAhead?: true
}

/** One transaction, of what there is. */
export function batchOf(
  batch: Written & Pick<Batch, 'orders' | 'executions' | 'answers'>,
  told: NonNullable<Batch['accountEvents']>,
  place: BrokerPlace | null,
  snapshot: StoredSnapshot | undefined,
): Batch {
  return {
    ...batch,
    ...(told.ids.length === 0 ? {} : { accountEvents: told }),
    ...(place === null ? {} : { place }),
    ...(snapshot === undefined ? {} : { snapshot }),
  }
}

const UNTOLD_MOST = 32
/** How a sleeve says that its decision failed; the reason follows. */
const FAULT = 'fault: '

export class RunJournal {
  readonly observer: Attached
  readonly #known: KnownRows
  readonly #tables: ProjectionWriter
  readonly #messages = messageWriter()
  #runtime: Runtime | null = null
  #rows: JournalRow[] = []
  /** The event that the kernel is taking, or took last. */
  #latest: EngineEvent | null = null
  /** Sleeves whose decisions had failed before it. */
  #faulty: ReadonlyMap<string, string> = new Map()
  /** The last event was played again: its commands were carried out long ago. */
  isKnown = false
  /** The last event of which everything was told when the process began. */
  toldTo = -1
  /** Events of which messages and rows are still to be told. */
  untold = 0

  constructor(known: KnownRows, tables: ProjectionWriter) {
    this.#known = known
    this.#tables = tables
    const attach = (runtime: Runtime): void => {
      this.#runtime = runtime
    }
    this.observer = toldAll([this.#messages.observer, tables.observer, { attach }])
  }

  /** Events that are not written down yet. */
  get length(): number {
    return this.#rows.length
  }

  /** So many events are ahead of what is told of them that it is told; before a wait it is in any case. */
  get isBehind(): boolean {
    return this.untold >= UNTOLD_MOST
  }

  /** @param isWhole with what is told of them */
  pending(isWhole: boolean): number {
    return this.#rows.length + (isWhole ? this.untold : 0)
  }

  /** @returns the event as it happened the first time */
  keep(event: EngineEvent, steps: number): EngineEvent {
    this.isKnown = !this.#known.isOver(steps)
    const latest = this.isKnown ? this.#known.again(event) : event
    if (event.seq === this.toldTo + 1) this.forget()
    this.#latest = latest
    this.#tables.event(latest)
    if (event.seq > this.toldTo) {
      this.untold += 1
      if (latest.kind === 'slices') this.#messages.prices(latest.slices)
      this.#messages.told(latest)
    }
    if (this.isKnown) return latest
    if (event.kind === 'slices') this.#faulty = this.#faults()
    this.#rows.push(rowOf(event))
    return event
  }

  /** A decision that failed is part of what happened: another time it might not. */
  commanded(commands: readonly Command[]): void {
    const event = this.#latest
    if (this.isKnown || event?.kind !== 'slices' || !commands.some(isFault)) return
    const fresh = [...this.#faults()].filter(([sleeve]) => !this.#faulty.has(sleeve))
    this.#rows.splice(-1, 1, rowOf({ ...event, faults: Object.fromEntries(fresh) }))
  }

  take(): Written {
    this.untold = 0
    return { rows: this.#rows.splice(0), messages: this.#messages.take(), projected: this.#tables.take() }
  }

  /** What happened up to here is told together, however often it is played again. */
  close(): void {
    if (this.untold > 0) this.#messages.close()
  }

  /** The events alone: what is told of them comes with what is taken next. */
  takeAhead(): Written {
    return { rows: this.#rows.splice(0), isAhead: true }
  }

  /** What was played again was said with the events that are there; the tables know by themselves what they hold. */
  forget(): void {
    if (this.untold === 0) this.#messages.take()
  }

  /** By sleeve, why its last decision failed. */
  #faults(): ReadonlyMap<string, string> {
    const { state, sleeves } = this.#runtime!
    const faults = new Map<string, string>()
    for (const { config, ordinal } of sleeves) {
      const { paused } = state.sleeves[ordinal]!
      if (paused.startsWith(FAULT)) faults.set(config.id, paused.slice(FAULT.length))
    }
    return faults
  }
}

function isFault(command: Command): boolean {
  return command.kind === 'alert' && command.violation.rule === 'sleeveFault'
}

function rowOf(event: EngineEvent): JournalRow {
  const { seq, at, kind } = event
  return { seq, at, kind, version: CODEC_VERSION, payload: encodeEvent(event) }
}
