import { freeze, revive } from './canonical.ts'
import { type ClockRuntime, catchUp, setColumns } from './clock.ts'
import { retireBatch } from './orders/batch.ts'
import { listPlain } from './orders/plain.ts'
import type { Parts } from './parts.ts'
import type { Runtime } from './runtime.ts'
import type { KernelState } from './state.ts'

/** Snapshots of another version are refused: a state is only continued by the code that wrote it. */
export const KERNEL_VERSION = 1

export interface Snapshot {
  readonly kernelVersion: number
  readonly seq: number
  /** Plain JSON data. */
  readonly state: unknown
  readonly indicators: Readonly<Record<string, unknown>>
  readonly sessions: unknown
  readonly tradeDate: number
}

export interface ClockSnapshot {
  readonly bars: number
  readonly columns: readonly number[]
  readonly states: Readonly<
    Record<string, { readonly state: unknown; readonly rows: unknown; readonly rings: unknown }>
  >
}

export function restoreClock(clock: ClockRuntime, data: ClockSnapshot): void {
  setColumns(clock, Int32Array.from(data.columns))
  clock.bars = data.bars
  for (const [key, saved] of Object.entries(data.states)) {
    const entry = clock.indicators.get(key)
    // Of a sleeve that was taken out, with a strategy that nobody has any more.
    if (entry === undefined) continue
    entry.state.restore(saved.state)
    const rows = revive(saved.rows) as Float64Array[]
    const rings = revive(saved.rings) as Float64Array[]
    for (const [output, row] of rows.entries()) entry.rows[output]!.set(row)
    for (const [output, ring] of rings.entries()) entry.rings[output]!.set(ring)
  }
}

/** The state with what lives beside it; its own object where nothing does. */
export function wholeState({ state, shadows }: Runtime): KernelState {
  return shadows === null ? state : { ...state, shadows: shadows.states() }
}

export function snapshotOf({ runtime }: Parts): Snapshot {
  listPlain(runtime)
  retireBatch(runtime)
  const indicators: Record<string, unknown> = {}
  for (const [id, clock] of runtime.clocks) {
    catchUp(clock)
    indicators[id] = {
      bars: clock.bars,
      columns: Array.from(clock.columns),
      states: Object.fromEntries(
        [...clock.indicators].map(([key, entry]) => [
          key,
          { state: entry.state.snapshot(), rows: freeze(entry.rows), rings: freeze(entry.rings) },
        ]),
      ),
    }
  }
  return {
    kernelVersion: KERNEL_VERSION,
    seq: runtime.state.seq,
    state: freeze(wholeState(runtime)),
    indicators,
    sessions: freeze(Object.fromEntries(runtime.sessions)),
    tradeDate: runtime.tradeDate,
  }
}
