import { createHash } from 'node:crypto'
import { formatDate } from '../../domain/sessions.ts'
import type { Kernel } from '../../engine/kernel.ts'
import { type Standing, standingOf } from '../../live/standing.ts'
import { count, decimal, finite, known, money, quantityText } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'

/** A standing as the document of `--json`: figures finite or null, the day as text, and what tells equal states. */
export function standingDocument(kernel: Kernel): Readonly<Record<string, unknown>> {
  const { at, tradeDate, equity, cash, sleeves, positions, ...rest } = standingOf(kernel)
  return {
    ...rest,
    at: new Date(at).toISOString(),
    tradeDate: dayText(tradeDate),
    equity: known(equity),
    cash: known(cash),
    sleeves: sleeves.map((sleeve) => ({ ...sleeve, equity: known(sleeve.equity), cash: known(sleeve.cash) })),
    positions: positions.map((one) => ({
      ...one,
      averagePrice: finite(one.averagePrice),
      mark: finite(one.mark),
      value: finite(one.value),
      unrealised: finite(one.unrealised),
    })),
    stateHash: createHash('sha256').update(kernel.canonical()).digest('hex'),
  }
}

function dayText(tradeDate: Standing['tradeDate']): string | null {
  return tradeDate === 0 ? null : formatDate(tradeDate)
}

/** The same for people. */
export function standingText(kernel: Kernel): string {
  const { name, currency, seq, at, equity, cash, sleeves, positions, ...rest } = standingOf(kernel)
  const { openOrders, waitingWishes, openViolations } = rest
  const when = new Date(at).toISOString().replace('T', ' ').slice(0, 16)
  const amount = (value: number): string => money(value, currency)
  const held = textTable(
    ['Sleeve', 'Instrument', 'Quantity', 'Price', 'Value', 'Open gain'],
    positions.map((one) => [
      one.sleeve,
      one.instrument,
      quantityText(one.quantity),
      decimal(finite(one.mark), 2),
      amount(one.value),
      amount(one.unrealised),
    ]),
    [2, 3, 4, 5],
  )
  const books = textTable(
    ['Sleeve', 'Equity', 'Cash', ''],
    sleeves.map((sleeve) => [sleeve.title, amount(sleeve.equity), amount(sleeve.cash), sleeve.paused]),
    [1, 2],
  )
  return [
    `${name} after event ${count(seq)}, ${when} UTC`,
    `Equity ${amount(equity)}, cash ${amount(cash)}; ${count(openOrders)} orders at the broker, ${count(waitingWishes)} wishes wait; ${count(openViolations)} open violations`,
    '',
    books,
    ...(positions.length === 0 ? [] : ['', held]),
    '',
    `State: SHA-256 ${createHash('sha256').update(kernel.canonical()).digest('hex')}`,
  ].join('\n')
}
