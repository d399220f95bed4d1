/** Round trips: positions from flat to flat, structures from opening to closing. */
import type { Instrument } from '../../domain/instruments.ts'
import type { Instant, OrderId, TradeDate } from '../../domain/units.ts'
import { findStructure } from '../positions/structures.ts'
import type { Posting, StructureEvent } from './observer.ts'
import type { Recording } from './recording.ts'
import type { TradeRecord } from './result.ts'

interface OpenTrade {
  readonly side: 'long' | 'short'
  readonly openedAt: number
  readonly openedBar: number
  readonly entryDate: number
  readonly entryReason: string
  readonly entryOrder: number
  /** Every order that it was entered or left by. */
  readonly orders: number[]
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
  /** Per structure, in the base currency. */
  readonly maximumLoss: number
  /** Open profit at the marks of portfolio days, at its lowest and highest, in the base currency. */
  low: number
  high: number
}

/** What of an opening goes with a part of its structures. */
function partOf(opening: OpenStructure, part: number): OpenStructure {
  if (part === 1) return opening
  const { event, fees, low, high } = opening
  return {
    ...opening,
    event: { ...event, money: event.money * part },
    fees: fees * part,
    low: low * part,
    high: high * part,
  }
}

/** What a posting moved, in amounts of the base currency. */
export interface PostedAmounts {
  readonly cash: number
  readonly fee: number
}

export interface TradeBook {
  readonly trades: TradeRecord[]
  take(posting: Posting, info: Instrument, amounts: PostedAmounts): void
  /** A fee of a structure's leg: it belongs to the structure's trade. */
  legFee(order: number, sleeve: number, fee: number): void
  structureOpened(event: StructureEvent): void
  structureClosed(event: StructureEvent & { readonly exitReason: string }): void
  /** The end of a portfolio day: open structures are looked at as they are marked. */
  day(): void
}

