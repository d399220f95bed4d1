import type { ApprovalRules } from './approvals.ts'
import type { CapitalPlan } from './capital.ts'
import type { CommissionSchedule } from './commissions.ts'
import type { InstrumentKind } from './instruments.ts'
import type { Group, PortfolioLimits, SleeveLimits } from './limits.ts'
import type { KindMargin, MarginedKind } from './margins.ts'
import type { DatedFlow, DatedOperation, DeployRule } from './money-moves.ts'
import type { PaperFills } from './paper.ts'
import type { Parameters } from './parameters.ts'
import type { MarketRegime } from './regimes.ts'
import type { RoutingTable } from './routing.ts'
import type { AccountId, CalendarId, ClockId, CurrencyCode, InstrumentId, Money, SleeveId } from './units.ts'
import type { UniverseRules } from './universe.ts'
import type { ViolationRules } from './violations.ts'

/** How a `sized` wish becomes a quantity. Fractions and budgets are of capital before the trade. */
export type Sizing =
  /** A fixed amount of the instrument's currency, floored to the step. */
  | { readonly kind: 'notional'; readonly amount: number }
  /** A fraction of the sleeve's or the portfolio's equity, floored to the step. */
  | { readonly kind: 'percent'; readonly fraction: number; readonly of: 'sleeve' | 'portfolio' }
  /** A fixed count of whole shares, contracts or coins. */
  | { readonly kind: 'quantity'; readonly quantity: number }
  /** Structures: min(contractsMax, floor(budget / maximum loss)), at least one; the position limit judges that one. */
  | { readonly kind: 'maximumLoss'; readonly budget: number; readonly contractsMax: number }
  /** The strategy names every quantity itself: a wish that leaves the size open gets none. */
  | { readonly kind: 'own' }

export interface ExpectedRanges {
  readonly sharpe: readonly [number, number] | null
  readonly winRate: readonly [number, number] | null
  readonly tradesPerMonth: readonly [number, number] | null
}

export interface SleeveConfig {
  readonly id: SleeveId
  readonly title: string
  /** Name of the strategy; null for a reserve that only holds cash. */
  readonly strategy: string | null
  /** What a run knows this sleeve's own copy of the strategy as, where that decides apart from the kernel. */
  readonly isolatedAs?: string
  readonly parameters: Parameters
  readonly capital: Money
  /**
   * Parts of the capital that are changed into other currencies at the first rate known; absent: all of it stays in the
   * base currency.
   */
  readonly capitalIn?: readonly { readonly currency: CurrencyCode; readonly fraction: number }[]
  /** Part of the portfolio's capital. */
  readonly weight: number
  readonly clock: ClockId
  /** A finer clock on which it does not decide: prices of what it trades come from it. Absent: none. */
  readonly watch?: ClockId
  readonly calendar: CalendarId
  /** Bars in a year, for annualising this sleeve's statistics. */
  readonly periods: number
  /** Declared order: decides who comes first when places are short. */
  readonly universe: readonly InstrumentId[]
  /** What it trades instead while the account is too small for that. Absent: nothing. */
  readonly universeBelow?: readonly InstrumentId[]
  readonly universeRules: UniverseRules
  /** Regimes in which it enters; absent: in all. Exits pass in any. */
  readonly regimes?: readonly MarketRegime[]
  readonly sizing: Sizing
  readonly limits: SleeveLimits
  readonly status: 'active' | 'paused'
  /** Whether it waits, without capital, until an operation adds it. Absent: it takes part from the first day. */
  readonly awaited?: boolean
  /** Whether it is no longer in the portfolio's file: it is closed, and keeps its place for ever. Absent: it is there. */
  readonly removed?: true
  readonly onFault: 'hold' | 'flatten'
  readonly expected: ExpectedRanges | null
  /**
   * `return_stream`: holds a recorded stream of returns at the size of its capital, as an outside manager or an account
   * elsewhere is included. `external`: holds what the account has that nobody here asked for; it is never traded. Absent:
   * it trades by its strategy, or is a reserve.
   */
  readonly kind?: 'return_stream' | 'external'
  /** Of a return stream: the file and the column that it was recorded in. */
  readonly recorded?: { readonly file: string; readonly column: string }
}

