/** Compares what was computed with what a worked case expects: numbers, truth values, nulls, dates and statuses. */

export interface Tolerance {
  readonly abs?: number
  readonly rel?: number
}

/** One tolerance for everything, and others for what stands under a key. */
export type Tolerances = Tolerance & { readonly [key: string]: unknown }

function toleranceUnder(tolerance: Tolerances, key: string | number): Tolerances {
  const own = tolerance[key]
  return typeof own === 'object' && own !== null ? (own as Tolerances) : tolerance
}

/** One place where the two differ. */
export interface Difference {
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

export interface Comparison {
  /** Values that were looked at. */
  readonly compared: number
  readonly differences: readonly Difference[]
}

/** Keys that explain a case and are no result of it. */
const COMMENTARY =
  /^(published.*|note|reason|conflict|binding|invariants|differs|wrong_.*|seed_.*|passes_seed_definition)$/
const DECIMAL = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/
/** Money is whole in its sixth place: decimals with more places were rounded and stand for longer ones. */
const ROUNDED_PLACES = 7
const ROUNDED_TOLERANCE = 1e-9

function isCommentary(key: string, value: unknown): boolean {
  return COMMENTARY.test(key) || (typeof value === 'string' && value.includes(' '))
}

/** |x - y| <= abs + rel |y|, y being what is expected. */
function isClose(actual: number, expected: number, { abs = 0, rel = 0 }: Tolerance): boolean {
  if (Object.is(actual, expected)) return true
  return Math.abs(actual - expected) <= abs + rel * Math.abs(expected)
}

/** Walks everything expected that is no commentary; what is only in `actual` is not looked at. */
export function compare(actual: unknown, expected: unknown, tolerance: Tolerances): Comparison {
  const differences: Difference[] = []
  let compared = 0
  const walk = (found: unknown, wanted: unknown, path: string, within: Tolerances): void => {
    if (typeof wanted === 'object' && wanted !== null) {
      const parts = Array.isArray(wanted) ? [...wanted.entries()] : Object.entries(wanted)
      if (Array.isArray(wanted) && (!isList(found) || found.length !== wanted.length)) {
        compared += 1
        differences.push({
          path: `${path}.length`,
          expected: wanted.length,
          actual: isList(found) ? found.length : found,
        })
        return
      }
      if (parts.length === 0) {
        compared += 1
        const empty = typeof found === 'object' && found !== null && Object.keys(found).length === 0
        if (!empty) differences.push({ path, expected: wanted, actual: found })
        return
      }
      for (const [key, part] of parts) {
        if (isCommentary(String(key), part)) continue
        const inner = (found as Record<string | number, unknown> | null | undefined)?.[key]
        walk(
          inner,
          part,
          typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
          toleranceUnder(within, key),
        )
      }
      return
    }
    compared += 1
    if (!isEqual(found, wanted, within)) differences.push({ path, expected: wanted, actual: found })
  }
  walk(actual, expected, '', tolerance)
  return { compared, differences }
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)

function isEqual(actual: unknown, expected: unknown, tolerance: Tolerance): boolean {
  if (typeof expected === 'number') return typeof actual === 'number' && isClose(actual, expected, tolerance)
  if (typeof expected !== 'string' || !DECIMAL.test(expected)) return actual === expected
  if (typeof actual === 'string' ? !DECIMAL.test(actual) : typeof actual !== 'number') return false
  const rounded = (expected.split('.')[1] ?? '').length >= ROUNDED_PLACES
  const abs = Math.max(tolerance.abs ?? 0, rounded ? ROUNDED_TOLERANCE : 0)
  return isClose(Number(actual), Number(expected), { ...tolerance, abs })
}
