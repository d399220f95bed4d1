/** States of a market: which way it goes, and whether it is wilder than usual. */
export const MARKET_REGIMES = [
  'up_normal',
  'up_high',
  'down_normal',
  'down_high',
  'range_normal',
  'range_high',
] as const
export type MarketRegime = (typeof MARKET_REGIMES)[number]
