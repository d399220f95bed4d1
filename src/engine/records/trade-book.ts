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

  function takeTrade(posting: Posting, info: Instrument, { cash, fee }: PostedAmounts): void {
    const { kind, order, sleeve, quantity, price, realised, before, reason } = posting
    const key = `${sleeve} ${info.index}`
    const trade = open.get(key)
    if (kind === 'dividend' || kind === 'funding' || kind === 'borrow') {
      if (trade !== undefined) trade.pnl += cash
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
    const { state, tradeDate } = runtime()
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
    const { state, tradeDate } = runtime()
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
      maximumAdverse: null,
      maximumFavourable: null,
      entryOrder: trade.entryOrder as OrderId,
      exitOrder: order as OrderId,
    })
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
