import type { BarRow, IndicatorRequest, IndicatorState } from '../domain/indicator-request.ts'

/** Stated in the domain, because the kernel and every strategy know them too. */
export type { BarRow, IndicatorState }

/** The numbers of a bar that an indicator can read. */
export type BarField = 'open' | 'high' | 'low' | 'close' | 'volume'

/** The same fields as a `BarRow`, holding one instrument's whole history, oldest first. */
export type BarColumns = BarRow

/**
 * What to compute: a causal function of one instrument's bars.
 *
 * A bar counts for an indicator when its close and every field in `fields` are not NaN. Any other bar
 * leaves the state as it was and reads NaN; so does a bar for which the value is undefined.
 */
export interface IndicatorSpec extends IndicatorRequest {
  /** The fields read besides the close. */
  readonly fields: readonly BarField[]
  /** Bars until every output can have a value; equal to `bars` except where outputs begin one after another. */
  readonly ready: number
  /** Column form over one instrument's history: new arrays, one per output, bit for bit equal to streaming. */
  columns(bars: BarColumns): readonly Float64Array[]
}
