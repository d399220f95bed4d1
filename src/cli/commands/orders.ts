import type { ClientOrderId } from '../../domain/broker.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { OPERATOR_VERDICTS, type OperatorVerdict, type OrderRecord } from '../../domain/order-records.ts'
import { type AskOptions, askEngine } from '../operate/ask.ts'
import { type Addressed, type StoreOptions, withPortfolio } from '../operate/portfolio-of.ts'
import { print, printJson } from '../output.ts'
import { count, decimal, quantityText } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'

interface OrdersOptions extends StoreOptions {
  readonly json?: boolean
}

/** `polyfolio orders`: those that have not ended, as the store knows them. Reads only. */
export async function orders(options: OrdersOptions): Promise<void> {
  await withPortfolio(options, async (found) => {
    const units = await unitsOf(found)
    const now = Date.now()
    const open = (await found.store.openOrders(found.portfolio)).map((record) => inWords(record, units, now))
    if (options.json === true) printJson({ portfolio: found.portfolio, orders: open })
    else print(open.length === 0 ? 'No order is open.' : textOf(open))
  })
}

interface DecideOptions extends AskOptions {
  readonly confirm?: string
}

/** `polyfolio decide`: an operator's word on an order whose outcome the broker cannot tell. */
export async function decide(order: string, word: string, options: DecideOptions): Promise<void> {
  const verdict = verdictOf(word)
  if (options.confirm === undefined) throw new FaultError(fault('CONFIRM_MISSING', { what: 'decide' }))
  await askEngine({ kind: 'decide', order: order as ClientOrderId, verdict, account: options.confirm }, options)
}

function verdictOf(word: string): OperatorVerdict {
  const found = OPERATOR_VERDICTS.find((verdict) => verdict === word)
  if (found !== undefined) return found
  const reason = `is one of ${OPERATOR_VERDICTS.join(', ')}, not "${word}"; what was filled comes by its executions, or by polyfolio discrepancies`
  throw new FaultError(fault('OPTION_INVALID', { option: 'the word on an order', reason }))
}

interface Listed {
  readonly symbol: string
  readonly unitsPerWhole: number
}

async function unitsOf({ store, portfolio }: Addressed): Promise<ReadonlyMap<string, Listed>> {
  const listed = new Map<string, Listed>()
  for await (const row of store.projections.projectedRows(portfolio, 'instrument'))
    listed.set(String(row['instrument']), {
      symbol: String(row['symbol']),
      unitsPerWhole: Number(row['unitsPerWhole']),
    })
  return listed
}

/** Quantities are whole shares, contracts and coins; of a structure, how many. */
function inWords(record: OrderRecord, listed: ReadonlyMap<string, Listed>, now: number) {
  const { clientId, order, broker, brokerId, instrument, legs, quantity, filled, state, isCancelling, ...rest } = record
  const names = legs.map((leg) => listed.get(leg.instrument)?.symbol ?? leg.instrument)
  const whole = instrument === null ? 1 : (listed.get(instrument)?.unitsPerWhole ?? 1)
  return {
    clientId,
    order,
    broker,
    brokerId,
    instrument: names.join(' / '),
    quantity: quantity / whole,
    filled: filled / whole,
    state,
    cancelling: isCancelling,
    sends: rest.sends,
    intendedAt: new Date(rest.intendedAt).toISOString(),
    changedAt: new Date(rest.changedAt).toISOString(),
    ageSeconds: Math.max(0, now - rest.intendedAt) / 1_000,
    evidence: rest.evidence,
  }
}

/** Columns of numbers. */
const NUMBERS = [2, 3, 6, 7]

function textOf(open: readonly ReturnType<typeof inWords>[]): string {
  const head = ['Client id', 'Instrument', 'Quantity', 'Filled', 'State', 'At', 'Sent', 'Age', 'Evidence']
  const rows = open.map((one) => [
    one.clientId,
    one.instrument,
    quantityText(one.quantity),
    quantityText(one.filled),
    one.cancelling ? `${one.state}, cancelling` : one.state,
    one.broker,
    `${count(one.sends)}x`,
    `${decimal(one.ageSeconds, 0)} s`,
    one.evidence,
  ])
  return textTable(head, rows, NUMBERS)
}
