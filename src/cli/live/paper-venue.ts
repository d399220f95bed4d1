import { createHash } from 'node:crypto'
import { fillsOf } from '../../adapters/brokers/paper/strictness.ts'
import { type PaperState, paperVenue } from '../../adapters/brokers/paper/venue.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import type { VenueSource } from '../../live/engine-options.ts'

/** The exchange on which a portfolio trades on paper, as strict as the portfolio wants it. */
export function paperVenueFor(config: PortfolioConfig, storeId: string): VenueSource {
  const { currency, capital, parity } = config
  const { account, costs, capabilities, strictness } = fillsOf(config)
  const exchange = { account, currency, cash: capital, parity, costs, checks: true }
  return {
    kind: 'here',
    open: (from) => {
      const kept = from === undefined ? {} : { from: from as PaperState }
      return paperVenue({ name: 'paper', storeId, exchange, capabilities, strictness, ...kept })
    },
  }
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
