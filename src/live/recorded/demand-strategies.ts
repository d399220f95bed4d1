import type { PortfolioConfig } from '../../domain/config.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Strategy } from '../../domain/strategy.ts'

/**
 * Without its code a sleeve would decide nothing, and another run would be played than the one that was.
 * @throws FaultError STRATEGY_ABSENT
 */
export function demandStrategies({ name, sleeves }: PortfolioConfig, strategies: ReadonlyMap<string, Strategy>): void {
  for (const { strategy, isolatedAs } of sleeves) {
    const asked = isolatedAs ?? strategy
    if (asked !== null && !strategies.has(asked))
      throw new FaultError(fault('STRATEGY_ABSENT', { portfolio: name, strategy: strategy ?? asked }))
  }
}
