/** Keeps what reports need of a run: trades, orders, attribution, refusals and daily series. */
import type { CapitalRecord } from '../../domain/capital.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { isEarned } from '../../domain/risk.ts'
import type { CurrencyCode, Instant, OrderId, TradeDate } from '../../domain/units.ts'
import { lengthened } from '../reconfigure/rows.ts'
import type { Runtime } from '../runtime.ts'
import { type DayBook, dayBook } from './day-book.ts'
import type { Observer, Posting } from './observer.ts'
import { type OrderBook, type OrderPart, orderBook } from './order-book.ts'
import { createRecording } from './recording.ts'
import type { AttributionRecord, CapitalDay, MembershipRecord, RefusalRecord, SignalRecord } from './result.ts'
import { type TradeBook, tradeBook } from './trade-book.ts'

export interface Recorder extends Observer {
  attach(runtime: Runtime): void
  readonly trades: TradeBook
  readonly orders: OrderBook
  readonly days: DayBook
  readonly attribution: AttributionRecord[]
  readonly refusals: RefusalRecord[]
  readonly signals: SignalRecord[]
  /** Interest, borrowing costs, funding and charges per sleeve, in the base currency. */
  readonly financing: readonly number[]
  /** Inverse-volatility weights day by day (day-major), and the last correlations. */
  readonly allocation: { readonly weights: number[]; correlation: Float64Array }
  /** Who entered the universe of a sleeve or left it, in the order of the days. */
  readonly memberships: MembershipRecord[]
  readonly capitalBook: { readonly records: CapitalRecord[]; readonly days: CapitalDay[] }
}

/** Postings that are a sleeve's part of an order, and as what. */
const PARTS: { readonly [Kind in Posting['kind']]?: OrderPart['kind'] } = {
  fill: 'fill',
  cross: 'cross',
  correction: 'fill',
  reversal: 'reversal',
}

