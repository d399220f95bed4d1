import { describe, expect, it } from 'vitest'
import { instrumentId, type Price, quantity, sleeveId, type TradeDate } from '../../src/domain/units.ts'
import { createKernel } from '../../src/engine/kernel.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { type Act, dayOf, handRun, openOf, SHARE } from '../simulation/hand-run.ts'
import { journalOf } from '../simulation/journal.ts'

/** One test for each fault that simulation found in the engine, in its smallest form. */

const shares = (count: number) => quantity(count * SHARE)
const flat = (price: number, bars: number) => Array.from({ length: bars }, () => ({ open: price }))
const limit = (price: number) => ({ terms: { type: 'limit', force: 'gtc', limit: price as Price } }) as const

describe('wishes', () => {
  it('a resting wish that waits for the other side to clear is not lost', () => {
    const seller: Act = (_, out, bar) => {
      if (bar === 0) out.change(0, shares(-10), 'sell high', limit(120))
    }
    const buyer: Act = (_, out, bar) => {
      if (bar === 0) out.change(0, shares(10), 'buy low', limit(80))
    }
    const result = runBacktest(
      handRun({
        prices: { A: flat(100, 5) },
        sleeves: { one: { capital: 10_000, act: seller }, two: { capital: 10_000, act: buyer } },
      }),
    )
    expect(result.invariants.violated).toEqual([])
    // The seller's order rests; the buyer's wish still waits behind it, nothing of either is gone.
    expect(result.orders.map(({ net, state }) => [net, state])).toEqual([[-10, 'working']])
    expect(result.refusals).toEqual([])
  })

  it('an exit sells what is held, and takes back the entry that has not filled', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.change(0, shares(100), 'in')
      if (bar === 1) out.change(0, shares(50), 'more, lower', limit(80))
      if (bar === 2) out.exit(0, 'out')
    }
    for (const shortable of [true, false]) {
      const result = runBacktest(
        handRun({
          prices: { A: flat(100, 6) },
          instruments: { A: { shortable } },
          sleeves: { one: { capital: 50_000, act } },
        }),
      )
      expect(result.positions).toEqual([])
      expect(result.orders.map(({ net, state }) => [net, state])).toEqual([
        [100, 'filled'],
        [50, 'cancelled'],
        [-100, 'filled'],
      ])
    }
  })

  it('an exit takes back the entry that still waits for its first auction, instead of selling it', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.change(0, shares(100), 'in, lower', limit(80))
      if (bar === 1) out.exit(0, 'no, out')
    }
    const result = runBacktest(
      handRun({
        prices: { A: [...flat(100, 1), { open: Number.NaN }, ...flat(100, 2)], B: flat(5, 4) },
        sleeves: { one: { capital: 50_000, act } },
      }),
    )
    expect(result.orders).toEqual([])
    expect(result.refusals.map(({ end, wanted }) => [end, wanted])).toEqual([['superseded', 100]])
  })

  it('nothing is bought or sold before a first price, whatever kind of wish asks for it', () => {
    const act: Act = (_, out, bar) => {
      if (bar !== 0) return
      out.target(0, shares(1_000_000), 'in')
      out.change(1, shares(-1_000_000), 'in')
    }
    const late = [{ open: Number.NaN }, ...flat(100, 3)]
    const result = runBacktest(handRun({ prices: { A: late, B: late }, sleeves: { one: { capital: 10_000, act } } }))
    expect(result.orders).toEqual([])
    expect(result.refusals.map(({ rule }) => rule)).toEqual(['priceMissing', 'priceMissing'])
  })

  it('a flip is judged by the broker like any entry', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.change(0, shares(10), 'in')
      if (bar === 2) out.target(0, shares(-180), 'turn around')
    }
    // At the next open the short is worth three times what the limits judged: the account carries less of it.
    const result = runBacktest(
      handRun({
        prices: { A: [...flat(100, 3), ...flat(300, 2)] },
        sleeves: { one: { capital: 10_000, act } },
      }),
    )
    const order = result.orders[1]!
    expect(order.net).toBe(-190)
    expect(order.state).toBe('partial')
    expect(order.filled).toBeGreaterThan(-190)
    expect(order.filled).toBeLessThanOrEqual(-10)
  })

  it('a position stays within what the books can count, even when a peer on the other side leaves', () => {
    const huge = quantity(3_000_000_000_000_000)
    const long: Act = (_, out, bar) => {
      if (bar === 0 || bar === 2) out.change(0, huge, 'in')
    }
    const short: Act = (_, out, bar) => {
      if (bar === 0) out.change(0, quantity(0 - huge), 'in')
      if (bar === 4) out.exit(0, 'out')
    }
    const result = runBacktest(
      handRun({
        prices: { A: flat(0.0001, 8) },
        sleeves: { one: { capital: 1_000_000, act: long }, two: { capital: 1_000_000, act: short } },
        account: { initialMargin: 0.01 },
        limits: { leverageMax: 100 },
        participationMax: 1,
        volume: 1e12,
      }),
    )
    expect(result.refusals.map(({ rule }) => rule)).toEqual(['notHoldable'])
    expect(result.positions.map(({ quantity: held }) => held * SHARE)).toEqual([huge])
  })
})

