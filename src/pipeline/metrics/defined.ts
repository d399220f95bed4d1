/** A statistic as it is reported: null where it is undefined, never NaN or an infinity. */
export function defined(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null
}

/** As `defined`, but an infinity is the text "Infinity" or "-Infinity": for ratios that say something by it. */
export function definedOrInfinite(value: number): number | string | null {
  if (value === Number.POSITIVE_INFINITY) return 'Infinity'
  return value === Number.NEGATIVE_INFINITY ? '-Infinity' : defined(value)
}
