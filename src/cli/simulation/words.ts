import type { SimulationView } from '../../api/contract/simulation.ts'
import { decimal, percentTo } from '../report/numbers.ts'

/** How the futures were drawn. */
export function methodWords({ method, block, degrees }: Pick<SimulationView, 'method' | 'block' | 'degrees'>): string {
  return method === 'bootstrap'
    ? `blocks of ${block} periods`
    : `Student t with ${decimal(degrees, 1)} degrees of freedom, independent periods`
}

/** A quantile as people say it. */
export function quantileWords(quantile: number): string {
  if (quantile === 0.5) return 'median'
  return quantile < 0.5 ? `worst ${percentTo(quantile, 0)}` : `best ${percentTo(1 - quantile, 0)}`
}
