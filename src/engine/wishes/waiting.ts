/** Allowed changes that wait for their moment, how they end there, and how much a sleeve may close for certain. */
import { FORCE_CODE, TYPE_CODE } from '../../domain/columns.ts'
import type { Protection, Terms } from '../../domain/orders.ts'
import { toTick } from '../../domain/ticks.ts'
import type { Instant, IntentId, TradeDate } from '../../domain/units.ts'
import type { RefusalRecord } from '../records/result.ts'
import type { Runtime } from '../runtime.ts'
import { type KernelState, release, reserve, type Waiting } from '../state.ts'

/** A wish that finds no auction for this long lapses: a market that stays shut, or a symbol that is gone. */
export const WAIT_MS_MAX = 10 * 86_400_000

export interface WaitingWish {
  readonly sleeve: number
  readonly instrument: number
  readonly quantity: number
  readonly terms: Terms
  readonly reducing: boolean
  readonly reason: string
  readonly protection: Protection | null
}

export function waitFor(runtime: Runtime, wish: WaitingWish): void {
  const { state } = runtime
  const { type, force, limit, stop } = wish.terms
  const instrument = state.instruments[wish.instrument]!
  const buys = wish.quantity > 0
  reserve(state, wish.sleeve, wish.instrument, wish.quantity)
  const record = runtime.spareWaiting.pop() ?? blankWaiting()
  record.intent = state.nextIntent
  record.sleeve = wish.sleeve
  record.instrument = wish.instrument
  record.quantity = wish.quantity
  record.type = type === 'market' ? MARKET : TYPE_CODE[type]
  record.force = FORCE_CODE[force]
  record.limit = limit === undefined ? Number.NaN : toTick(instrument, limit, buys ? 'down' : 'up')
  record.stop = stop === undefined ? Number.NaN : toTick(instrument, stop, buys ? 'up' : 'down')
  record.activeFrom = state.at
  record.expires = state.at + WAIT_MS_MAX
  record.reducing = wish.reducing
  record.reason = wish.reason
  record.protection = wish.protection
  state.waiting.push(record)
  state.nextIntent += 1
}

function blankWaiting(): Waiting {
  return {
    intent: 0,
    sleeve: 0,
    instrument: 0,
    quantity: 0,
    type: 0,
    force: 0,
    limit: Number.NaN,
    stop: Number.NaN,
    activeFrom: 0,
    expires: 0,
    reducing: false,
    reason: '',
    protection: null,
  }
}

const MARKET = TYPE_CODE.market

/** Ends a wish that still waits: what it reserved is freed, and its end has a name. The caller takes it off the list. */
export function endWaiting(
  runtime: Runtime,
  wish: Waiting,
  end: Extract<RefusalRecord['end'], 'lapsed' | 'superseded' | 'cancelled' | 'refused'>,
  rule: string,
): void {
  const { state } = runtime
  if (wish.quantity !== 0) release(state, wish.sleeve, wish.instrument, wish.quantity)
  state.ended[end] += 1
  const instrument = state.instruments[wish.instrument]!
  runtime.observer?.refused({
    at: state.at as Instant,
    tradeDate: runtime.tradeDate as TradeDate,
    sleeve: runtime.sleeves[wish.sleeve]!.config.id,
    instrument: instrument.symbol,
    intent: wish.intent as IntentId,
    end,
    rule,
    wanted: wish.quantity / instrument.unitsPerWhole,
    allowed: 0,
    value: null,
    limit: null,
  })
}

/**
 * Units that a change of this side may take off what the sleeve holds for certain: filled, less the exits already on
 * their way. Entries that have not filled are no holding, and what is external is nobody's here to sell.
 */
export function exitRoom(state: KernelState, sleeve: number, instrument: number, side: number): number {
  if (state.config!.sleeves[sleeve]!.kind === 'external') return 0
  const at = sleeve * state.books.width + instrument
  const opposite = 0 - state.books.quantity[at]! * side
  const leaving = side > 0 ? state.pendingBuys[at]! : state.pendingSells[at]!
  return opposite > leaving ? opposite - leaving : 0
}
