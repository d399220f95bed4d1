/** The venue's own account: every execution, correction and bust, and what they make of positions and cash at any moment. */
import type { AccountEvent, Execution } from '../../src/domain/broker.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import { countsPerPrice, tradedCash } from '../../src/domain/traded-cash.ts'
import type { InstrumentId } from '../../src/domain/units.ts'

interface Entry {
  readonly at: number
  readonly symbol: string
  readonly units: number
  readonly cash: number
}

type MoneyMove = Extract<AccountEvent, { readonly kind: 'cash' }>

export interface VenueBooks {
  /** In the order in which they happened. */
  readonly executions: readonly Execution[]
  book(execution: Execution): void
  /** What happened to the account without an order, in its order. */
  readonly happened: readonly MoneyMove[]
  /** Money comes or goes without an order. */
  move(event: MoneyMove): void
  /** Positions by symbol, without those that are flat, and cash: as of a moment. */
  at(time: number): { readonly positions: ReadonlyMap<string, number>; readonly cash: number }
  /** Executions that had happened by a moment. */
  countAt(time: number): number
  /** What an execution came to: it, its last correction, or nothing where it was busted. */
  standing(): ReadonlyMap<string, Execution>
}

/** Money counts of a millionth of a share at a price of one. */
const UNLISTED_SCALE = 1

export function createVenueBooks(instruments: readonly Instrument[], capital: number): VenueBooks {
  const scales = new Map<InstrumentId, number>(instruments.map((one) => [one.id, countsPerPrice(one, one.currency)]))
  const executions: Execution[] = []
  const entries: Entry[] = [{ at: 0, symbol: '', units: 0, cash: capital }]
  const happened: MoneyMove[] = []
  const standing = new Map<string, Execution>()
  /** By any id of a chain of corrections, that of its first. */
  const firstOf = new Map<string, string>()

  const cashOf = ({ quantity, price, instrument, fee }: Execution): number => {
    const scale = instrument === null ? UNLISTED_SCALE : scales.get(instrument)!
    const traded = tradedCash(quantity, price, scale)
    return (quantity > 0 ? 0 - traded : traded) - (fee ?? 0)
  }

  return {
    executions,
    book(execution) {
      const { id, corrects, symbol, at } = execution
      const first = corrects === null ? id : firstOf.get(corrects)!
      firstOf.set(id, first)
      const before = standing.get(first)
      if (before !== undefined) entries.push({ at, symbol, units: 0 - before.quantity, cash: 0 - cashOf(before) })
      executions.push(execution)
      if (execution.kind === 'bust') {
        standing.delete(first)
        return
      }
      standing.set(first, execution)
      entries.push({ at, symbol, units: execution.quantity, cash: cashOf(execution) })
    },
    happened,
    move(event) {
      happened.push(event)
      entries.push({ at: event.at, symbol: '', units: 0, cash: event.amount })
    },
    at(time) {
      const positions = new Map<string, number>()
      let cash = 0
      for (const entry of entries) {
        if (entry.at > time) continue
        cash += entry.cash
        if (entry.symbol !== '') positions.set(entry.symbol, (positions.get(entry.symbol) ?? 0) + entry.units)
      }
      for (const [symbol, units] of positions) if (units === 0) positions.delete(symbol)
      return { positions, cash }
    },
    countAt(time) {
      let count = executions.length
      while (count > 0 && executions[count - 1]!.at > time) count -= 1
      return count
    },
    standing: () => standing,
  }
}
