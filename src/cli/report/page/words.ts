import type { RuleName } from '../../../domain/risk.ts'
import { leverage, money, percent, quantityText } from '../numbers.ts'

/* What the engine's short names mean, in the reader's words. A name without an entry is shown as it is. */

const RULE_WORDS: { readonly [K in RuleName]: string } = {
  paused: 'Sleeve is paused: it manages what it holds, nothing new',
  notListed: 'Not listed on that day',
  priceMissing: 'No price to judge it by',
  rateMissing: 'No exchange rate to the portfolio currency',
  universe: 'Outside the sleeve’s universe rules on that day',
  notHoldable: 'The sleeve could not hold it on its own',
  drawdownBreaker: 'New positions halted by the drawdown breaker',
  weekend: 'Weekend limits of the sleeve',
  belowStep: 'Size is below one tradable step',
  sleevePositions: 'Sleeve already holds its most positions',
  portfolioPositions: 'Portfolio already holds its most positions',
  sleevePositionWeight: 'Too large a part of the sleeve',
  positionWeight: 'Too large a part of the portfolio',
  assetClassWeight: 'Asset class is at its limit',
  leverage: 'Gross exposure is at its limit',
  sleeveCash: 'Sleeve has not enough cash',
  buyingPower: 'Account has not enough buying power',
  brokerRejected: 'The broker refused the order',
}

/** Why an intent was not allowed in full. */
export function ruleWords(rule: string): string {
  return Object.hasOwn(RULE_WORDS, rule) ? RULE_WORDS[rule as RuleName] : sentence(spaced(rule))
}

const FRACTIONS: ReadonlySet<string> = new Set<RuleName>([
  'drawdownBreaker',
  'sleevePositionWeight',
  'positionWeight',
  'assetClassWeight',
])
const AMOUNTS: ReadonlySet<string> = new Set<RuleName>(['sleeveCash', 'buyingPower'])

/** A figure that a rule went by, in the unit of the rule. */
export function ruleFigure(rule: string, value: number | null, currency: string): string {
  if (value === null) return 'n/a'
  if (FRACTIONS.has(rule)) return percent(value)
  if (AMOUNTS.has(rule)) return money(value, currency)
  return rule === 'leverage' ? leverage(value) : quantityText(Number(value.toPrecision(4)))
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
