/** What is found at the broker and is in no book: it enters the external sleeve in kind, and is no return of anybody. */
import { assert } from '../../domain/assert.ts'
import type { ExternalFinding } from '../../domain/external.ts'
import { postAccount } from '../../pipeline/ledger/books.ts'
import { blankPart, bookPart } from '../orders/booking.ts'
import { valueAll } from '../positions/valuation.ts'
import { bookFlow, shiftFlow } from '../rebalance/move-money.ts'
import { currencyColumn, type Runtime, setMark } from '../runtime.ts'
import { alertExternal, endExternalAlerts } from './alerts.ts'
import { externalOf } from './sleeve.ts'

const part = blankPart()

export function takeFinding(runtime: Runtime, finding: ExternalFinding): void {
  const sleeve = externalOf(runtime)
  assert(sleeve >= 0, `"${finding.id}" was found at the broker, and the portfolio has no external sleeve`)
  const { state } = runtime
  if (finding.instrument !== null) {
    const instrument = runtime.byId.get(finding.instrument)
    assert(instrument !== undefined, `a finding names "${finding.instrument}", which is not listed`)
    // What has no bars is worth what the broker last said.
    const hasBars = state.instruments[instrument]!.clocks.length > 0
    if (Number.isNaN(state.mark[instrument]!) || !hasBars) setMark(runtime, instrument, finding.price)
    if (finding.quantity !== 0) takePosition(runtime, sleeve, instrument, finding)
    if (finding.working !== undefined) takeWorking(runtime, sleeve, instrument, finding.working)
  }
  for (const { currency, amount } of finding.cash)
    if (amount !== 0) bookFlow(runtime, sleeve, currencyColumn(runtime, currency), amount, 'external')
  valueAll(runtime)
}

function takePosition(
  runtime: Runtime,
  sleeve: number,
  instrument: number,
  { quantity, price }: ExternalFinding,
): void {
  postAccount(runtime.state.books, instrument, quantity, 0)
  part.kind = 'external'
  part.order = 0
  part.execution = 0
  part.sleeve = sleeve
  part.instrument = instrument
  part.quantity = quantity
  part.price = price
  part.cash = 0
  part.fee = 0
  part.reason = 'found'
  part.protection = null
  bookPart(runtime, part)
  shiftFlow(runtime, sleeve, quantity * runtime.unitValue[instrument]!)
  alertExternal(runtime, instrument, 'found')
  endExternalAlerts(runtime, instrument)
}

/** Foreign orders count at their worse end, as any that are on their way. */
function takeWorking(
  { state }: Runtime,
  sleeve: number,
  instrument: number,
  { buys, sells }: NonNullable<ExternalFinding['working']>,
): void {
  const at = sleeve * state.books.width + instrument
  state.accountBuys[instrument] = state.accountBuys[instrument]! + buys - state.pendingBuys[at]!
  state.accountSells[instrument] = state.accountSells[instrument]! + sells - state.pendingSells[at]!
  state.pendingBuys[at] = buys
  state.pendingSells[at] = sells
}
