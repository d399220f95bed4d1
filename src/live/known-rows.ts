/**
 * The journal behind the state that a run goes on from: it is played again and compared. The same market, configuration and
 * code give the same bytes; what came from outside is taken from here.
 */

import type { EngineEvent } from '../domain/events.ts'
import { FaultError, fault } from '../domain/faults.ts'
import type { JournalRow, Store } from '../domain/store.ts'
import type { InstrumentId } from '../domain/units.ts'
import { decodeEvent, encodeEvent } from '../engine/journal/codec.ts'

/** Where the journal is kept, for reading and for messages. */
export interface JournalPlace {
  readonly store: Pick<Store, 'read'>
  readonly storeName: string
  readonly portfolio: string
}

/** Rows held in memory ahead: more than any step of an instant makes. */
const AHEAD = 4_000
const AHEAD_LOW = 2_000

export class KnownRows {
  readonly #place: JournalPlace
  readonly #steps: number
  #rows: JournalRow[] = []
  #taken = 0
  #source: AsyncIterator<JournalRow>
  #isRead = false
  /** Rows that were matched so far. */
  count = 0

  /** @param steps up to which the run had come when its last state was kept: without an event, perhaps */
  constructor(place: JournalPlace, from: number, steps: number) {
    this.#place = place
    this.#steps = steps
    this.#source = place.store.read(place.portfolio, from)[Symbol.asyncIterator]()
  }

  /** Whether everything was played again once so many steps are taken. */
  isOver(steps: number): boolean {
    return this.#isRead && this.#taken === this.#rows.length && steps >= this.#steps
  }

  /** Holds enough rows for the next step. */
  async read(): Promise<void> {
    if (this.#isRead || this.#rows.length - this.#taken > AHEAD_LOW) return
    this.#rows = this.#rows.slice(this.#taken)
    this.#taken = 0
    while (this.#rows.length < AHEAD) {
      const { done, value } = await this.#source.next()
      if (done === true) {
        this.#isRead = true
        return
      }
      this.#rows.push(value)
    }
  }

  /**
   * Compares what the run made with the next row.
   *
   * @returns the event with what went wrong in it the first time
   * @throws FaultError JOURNAL_DIFFERS where it is another one
   */
  again(event: EngineEvent): EngineEvent {
    const row = this.#rows[this.#taken]
    if (row === undefined) throw this.differs(event, 'it did not happen the first time')
    const known = isSame(encodeEvent(event), row.payload) ? event : withFaults(event, row)
    if (known === null) {
      const what = row.kind === 'configured' ? 'the configuration' : 'the market, or the program,'
      throw this.differs(row, `${what} is another one`)
    }
    this.#taken += 1
    this.count += 1
    return known
  }

  /** The next row where it came from outside after so many steps; it must then be given. */
  outside(steps: number, nameOf: (index: number) => InstrumentId): EngineEvent | null {
    const row = this.#rows[this.#taken]
    if (row === undefined) return null
    // Events of prices are long and never come from outside.
    if (row.kind === 'slices' || row.kind === 'quotes') return null
    const event = decodeEvent(row.payload, nameOf)
    return event.outside === steps ? event : null
  }

  /** Nothing more can be played again while rows are left. */
  demandOver(): void {
    const row = this.#rows[this.#taken]
    if (row !== undefined) throw this.differs(row, 'the market ends before it')
  }

  differs({ seq, kind }: Pick<JournalRow, 'seq' | 'kind'>, reason: string): FaultError {
    const { storeName: store, portfolio } = this.#place
    return new FaultError(fault('JOURNAL_DIFFERS', { store, portfolio, seq, kind, reason }))
  }
}

/** The event with the faults of the row, where the two are equal then. */
function withFaults(event: EngineEvent, row: JournalRow): EngineEvent | null {
  if (event.kind !== 'slices' || row.kind !== 'slices') return null
  const first = decodeEvent(row.payload, () => {
    throw new RangeError('prices name no instrument')
  })
  if (first.kind !== 'slices' || first.faults === undefined) return null
  const again = { ...event, faults: first.faults }
  return isSame(encodeEvent(again), row.payload) ? again : null
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place])
}
