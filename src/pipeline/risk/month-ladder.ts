/** The month-to-date ladder of one sleeve: half size after a bad month's first fall, none after its second. */

/** All as positive fractions; falls are of the equity with which the month began. */
export interface MonthLadderRule {
  readonly halfAt: number
  readonly zeroAt: number
  /** A sleeve at zero comes back once the Sharpe ratio of its shadow is above this. */
  readonly sharpeRelease: number
}

/** Persisted. */
export interface MonthLadderState {
  /** Year times 12 plus month of the last close. */
  month: number
  monthStartEquity: number
  lastEquity: number
  /** At zero, through month ends, until the shadow has recovered. */
  latched: boolean
}

export interface MonthLadderClose {
  readonly month: number
  readonly equity: number
  /** Annualised, over the rule's window, of the sleeve as it would have traded unhindered; NaN while undefined. */
  readonly shadowSharpe: number
}

const EPSILON = 1e-12

/** @param equity with which the sleeve begins, before its first close */
export function startMonthLadder(equity: number, month: number): MonthLadderState {
  return { month, monthStartEquity: equity, lastEquity: equity, latched: false }
}

/** Gain or loss since the month began, as a fraction of the equity it began with. */
export function monthToDate(state: MonthLadderState): number {
  return state.monthStartEquity > 0 ? state.lastEquity / state.monthStartEquity - 1 : 0
}

/**
 * One close: the factor on the capital that entries are sized on from the next session. A sleeve below `zeroAt` whose
 * shadow has not recovered gets 0 and keeps it; never above one half while the month stands at `halfAt` or worse. An
 * undefined Sharpe ratio is not recovered.
 */
export function stepMonthLadder(state: MonthLadderState, rule: MonthLadderRule, close: MonthLadderClose): number {
  if (close.month !== state.month) {
    state.month = close.month
    state.monthStartEquity = state.lastEquity
  }
  state.lastEquity = close.equity
  const { factor, latched } = ladderFactor(rule, {
    monthToDate: monthToDate(state),
    shadowSharpe: close.shadowSharpe,
    latched: state.latched,
  })
  state.latched = latched
  return factor
}

/** The ladder's rule for one moment. */
export function ladderFactor(
  rule: MonthLadderRule,
  at: { readonly monthToDate: number; readonly shadowSharpe: number; readonly latched: boolean },
): { readonly factor: number; readonly latched: boolean } {
  const recovered = at.shadowSharpe > rule.sharpeRelease + EPSILON
  const latched = (at.latched || at.monthToDate <= EPSILON - rule.zeroAt) && !recovered
  if (latched) return { factor: 0, latched }
  return { factor: at.monthToDate <= EPSILON - rule.halfAt ? 0.5 : 1, latched }
}
