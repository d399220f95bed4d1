/** Contracts of which sleeves hold both sides and the broker nothing: they end in the sleeves' books all the same. */
import type { Instrument } from '../../domain/instruments.ts'
import type { InstrumentId, Price, TradeDate } from '../../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { act, type Run } from './drive.ts'

/** After the broker's own exercises of a night: what crossed inside expires, too. Nobody assigns it early. */
export function expireCrossed(run: Run, tradeDate: TradeDate): void {
  endCrossed(run, ({ option }) => option!.expiry <= tradeDate, null)
}

/** After the broker's own: contracts on an underlying that trades no more, in money at its last price. */
export function endCrossedOn(run: Run, underlying: InstrumentId, price: Price): void {
  endCrossed(run, ({ option }) => option!.underlying === underlying, price)
}

function endCrossed(run: Run, isOver: (contract: Instrument) => boolean, lastPrice: Price | null): void {
  const { runtime } = run.kernel
  if (runtime.contracts === 0) return
  const { instruments, mark } = runtime.state
  for (const index of runtime.roster.contracts) {
    const instrument = instruments[index]!
    if (!isOver(instrument) || !isCrossed(runtime, index)) continue
    const underlyingPrice = lastPrice ?? (mark[runtime.byId.get(instrument.option!.underlying)!]! as Price)
    const settlement = lastPrice === null ? {} : ({ settlement: 'cash' } as const)
    act(run, { kind: 'expiry', instrument: instrument.id, underlyingPrice, ...settlement })
  }
}

function isCrossed({ state: { books } }: Runtime, index: number): boolean {
  if (books.accountQuantity[index] !== 0) return false
  for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1)
    if (books.quantity[sleeve * books.width + index] !== 0) return true
  return false
}