export function tradeBook({ runtime, sleeveAt }: Recording): TradeBook {
  const trades: TradeRecord[] = []
  const open = new Map<string, OpenTrade>()
  const structures = new Map<number, OpenStructure>()
  const structureFees = new Map<string, number>()
  /** Of round trips that are over. */
  const ordersOf = new WeakMap<TradeRecord, readonly number[]>()

  function takeTrade(posting: Posting, info: Instrument, { cash, fee }: PostedAmounts): void {
    const { kind, order, sleeve, quantity, price, realised, before, reason } = posting
    const key = `${sleeve} ${info.index}`
    const trade = open.get(key)
    if (kind === 'dividend' || kind === 'funding' || kind === 'borrow') {
      if (trade !== undefined) trade.pnl += cash
      return
    }
    if (quantity === 0 && (kind === 'reversal' || kind === 'correction')) {
      takeFee(posting, info, fee)
      return
    }
    if (kind === 'reversal') {
      takeBack(posting, info, fee)
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
    const money = fee
    if (trade === undefined || before === 0) {
      if (before !== 0 && kind === 'fill') closeLeg(sleeve, info, { quantity, price, cash, fee: money, order, reason })
      if (before === 0) open.set(key, opened(quantity / unit, price, order, reason, sleeve, money))
      return
    }
    if (trade.orders[trade.orders.length - 1] !== order) trade.orders.push(order)
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

  /** A fee that was told later belongs to the round trip of its execution, though that may be over. */
  function takeFee({ order, sleeve }: Posting, info: Instrument, fee: number): void {
    const trade = open.get(`${sleeve} ${info.index}`)
    const at = trade?.orders.includes(order) === true ? -1 : lastOf(sleeve, info.symbol, order)
    const known = trades[at]
    if (known !== undefined) {
      const told = { ...known, fees: known.fees + fee, pnl: known.pnl - fee }
      ordersOf.set(told, ordersOf.get(known) ?? [])
      trades[at] = told
    } else if (trade !== undefined) {
      trade.fees += fee
      trade.pnl -= fee
    }
  }

  /** An execution that was taken back: the round trip is what it is without it, and open again where that closed it. */
  function takeBack(posting: Posting, info: Instrument, fee: number): void {
    const { order, sleeve, quantity, price, realised, before, reason } = posting
    const key = `${sleeve} ${info.index}`
    const trade = open.get(key) ?? reopened(sleeve, info, order)
    const after = before + quantity
    if (trade === undefined) {
      if (after !== 0) open.set(key, opened(after / info.unitsPerWhole, price, order, reason, sleeve, fee))
      return
    }
    const count = Math.abs(quantity) / info.unitsPerWhole
    trade.fees += fee
    trade.pnl += realised - fee
    if (quantity > 0 === (trade.side === 'long')) {
      trade.exited -= count
      trade.exitValue -= count * price
    } else {
      trade.entered -= count
      trade.entryValue -= count * price
    }
    open.delete(key)
    if (after !== 0 && after > 0 === (trade.side === 'long')) {
      open.set(key, trade)
      return
    }
    // What is left of it is a round trip only where something was both bought and sold.
    if (trade.entered > 0 && trade.exited > 0) closeTrade(trade, sleeve, info.symbol, order, reason)
    if (after !== 0) open.set(key, opened(after / info.unitsPerWhole, price, order, reason, sleeve, 0))
  }

  /** Place of the last round trip that an order opened or closed; -1 where there is none. */
  function lastOf(sleeve: number, symbol: string, order: number): number {
    return trades.findLastIndex(
      (trade) =>
        trade.kind === 'position' &&
        trade.sleeve === sleeveAt(sleeve) &&
        trade.instrument === symbol &&
        (trade.exitOrder === order || trade.entryOrder === order || ordersOf.get(trade)?.includes(order) === true),
    )
  }

  /** Takes the round trip that an order had ended off the list: it is not over. */
  function reopened(sleeve: number, info: Instrument, order: number): OpenTrade | undefined {
    const at = lastOf(sleeve, info.symbol, order)
    if (at < 0) return undefined
    const [trade] = trades.splice(at, 1)
    const { side, openedAt, bars, entryDate, entryReason, entryOrder, quantity, entryPrice, exitPrice, pnl, fees } =
      trade!
    return {
      side,
      openedAt,
      openedBar: runtime().state.sleeves[sleeve]!.bars - bars,
      entryDate,
      entryReason,
      entryOrder,
      orders: [...(ordersOf.get(trade!) ?? [])],
      entered: quantity,
      entryValue: quantity * entryPrice,
      exited: quantity,
      exitValue: quantity * exitPrice,
      pnl,
      fees,
    }
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
    const { state, tradeDate } = runtime()
    return {
      side: quantity > 0 ? 'long' : 'short',
      openedAt: state.at,
      openedBar: state.sleeves[sleeve]!.bars,
      entryDate: tradeDate,
      entryReason: reason,
      entryOrder: order,
      orders: [order],
      entered: Math.abs(quantity),
      entryValue: Math.abs(quantity) * price,
      exited: 0,
      exitValue: 0,
      pnl: -fee,
      fees: fee,
    }
  }

  function closeTrade(trade: OpenTrade, sleeve: number, symbol: string, order: number, reason: string): void {
    const { state, tradeDate } = runtime()
    const record: TradeRecord = {
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
      maximumAdverse: null,
      maximumFavourable: null,
      entryOrder: trade.entryOrder as OrderId,
      exitOrder: order as OrderId,
    }
    trades.push(record)
    ordersOf.set(record, trade.orders)
  }

  function structureClosed(closed: StructureEvent & { readonly exitReason: string }): void {
    const { state, tradeDate } = runtime()
    const opening = structures.get(closed.structure)
    if (opening === undefined) return
    structures.delete(closed.structure)
    const left = findStructure(runtime(), closed.structure)?.quantity ?? 0
    const part = closed.quantity / (closed.quantity + left)
    if (left > 0) structures.set(closed.structure, partOf(opening, 1 - part))
    const own = partOf(opening, part)
    const fees = own.fees + (structureFees.get(`${closed.order} ${closed.sleeve}`) ?? 0)
    const pnl = own.event.money + closed.money - fees
    const gross = pnl + fees
    const risked = opening.maximumLoss * closed.quantity
    const excursion = (extreme: number): number | null =>
      risked > 0 && Number.isFinite(risked) ? extreme / risked : null
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
      maximumAdverse: excursion(Math.min(0, own.low, gross)),
      maximumFavourable: excursion(Math.max(0, own.high, gross)),
      entryOrder: opening.event.order as OrderId,
      exitOrder: closed.order as OrderId,
    })
  }

  function markStructures(): void {
    if (structures.size === 0) return
    const { state, unitValue } = runtime()
    for (const position of state.structures) {
      const opening = structures.get(position.id)
      if (opening === undefined) continue
      let value = opening.event.money
      for (let leg = 0; leg < position.legs.length; leg += 1)
        value += position.legs[leg]!.ratio * position.quantity * unitValue[position.contracts[leg]!]!
      opening.low = Math.min(opening.low, value)
      opening.high = Math.max(opening.high, value)
    }
  }

  return {
    trades,
    take: takeTrade,
    legFee: (order, sleeve, fee) => {
      const key = `${order} ${sleeve}`
      structureFees.set(key, (structureFees.get(key) ?? 0) + fee)
    },
    structureOpened: (event) => {
      structures.set(event.structure, {
        event,
        openedBar: runtime().state.sleeves[event.sleeve]!.bars,
        fees: structureFees.get(`${event.order} ${event.sleeve}`) ?? 0,
        maximumLoss: findStructure(runtime(), event.structure)?.maximumLoss ?? Number.NaN,
        low: 0,
        high: 0,
      })
    },
    structureClosed,
    day: markStructures,
  }
}
