/** Time as the shell around the kernel is given it: the machine's own, that of replayed bars, or a simulated one. */
import type { Instant } from './units.ts'

export interface Clock {
  now(): Instant
  /** Milliseconds since some moment, never set back: what waiting and ages are measured by. */
  monotonic(): number
  /** Resolves after so many milliseconds of this clock, or at once when the signal is given. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>
}
