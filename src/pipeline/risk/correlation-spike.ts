/** All sleeves at once: entries halt while the mean correlation of all pairs is too high. */

/** Entries halt above `halt` and resume below `resume`. */
export interface SpikeRule {
  readonly halt: number
  readonly resume: number
}

/** Persisted. */
export interface SpikeState {
  halted: boolean
}

const EPSILON = 1e-12

/** Mean over all pairs of a square matrix whose correlation is known; NaN where none is. */
export function meanPairwise(correlation: readonly (readonly number[])[]): number {
  let total = 0
  let pairs = 0
  for (let left = 0; left < correlation.length; left += 1) {
    for (let right = left + 1; right < correlation.length; right += 1) {
      const value = correlation[left]![right]!
      if (Number.isNaN(value)) continue
      total += value
      pairs += 1
    }
  }
  return total / pairs
}

/** One day; in between the two levels, and on a day without a value, nothing changes. */
export function stepSpike(state: SpikeState, rule: SpikeRule, mean: number): 'halt' | 'resume' | null {
  if (!state.halted && mean > rule.halt + EPSILON) {
    state.halted = true
    return 'halt'
  }
  if (state.halted && mean < rule.resume - EPSILON) {
    state.halted = false
    return 'resume'
  }
  return null
}
