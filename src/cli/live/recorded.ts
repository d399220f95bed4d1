/** A journal as something to be run anew, and the code that its sleeves decide by. */
import { FaultError, fault } from '../../domain/faults.ts'
import type { Store } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { demandStrategies } from '../../live/recorded/demand-strategies.ts'
import { type RecordedMarket, recordedMarket } from '../../live/recorded/market.ts'
import { STRATEGIES } from '../../pipeline/strategies/registry.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'

/** Every built-in strategy, and those that a portfolio file brings. */
export function strategiesWith(loaded: LoadedPortfolio | null): ReadonlyMap<string, Strategy> {
  return new Map([...STRATEGIES.map((one) => [one.name, one] as const), ...(loaded?.strategies ?? [])])
}

/** @throws FaultError JOURNAL_EMPTY, RECORD_UNFIT, STRATEGY_ABSENT */
export async function recordOf(
  store: Store,
  name: string,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
): Promise<RecordedMarket> {
  const recorded = await recordedMarket(store, portfolio)
  if (recorded === null)
    throw new FaultError(fault('JOURNAL_EMPTY', { store: name, portfolio, known: 'no event of it' }))
  demandStrategies(recorded.config, strategies)
  return recorded
}
