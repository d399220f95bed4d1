import { describe, expect, it } from 'vitest'
import type { Instant } from '../../domain/units.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'
import type { KernelState } from '../../engine/state.ts'
import { CALM_MS, LATE_MOST_MS, type LagWatch, stepLag } from './loop-lag.ts'

type State = Pick<KernelState, 'gates' | 'reconciliation'>

/** A kernel's mode as it follows from what it is told. */
function judged(state: State = {}) {
  let watch: LagWatch = null
  let now = 0
  const own = {
    state,
    look(late: number, milliseconds = 0): readonly string[] {
      now += milliseconds
      const step = stepLag(watch, late, own.state, { wall: 0 as Instant, monotonic: now })
      watch = step.watch
      for (const body of step.bodies) own.take(body)
      return step.bodies.map((body) => (body.kind === 'mode' ? body.mode : body.kind))
    },
    take(body: EventBody): void {
      if (body.kind !== 'mode') return
      const { mode, reason } = body
      own.state =
        mode === 'active'
          ? { ...own.state, gates: undefined as never }
          : { ...own.state, gates: { shut: [], unknown: [], mode, modeReason: reason, modeSince: 0 } }
    },
  }
  return own
}

const OTHERS: State = {
  gates: { shut: [], unknown: [], mode: 'reducing', modeReason: 'reconciliation: x', modeSince: 0 },
}

describe('a process whose timers come late', () => {
  it('only reduces until none came late for long enough, and says so once', () => {
    const lag = judged()
    expect(lag.look(LATE_MOST_MS)).toEqual([])
    expect(lag.look(LATE_MOST_MS + 1)).toEqual(['reducing', 'alert'])
    expect(lag.look(0, CALM_MS - 1)).toEqual([])
    // Late once more: it is waited for from there.
    expect(lag.look(LATE_MOST_MS + 1, 0)).toEqual([])
    expect(lag.look(0, CALM_MS - 1)).toEqual([])
    expect(lag.look(0, 1)).toEqual(['active'])
    expect(lag.look(0, CALM_MS)).toEqual([])
  })

  it('lifts nothing that somebody else set', () => {
    const lag = judged(OTHERS)
    expect(lag.look(LATE_MOST_MS + 1)).toEqual([])
    expect(lag.look(0, 2 * CALM_MS)).toEqual([])
    expect(lag.state.gates?.mode).toBe('reducing')
  })

  it('leaves the account reducing where books and broker differ meanwhile', () => {
    const lag = judged()
    lag.look(LATE_MOST_MS + 1)
    const open = [{ state: 'open', isForeign: false, kind: 'position' }]
    lag.state = { ...lag.state, reconciliation: { open } as never }
    expect(lag.look(0, CALM_MS)).toEqual(['reducing'])
    expect(lag.state.gates?.modeReason).toMatch(/^reconciliation/)
    expect(lag.look(0, CALM_MS)).toEqual([])
  })

  it('that took over from a late one waits as long as that one would have', () => {
    const lag = judged()
    lag.look(LATE_MOST_MS + 1)
    const next = judged(lag.state)
    expect(next.look(0)).toEqual([])
    expect(next.look(0, CALM_MS)).toEqual(['active'])
  })
})