/** What a sleeve is judged against: its part of the policy, and what that part would have been invested in. */
export interface PolicyPart {
  /** As a fraction of the portfolio; what the parts leave is cash without interest. */
  readonly weight: number
  /** Null: the sleeve itself, so that only its weight is judged. */
  readonly benchmark: InstrumentId | null
}

export type SlippageModel =
  | { readonly kind: 'none' }
  | { readonly kind: 'bps'; readonly bps: number }
  /** Half the quoted spread, given as a fraction of price. */
  | { readonly kind: 'spread'; readonly fraction: number }
  /** impact x (order / bar volume) as a fraction of price. */
  | { readonly kind: 'participation'; readonly impact: number }

export interface CostRules {
  readonly commission: CommissionSchedule
  readonly slippage: SlippageModel
  /** Largest part of a bar's volume one order may take; the rest stays open or lapses. Null: no cap. */
  readonly participationMax: number | null
  /**
   * Half of the spread as a fraction of price: bars are the middle, every order buys above it and sells below it, limits
   * included. On top of slippage. Absent: orders trade at the bar's own prices.
   */
  readonly halfSpread?: number
}

export interface AccountRules {
  readonly id: AccountId
  /**
   * `cash`: nothing is bought beyond settled cash; `margin`: Reg-T; `given`: the broker's answers are given, as in a
   * scenario, so nothing is refused for lack of money.
   */
  readonly kind: 'cash' | 'margin' | 'given'
  readonly initialMargin: number
  readonly maintenanceMargin: number
  readonly shortMaintenanceMargin: number
  /**
   * A contract sold that expires out of the money within this fraction of its strike is assigned all the same. Absent:
   * only what is in the money is.
   */
  readonly pinBand?: number
  /** Of kinds that differ from the usual, as `STANDARD_MARGINS` has it. */
  readonly margins?: { readonly [Kind in MarginedKind]?: KindMargin }
}

export interface PortfolioConfig {
  readonly name: string
  readonly currency: CurrencyCode
  readonly capital: Money
  readonly sleeves: readonly SleeveConfig[]
  readonly limits: PortfolioLimits
  readonly netting: boolean
  readonly account: AccountRules
  readonly costs: { readonly [K in InstrumentKind]?: CostRules }
  /** Currencies taken as equal in value, as the user states: USDT -> USD. */
  readonly parity: Readonly<Record<string, CurrencyCode>>
  /** The calendar whose closes end the portfolio's day: P&L, scoring and correlations sample there. */
  readonly dayCalendar: CalendarId
  readonly periods: number
  /** By name: sleeves or instruments under common limits. */
  readonly groups: Readonly<Record<string, Group>>
  /** What the portfolio's returns are compared with. */
  readonly benchmark?: InstrumentId
  /** Per sleeve in declared order. Absent: the configured weights of the sleeves themselves. */
  readonly policy?: readonly PolicyPart[]
  /** Absent: capital is dealt once by the configured weights and never moved. */
  readonly capitalPlan?: CapitalPlan
  /** Deposits, withdrawals and commands on stated days, each list in the order of its dates. */
  readonly flows?: readonly DatedFlow[]
  readonly operations?: readonly DatedOperation[]
  /** Absent: the reserve lends for margin calls and at an operator's command only. */
  readonly deploy?: DeployRule
  /** How orders on paper are filled. Absent: strictly, as the paper venue does it by default. */
  readonly paper?: PaperFills
  /** Absent: one broker trades everything, whatever the account's size. */
  readonly routing?: RoutingTable
  /** Absent: sizes are limited before a trade alone, and losses have the reactions of their severity. */
  readonly violations?: ViolationRules
  /** Absent: nobody is asked. */
  readonly approvals?: ApprovalRules
  /** `market`: what shrinks a position leaves where its price is stale, too. Left out: nothing does. */
  readonly staleExit?: 'market'
}
