import type { ApprovalRules } from '../../domain/approvals.ts'
import type { PortfolioConfig } from '../../domain/config.ts'

/** Which entries an operator will be asked about, as one sentence for people. */
export function approvalWords({ currency }: PortfolioConfig, rules: ApprovalRules): string {
  const { all, above, stages, sleeves, expiresAfter } = rules
  const named = [
    ...(above === null ? [] : [`worth more than ${above.toLocaleString('en-US')} ${currency}`]),
    ...(stages.length === 0 ? [] : [`of sleeves in stage ${stages.join(' or ')}`]),
    ...(sleeves.length === 0 ? [] : [`of ${sleeves.join(' or ')}`]),
  ]
  const which = all ? 'every entry' : `entries ${named.join(', and ')}`
  const time = 'bars' in expiresAfter ? barWords(expiresAfter.bars) : minuteWords(expiresAfter.minutes)
  return `An operator is asked about ${which}; no answer within ${time} rejects. Exits never wait. A backtest asks nobody.`
}

const barWords = (count: number): string => (count === 1 ? 'one bar' : `${count} bars`)
const minuteWords = (count: number): string => (count === 1 ? 'one minute' : `${count} minutes`)
