import type { LifecycleStage } from './allocation.ts'
import type { ApprovalDecision, ApprovalRecord } from './approvals.ts'
import type { ClientOrderId } from './broker.ts'
import type { RebalancingMethod } from './capital.ts'
import type { FillColumns, OrderColumns, QuoteColumns } from './columns.ts'
import type { PortfolioConfig } from './config.ts'
import type { Correction } from './corrections.ts'
import type { Reconciliation } from './discrepancies.ts'
import type { ExternalFinding } from './external.ts'
import type { AccountMode, MeasuredGate } from './gates.ts'
import type { Instrument } from './instruments.ts'
import type { CorporateAction, OptionChain, QuotePhase, Slice } from './market.ts'
import type { SleeveOperation } from './money-moves.ts'
import type { Intent, OrderState } from './orders.ts'
import type { CashCause, CashConversion, CashTransfer, Violation } from './risk.ts'
import type { Sessions } from './sessions.ts'
import type {
  AccountId,
  CalendarId,
  CurrencyCode,
  Instant,
  InstrumentId,
  IntentId,
  Memory,
  Money,
  OrderId,
  Price,
  Quantity,
  SleeveId,
  TradeDate,
} from './units.ts'

export type OperatorCommand =
  /** Manage-only; on again; out of the portfolio, its money to the reserve; in, with its weight in money. */
  | { readonly kind: SleeveOperation; readonly sleeve: SleeveId }
  /** Deals capital by the weights in force, now. */
  | { readonly kind: 'rebalance'; readonly by: RebalancingMethod }
  /** The sleeve enters the stage that was proposed for it, or one of the operator's own choice. */
  | { readonly kind: 'confirmStage'; readonly sleeve: SleeveId; readonly stage: LifecycleStage }
  /** The reserve lends to a sleeve, or takes back what is still out. */
  | { readonly kind: 'lend'; readonly sleeve: SleeveId; readonly amount: Money }
  | { readonly kind: 'takeBack'; readonly sleeve: SleeveId }
  | { readonly kind: 'acknowledgeDrawdown' }
  /** Ends a violation, or adds the review of one that is over; above low it asks for a note. */
  | { readonly kind: 'closeViolation'; readonly id: number; readonly note: string }
  /** Closes up to `quantity` (signed change) of an instrument across the sleeves that hold it: a margin call's order. */
  | { readonly kind: 'reduce'; readonly instrument: InstrumentId; readonly quantity: Quantity; readonly reason: string }
  /** The word on an entry that waits for it. `quantity`, for `reduce` alone: units without sign, fewer than were asked for. */
  | {
      readonly kind: 'approve'
      readonly id: IntentId
      readonly decision: ApprovalDecision
      readonly quantity?: Quantity
    }
  /**
   * Closes all that one sleeve holds, or every sleeve (null), at the market, and keeps them from entering until they are
   * resumed. Its orders pass where the account is killed or not armed, and no other gate.
   */
  | { readonly kind: 'flatten'; readonly sleeve: SleeveId | null; readonly reason: string }
  /** Shuts `alive`, for good: working orders are asked to cancel, entries that wait are withdrawn. Only `revive` opens it. */
  | { readonly kind: 'kill'; readonly reason: string }
  | { readonly kind: 'revive' }
  /** Part of every sleeve's capital that its sizes are measured on, above 0 and up to 1; what is held already stays. */
  | { readonly kind: 'fraction'; readonly fraction: number }
  /**
   * Moves a position between the external sleeve and another: `quantity` is the signed change of the one that is named, the
   * external sleeve changes by the opposite. `cash` is what the named sleeve pays for it, negative where it gets; left out:
   * quantity x price. The price is what it costs that sleeve from then on.
   */
  | {
      readonly kind: 'assign'
      readonly to: SleeveId
      readonly instrument: InstrumentId
      readonly quantity: Quantity
      readonly price: Price
      readonly cash?: Money
      /** The discrepancy that is resolved by it. */
      readonly discrepancy?: string
    }
  /** Moves money alone; negative: back to the external sleeve. */
  | {
      readonly kind: 'assignCash'
      readonly to: SleeveId
      readonly currency: CurrencyCode
      readonly amount: Money
      readonly discrepancy?: string
    }
  /** What was found at the broker stays in the external sleeve, and holds nothing back any more. */
  | { readonly kind: 'acceptDiscrepancy'; readonly id: string; readonly note: string }

/**
 * Everything that can happen to the kernel. Time and chance enter only here. `outside`: it came from an operator, a broker
 * or a watch, after so many steps of the run, and does not follow from the market and what went before.
 */
