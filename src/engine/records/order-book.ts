/** Net orders with every sleeve's part of them, and what netting saved. */
import type { CostRules } from '../../domain/config.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { CurrencyCode, Instant, OrderId, TradeDate } from '../../domain/units.ts'
import { commission } from '../../exchange/commission.ts'
import { slippageFraction } from '../../exchange/slippage.ts'
import type { OrderRow } from './observer.ts'
import type { Recording } from './recording.ts'
import type { NettingTotals, OrderRecord, OrderShareRecord } from './result.ts'

/** Orders that cross the spread; a limit fills at its price or better. */
const SLIPPING: ReadonlySet<string> = new Set(['market', 'open', 'close', 'stop'])

export interface MutableOrder {
  record: Omit<OrderRecord, 'shares'>
  readonly unit: number
  /** -1 for a structure. */
  readonly instrument: number
  readonly ordered: number
  shares: (OrderShareRecord & { filled: number; fee: number })[]
  readonly sleeves: readonly number[]
  /** Price before slippage when it was made; NaN where there was none. */
  readonly reference: number
  filledUnits: number
  value: number
}

/** One sleeve's part of a fill or cross: signed units; the fee is an amount of the base currency. */
export interface OrderPart {
  readonly quantity: number
  readonly price: number
  readonly fee: number
  /** `reversal`: a fill is taken back, with its signs turned. */
  readonly kind: 'fill' | 'cross' | 'reversal'
}

/** What trading cost a sleeve beyond fees, and what crossing spared it, in the base currency. */
export interface ExecutionCosts {
  slippage: number
  crossingGain: number
}

export interface OrderBook {
  find(order: number): MutableOrder | undefined
  ordered(row: OrderRow): void
  takeShare(made: MutableOrder, sleeve: number, part: OrderPart): void
  filled(order: number, quantity: number, price: number, fee: number): void
  ended(order: number, state: OrderRecord['state']): void
  records(): OrderRecord[]
  netting(): NettingTotals
  /** By sleeve, for those that traded. */
  readonly costs: readonly (ExecutionCosts | undefined)[]
  /** Largest count of broker orders for one instrument within one cycle: must stay 1. */
  ordersPerInstrumentCycle(): number
}

