import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../src/domain/strategy.ts'
import { STRATEGY_CONTRACT } from '../../src/research/contract/checks.ts'

export { decisionsOf, lookAheadOf, type StrategyFactory } from '../../src/research/contract/checks.ts'

/** What every strategy must keep, whoever wrote it: the checks that `polyfolio strategies test` runs, one test each. */
export function strategyContract(strategy: Strategy): void {
  describe(`strategy "${strategy.name}"`, () => {
    it.each(STRATEGY_CONTRACT)('$name', ({ problem }) => {
      expect(problem(strategy)).toBeNull()
    })
  })
}
