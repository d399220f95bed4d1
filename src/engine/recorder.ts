/** Keeps what reports need of a run: trades, orders, attribution, refusals and daily series. */
import { assert } from '../domain/assert.ts'
import type { CostRules } from '../domain/config.ts'
import { countsPerUnit } from '../domain/currencies.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { Instant, OrderId, SleeveId, TradeDate } from '../domain/units.ts'
import { commission } from '../exchange/commission.ts'
import type { Observer, OrderRow, PostingKind, StructureEvent } from './observer.ts'
import type {
  AttributionRecord,
  NettingTotals,
  OrderRecord,
  OrderShareRecord,
  RefusalRecord,
  TradeRecord,
} from './result.ts'
import type { Runtime } from './runtime.ts'
import { cashValue, collateral } from './valuation.ts'

interface OpenTrade {
  readonly side: 'long' | 'short'
  readonly openedAt: number
  readonly openedBar: number
  readonly entryDate: number
  readonly entryReason: string
  readonly entryOrder: number
  entered: number
  entryValue: number
  exited: number
  exitValue: number
  pnl: number
  fees: number
}

interface OpenStructure {
  readonly event: StructureEvent
  readonly openedBar: number
  readonly fees: number
}

interface MutableOrder {
  record: Omit<OrderRecord, 'shares'>
  readonly unit: number
  readonly ordered: number
  shares: (OrderShareRecord & { filled: number; fee: number })[]
  readonly sleeves: readonly number[]
  filledUnits: number
  value: number
}

export interface DaySeries {
  readonly days: number[]
  readonly equity: number[]
  readonly cash: number[]
  readonly gross: number[]
  readonly net: number[]
  readonly sleeves: {
    readonly equity: number[]
    readonly flows: number[]
    readonly cash: number[]
    readonly exposure: number[]
    readonly positions: number[]
  }[]
}

export interface Recorder extends Observer {
  attach(runtime: Runtime): void
  readonly trades: TradeRecord[]
  readonly attribution: AttributionRecord[]
  readonly refusals: RefusalRecord[]
  readonly series: DaySeries
  readonly maxPositionWeight: number[]
  /** Inverse-volatility weights day by day (day-major), and the last correlations. */
  readonly allocation: { readonly weights: number[]; correlation: Float64Array }
  orders(): OrderRecord[]
  netting(): NettingTotals
  /** Largest count of broker orders for one instrument within one cycle: must stay 1. */
  ordersPerInstrumentCycle(): number
}

