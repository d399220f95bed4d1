import { unreachable } from '../../domain/assert.ts'
import type { PortfolioConfig, Sizing, SleeveConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { deployment } from '../../pipeline/risk/deployment.ts'

/** The most that places and sizes put to work at once; null where a sleeve has neither. */
export function deployable(config: PortfolioConfig): { amount: number; share: number; positions: number } | null {
  const total = config.capital / countsPerUnit(config.currency)
  const places = config.sleeves
    .filter(({ strategy }) => strategy !== null)
    .map((sleeve) => ({
      capital: sleeve.capital / countsPerUnit(config.currency),
      positionsMax: sleeve.limits.positionsMax ?? Number.NaN,
      size: positionSize(config, sleeve),
    }))
  const most = deployment(places, total)
  return Number.isFinite(most.total) ? { amount: most.total, share: most.share, positions: most.positionsMax } : null
}

/** Money in one position of a sleeve; NaN where it depends on a price. */
export function positionSize(config: PortfolioConfig, sleeve: SleeveConfig): number {
  const scale = countsPerUnit(config.currency)
  return sizeOf(sleeve.sizing, sleeve.capital / scale, config.capital / scale)
}

function sizeOf(sizing: Sizing, sleeve: number, portfolio: number): number {
  switch (sizing.kind) {
    case 'notional':
      return sizing.amount
    case 'maximumLoss':
      return sizing.budget
    case 'percent':
      return sizing.fraction * (sizing.of === 'sleeve' ? sleeve : portfolio)
    case 'quantity':
    case 'own':
      return Number.NaN
    default:
      return unreachable(sizing)
  }
}
