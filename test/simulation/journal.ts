import { type FillColumns, fillColumns, quoteColumns } from '../../src/domain/columns.ts'
import type { EngineEvent } from '../../src/domain/events.ts'
import type { Instant } from '../../src/domain/units.ts'
import type { Kernel } from '../../src/engine/kernel.ts'
import { type RunInput, runAudited } from '../../src/engine/run/run.ts'
import { bookkeeper } from './bookkeeper.ts'

/** The loop reuses its events and columns: one that is kept is copied. */
function kept(event: EngineEvent, kernel: Kernel): EngineEvent {
  switch (event.kind) {
    case 'fills': {
      const { fills } = event
      const copy: FillColumns = fillColumns(fills.account, (index) => kernel.runtime.state.instruments[index]!.id)
      copy.clear(fills.moment as Instant)
      for (let row = 0; row < fills.count; row += 1) {
        const { order, execution, instrument, quantity, price, fee } = fills
        copy.push(order[row]!, execution[row]!, instrument[row]!, quantity[row]!, price[row]!, fee[row]!)
      }
      return { ...event, fills: copy }
    }
    case 'quotes': {
      const { instrument, first, low, high, last, volume } = event.quotes
      const prices = {
        first: first.slice(),
        low: low.slice(),
        high: high.slice(),
        last: last.slice(),
        ...(volume === undefined ? {} : { volume: volume.slice() }),
      }
      return { ...event, quotes: quoteColumns(instrument, prices) }
    }
    case 'slices':
      return {
        ...event,
        slices: event.slices.map((slice) => ({
          ...slice,
          open: slice.open.slice(),
          high: slice.high.slice(),
          low: slice.low.slice(),
          close: slice.close.slice(),
          volume: slice.volume.slice(),
          factor: slice.factor.slice(),
        })),
      }
    default:
      return { ...event }
  }
}

/** Plays the portfolio once and keeps every event that its kernel was given, and its final bytes. */
export function journalOf(input: RunInput): { readonly events: readonly EngineEvent[]; readonly bytes: string } {
  const events: EngineEvent[] = [{ seq: 0, at: 0 as Instant, kind: 'configured', config: input.config, codes: {} }]
  const books = bookkeeper()
  let listening = false
  const check: typeof books.check = (kernel, broker) => {
    books.check(kernel, broker)
    if (listening) return
    listening = true
    const apply = kernel.apply
    ;(kernel as { apply: Kernel['apply'] }).apply = (event) => {
      events.push(kept(event, kernel))
      return apply(event)
    }
  }
  const run = runAudited(input, { ...books, check }, books.observer)
  return { events, bytes: textOf(run.kernel) }
}

export const textOf = (kernel: Kernel): string => new TextDecoder().decode(kernel.canonical())
