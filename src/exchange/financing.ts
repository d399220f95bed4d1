/** Funding and borrowed shares on the broker's own account: charged on the net position. */
import type { CorporateAction } from '../domain/market.ts'
import { tradedCash } from '../domain/traded-cash.ts'
import { type Listings, moveCashFor } from './account.ts'

const DAYS_A_YEAR = 365

type ActionOf<Kind> = Extract<CorporateAction, { readonly kind: Kind }>

/** Longs pay shorts; a negative rate the other way round. */
export function payFunding(listings: Listings, index: number, { rate, price }: ActionOf<'funding'>): void {
  const held = listings.account.positions[index]!
  const perWhole = Math.abs(rate) * (price ?? listings.account.marks[index]!)
  if (held === 0 || !(perWhole > 0)) return
  const cash = tradedCash(held, perWhole, listings.scale[index]!)
  moveCashFor(listings, index, rate > 0 === held > 0 ? 0 - cash : cash)
}

/** Charges what is held short, and notes whether more can be. */
export function chargeBorrow(listings: Listings, index: number, action: ActionOf<'borrow'>): void {
  if (action.isAvailable) listings.unborrowable.delete(index)
  else listings.unborrowable.add(index)
  const held = listings.account.positions[index]!
  const perWhole = borrowPerWhole(action, listings.account.marks[index]!)
  if (held >= 0 || !(perWhole > 0)) return
  moveCashFor(listings, index, 0 - tradedCash(held, perWhole, listings.scale[index]!))
}

/** What borrowing one whole share costs for the days that the action names. */
export function borrowPerWhole({ rate, days, price }: ActionOf<'borrow'>, mark: number): number {
  return ((rate * days) / DAYS_A_YEAR) * (price ?? mark)
}
