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
  readonly happened: readonly AccountEvent[]
  /** Money comes or goes without an order. */
  move(event: MoneyMove): void
  /** What a session began with becomes other shares: whole ones, and money for the rest. */
  split(split: VenueSplit, event: AccountEvent): void
  /** Money for so much a share, to who had it before a moment. */
  due(instrument: Instrument, perShare: number, cutoff: number): number
  /** Positions by symbol, without those that are flat, and cash: as of a moment. */
  at(time: number): { readonly positions: ReadonlyMap<string, number>; readonly cash: number }
  /** Executions that had happened by a moment. */
  countAt(time: number): number
  /** What an execution came to: it, its last correction, or nothing where it was busted. */
  standing(): ReadonlyMap<string, Execution>
}

export interface VenueSplit {
  readonly instrument: Instrument
  readonly numerator: number
  readonly denominator: number
  /** After it. */
  readonly price: number
  /** What was there before this moment is split, when it is booked. */
  readonly cutoff: number
}

/** Money counts of a millionth of a share at a price of one. */
const UNLISTED_SCALE = 1

export function createVenueBooks(instruments: readonly Instrument[], capital: number): VenueBooks {
  const scales = new Map<InstrumentId, number>(instruments.map((one) => [one.id, countsPerPrice(one, one.currency)]))
  const executions: Execution[] = []
  const entries: Entry[] = [{ at: 0, symbol: '', units: 0, cash: capital }]
  const happened: AccountEvent[] = []
  const standing = new Map<string, Execution>()
  /** By any id of a chain of corrections, that of its first. */
  const firstOf = new Map<string, string>()

  const cashOf = ({ quantity, price, instrument, fee }: Execution): number => {
    const scale = instrument === null ? UNLISTED_SCALE : scales.get(instrument)!
    const traded = tradedCash(quantity, price, scale)
    return (quantity > 0 ? 0 - traded : traded) - (fee ?? 0)
  }

  const heldBefore = (symbol: string, cutoff: number): number =>
    entries.reduce((sum, entry) => (entry.symbol === symbol && entry.at < cutoff ? sum + entry.units : sum), 0)
  const signed = (units: number, price: number, instrument: Instrument): number => {
    const traded = tradedCash(units, price, scales.get(instrument.id)!)
    return units < 0 ? 0 - traded : traded
  }

  return {
    executions,
    split({ instrument, numerator, denominator, price, cutoff }, event) {
      const { symbol, step } = instrument
      const held = heldBefore(symbol, cutoff)
      const whole = Math.trunc((held * numerator) / (denominator * step)) * step
      const fraction = (held * numerator - whole * denominator) / denominator
      happened.push(event)
      entries.push({ at: event.at, symbol, units: whole - held, cash: signed(fraction, price, instrument) })
    },
    due: (instrument, perShare, cutoff) => signed(heldBefore(instrument.symbol, cutoff), perShare, instrument),
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
