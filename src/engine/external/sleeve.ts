/** The external sleeve in the kernel: where it stands and what it holds. */
import { isExternal } from '../../domain/external.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'

/**
 * Ordinal of the external sleeve; -1 where the portfolio has none, as in a backtest. Only sleeves that were added while the
 * portfolio ran stand behind it.
 */
export function externalOf({ sleeves }: Pick<Runtime, 'sleeves'>): number {
  for (let ordinal = sleeves.length - 1; ordinal >= 0; ordinal -= 1) {
    const { config } = sleeves[ordinal]!
    if (isExternal(config)) return ordinal
    // What was there from the first day stands before it.
    if (config.awaited !== true) return -1
  }
  return -1
}

/** Equity of the portfolio's own sleeves: what capital is dealt from and sizes are measured on. */
export function ownEquity(runtime: Pick<Runtime, 'sleeves' | 'equity'>): number {
  const sleeve = externalOf(runtime)
  return sleeve < 0 ? runtime.equity : runtime.equity - runtime.sleeves[sleeve]!.equity
}

/** Whether anything was ever booked to the external sleeve; one that is still as it began is not shown. */
function isExternalUsed(runtime: Runtime): boolean {
  const sleeve = externalOf(runtime)
  if (sleeve < 0) return false
  const { books, instruments } = runtime.state
  for (let currency = 0; currency < books.currencies; currency += 1) {
    const purse = sleeve * books.currencies + currency
    if (books.cash[purse] !== 0 || books.fees[purse] !== 0 || books.dividends[purse] !== 0) return true
  }
  return instruments.some(({ index }) => {
    const at = sleeve * books.width + index
    return books.quantity[at] !== 0 || books.realised[at] !== 0
  })
}

/**
 * The sleeves that there is something to say of, each in the place of its ordinal: all but an external one at the end that
 * nothing was ever booked to.
 */
export function shownSleeves(runtime: Runtime): readonly SleeveRuntime[] {
  const external = externalOf(runtime)
  if (external < 0 || external < runtime.sleeves.length - 1 || isExternalUsed(runtime)) return runtime.sleeves
  return runtime.sleeves.slice(0, external)
}

/** What the external sleeve holds, in units. */
export function externalUnits(runtime: Runtime, instrument: number): number {
  const { books } = runtime.state
  const sleeve = externalOf(runtime)
  return sleeve < 0 ? 0 : books.quantity[sleeve * books.width + instrument]!
}
