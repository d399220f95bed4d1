/** What gates are made of: moments, and the events by which the kernel hears of them. */
import type { Instant, InstrumentId } from '../../domain/units.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'

/** One moment by both clocks: the one of the calendar may be set, the other only goes on. */
export interface Moment {
  readonly wall: Instant
  /** Milliseconds since some start of the process. */
  readonly monotonic: number
}

export type GateChange = Extract<EventBody, { readonly kind: 'gate' }>
type Gate = GateChange['gate']

/** The whole account where no instrument is named. */
export function shut(gate: Gate, reason: string, instrument: InstrumentId | null = null): GateChange {
  return { kind: 'gate', gate, isOpen: false, instrument, reason }
}

export function open(gate: Gate, reason: string, instrument: InstrumentId | null = null): GateChange {
  return { kind: 'gate', gate, isOpen: true, instrument, reason }
}
