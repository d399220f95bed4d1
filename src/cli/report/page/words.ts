import type { RuleName } from '../../../domain/risk.ts'
import { VIOLATION_KINDS, type ViolationKind } from '../../../domain/violations.ts'
import { leverage, money, percent, quantityText } from '../numbers.ts'

/* What the engine's short names mean, in the reader's words. A name without an entry is shown as it is. */

const RULE_WORDS: { readonly [K in RuleName]: string } = {
  paused: 'Sleeve is paused: it manages what it holds, nothing new',
  killed: 'An operator stopped the account',
  reducing: 'The account only reduces what it holds',
  notListed: 'Not listed on that day',
  priceMissing: 'No price to judge it by',
  rateMissing: 'No exchange rate to the portfolio currency',
  universe: 'Outside the sleeve’s universe rules on that day',
  notHoldable: 'The sleeve could not hold it on its own',
  accountSize: 'The account is too small for the broker that trades it',
  notBorrowable: 'Nobody lends it for a short on that day',
  stopMissing: 'No protective stop, which the sleeve asks for',
  openViolation: 'A broken limit keeps new entries out',
  rebalancing: 'Everything is being closed before capital is dealt anew',
  bench: 'Sleeve sits out: it moved with a better one for too long',
  ladder: 'Sleeve lost too much this month',
  spike: 'All sleeves move together: new positions halted',
  lifecycle: 'The sleeve’s stage trades no money',
  weekend: 'Weekend limits of the sleeve',
  regime: 'Outside of the regimes of the sleeve',
  belowStep: 'Size is below one tradable step',
  drawdownBreaker: 'New positions halted by the drawdown breaker',
  sleeveDrawdown: 'New positions of the sleeve halted by its drawdown',
  dailyLoss: 'Portfolio lost too much on that day',
  sleeveDailyLoss: 'Sleeve lost too much on that day',
  valueAtRisk: 'Value at risk is above its limit',
  volatility: 'Portfolio volatility is above its limit',
  sleeveVolatility: 'Sleeve volatility is above its limit',
  diversification: 'Diversification ratio is below its limit',
  strategyCorrelation: 'Sleeve moves too much with a better one',
  orderRate: 'Sleeve has sent its most orders',
  groupWeight: 'Group of sleeves is too large a part of the portfolio',
  sleevePositions: 'Sleeve already holds its most positions',
  groupPositions: 'Group already holds its most positions',
  portfolioPositions: 'Portfolio already holds its most positions',
  orderCap: 'Too large a part of the sleeve’s allocation',
  positionNotional: 'Position is worth more than allowed',
  volumeParticipation: 'Too large a part of the average volume',
  sleevePositionWeight: 'Too large a part of the sleeve',
  sleeveLeverage: 'Gross exposure of the sleeve is at its limit',
  sleeveExposure: 'Sleeve is at its part of the portfolio',
  exposure: 'Exposure of the portfolio is at its limit',
  cashReserve: 'The cash reserve would be touched',
  stageTotal: 'Sleeves of one stage are at their limit',
  positionWeight: 'Too large a part of the portfolio',
  sectorWeight: 'Sector is at its limit',
  currencyWeight: 'Currency is at its limit',
  assetClassWeight: 'Asset class is at its limit',
  groupExposure: 'Group is at its limit',
  concentration: 'The largest positions are at their limit',
  leverage: 'Gross exposure is at its limit',
  netLeverage: 'Net exposure is at its limit',
  minimumSize: 'Too small to be worth its costs',
  paper: 'Stage PAPER trades no money',
  sleeveCash: 'Sleeve has not enough cash',
  buyingPower: 'Account has not enough buying power',
  approval: 'The operator did not approve all of it',
  brokerRejected: 'The broker refused the order',
}

/** Why an intent was not allowed in full. */
export function ruleWords(rule: string): string {
  return Object.hasOwn(RULE_WORDS, rule) ? RULE_WORDS[rule as RuleName] : sentence(spaced(rule))
}

const FRACTIONS: ReadonlySet<string> = new Set<RuleName>([
  'drawdownBreaker',
  'sleeveDrawdown',
  'dailyLoss',
  'sleeveDailyLoss',
  'valueAtRisk',
  'volatility',
  'sleeveVolatility',
  'groupWeight',
  'orderCap',
  'volumeParticipation',
  'sleevePositionWeight',
  'sleeveExposure',
  'exposure',
  'cashReserve',
  'stageTotal',
  'positionWeight',
  'sectorWeight',
  'currencyWeight',
  'assetClassWeight',
  'groupExposure',
  'concentration',
])
const AMOUNTS: ReadonlySet<string> = new Set<RuleName>(['positionNotional', 'minimumSize', 'sleeveCash', 'buyingPower'])
const TIMES: ReadonlySet<string> = new Set<RuleName>(['leverage', 'netLeverage', 'sleeveLeverage'])

const PLAIN_KINDS: ReadonlySet<string> = new Set<ViolationKind>([
  'diversification',
  'strategy_correlation',
  'correlation_alert',
  'correlation_regime',
])
const TIMES_KINDS: ReadonlySet<string> = new Set<ViolationKind>([
  'portfolio_leverage',
  'portfolio_net_leverage',
  'strategy_leverage',
])

/** A value or limit of a violation: all kinds but these few are fractions. A fault has none. */
export function violationFigure(rule: string, value: number | null): string {
  if (value === null || !(VIOLATION_KINDS as readonly string[]).includes(rule)) return 'n/a'
  if (TIMES_KINDS.has(rule)) return leverage(value)
  return PLAIN_KINDS.has(rule) ? quantityText(Number(value.toPrecision(4))) : percent(value)
}

/** A figure that a rule went by, in the unit of the rule. */
export function ruleFigure(rule: string, value: number | null, currency: string): string {
  if (value === null) return 'n/a'
  if (FRACTIONS.has(rule)) return percent(value)
  if (AMOUNTS.has(rule)) return money(value, currency)
  return TIMES.has(rule) ? leverage(value) : quantityText(Number(value.toPrecision(4)))
}

/** `takeProfit` as `take profit`; text with spaces stays as it is. */
export function spaced(name: string): string {
  return name
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, (_, left: string, right: string) => `${left} ${right.toLowerCase()}`)
}

/** First letter large. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `1 sleeve`, `5 sleeves`. */
export function plural(count: string, one: string, many: string): string {
  return `${count} ${count === '1' ? one : many}`
}
