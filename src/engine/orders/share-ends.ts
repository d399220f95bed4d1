/** How a sleeve's part of an order ends: what it did not get is freed and named. */
import type { OrderState } from '../../domain/orders.ts'
import type { Instant, IntentId, TradeDate } from '../../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { release } from '../state.ts'

/** The end of one share of this cycle: what it did not get is freed and named. */
export function finishShare(
  runtime: Runtime,
  row: number,
  instrument: number,
  end: OrderState | 'lapsed',
  evidence = '',
): void {
  const { shares } = runtime
  ended.intent = shares.intent[row]!
  ended.wanted = shares.wanted[row]!
  ended.crossed = shares.crossed[row]!
  ended.filled = shares.filled[row]!
  finish(runtime, shares.sleeve[row]!, instrument, ended, end, evidence)
}

const ended = { intent: 0, wanted: 0, crossed: 0, filled: 0 }

/** Ends a share: filled or crossed in full, or short of what it wanted. */
export function finish(
  runtime: Runtime,
  sleeve: number,
  instrument: number,
  share: { readonly intent: number; readonly wanted: number; readonly crossed: number; readonly filled: number },
  end: OrderState | 'lapsed',
  evidence: string,
): void {
  const { state } = runtime
  const left = share.wanted - share.crossed - share.filled
  if (left === 0) {
    if (share.filled === 0) state.ended.crossed += 1
    else state.ended.filled += 1
    return
  }
  release(state, sleeve, instrument, left)
  const how = end === 'rejected' ? 'refused' : end === 'expired' || end === 'cancelled' ? end : 'lapsed'
  state.ended[how] += 1
  if (runtime.observer === null) return
  const unit = state.instruments[instrument]!.unitsPerWhole
  runtime.observer.refused({
    at: state.at as Instant,
    tradeDate: runtime.tradeDate as TradeDate,
    sleeve: runtime.sleeves[sleeve]!.config.id,
    instrument: state.instruments[instrument]!.symbol,
    intent: share.intent as IntentId,
    end: how,
    rule: end === 'rejected' ? 'brokerRejected' : evidence === '' ? how : evidence,
    wanted: share.wanted / unit,
    allowed: (share.crossed + share.filled) / unit,
    value: null,
    limit: null,
  })
}