export function createRecorder(): Recorder {
  const recording = createRecording()
  const { runtime, instrumentAt, moneyOf, worthOf, sleeveAt } = recording
  const trades = tradeBook(recording)
  const orders = orderBook(recording)
  const days = dayBook(recording)
  const attribution: AttributionRecord[] = []
  const refusals: RefusalRecord[] = []
  const signals: SignalRecord[] = []
  const financing: number[] = []
  const memberships: MembershipRecord[] = []
  const allocation = { weights: [] as number[], correlation: new Float64Array(0) }
  const capitalBook = { records: [] as CapitalRecord[], days: [] as CapitalDay[] }

  const countsOf = (amount: number): number => amount * countsPerUnit(runtime().state.config!.currency)

  function posting(posting: Posting): void {
    const { kind, order, execution, sleeve, instrument, quantity, price, cash, fee, realised, reason } = posting
    const { state, tradeDate } = runtime()
    if (instrument < 0) {
      if (isEarned(reason)) financing[sleeve] = (financing[sleeve] ?? 0) + moneyOf(cash)
      else days.flow(sleeve, cash)
    }
    // What comes in kind is worth its price: no return of anybody.
    if (kind === 'external') days.flow(sleeve, countsOf(quantity * runtime().unitValue[instrument]!))
    if (kind === 'funding' || kind === 'borrow')
      financing[sleeve] = (financing[sleeve] ?? 0) + worthOf(cash, instrument)
    const info = instrument < 0 ? null : instrumentAt(instrument)
    const unit = info === null ? 1 : info.unitsPerWhole
    attribution.push({
      at: state.at as Instant,
      tradeDate: tradeDate as TradeDate,
      order: order as OrderId,
      execution: execution === 0 ? '' : `E${execution}`,
      sleeve: sleeveAt(sleeve),
      instrument: info === null ? '' : info.symbol,
      kind,
      quantity: quantity / unit,
      price,
      cash: info === null ? moneyOf(cash) : worthOf(cash, instrument),
      fee: info === null ? moneyOf(fee) : worthOf(fee, instrument),
      realised,
      reason,
    })
    if (info === null) return
    const made = orders.find(order)
    const part = PARTS[kind]
    if (made !== undefined && part !== undefined)
      orders.takeShare(made, sleeve, { quantity, price, fee: worthOf(fee, instrument), kind: part })
    if (info.option !== null && made !== undefined && made.record.instrument !== info.symbol) {
      trades.legFee(order, sleeve, moneyOf(fee))
      return
    }
    trades.take(posting, info, { cash: worthOf(cash, instrument), fee: worthOf(fee, instrument) })
  }

  /** One side of a change of currency: the currency stands where the instrument does, its rate where the price does. */
  function converted(sleeve: number, currency: number, amount: number, reason: string): void {
    const { state, tradeDate } = runtime()
    const code = state.currencies[currency] as CurrencyCode
    const quantity = amount / countsPerUnit(code)
    const rate = state.rate[currency]!
    attribution.push({
      at: state.at as Instant,
      tradeDate: tradeDate as TradeDate,
      order: 0 as OrderId,
      execution: '',
      sleeve: sleeveAt(sleeve),
      instrument: code,
      kind: 'conversion',
      quantity,
      price: rate,
      cash: quantity * rate,
      fee: 0,
      realised: 0,
      reason,
    })
  }

  /** Sleeves in a row of `allocation.weights`. */
  let weighed = 0

  /** Rows of days are as long as there are sleeves: those that came later had no part of them. */
  function configured(): void {
    const { sleeves, state } = runtime()
    const { moments } = state
    if (weighed > 0 && moments.sleeves > weighed) {
      const { weights } = allocation
      const rows = weights.splice(0)
      for (let row = 0; row < rows.length; row += weighed)
        for (let sleeve = 0; sleeve < moments.sleeves; sleeve += 1)
          weights.push(sleeve < weighed ? rows[row + sleeve]! : 0)
      weighed = moments.sleeves
    }
    capitalBook.days.forEach((day, at) => {
      if (day.weights.length === sleeves.length) return
      capitalBook.days[at] = {
        ...day,
        weights: lengthened(day.weights, sleeves.length),
        factors: lengthened(day.factors, sleeves.length, 1),
      }
    })
    days.configured()
  }

  return {
    attach: recording.attach,
    configured,
    trades,
    orders,
    days,
    attribution,
    refusals,
    signals,
    financing,
    allocation,
    memberships,
    capitalBook,
    posting,
    converted,
    executed: () => {},
    reduced: () => {},
    allocated: (weights, correlation) => {
      weighed = weights.length
      for (const weight of weights) allocation.weights.push(weight)
      allocation.correlation = Float64Array.from(correlation)
    },
    membership: ({ sleeve, instrument, tradeDate, isMember, reasons }) => {
      const { symbol } = instrumentAt(instrument)
      memberships.push({ sleeve: sleeveAt(sleeve), instrument: symbol, tradeDate, isMember, reasons })
    },
    capital: (record) => {
      capitalBook.records.push(record)
    },
    weighed: ({ tradeDate, isComputed, weights, factors }) => {
      const day = { tradeDate: tradeDate as TradeDate, isComputed }
      capitalBook.days.push({ ...day, weights: Float64Array.from(weights), factors: Float64Array.from(factors) })
    },
    ordered: orders.ordered,
    orderFilled: orders.filled,
    orderEnded: (order, state) => orders.ended(order, state),
    refused: (record) => {
      refusals.push(record)
    },
    signalled: ({ sleeve, instrument, at, tradeDate, quantity, stop, target, ...said }) => {
      const { symbol, unitsPerWhole } = instrumentAt(instrument)
      signals.push({
        at: at as Instant,
        tradeDate: tradeDate as TradeDate,
        sleeve: sleeveAt(sleeve),
        instrument: symbol,
        quantity: quantity / unitsPerWhole,
        stop: Number.isNaN(stop) ? null : stop,
        target: Number.isNaN(target) ? null : target,
        ...said,
      })
    },
    structureOpened: trades.structureOpened,
    structureClosed: trades.structureClosed,
    day: (tradeDate) => {
      days.day(tradeDate)
      trades.day()
    },
  }
}