export function createRecorder(): Recorder {
  let runtime: Runtime | null = null
  const trades: TradeRecord[] = []
  const attribution: AttributionRecord[] = []
  const refusals: RefusalRecord[] = []
  const orders = new Map<number, MutableOrder>()
  const open = new Map<string, OpenTrade>()
  const structures = new Map<number, OpenStructure>()
  const structureFees = new Map<string, number>()
  const flows: number[] = []
  const maxPositionWeight: number[] = []
  const series: DaySeries = { days: [], equity: [], cash: [], gross: [], net: [], sleeves: [] }
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
  const allocation = { weights: [] as number[], correlation: new Float64Array(0) }
  const seen = { cycle: -1, counts: new Map<string, number>(), most: 0 }

  const run = (): Runtime => {
    assert(runtime !== null, 'a recorder is attached to a kernel before it records')
    return runtime
  }
  const instrumentAt = (index: number): Instrument => run().state.instruments[index]!
  const moneyOf = (counts: number): number => counts / countsPerUnit(run().state.config!.currency)
  const sleeveAt = (ordinal: number): SleeveId => run().sleeves[ordinal]!.config.id

  function posting(
    kind: PostingKind,
    order: number,
    execution: number,
    sleeve: number,
    instrument: number,
    quantity: number,
    price: number,
    cash: number,
    fee: number,
    realised: number,
    before: number,
    reason: string,
  ): void {
    const { state, tradeDate } = run()
    if (instrument < 0) flows[sleeve] = (flows[sleeve] ?? 0) + cash
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
      cash: moneyOf(cash),
      fee: moneyOf(fee),
      realised,
      reason,
    })
    if (info === null) return
    const made = orders.get(order)
    if (made !== undefined && (kind === 'fill' || kind === 'cross')) takeShare(made, sleeve, quantity, fee, kind)
    if (info.option !== null && made !== undefined && made.record.instrument !== info.symbol) {
      const key = `${order} ${sleeve}`
      structureFees.set(key, (structureFees.get(key) ?? 0) + moneyOf(fee))
      return
    }
    takeTrade(kind, order, sleeve, info, quantity, price, cash, fee, realised, before, reason)
  }

  function takeShare(made: MutableOrder, sleeve: number, quantity: number, fee: number, kind: 'fill' | 'cross'): void {
    const at = made.sleeves.indexOf(sleeve)
    if (at < 0) return
    const share = made.shares[at]!
    share.fee += moneyOf(fee)
    if (kind === 'fill' && made.unit > 0) share.filled += quantity / made.unit
  }

  function takeTrade(
    kind: PostingKind,
    order: number,
    sleeve: number,
    info: Instrument,
    quantity: number,
    price: number,
    cash: number,
    fee: number,
    realised: number,
    before: number,
    reason: string,
  ): void {
    const key = `${sleeve} ${info.index}`
    const trade = open.get(key)
    if (kind === 'dividend') {
      if (trade !== undefined) trade.pnl += moneyOf(cash)
      return
    }
    if (kind === 'split') {
      if (trade === undefined) return
      const ratio = (before + quantity) / before
      trade.entered *= ratio
      trade.exited *= ratio
      trade.pnl += realised
      return
    }
    const unit = info.unitsPerWhole
    const after = before + quantity
    const money = moneyOf(fee)
    if (trade === undefined || before === 0) {
      if (before !== 0 && kind === 'fill')
        closeLeg(sleeve, info, { quantity, price, cash: moneyOf(cash), fee: money, order, reason })
      if (before === 0) open.set(key, opened(quantity / unit, price, order, reason, sleeve, money))
      return
    }
    if (before > 0 === quantity > 0) {
      trade.entered += Math.abs(quantity) / unit
      trade.entryValue += (Math.abs(quantity) / unit) * price
      trade.fees += money
      trade.pnl -= money
      return
    }
    const closed = Math.min(Math.abs(quantity), Math.abs(before)) / unit
    trade.exited += closed
    trade.exitValue += closed * price
    trade.fees += money
    trade.pnl += realised - money
    if (after !== 0 && after > 0 === before > 0) return
    open.delete(key)
    closeTrade(trade, sleeve, info.symbol, order, reason)
    if (after !== 0) open.set(key, opened(after / unit, price, order, reason, sleeve, 0))
  }

  /** A leg that its structure left behind: what it cost is in the structure's own trade, so only the proceeds count. */
  function closeLeg(
    sleeve: number,
    info: Instrument,
    sale: {
      readonly quantity: number
      readonly price: number
      readonly cash: number
      readonly fee: number
      readonly order: number
      readonly reason: string
    },
  ): void {
    const trade = opened(0 - sale.quantity / info.unitsPerWhole, 0, 0, 'leg of a structure', sleeve, sale.fee)
    trade.exited = trade.entered
    trade.exitValue = trade.exited * sale.price
    trade.pnl += sale.cash
    closeTrade(trade, sleeve, info.symbol, sale.order, sale.reason)
  }

  function opened(
    quantity: number,
    price: number,
    order: number,
    reason: string,
    sleeve: number,
    fee: number,
  ): OpenTrade {
    const { state, tradeDate } = run()
    return {
      side: quantity > 0 ? 'long' : 'short',
      openedAt: state.at,
      openedBar: state.sleeves[sleeve]!.bars,
      entryDate: tradeDate,
      entryReason: reason,
      entryOrder: order,
      entered: Math.abs(quantity),
      entryValue: Math.abs(quantity) * price,
      exited: 0,
      exitValue: 0,
      pnl: -fee,
      fees: fee,
    }
  }

  function closeTrade(trade: OpenTrade, sleeve: number, symbol: string, order: number, reason: string): void {
    const { state, tradeDate } = run()
    trades.push({
      sleeve: sleeveAt(sleeve),
      instrument: symbol,
      kind: 'position',
      side: trade.side,
      quantity: trade.entered,
      openedAt: trade.openedAt as Instant,
      closedAt: state.at as Instant,
      entryDate: trade.entryDate as TradeDate,
      exitDate: tradeDate as TradeDate,
      entryPrice: trade.entryValue / trade.entered,
      exitPrice: trade.exitValue / trade.exited,
      pnl: trade.pnl,
      fees: trade.fees,
      bars: state.sleeves[sleeve]!.bars - trade.openedBar,
      entryReason: trade.entryReason,
      exitReason: reason,
      entryOrder: trade.entryOrder as OrderId,
      exitOrder: order as OrderId,
    })
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
      ordered: row.net,
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
  }

  function countNetting(row: OrderRow, gross: number, net: number): void {
    const structure = row.instrument < 0
    const info = structure ? null : instrumentAt(row.instrument)
    const value = Number.isNaN(row.reference) ? 0 : row.reference * (info?.multiplier ?? 1)
    totals.ordersGross += row.count
    totals.unitsGross += gross
    totals.notionalGross += gross * value
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
    const rules = run().state.config!.costs[info.kind]
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
    return moneyOf(commission(rules.commission, info, traded, 0, run().state.config!.currency))
  }

  function orderFilled(order: number, quantity: number, price: number, fee: number): void {
    const made = orders.get(order)
    if (made === undefined) return
    made.filledUnits += quantity
    made.value += Math.abs(quantity) * price
    made.record = { ...made.record, fee: made.record.fee + moneyOf(fee) }
  }

  function orderEnded(order: number, state: OrderRecord['state']): void {
    const made = orders.get(order)
    if (made !== undefined) made.record = { ...made.record, state }
  }

  function structureClosed(closed: StructureEvent & { readonly exitReason: string }): void {
    const { state, tradeDate } = run()
    const opening = structures.get(closed.structure)
    if (opening === undefined) return
    structures.delete(closed.structure)
    const fees = opening.fees + (structureFees.get(`${closed.order} ${closed.sleeve}`) ?? 0)
    const multiplier = 100
    const pnl = (opening.event.premium + closed.premium) * closed.quantity * multiplier - fees
    trades.push({
      sleeve: sleeveAt(closed.sleeve),
      instrument: closed.label,
      kind: 'structure',
      side: opening.event.premium >= 0 ? 'short' : 'long',
      quantity: closed.quantity,
      openedAt: opening.event.at as Instant,
      closedAt: state.at as Instant,
      entryDate: opening.event.tradeDate as TradeDate,
      exitDate: tradeDate as TradeDate,
      entryPrice: opening.event.premium,
      exitPrice: 0 - closed.premium,
      pnl,
      fees,
      bars: state.sleeves[closed.sleeve]!.bars - opening.openedBar,
      entryReason: opening.event.reason,
      exitReason: closed.exitReason,
      entryOrder: opening.event.order as OrderId,
      exitOrder: closed.order as OrderId,
    })
  }

  function day(tradeDate: number): void {
    const { sleeves, equity, cash, state, unitValue } = run()
    let gross = 0
    let net = 0
    const last = series.days.length - 1
    const again = series.days[last] === tradeDate
    sleeves.forEach((sleeve, ordinal) => {
      let exposure = collateral(run(), ordinal)
      let positions = 0
      const row = ordinal * state.books.width
      for (const instrument of state.instruments) {
        const quantity = state.books.quantity[row + instrument.index]!
        if (quantity === 0 || instrument.option !== null) continue
        const value = quantity * unitValue[instrument.index]!
        positions += 1
        exposure += Math.abs(value)
        const weight = sleeve.equity > 0 ? Math.abs(value) / sleeve.equity : 0
        if (weight > (maxPositionWeight[ordinal] ?? 0)) maxPositionWeight[ordinal] = weight
      }
      for (const structure of state.structures) {
        if (structure.sleeve !== ordinal) continue
        positions += 1
        const weight = sleeve.equity > 0 ? (structure.maximumLoss * structure.quantity) / sleeve.equity : 0
        if (weight > (maxPositionWeight[ordinal] ?? 0)) maxPositionWeight[ordinal] = weight
      }
      series.sleeves[ordinal] ??= { equity: [], flows: [], cash: [], exposure: [], positions: [] }
      const own = series.sleeves[ordinal]
      const at = again ? last : last + 1
      own.equity[at] = sleeve.equity
      own.flows[at] = (again ? own.flows[at]! : 0) + moneyOf(flows[ordinal] ?? 0)
      own.cash[at] = cashValue(run(), ordinal)
      own.exposure[at] = exposure
      own.positions[at] = positions
      flows[ordinal] = 0
    })
    for (const instrument of state.instruments) {
      if (instrument.option !== null) continue
      const value = state.books.accountQuantity[instrument.index]! * unitValue[instrument.index]!
      gross += Math.abs(value)
      net += value
    }
    gross += collateral(run(), null)
    const at = again ? last : last + 1
    series.days[at] = tradeDate
    series.equity[at] = equity
    series.cash[at] = cash
    series.gross[at] = gross
    series.net[at] = net
  }

  return {
    attach: (next) => {
      runtime = next
    },
    posting,
    executed: () => {},
    reduced: () => {},
    allocated: (weights, correlation) => {
      allocation.weights.push(...weights)
      allocation.correlation = Float64Array.from(correlation)
    },
    allocation,
    ordered,
    orderFilled,
    orderEnded: (order, state) => orderEnded(order, state),
    refused: (record) => {
      refusals.push(record)
    },
    structureOpened: (event) => {
      structures.set(event.structure, {
        event,
        openedBar: run().state.sleeves[event.sleeve]!.bars,
        fees: structureFees.get(`${event.order} ${event.sleeve}`) ?? 0,
      })
    },
    structureClosed,
    day: (tradeDate) => day(tradeDate),
    trades,
    attribution,
    refusals,
    series,
    maxPositionWeight,
    orders: () =>
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
      return { ...totals, savings, savingsPct: totals.notionalGross > 0 ? savings / totals.notionalGross : null }
    },
    ordersPerInstrumentCycle: () => seen.most,
  }
}
