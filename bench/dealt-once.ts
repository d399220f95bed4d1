/** Capital that is dealt by the configured weights and never moved: a plan that adds nothing but shadows. */
import type { CapitalPlan } from '../src/domain/capital.ts'
import type { PortfolioConfig } from '../src/domain/config.ts'

const NEVER = { kind: 'never' } as const

export function dealtOnce({ sleeves, periods }: PortfolioConfig, shadows: boolean): CapitalPlan {
  const count = sleeves.filter(({ strategy }) => strategy !== null).length
  return {
    allocation: {
      method: 'fixed',
      window: 60,
      observationsMin: 60,
      recompute: NEVER,
      investable: 1,
      covariance: 'sample',
      bounds: { lower: new Float64Array(count), upper: new Float64Array(count).fill(1), groups: [] },
      budget: null,
      records: Array.from({ length: count }, () => ({
        weight: null,
        stage: null,
        sharpe: null,
        winRate: null,
        payoff: null,
        strength: null,
      })),
      settings: {
        riskFree: 0,
        periods,
        kellyFraction: 1,
        kelly: 'joint',
        leverageMax: 1,
        turnoverPenalty: 0,
        buffer: 0,
        lifecycleLiteral: false,
      },
    },
    overlays: { lifecycle: null, bench: null, reduction: null, ladder: null, volatilityTarget: null, spike: null },
    rebalancing: { triggers: [], schedule: NEVER, threshold: 0, by: 'transfer' },
    shadows,
  }
}