describe('corporate actions', () => {
  const split = (bar: number, numerator: number, denominator: number) => ({
    at: openOf(bar),
    tradeDate: dayOf(bar),
    action: { kind: 'split', instrument: instrumentId('A'), numerator, denominator, priceAfter: null } as const,
  })

  it('a split before the first bar needs no price', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 2) out.change(0, shares(10), 'in')
    }
    const result = runBacktest(
      handRun({
        prices: { A: [{ open: Number.NaN }, { open: Number.NaN }, ...flat(100, 3)], B: flat(5, 5) },
        actions: [split(1, 2, 1)],
        sleeves: { one: { capital: 10_000, act } },
      }),
    )
    expect(result.positions.map(({ quantity: held }) => held)).toEqual([10])
  })

  it('an intrabar trail is not triggered by the split itself', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.change(0, shares(10), 'in', { protection: { trail: { fraction: 0.2, intrabar: true } } })
    }
    const result = runBacktest(
      handRun({
        prices: { A: [...flat(100, 3), ...flat(50, 3).map((bar) => ({ ...bar, factor: 2 }))] },
        actions: [split(3, 2, 1)],
        sleeves: { one: { capital: 10_000, act } },
      }),
    )
    expect(result.positions.map(({ quantity: held }) => held)).toEqual([20])
    expect(result.trades).toEqual([])
  })

  it('exits of a position that was split away do not act on the next one', () => {
    const act: Act = (_, out, bar) => {
      if (bar === 0) out.change(0, shares(5), 'in', { protection: { stop: 0.01 } })
      if (bar === 3) out.change(0, shares(7), 'in again')
    }
    const after = [{ open: 1_000 }, { open: 1_000 }, { open: 1_000, low: 900 }, { open: 1_000, low: 900 }]
    const result = runBacktest(
      handRun({
        prices: { A: [...flat(100, 2), ...after.map((bar) => ({ ...bar, factor: 0.1 }))] },
        actions: [split(2, 1, 10)],
        sleeves: { one: { capital: 20_000, act } },
      }),
    )
    expect(result.positions.map(({ quantity: held }) => held)).toEqual([7])
  })

  it('shares that an assignment delivers to one sleeve do not sell what another one holds', () => {
    const input = handRun({
      prices: { A: flat(100, 3) },
      sleeves: {
        one: { capital: 50_000, act: (_, out, bar) => (bar === 0 ? out.change(0, shares(40), 'in') : undefined) },
        two: { capital: 50_000, act: () => {} },
      },
    })
    const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
    const kernel = createKernel({ strategies })
    const { events } = journalOf(input)
    for (const event of events) kernel.apply(event)
    const { state } = kernel.runtime
    // What the assignment of a sold put leaves behind: 100 shares with the second sleeve.
    const { books } = state
    books.quantity[books.width]! += shares(100)
    books.accountQuantity[0]! += shares(100)
    state.leftovers.push({ instrument: 0, sleeve: 1, quantity: shares(100), reason: 'assignment' })
    const auction = events.find((event) => event.kind === 'quotes' && event.phase === 'auction')!
    const commands = kernel.apply({ ...auction, seq: events.length } as typeof auction)
    const orders = commands.flatMap((command) => (command.kind === 'submit' ? [command.orders.quantity[0]] : []))
    expect(orders).toEqual([shares(-100)])
  })
})