export type EngineEvent = { readonly seq: number; readonly at: Instant; readonly outside?: number } & (
  | {
      readonly kind: 'configured'
      /** The same again: strategies have other code. */
      readonly config: PortfolioConfig
      /** By strategy: what tells its code from another of its name. */
      readonly codes: Readonly<Record<string, string>>
    }
  | { readonly kind: 'listed'; readonly instrument: Instrument }
  | { readonly kind: 'sessions'; readonly calendar: CalendarId; readonly sessions: Sessions }
  /** One cycle: every clock that closes at this instant. */
  | {
      readonly kind: 'slices'
      readonly cycle: number
      readonly slices: readonly Slice[]
      /**
       * What went wrong in decisions when this happened for the first time, by sleeve: these sleeves are not asked again,
       * because a time that ran out may suffice another time. Absent: nothing did.
       */
      readonly faults?: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'quotes'
      readonly cycle: number
      readonly phase: QuotePhase
      readonly tradeDate: TradeDate
      readonly quotes: QuoteColumns
      readonly chains: readonly OptionChain[]
    }
  /** The answer of a sleeve that decides elsewhere: a worker, a person, a scenario file. */
  | {
      readonly kind: 'decided'
      readonly cycle: number
      readonly sleeve: SleeveId
      readonly intents: readonly Intent[]
      readonly memory: Memory
      readonly fault?: string
    }
  | { readonly kind: 'order'; readonly order: OrderId; readonly state: OrderState; readonly evidence: string }
  /** What one unit of each foreign currency is worth in the base currency from now on. */
  | {
      readonly kind: 'rates'
      readonly tradeDate: TradeDate
      readonly rates: readonly { readonly currency: CurrencyCode; readonly rate: number }[]
    }
  | { readonly kind: 'fills'; readonly fills: FillColumns }
  /** Cash per share that goes ex in the next session: who is short a call on it may be assigned after this close. */
  | {
      readonly kind: 'announced'
      readonly dividends: readonly { readonly instrument: InstrumentId; readonly amount: number }[]
    }
  | {
      readonly kind: 'corporateAction'
      readonly tradeDate: TradeDate
      readonly action: CorporateAction
      /** The broker's id of what it said: the same is booked once. */
      readonly brokerEvent?: string
    }
  /**
   * Money from or to outside, a movement between sleeves (transfer named), or a change of currency (conversion named;
   * currency and amount are then what is given up). A deposit or withdrawal without a sleeve is dealt by the weights in
   * force; a withdrawal beyond free cash is refused whole.
   */
  | {
      readonly kind: 'cash'
      readonly account: AccountId
      readonly currency: CurrencyCode
      readonly amount: Money
      readonly cause: CashCause
      readonly sleeve?: SleeveId
      readonly transfer?: CashTransfer
      readonly conversion?: CashConversion
      /** The day that it belongs to; left out: the last one seen. */
      readonly tradeDate?: TradeDate
      /** The broker's id of what it said: the same is booked once. */
      readonly brokerEvent?: string
    }
  | {
      readonly kind: 'operator'
      readonly id: string
      readonly actor: string
      readonly seen: number
      /** The day that it belongs to; left out: the last one seen. */
      readonly tradeDate?: TradeDate
      readonly command: OperatorCommand
    }
  /** A gate was shut or opened: of the whole account, or of one instrument. While it is shut nothing is sent there. */
  | {
      readonly kind: 'gate'
      readonly gate: MeasuredGate
      readonly isOpen: boolean
      readonly instrument: InstrumentId | null
      readonly reason: string
    }
  /** `reducing`: entries are refused, and those that wait are withdrawn. */
  | { readonly kind: 'mode'; readonly mode: AccountMode; readonly reason: string }
  /** What the broker takes back or changes of an execution that is booked. */
  | { readonly kind: 'correction'; readonly correction: Correction }
  /** What the broker has and no book knows: it enters the external sleeve. */
  | { readonly kind: 'external'; readonly finding: ExternalFinding; readonly brokerEvent?: string }
  /** The broker's account was compared with the books: after what was found has been booked. */
  | { readonly kind: 'reconciled'; readonly reconciliation: Reconciliation }
  /** Somebody must look: said of orders while they are out. The books stay as they are. */
  | {
      readonly kind: 'alert'
      /** What was noticed, as docs/orders.md names it. */
      readonly rule: string
      readonly instrument: InstrumentId | null
      /** The order that it is about, as the broker was told it. */
      readonly clientId: ClientOrderId | null
      readonly text: string
    }
)

/** Everything the kernel asks of the outside. */
export type Command =
  | { readonly kind: 'list'; readonly instrument: Instrument }
  | { readonly kind: 'submit'; readonly orders: OrderColumns }
  | { readonly kind: 'cancel'; readonly order: OrderId }
  | { readonly kind: 'alert'; readonly violation: Violation }
  /** An entry waits for an operator's word, or that wait is over. */
  | { readonly kind: 'approval'; readonly approval: ApprovalRecord }
  /** An operator's command that was not carried out, and why. */
  | { readonly kind: 'declined'; readonly command: OperatorCommand; readonly reason: string }
