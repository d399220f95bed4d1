/** Executions that the orders known here do not explain: of foreign orders, of orders let go long ago, beyond what was ordered. */
import { assert } from '../../domain/assert.ts'
import type { OpenShare } from '../../domain/corrections.ts'
import { FOREIGN_ORDER } from '../../domain/orders.ts'
import { dealAmount, dealFill } from '../../pipeline/fills/attribute.ts'
import { blankPart, bookPart, type Part } from '../orders/booking.ts'
import { centCounts } from '../orders/cents.ts'
import type { Runtime } from '../runtime.ts'
import { boundExitsOf } from '../wishes/bound-exits.ts'
import { alertUnholdable, bookExternal, type ExternalRule } from './alerts.ts'
import { externalOf } from './sleeve.ts'

/** One execution, rounded on the account. */
export interface Executed {
  readonly quantity: number
  readonly price: number
  /** Signed counts before the fee. */
  readonly cash: number
  readonly fee: number
  readonly execution: number
}

/** Whose it is, and what it trades. */
interface Whose {
  readonly order: number
  readonly instrument: number
}

const part: Part = blankPart()

function aimPart({ order, instrument }: Whose, { quantity, price, cash, fee, execution }: Executed): Part {
  part.kind = 'fill'
  part.order = order
  part.execution = execution
  part.instrument = instrument
  part.quantity = quantity
  part.price = price
  part.cash = cash
  part.fee = fee
  part.protection = null
  return part
}

/**
 * Books an execution of an order that is not known here: by the shares that came with it, as far as they want it; what is
 * left, and all of a foreign one, goes to the external sleeve.
 */
export function settleUnasked(
  runtime: Runtime,
  whose: Whose,
  execution: Executed,
  shares: readonly OpenShare[] | undefined,
): void {
  const { order } = whose
  const isForeign = order === FOREIGN_ORDER
  if (isForeign || shares === undefined) {
    const text = isForeign ? 'a fill of a foreign order came' : `a fill names order "${order}", which is not known here`
    assert(externalOf(runtime) >= 0, text)
    bookExternal(runtime, aimPart(whose, execution), isForeign ? 'foreignFill' : 'unknownOrder')
    return
  }
  let wanted = 0
  const side = execution.quantity < 0 ? -1 : 1
  const open = Float64Array.from(shares, ({ open: own }) => (own * side > 0 ? own : 0))
  for (const own of open) wanted += own
  const inside = withoutExcess(runtime, whose, execution, wanted)
  if (inside !== null) dealLate(runtime, whose, inside, { shares, open })
}

function dealLate(
  runtime: Runtime,
  whose: Whose,
  execution: Executed,
  { shares, open }: { readonly shares: readonly OpenShare[]; readonly open: Float64Array },
): void {
  const { instrument } = whose
  const count = shares.length
  const step = runtime.step[instrument]!
  const quantities = new Float64Array(count)
  const cashes = new Float64Array(count)
  const fees = new Float64Array(count)
  dealFill(execution.quantity, open, count, step, quantities)
  dealAmount(Math.abs(execution.cash), quantities, count, { quantityStep: step, amountStep: 1 }, cashes)
  const amountStep = centCounts(runtime, instrument)
  dealAmount(execution.fee, quantities, count, { quantityStep: step, amountStep }, fees)
  shares.forEach(({ sleeve }, place) => {
    const quantity = quantities[place]!
    if (quantity === 0) return
    const cash = execution.cash < 0 ? 0 - cashes[place]! : cashes[place]!
    const own = aimPart(whose, { ...execution, quantity, cash, fee: fees[place]! })
    const ordinal = runtime.sleeveOrdinal.get(sleeve)
    assert(ordinal !== undefined, `a share names sleeve "${sleeve}", which is not configured`)
    own.sleeve = ordinal
    own.reason = 'late fill'
    bookPart(runtime, own)
    boundExitsOf(runtime, ordinal, instrument)
  })
  alertUnholdable(runtime, instrument)
}

/**
 * The part of an execution that its order still wants; what is beyond goes to the external sleeve.
 *
 * @param wanted signed units that the order has not been filled with yet
 * @returns null where nothing of it is wanted
 */
export function withoutExcess(runtime: Runtime, whose: Whose, execution: Executed, wanted: number): Executed | null {
  const { quantity } = execution
  const isSameSide = quantity * wanted > 0
  if (quantity === 0 || (isSameSide && Math.abs(quantity) <= Math.abs(wanted))) return execution
  assert(externalOf(runtime) >= 0, `order "${whose.order}" was filled beyond what was ordered`)
  const inside = isSameSide ? wanted : 0
  const dealt = Float64Array.of(Math.abs(inside), Math.abs(quantity - inside))
  const [cashes, fees] = [new Float64Array(2), new Float64Array(2)]
  dealAmount(Math.abs(execution.cash), dealt, 2, { quantityStep: 1, amountStep: 1 }, cashes)
  dealAmount(execution.fee, dealt, 2, { quantityStep: 1, amountStep: centCounts(runtime, whose.instrument) }, fees)
  const sign = execution.cash < 0 ? -1 : 1
  const of = (place: number, units: number): Executed => ({
    ...execution,
    quantity: units,
    cash: cashes[place]! * sign + 0,
    fee: fees[place]!,
  })
  const rule: ExternalRule = 'overfill'
  bookExternal(runtime, aimPart(whose, of(1, quantity - inside)), rule)
  return inside === 0 ? null : of(0, inside)
}
