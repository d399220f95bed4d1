import type { DrawdownBreaker } from '../../domain/limits.ts'

/** Persisted: what the portfolio's drawdown breaker remembers between cycles. */
export interface BreakerState {
  peak: number
  halted: boolean
  /** Portfolio days in a row on which a halted book held nothing. */
  flatDays: number
}

export type BreakerMove = 'halt' | 'resume' | null

const EPSILON = 1e-12

export function startBreaker(equity: number): BreakerState {
  return { peak: equity, halted: false, flatDays: 0 }
}

/** Fall from the peak as a positive fraction. */
export function drawdownOf(state: BreakerState, equity: number): number {
  return state.peak > 0 ? Math.max(0, 1 - equity / state.peak) : 0
}

/**
 * Takes one look at equity: halts above `halt`, resumes below `resume`; in between nothing changes. The peak survives a
 * halt, so a flat halted book stays halted until `resetPeakAfter` flat days or an acknowledgement.
 */
export function stepBreaker(state: BreakerState, rule: DrawdownBreaker, equity: number): BreakerMove {
  if (equity > state.peak) state.peak = equity
  const drawdown = drawdownOf(state, equity)
  if (!state.halted && drawdown > rule.halt + EPSILON) {
    state.halted = true
    return 'halt'
  }
  if (state.halted && drawdown < rule.resume - EPSILON) {
    state.halted = false
    state.flatDays = 0
    return 'resume'
  }
  return null
}

/** Once a portfolio day: counts flat days of a halted book and takes its equity as the new peak when they are enough. */
export function endBreakerDay(state: BreakerState, rule: DrawdownBreaker, equity: number, flat: boolean): BreakerMove {
  if (!state.halted || !flat) {
    state.flatDays = 0
    return null
  }
  state.flatDays += 1
  if (rule.resetPeakAfter === null || state.flatDays < rule.resetPeakAfter) return null
  return acknowledgeBreaker(state, equity)
}

/** An operator, or enough flat days: today's equity is the new peak. */
export function acknowledgeBreaker(state: BreakerState, equity: number): BreakerMove {
  state.peak = equity
  state.flatDays = 0
  if (!state.halted) return null
  state.halted = false
  return 'resume'
}