describe('faults', () => {
  const holding = () => {
    const input = handRun({
      prices: { A: flat(100, 3) },
      sleeves: {
        one: { capital: 50_000, act: (_, out, bar) => (bar === 0 ? out.change(0, shares(40), 'in') : undefined) },
      },
    })
    const config = {
      ...input.config,
      sleeves: input.config.sleeves.map((one) => ({ ...one, onFault: 'flatten' as const })),
    }
    const { events } = journalOf({ ...input, config })
    const kernel = createKernel({ strategies: new Map(input.strategies.map((strategy) => [strategy.name, strategy])) })
    for (const event of events) kernel.apply(event)
    return { kernel, seq: events.length, at: events.at(-1)!.at }
  }

  it('a fault that is reported from elsewhere flattens the sleeve that asks for it', () => {
    const { kernel, seq, at } = holding()
    kernel.apply({
      seq,
      at,
      kind: 'decided',
      cycle: 9,
      sleeve: sleeveId('one'),
      intents: [],
      memory: {},
      fault: 'hangs',
    })
    expect(kernel.runtime.state.waiting.map(({ quantity: units, reason }) => [units, reason])).toEqual([
      [shares(-40), 'fault'],
    ])
  })

  it('pausing a sleeve that a fault stopped does not let it decide again', () => {
    const { kernel, seq, at } = holding()
    const sleeve = sleeveId('one')
    kernel.apply({ seq, at, kind: 'decided', cycle: 9, sleeve, intents: [], memory: {}, fault: 'hangs' })
    kernel.apply({
      seq: seq + 1,
      at,
      kind: 'operator',
      id: 'x',
      actor: 'me',
      seen: seq,
      command: { kind: 'pause', sleeve },
    })
    expect(kernel.runtime.state.sleeves[0]!.paused).toBe('fault: hangs')
  })
})

describe('structures', () => {
  const legs = [
    { right: 'put', strike: 95, expiry: 20_240_216 as TradeDate, ratio: -1 },
    { right: 'put', strike: 90, expiry: 20_240_216 as TradeDate, ratio: 1 },
  ] as const

  /** A kernel whose only sleeve holds one spread, and the event that comes next. */
  function withSpread() {
    const bars = flat(100, 3)
    const input = handRun({
      prices: { A: bars, P95: bars, P90: bars },
      sleeves: { one: { capital: 50_000, act: () => {} } },
    })
    const kernel = createKernel({ strategies: new Map(input.strategies.map((strategy) => [strategy.name, strategy])) })
    const { events } = journalOf(input)
    for (const event of events) kernel.apply(event)
    const { state } = kernel.runtime
    const spread = {
      id: 7,
      sleeve: 0,
      underlying: 0,
      legs,
      contracts: [1, 2],
      quantity: 1,
      credit: 1,
      maximumLoss: 400,
    }
    state.structures.push({ ...spread, openedAt: 0, openedBar: 0, pending: false })
    const last = events.at(-1)!
    const slices = events.findLast((event) => event.kind === 'slices')!
    return { kernel, state, seq: events.length, at: last.at, slices }
  }

  it('a forced reduction of one leg closes the whole structure', () => {
    const { kernel, state, seq, at } = withSpread()
    state.books.quantity[1] = -1
    state.books.quantity[2] = 1
    const command = {
      kind: 'reduce',
      instrument: instrumentId('P95'),
      quantity: quantity(1),
      reason: 'margin call',
    } as const
    kernel.apply({ seq, at, kind: 'operator', id: 'm', actor: 'broker', seen: seq, command })
    const other = { ...command, instrument: instrumentId('P90'), quantity: quantity(-1) }
    kernel.apply({ seq: seq + 1, at, kind: 'operator', id: 'n', actor: 'broker', seen: seq, command: other })
    expect(state.waitingStructures.map(({ structure, reason }) => [structure, reason])).toEqual([[7, 'margin call']])
    expect(state.waiting).toEqual([])
  })

  it('a structure that finds no auction lapses after ten days, and may be closed again', () => {
    const { kernel, state, seq, at, slices } = withSpread()
    const command = {
      kind: 'reduce',
      instrument: instrumentId('P95'),
      quantity: quantity(1),
      reason: 'margin call',
    } as const
    kernel.apply({ seq, at, kind: 'operator', id: 'm', actor: 'broker', seen: seq, command })
    kernel.apply({ ...slices, seq: seq + 1, at: (at + 11 * 86_400_000) as typeof at } as typeof slices)
    expect(state.waitingStructures).toEqual([])
    expect(state.structures.map(({ pending }) => pending)).toEqual([false])
    expect(state.ended.lapsed).toBe(1)
  })
})
