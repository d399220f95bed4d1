/** Whether a Sharpe target of the whole asks for more than its parts' targets do. */
export interface SharpeTargets {
  /** Above every part's own target: then it tests the mix, not a part alone. */
  readonly consistent: boolean
  /** Best that uncorrelated parts of exactly these ratios can reach: the root of their squares' sum. */
  readonly attainable: number
}

/** Compares a portfolio's target with those of its parts; null for a part without one. @see Treynor and Black (1973) */
export function sharpeTargets(parts: readonly (number | null)[], portfolio: number): SharpeTargets {
  const given = parts.filter((part) => part !== null)
  return {
    consistent: given.every((part) => portfolio > part),
    attainable: Math.sqrt(given.reduce((sum, part) => sum + part * part, 0)),
  }
}
