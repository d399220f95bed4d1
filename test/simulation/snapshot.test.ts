import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FillColumns, fillColumns, quoteColumns } from '../../src/domain/columns.ts'
import type { Command, EngineEvent } from '../../src/domain/events.ts'
import type { Instant } from '../../src/domain/units.ts'
import { createKernel, type Kernel, restoreKernel } from '../../src/engine/kernel.ts'
import { type RunInput, runAudited } from '../../src/engine/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { propertyRuns } from '../profile.ts'
import { bookkeeper } from './bookkeeper.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'

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
      const { instrument, first, low, high, last } = event.quotes
      const prices = { first: first.slice(), low: low.slice(), high: high.slice(), last: last.slice() }
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
function journalOf(input: RunInput): { readonly events: readonly EngineEvent[]; readonly bytes: string } {
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

const textOf = (kernel: Kernel): string => new TextDecoder().decode(kernel.canonical())

/** What the kernel asked of the outside, as text. */
function said(commands: readonly Command[]): string {
  return JSON.stringify(
    commands.map((command) =>
      command.kind === 'submit'
        ? Array.from({ length: command.orders.count }, (_, row) => command.orders.at(row))
        : command,
    ),
  )
}

describe('a kernel restored from a snapshot', () => {
  it('invariant 11: goes on byte for byte like the one that was never stopped, wherever it was cut', () => {
    const alive = { waiting: 0, working: 0, guards: 0, cuts: 0 }
    fc.assert(
      fc.property(drawnPortfolio, fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }), (drawn, thousandths) => {
        const input = runInputOf(drawn)
        const { events, bytes } = journalOf(input)
        const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
        const cuts = new Set(thousandths.map((part) => 1 + Math.floor((part * (events.length - 1)) / 1_000)))
        const plain = createKernel({ strategies })
        let other = createKernel({ strategies })
        for (const [at, event] of events.entries()) {
          if (cuts.has(at)) {
            const snapshot = JSON.parse(JSON.stringify(other.snapshot())) as Snapshot
            const { waiting, working, guards } = other.runtime.state
            alive.waiting += waiting.length
            alive.working += working.length
            alive.guards += guards.length
            alive.cuts += 1
            other = restoreKernel(snapshot, { strategies })
            expect(textOf(other)).toBe(textOf(plain))
          }
          expect(said(other.apply(event))).toBe(said(plain.apply(event)))
        }
        expect(textOf(other)).toBe(bytes)
        expect(textOf(plain)).toBe(bytes)
      }),
      propertyRuns(250, 5_000),
    )
    // Wishes that wait, orders that rest and exits that are kept were alive at cuts.
    expect(alive.cuts).toBeGreaterThan(250)
    for (const kind of ['waiting', 'working', 'guards'] as const) expect([kind, alive[kind] > 20]).toEqual([kind, true])
  })

  it('is refused when another version wrote it', () => {
    const snapshot = createKernel({ strategies: new Map() }).snapshot()
    expect(() => restoreKernel({ ...snapshot, kernelVersion: 0 }, { strategies: new Map() })).toThrow('version 0')
  })

  it('equals itself when restored twice', () => {
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const input = runInputOf(drawn)
        const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
        const { events, bytes } = journalOf(input)
        const kernel = createKernel({ strategies })
        for (const event of events) kernel.apply(event)
        const once = restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot, { strategies })
        const twice = restoreKernel(JSON.parse(JSON.stringify(once.snapshot())) as Snapshot, { strategies })
        expect(textOf(twice)).toBe(bytes)
        expect(JSON.stringify(twice.snapshot())).toBe(JSON.stringify(once.snapshot()))
      }),
      propertyRuns(60, 1_000),
    )
  })
})
