/** Two numbers nearer than this are the same to a threshold. */
const EPSILON = 1e-12

/** Strictly above; false where either has no value yet (NaN). */
export function above(value: number, threshold: number): boolean {
  return value - threshold > EPSILON
}

/** Strictly below; false where either has no value yet (NaN). */
export function below(value: number, threshold: number): boolean {
  return threshold - value > EPSILON
}

/** At the threshold or beyond it; false where either has no value yet (NaN). */
export function atLeast(value: number, threshold: number): boolean {
  return value - threshold >= -EPSILON
}
