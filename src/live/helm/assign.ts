/** An operator's word on what an account holds beyond the books: a sleeve's, or external from now on. */
import type { Discrepancy } from '../../domain/discrepancies.ts'
import type { OperatorCommand } from '../../domain/events.ts'
import type { CurrencyCode, InstrumentId, Money, Price, Quantity, SleeveId } from '../../domain/units.ts'

/** What the books know of an instrument that a discrepancy is about. */
export interface KnownInstrument {
  readonly id: InstrumentId
  /** NaN where nobody knows a price. */
  readonly mark: number
  /** Money counts in one unit of its currency. */
  readonly countsPerUnit: number
}

export interface AssignBody {
  readonly discrepancy: string
  /** Null: it stays external. */
  readonly to: string | null
  /** What one share, contract or coin costs the sleeve; null: its mark. */
  readonly price: number | null
  /** What the sleeve pays for all of it; null: quantity x price. */
  readonly cash: number | null
  readonly note: string
}

/** The kernel's command for it, or the reason why there is none. */
export function assignOf(
  body: AssignBody,
  open: readonly Discrepancy[],
  instrumentOf: (subject: string) => KnownInstrument | null,
): OperatorCommand | string {
  const { discrepancy: id, to, price, cash, note } = body
  const found = open.find((one) => one.id === id)
  if (found === undefined) {
    const known = open.map((one) => `"${one.id}"`).join(', ')
    return `no discrepancy "${id}" is open; ${known === '' ? 'none is' : `there are ${known}`}`
  }
  if (to === null) return { kind: 'acceptDiscrepancy', id, note }
  if (found.adopted === 0) return `nothing of "${id}" can be assigned; leave --to out to accept it as it is`
  if (found.kind === 'cash') {
    if (price !== null || cash !== null) return 'money goes as it is: leave --price and --cash out'
    const currency = found.subject as CurrencyCode
    return { kind: 'assignCash', to: to as SleeveId, currency, amount: found.adopted as Money, discrepancy: id }
  }
  const instrument = instrumentOf(found.subject)
  if (instrument === null) return `"${found.subject}" is not listed`
  const at = price ?? instrument.mark
  if (!Number.isFinite(at)) return `nobody knows a price of "${found.subject}"; say --price`
  const agreed = cash === null ? {} : { cash: Math.floor(cash * instrument.countsPerUnit + 0.5) as Money }
  const quantity = found.adopted as Quantity
  const named = { to: to as SleeveId, instrument: instrument.id, quantity, price: at as Price, discrepancy: id }
  return { kind: 'assign', ...named, ...agreed }
}
