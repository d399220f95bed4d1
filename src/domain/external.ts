/** The external sleeve: what the account holds that no sleeve of the portfolio asked for. Counted in risk, never traded. */
import type { PortfolioConfig, SleeveConfig } from './config.ts'
import {
  type CurrencyCode,
  type InstrumentId,
  type Money,
  money,
  type Price,
  type Quantity,
  sleeveId,
} from './units.ts'

/** No sleeve of a configuration may have this name. */
export const EXTERNAL = sleeveId('external')

/** What was found at the broker and is in no book: it enters the external sleeve as it is, without a trade. */
export interface ExternalFinding {
  /** Of the comparison that found it. */
  readonly id: string
  /** Null where money alone was found. */
  readonly instrument: InstrumentId | null
  /** Signed units that come to the sleeve; negative where the books hold more than the broker does. */
  readonly quantity: Quantity
  /** What one is worth: its cost, and its mark while no bar names another. */
  readonly price: Price
  readonly cash: readonly { readonly currency: CurrencyCode; readonly amount: Money }[]
  /** Signed units of foreign orders that rest at the broker, buys and sells; absent: as it was. */
  readonly working?: { readonly buys: Quantity; readonly sells: Quantity }
  readonly evidence: string
}

export function isExternal({ kind }: Pick<SleeveConfig, 'kind'>): boolean {
  return kind === 'external'
}

/** A configuration with the external sleeve behind its own: what runs against an account that others may touch. */
export function withExternal(config: PortfolioConfig): PortfolioConfig {
  if (config.sleeves.some(isExternal)) return config
  const [first] = config.sleeves
  if (first === undefined) return config
  const external: SleeveConfig = {
    id: EXTERNAL,
    title: 'External',
    strategy: null,
    parameters: {},
    capital: money(0),
    weight: 0,
    clock: first.clock,
    calendar: first.calendar,
    periods: config.periods,
    universe: [],
    universeRules: { volatilityMin: null, volatilityBars: 1, volumeMin: null, volumeBars: 1, notEvaluated: [] },
    sizing: { kind: 'own' },
    limits: { positionsMax: null, positionWeightMax: null, weekend: null },
    status: 'active',
    onFault: 'hold',
    expected: null,
    kind: 'external',
  }
  return { ...config, sleeves: [...config.sleeves, external] }
}
