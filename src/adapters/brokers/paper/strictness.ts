/** How strictly the paper venue fills: from the portfolio's rules to what the exchange and the counter go by. */
import type { BrokerCapabilities } from '../../../domain/broker.ts'
import type { CostRules, PortfolioConfig } from '../../../domain/config.ts'
import { INSTRUMENT_KINDS, type InstrumentKind } from '../../../domain/instruments.ts'
import type { PaperRules } from '../../../domain/paper.ts'
import { SCHEDULES } from '../../../exchange/schedules.ts'
import { BROKERS, SIMULATED } from '../capabilities.ts'

/** What the counter and the nights go by; the rest is in the exchange's costs and account. */
export type PaperStrictness = Pick<PaperRules, 'latency' | 'borrowRate' | 'unborrowable' | 'orderMinimum'>

/** Where the portfolio says nothing. Brokers' own paper modes fill at the quote, whole, at once and free. */
export const PAPER_DEFAULTS: PaperRules = {
  halfSpread: { equity: 0.0005, etf: 0.0002, crypto: 0.001, perpetual: 0.0005, future: 0.0001, fx: 0.0001 },
  participation: 0.1,
  commission: {
    equity: SCHEDULES.alpaca,
    etf: SCHEDULES.alpaca,
    option: SCHEDULES.alpaca_options,
    crypto: SCHEDULES.alpaca_crypto,
    perpetual: SCHEDULES.binance_perpetual,
    future: SCHEDULES.ibkr_futures,
  },
  latency: 250,
  borrowRate: 0.03,
  unborrowable: [],
  pinBand: 0.005,
  orderMinimum: { equity: 1, etf: 1, crypto: 10, perpetual: 10 },
  broker: null,
}

const FREE: CostRules = { commission: SCHEDULES.none, slippage: { kind: 'none' }, participationMax: null }

/** The costs of a backtest, made stricter: each part the worse of the two. */
function strictCosts(costs: PortfolioConfig['costs'], rules: PaperRules): PortfolioConfig['costs'] {
  const strict: Partial<Record<InstrumentKind, CostRules>> = {}
  for (const kind of INSTRUMENT_KINDS) {
    const { commission, slippage, participationMax } = costs[kind] ?? FREE
    const isSpread = slippage.kind === 'spread'
    strict[kind] = {
      commission: commission.name === SCHEDULES.none.name ? (rules.commission[kind] ?? commission) : commission,
      // Half a spread that the costs state is crossed by limits as well.
      slippage: isSpread ? FREE.slippage : slippage,
      participationMax: Math.min(participationMax ?? 1, rules.participation),
      halfSpread: Math.max(rules.halfSpread[kind] ?? 0, isSpread ? slippage.fraction : 0),
    }
  }
  return strict
}

/** What the venue of a portfolio is opened with: its costs and rules, or those of a backtest. */
export function fillsOf({ account, costs, paper }: Pick<PortfolioConfig, 'account' | 'costs' | 'paper'>): {
  readonly account: PortfolioConfig['account']
  readonly costs: PortfolioConfig['costs']
  readonly capabilities: BrokerCapabilities
  readonly strictness: PaperStrictness | null
} {
  if (paper?.fills === 'backtest') return { account, costs, capabilities: SIMULATED, strictness: null }
  const rules = paper ?? PAPER_DEFAULTS
  const pinBand = Math.max(account.pinBand ?? 0, rules.pinBand)
  const { takesOpposing: _, ...able } = rules.broker === null ? SIMULATED : BROKERS[rules.broker]!
  return {
    account: { ...account, pinBand },
    costs: strictCosts(costs, rules),
    capabilities: { ...able, isReal: false },
    strictness: rules,
  }
}
