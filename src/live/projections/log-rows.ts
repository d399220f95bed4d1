/** Rows of what happened: one each, never changed. */
import { countsPerUnit } from '../../domain/currencies.ts'
import type { PostingRow } from '../../domain/projections.ts'
import { isEarned } from '../../domain/risk.ts'
import type { RoundTripRow } from '../../domain/round-trip-row.ts'
import { roundTrips } from '../../domain/round-trips.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { shownSleeves } from '../../engine/external/sleeve.ts'
import { levelsOf } from '../../engine/positions/protect.ts'
import type { Observer, OrderRow, Posting, StructureEvent } from '../../engine/records/observer.ts'
import type { Recording } from '../../engine/records/recording.ts'
import { known, type RowBuffer } from './rows.ts'

const NO_LEVELS = { stop: null, target: null } as const

export interface LogRows {
  readonly observer: Omit<Observer, 'day'>
  /** Names what is said from now on: the next event. */
  begin(seq: number): void
  /** Goes on with the round trips that the tables hold. */
  resume(trips: readonly RoundTripRow[]): void
}

/** @param flowed told of money that came to a sleeve and is no gain: counts of the base currency */
export function logRows(
  recording: Recording,
  rows: RowBuffer,
  flowed: (sleeve: number, counts: number) => void,
): LogRows {
  const { runtime, instrumentAt, moneyOf, worthOf, sleeveAt } = recording
  const trips = roundTrips()
  let seq = 0
  let count = 0

  const begin = (next: number): void => {
    seq = next
    count = 0
  }
  const placed = (): { seq: number; place: number; at: number } => {
    count += 1
    return { seq, place: count, at: runtime().state.at }
  }
  const levels = (sleeve: number, instrument: number): { stop: number | null; target: number | null } => {
    const guard = runtime().state.guards.find((one) => one.sleeve === sleeve && one.instrument === instrument)
    if (guard === undefined) return NO_LEVELS
    const { stop, target } = levelsOf(runtime(), guard)
    return { stop: known(stop), target: known(target) }
  }

  function posting(said: Posting): void {
    const { kind, sleeve, instrument, quantity, price, cash, fee, realised, before, reason } = said
    const { state, tradeDate } = runtime()
    const isMoney = instrument < 0
    const isFlow = isMoney && !isEarned(reason)
    if (isFlow) flowed(sleeve, cash)
    if (kind === 'external') flowed(sleeve, worthInKind(instrument, quantity))
    const own = isMoney ? NO_LEVELS : levels(sleeve, instrument)
    count += 1
    // Named one by one: of every booking there is one of these.
    const row: PostingRow = {
      seq,
      place: count,
      at: state.at,
      tradeDate,
      kind,
      order: said.order === 0 ? null : said.order,
      execution: said.execution === 0 ? null : said.execution,
      sleeve: sleeveAt(sleeve),
      instrument: isMoney ? null : instrumentAt(instrument).id,
      currency: state.currencies[isMoney ? 0 : state.books.currency[instrument]!]!,
      quantity,
      price,
      cash,
      fee,
      value: isMoney ? moneyOf(cash) : worthOf(cash, instrument),
      cost: isMoney ? moneyOf(fee) : worthOf(fee, instrument),
      realised,
      before,
      stop: own.stop,
      target: own.target,
      isFlow,
      reason,
    }
    rows.add('posting', row)
    if (isMoney) return
    for (const trip of trips.posted(row, instrumentAt(instrument))) rows.add('roundTrip', trip)
  }

  /** What came in kind, in counts of the base currency. */
  function worthInKind(instrument: number, quantity: number): number {
    const { state, unitValue } = runtime()
    return quantity * unitValue[instrument]! * countsPerUnit(state.config!.currency)
  }

  function converted(sleeve: number, currency: number, amount: number, reason: string): void {
    const { state, tradeDate } = runtime()
    const code = state.currencies[currency]!
    const rate = state.rate[currency]!
    const value = (amount / countsPerUnit(code as CurrencyCode)) * rate
    const nothing = { order: null, execution: null, instrument: null, quantity: 0, fee: 0, cost: 0, realised: 0 }
    const own = { kind: 'conversion', sleeve: sleeveAt(sleeve), currency: code, price: rate, cash: amount, value }
    const rest = { before: 0, stop: null, target: null, isFlow: false, reason }
    rows.add('posting', { ...placed(), tradeDate, ...nothing, ...own, ...rest })
  }

  function ordered(row: OrderRow): void {
    const instrument = row.instrument < 0 ? null : instrumentAt(row.instrument).id
    rows.add('netOrder', {
      order: row.id,
      seq,
      at: row.at,
      tradeDate: row.tradeDate,
      cycle: row.cycle,
      instrument,
      label: row.label,
      type: row.type,
      quantity: row.net,
      crossed: row.crossed,
      reference: known(row.reference),
    })
    for (let place = row.start; place < row.start + row.count; place += 1) {
      rows.add('intent', {
        order: row.id,
        place: place - row.start,
        sleeve: sleeveAt(row.sleeves[place]!),
        intent: row.intents[place]!,
        wanted: row.wanted[place]!,
        crossed: row.crosses[place]!,
        reason: row.reasons[place] ?? '',
      })
    }
  }

  function structure(event: StructureEvent, isOpening: boolean, reason: string): void {
    const { structure: id, sleeve, label, quantity, premium, money, order } = event
    const own = { structure: id, sleeve: sleeveAt(sleeve), label, isOpening, quantity, premium, money, order, reason }
    const here = placed()
    rows.add('structureChange', { ...here, ...own })
    const { tradeDate } = runtime()
    for (const trip of trips.structure({ ...here, ...own, tradeDate })) rows.add('roundTrip', trip)
  }

  return {
    begin,
    resume: trips.resume,
    observer: {
      posting,
      converted,
      ordered,
      executed: () => {},
      reduced: () => {},
      allocated: () => {},
      orderFilled: (order, quantity, price, fee) => {
        const { seq: number, place, at } = placed()
        rows.add('orderFill', { seq: number, place, at, order, quantity, price, fee })
      },
      orderEnded: (order, state, evidence) => {
        const { seq: number, place, at } = placed()
        rows.add('orderEnd', { seq: number, place, at, order, state, evidence })
      },
      refused: ({ tradeDate, sleeve, instrument, intent, end, rule, wanted, allowed, value, limit }) => {
        const own = {
          sleeve,
          instrument,
          intent,
          how: end,
          rule,
          wanted,
          allowed,
          value: known(value),
          limit: known(limit),
        }
        rows.add('intentEnd', { ...placed(), tradeDate, ...own })
      },
      signalled: ({ tradeDate, sleeve, instrument, quantity, confidence, price, stop, target, regime, reason }) => {
        const { id, unitsPerWhole } = instrumentAt(instrument)
        rows.add('signal', {
          ...placed(),
          tradeDate,
          sleeve: sleeveAt(sleeve),
          instrument: id,
          quantity: quantity / unitsPerWhole,
          confidence,
          price,
          stop: known(stop),
          target: known(target),
          regime,
          reason,
        })
      },
      structureOpened: (event) => structure(event, true, event.reason),
      structureClosed: (event) => structure(event, false, event.exitReason),
      membership: ({ sleeve, instrument, tradeDate, isMember, reasons }) => {
        const own = { sleeve: sleeveAt(sleeve), instrument: instrumentAt(instrument).id, isMember }
        rows.add('membership', { ...placed(), tradeDate, ...own, reasons: reasons.join(', ') })
      },
      approval: (record) => rows.add('approval', record),
      discrepancy: (found) => rows.add('discrepancy', found),
      capital: ({ tradeDate, cause, sleeve, before, after, moved, reason }) => {
        const own = { cause, sleeve, before: known(before), after: known(after), moved, reason }
        rows.add('capitalChange', { ...placed(), tradeDate, ...own })
      },
      weighed: ({ tradeDate, isComputed, weights, factors }) => {
        shownSleeves(runtime()).forEach(({ config }, ordinal) => {
          const own = { sleeve: config.id, weight: weights[ordinal]!, factor: factors[ordinal]!, isComputed }
          rows.add('allocation', { ...placed(), tradeDate, ...own })
        })
      },
    },
  }
}
