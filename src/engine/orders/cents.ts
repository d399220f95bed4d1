/** The step of a fee: whole hundredths of its currency, where it is whole ones. */
import { countsOfUnit } from '../positions/valuation.ts'
import type { Runtime } from '../runtime.ts'

/** Counts of a hundredth of the instrument's currency: fees are split in whole ones where the fee is one. */
export function centCounts(runtime: Runtime, instrument: number): number {
  return countsOfUnit(runtime, runtime.state.books.currency[instrument]!) / 100
}
