/** What a broker takes back or changes of an execution that is booked: busts, corrections and fees that are told later. */
import type { Instant, InstrumentId, Money, OrderId, Price, Quantity, SleeveId } from './units.ts'

/** What one sleeve has of one execution, as it is booked: what a bust or a correction reverses, to the last count. */
export interface BookedShare {
  readonly sleeve: SleeveId
  /** Signed units. */
  readonly quantity: Quantity
  readonly price: Price
  /** Signed counts before the fee. */
  readonly cash: Money
  readonly fee: Money
  /** Profit that it realised, in the instrument's currency. */
  readonly realised: number
  /** Units that were kept as a fee in kind: no part of what the order was filled with. */
  readonly isFee?: true
}

/** What a sleeve's share of an order still wants: it goes with a fill that comes after the kernel has let the order go. */
export interface OpenShare {
  readonly sleeve: SleeveId
  /** Signed units. */
  readonly open: Quantity
}

export type Amendment =
  /** The execution never was. */
  | { readonly kind: 'bust' }
  /** It was another quantity, another price, or both. A null fee: what was charged stays. */
  | { readonly kind: 'replaced'; readonly quantity: Quantity; readonly price: Price; readonly fee: Money | null }
  /** What the broker says that it cost takes the place of what was computed. */
  | { readonly kind: 'fee'; readonly fee: Money }
  /** The fee was taken in what was bought: so many units, worth this price. */
  | { readonly kind: 'feeInKind'; readonly quantity: Quantity; readonly price: Price }

export interface Correction {
  readonly amendment: Amendment
  /** FOREIGN_ORDER where the order was not sent by this program. */
  readonly order: OrderId
  /** Numbers of the execution and of this correction in the kernel. */
  readonly execution: number
  readonly number: number
  /** When it was traded, or corrected last. Absent: not long ago. */
  readonly at?: Instant
  readonly instrument: InstrumentId
  /** At which it was booked. */
  readonly price: Price
  /** As it stands in the books, in the order of the shares. */
  readonly shares: readonly BookedShare[]
  readonly evidence: string
}