export function orderBook({ runtime, instrumentAt, moneyOf, worthOf, sleeveAt }: Recording): OrderBook {
  const orders = new Map<number, MutableOrder>()
  const costs: ExecutionCosts[] = []
  const totals = {
    ordersGross: 0,
    ordersNet: 0,
    unitsGross: 0,
    unitsNet: 0,
    notionalGross: 0,
    notionalNet: 0,
    feesSaved: 0,
    crosses: 0,
  }
  const cycles: { readonly cycle: number; readonly tradeDate: TradeDate; gross: number; net: number }[] = []
  const seen = { cycle: -1, counts: new Map<string, number>(), most: 0 }

  function takeShare(made: MutableOrder, sleeve: number, { quantity, price, fee, kind }: OrderPart): void {
    const at = made.sleeves.indexOf(sleeve)
    if (at < 0) return
    const share = made.shares[at]!
    share.fee += fee
    if (kind === 'cross' || made.unit === 0) return
    share.filled += quantity / made.unit
    const lost = kind === 'reversal' ? 0 - slippageOf(made, price) : slippageOf(made, price)
    if (lost !== 0) costsOf(sleeve).slippage += worthIn(instrumentAt(made.instrument), Math.abs(quantity), lost)
  }

  /**
   * Price lost on a unit against the price before slippage: that of the moment, or what the cost model says of a stop and
   * of what a volume cap left for later.
   */
  function slippageOf({ record, reference, ordered: wanted, instrument }: MutableOrder, price: number): number {
    if (!SLIPPING.has(record.type)) return 0
    if (record.type !== 'stop' && runtime().state.at === record.at)
      return Number.isNaN(reference) ? 0 : wanted > 0 ? price - reference : reference - price
    const fraction = slippageAlone(instrumentAt(instrument))
    return wanted > 0 ? price - price / (1 + fraction) : price / (1 - fraction) - price
  }

  /** What an order of its own loses to the spread; one that depends on the volume of its bar is not known here: 0. */
  function slippageAlone(info: Instrument): number {
    const rules = runtime().state.config!.costs[info.kind]
    return rules === undefined ? 0 : slippageFraction(rules.slippage, 0, Number.NaN)
  }

  /** Units at a price, in the base currency at the rate of now. */
  function worthIn(info: Instrument, units: number, price: number): number {
    const { books, rate } = runtime().state
    return (units / info.unitsPerWhole) * price * info.multiplier * rate[books.currency[info.index]!]!
  }

  function costsOf(sleeve: number): ExecutionCosts {
    costs[sleeve] ??= { slippage: 0, crossingGain: 0 }
    return costs[sleeve]
  }

  /** Spared by what crossed inside: the fees that its own order would have paid for it, and its slippage. */
  function takeCrossing(row: OrderRow, info: Instrument): void {
    const rules = runtime().state.config!.costs[info.kind]
    if (rules === undefined || Number.isNaN(row.reference)) return
    for (let share = row.start; share < row.start + row.count; share += 1) {
      const inside = row.crosses[share]! / info.unitsPerWhole
      if (inside === 0) continue
      const alone = row.wanted[share]! / info.unitsPerWhole
      const fees = feeOf(rules, info, alone, row.reference) - feeOf(rules, info, alone - inside, row.reference)
      const spread = worthIn(info, Math.abs(row.crosses[share]!), row.reference) * slippageAlone(info)
      costsOf(row.sleeves[share]!).crossingGain += fees + spread
    }
  }

  function ordered(row: OrderRow): void {
    const structure = row.instrument < 0
    const unit = structure ? 1 : instrumentAt(row.instrument).unitsPerWhole
    const shares: MutableOrder['shares'] = []
    const sleeves: number[] = []
    let grossLong = 0
    let grossShort = 0
    for (let share = row.start; share < row.start + row.count; share += 1) {
      const wanted = row.wanted[share]! / unit
      if (wanted > 0) grossLong += wanted
      else grossShort -= wanted
      sleeves.push(row.sleeves[share]!)
      shares.push({
        sleeve: sleeveAt(row.sleeves[share]!),
        wanted,
        crossed: row.crosses[share]! / unit,
        filled: 0,
        fee: 0,
        reason: row.reasons[share]!,
      })
    }
    const net = row.net / unit
    orders.set(row.id, {
      unit: structure ? 0 : unit,
      instrument: row.instrument,
      ordered: row.net,
      reference: row.reference,
      sleeves,
      shares,
      filledUnits: 0,
      value: 0,
      record: {
        id: row.id as OrderId,
        cycle: row.cycle,
        at: row.at as Instant,
        tradeDate: row.tradeDate as TradeDate,
        instrument: row.label,
        type: row.type,
        grossLong,
        grossShort,
        net,
        crossed: row.crossed / unit,
        filled: 0,
        price: null,
        fee: 0,
        state: row.net === 0 ? 'crossed' : 'working',
      },
    })
    countNetting(row, grossLong + grossShort, net)
    if (row.crossed !== 0 && !structure) takeCrossing(row, instrumentAt(row.instrument))
  }

  function countCycle(row: OrderRow, gross: number, net: number): void {
    let last = cycles[cycles.length - 1]
    if (last === undefined || last.cycle !== row.cycle) {
      if (last !== undefined && last.gross === last.net) cycles.pop()
      last = { cycle: row.cycle, tradeDate: row.tradeDate as TradeDate, gross: 0, net: 0 }
      cycles.push(last)
    }
    last.gross += gross
    last.net += net
  }

  function countNetting(row: OrderRow, gross: number, net: number): void {
    const structure = row.instrument < 0
    const info = structure ? null : instrumentAt(row.instrument)
    const { books, rate } = runtime().state
    const inBase = structure ? 1 : rate[books.currency[row.instrument]!]!
    const value = Number.isNaN(row.reference) ? 0 : row.reference * (info?.multiplier ?? 1) * inBase
    totals.ordersGross += row.count
    totals.unitsGross += gross
    totals.notionalGross += gross * value
    countCycle(row, gross * value, Math.abs(net) * value)
    if (row.crossed !== 0) totals.crosses += 1
    if (row.net !== 0) {
      totals.ordersNet += 1
      totals.unitsNet += Math.abs(net)
      totals.notionalNet += Math.abs(net) * value
      if (seen.cycle !== row.cycle) {
        seen.cycle = row.cycle
        seen.counts.clear()
      }
      const count = (seen.counts.get(row.label) ?? 0) + 1
      seen.counts.set(row.label, count)
      if (count > seen.most) seen.most = count
    }
    if (info === null || row.count === 1) return
    const rules = runtime().state.config!.costs[info.kind]
    if (rules === undefined) return
    let fees = 0 - feeOf(rules, info, net, row.reference)
    for (let share = row.start; share < row.start + row.count; share += 1) {
      fees += feeOf(rules, info, row.wanted[share]! / info.unitsPerWhole, row.reference)
    }
    totals.feesSaved += fees
  }

  /** What the schedule asks for an order of its own, in whole currency. */
  function feeOf(rules: CostRules, info: Instrument, quantity: number, price: number): number {
    const shares = Math.abs(quantity)
    const value = shares * price * info.multiplier
    const sold = quantity < 0 ? 1 : 0
    const traded = { shares, value, soldShares: shares * sold, soldValue: value * sold }
    const { books, currencies } = runtime().state
    const currency = currencies[books.currency[info.index]!] as CurrencyCode
    return worthOf(commission(rules.commission, info, traded, 0, currency), info.index)
  }

  function orderFilled(order: number, quantity: number, price: number, fee: number): void {
    const made = orders.get(order)
    if (made === undefined) return
    made.filledUnits += quantity
    // What is taken back has the other sign than what was ordered; a structure's legs have both.
    const isTakenBack = made.instrument >= 0 && quantity * made.ordered < 0
    made.value += (isTakenBack ? 0 - Math.abs(quantity) : Math.abs(quantity)) * price
    const charge = made.instrument < 0 ? moneyOf(fee) : worthOf(fee, made.instrument)
    made.record = { ...made.record, fee: made.record.fee + charge }
  }

  function orderEnded(order: number, state: OrderRecord['state']): void {
    const made = orders.get(order)
    if (made !== undefined) made.record = { ...made.record, state }
  }

  return {
    find: (order) => orders.get(order),
    ordered,
    takeShare,
    filled: orderFilled,
    ended: orderEnded,
    records: () =>
      [...orders.values()].map(({ record, unit, filledUnits, value, shares }) => ({
        ...record,
        filled: filledUnits / (unit === 0 ? 1 : unit),
        price: filledUnits === 0 ? null : value / Math.abs(filledUnits),
        shares:
          unit === 0
            ? shares.map((share) => ({ ...share, filled: filledUnits === 0 ? 0 : share.wanted - share.crossed }))
            : shares,
      })),
    netting: () => {
      const savings = totals.notionalGross - totals.notionalNet
      const saving = cycles.filter(({ gross, net }) => gross > net)
      return {
        ...totals,
        cycles: saving.map(({ cycle, tradeDate, gross, net }) => ({
          cycle,
          tradeDate,
          savings: gross - net,
          savingsPct: (gross - net) / gross,
        })),
        savings,
        savingsPct: totals.notionalGross > 0 ? savings / totals.notionalGross : null,
      }
    },
    costs,
    ordersPerInstrumentCycle: () => seen.most,
  }
}
