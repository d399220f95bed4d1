import { describe, expect, it } from 'vitest'
import { barsOf, instrumentOf, MARGIN_ACCOUNT } from '../../../../test/fixtures/exchange-rig.ts'
import type { BrokerEvent, ClientOrderId, OrderRequest } from '../../../domain/broker.ts'
import type { Instrument } from '../../../domain/instruments.ts'
import type { Terms } from '../../../domain/orders.ts'
import type { PaperRules } from '../../../domain/paper.ts'
import {
  currencyCode,
  instant,
  instrumentId,
  money,
  type OrderId,
  type Price,
  type Quantity,
  type TradeDate,
} from '../../../domain/units.ts'
import { SCHEDULES } from '../../../exchange/schedules.ts'
import { fillsOf, PAPER_DEFAULTS } from './strictness.ts'
import { paperVenue } from './venue.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const SESSION_MS = 6 * HOUR_MS

/** Nothing is strict but what a scene is about. */
const PLAIN: PaperRules = {
  ...PAPER_DEFAULTS,
  halfSpread: {},
  participation: 1,
  commission: { equity: SCHEDULES.none },
  latency: 0,
  borrowRate: 0,
  orderMinimum: {},
}

/** One share on days of six hours. */
function scene(rules: Partial<PaperRules>, share: Instrument = instrumentOf('S', 0)) {
  const { account, costs, capabilities, strictness } = fillsOf({
    account: MARGIN_ACCOUNT,
    costs: {},
    paper: { fills: 'strict', ...PLAIN, ...rules },
  })
  const { market, broker, drain } = paperVenue({
    name: 'paper',
    storeId: 'V',
    exchange: { account, currency: currencyCode('USD'), cash: money(1_000_000_000_000), costs },
    capabilities,
    strictness,
  })
  market.list(share)
  const columns = Int32Array.from([0])
  let sent = 0
  const times = (date: number) => instant(Math.floor(date % 100) * DAY_MS)
  return {
    market,
    broker,
    drain,
    open(date: number, [open, high, low, close]: readonly [number, number, number, number]) {
      const bars = barsOf(columns, [[open, high, low, close, 1_000_000]])
      market.open(times(date), date as TradeDate, bars)
      return {
        range: () => market.range(instant(times(date) + SESSION_MS), bars),
        close() {
          market.close(instant(times(date) + SESSION_MS), date as TradeDate, bars)
        },
      }
    },
    request(shares: number, terms: Partial<Terms> = {}, reducing = false): OrderRequest {
      sent += 1
      return {
        clientId: `id-${sent}` as ClientOrderId,
        order: sent as OrderId,
        account: account.id,
        legs: [{ instrument: share.id, ratio: 1 }],
        terms: { type: 'market', force: 'day', ...terms },
        quantity: Math.floor(shares * share.unitsPerWhole + 0.5) as Quantity,
        reducing,
      }
    },
  }
}

const limit = (price: number, force: Terms['force'] = 'gtc'): Partial<Terms> => ({
  type: 'limit',
  force,
  limit: price as Price,
})

/** Executions and ends, in the order in which they were told. */
function told(events: readonly BrokerEvent[]): readonly unknown[] {
  return events.flatMap((event) => {
    if (event.kind === 'execution') return [['fill', event.execution.quantity / 1_000_000, event.execution.price]]
    if (event.kind === 'order') return [event.order.state]
    return []
  })
}

describe('an order on its way', () => {
  it('meets the bar that it arrives in, gone against it by the root of the time, and is told when that bar ends', async () => {
    const { open, broker, request, drain } = scene({ latency: SESSION_MS / 4 })
    const bar = open(20_240_102, [100, 108, 96, 104])
    await broker.submit(request(10))
    expect(drain()).toEqual([])
    expect(await broker.query('id-1' as ClientOrderId)).toMatchObject({ state: 'working', filled: 0 })
    bar.range()
    // A quarter of the bar: half of the way to its high.
    expect(told(drain())).toEqual([['fill', 10, 104], 'filled'])
  })

  it('that takes what is there at once finds it gone', async () => {
    const { open, broker, request, drain } = scene({ latency: SESSION_MS / 4 })
    const bar = open(20_240_102, [100, 108, 96, 104])
    await broker.submit(request(10, limit(101, 'cycle')))
    await broker.submit(request(10, limit(101)))
    bar.range()
    // The one that may rest gets its own price later in the bar.
    expect(told(drain())).toEqual(['cancelled', ['fill', 10, 101], 'filled'])
  })

  it('that was sent after a close is in time for the next open', async () => {
    const { open, broker, request, drain } = scene({ latency: HOUR_MS })
    const bar = open(20_240_102, [100, 101, 99, 100])
    bar.range()
    bar.close()
    await broker.submit(request(10, { force: 'gtc' }))
    open(20_240_103, [110, 120, 90, 100])
    expect(told(drain())).toEqual([['fill', 10, 110], 'filled'])
  })

  it('loses against a fill when it is a cancel that arrives within the bar, and wins when it arrives before', async () => {
    const { open, broker, request, drain } = scene({ latency: HOUR_MS })
    const first = open(20_240_102, [100, 101, 99, 100])
    await broker.submit(request(10, limit(90)))
    await broker.submit(request(10, limit(85)))
    first.range()
    first.close()
    await broker.cancel('id-2' as ClientOrderId)
    expect(told(drain())).toEqual(['working', 'working', 'pendingCancel'])
    const second = open(20_240_103, [100, 101, 80, 90])
    expect((await broker.cancel('id-1' as ClientOrderId)).state).toBe('requested')
    expect(told(drain())).toEqual(['cancelled', 'pendingCancel'])
    second.range()
    expect(told(drain())).toEqual([['fill', 10, 90], 'filled'])
    expect((await broker.cancel('id-1' as ClientOrderId)).state).toBe('refused')
  })

  it('is in time where it is meant for an auction', async () => {
    const { open, broker, request, drain } = scene({ latency: HOUR_MS })
    const bar = open(20_240_102, [100, 108, 96, 104])
    await broker.submit(request(10, { type: 'open' }))
    expect(told(drain())).toEqual([['fill', 10, 100], 'filled'])
    bar.range()
    bar.close()
    await broker.submit(request(5, { type: 'close' }))
    expect(told(drain())).toEqual([['fill', 5, 104], 'filled'])
  })
})

describe('half a spread', () => {
  it('is paid by what takes, and must be crossed before a limit fills', async () => {
    const { open, broker, request, drain } = scene({ halfSpread: { equity: 0.01 } })
    const bar = open(20_240_102, [100, 101, 90, 100])
    await broker.submit(request(10))
    await broker.submit(request(10, limit(90)))
    await broker.submit(request(10, limit(92)))
    bar.range()
    // The offer comes down to 90.9.
    expect(told(drain())).toEqual([['fill', 10, 101], 'working', 'working', 'filled', ['fill', 10, 92], 'filled'])
  })
})

describe('a share held short over night', () => {
  it('costs its borrow for every day of the calendar, told as an action for whoever keeps books', async () => {
    const { open, broker, request, drain, market } = scene({ borrowRate: 0.365 })
    const friday = open(20_240_105, [100, 100, 100, 100])
    await broker.submit(request(-100))
    friday.range()
    friday.close()
    drain()
    const before = market.account.cash
    open(20_240_108, [100, 100, 100, 100])
    expect(drain()).toEqual([
      {
        kind: 'action',
        id: 'V-n1',
        at: instant(8 * DAY_MS),
        action: { kind: 'borrow', instrument: 'S', rate: 0.365, days: 3, isAvailable: true, price: 100 },
      },
    ])
    // 10,000 x 0.1 % a day x 3 days.
    expect(before - market.account.cash).toBe(30_000_000)
  })

  it('costs what a record says where there is one', async () => {
    const { open, broker, request, drain, market } = scene({ borrowRate: 0.365 })
    const first = open(20_240_105, [100, 100, 100, 100])
    await broker.submit(request(-100))
    market.apply({ kind: 'borrow', instrument: instrumentId('S'), rate: 0, days: 1, isAvailable: true, price: null })
    first.close()
    drain()
    open(20_240_108, [100, 100, 100, 100])
    expect(drain()).toEqual([])
  })

  it('cannot be had where nobody lends it', async () => {
    const { open, broker, request, drain } = scene({ unborrowable: [instrumentId('S')] })
    open(20_240_105, [100, 100, 100, 100])
    expect(drain()).toMatchObject([{ kind: 'action', action: { kind: 'borrow', isAvailable: false } }])
    await broker.submit(request(-100))
    expect(await broker.query('id-1' as ClientOrderId)).toMatchObject({
      state: 'rejected',
      evidence: '"S" cannot be borrowed, so it cannot be held short',
    })
  })
})

describe('an odd order', () => {
  const evidence = async (
    rules: Partial<PaperRules>,
    shares: number,
    terms: Partial<Terms> = {},
    share?: Instrument,
    reducing = false,
  ): Promise<unknown> => {
    const { open, broker, request } = scene(rules, share)
    open(20_240_105, [100, 100, 100, 100])
    const answer = await broker.submit(request(shares, terms, reducing))
    return answer.state === 'rejected' ? answer.evidence : answer.state
  }
  const fractional = instrumentOf('S', 0, { step: 1 as Quantity })

  it('is refused between two ticks, and taken on one', async () => {
    expect(await evidence({}, 10, limit(99.995))).toBe('price 99.995 of "S" lies between two ticks')
    expect(await evidence({}, 10, limit(99.99))).toBe('accepted')
  })

  it('is refused in parts of a lot, and of a share where the broker has no fractions', async () => {
    expect(await evidence({}, 1.5)).toBe('1.5 of "S" are not a whole number of lots of 1')
    expect(await evidence({}, 1.5, {}, fractional)).toBe('accepted')
  })

  it('is refused below the least value, unless it closes', async () => {
    const least = { orderMinimum: { equity: 200 } }
    // Before the first price nobody can say what it is worth.
    expect(await evidence(least, 1)).toBe('accepted')
    const { open, broker, request } = scene(least)
    open(20_240_105, [100, 100, 100, 100])
    await broker.submit(request(10))
    await broker.snapshot()
    expect(await broker.submit(request(1))).toEqual({
      state: 'rejected',
      evidence: 'an order of 100.00 is below the least of 200',
    })
    expect(await broker.submit(request(-1, {}, true))).toMatchObject({ state: 'accepted' })
  })

  it('is refused where the broker that the venue stands for does not trade it', async () => {
    expect(await evidence({ broker: 'ccxt' }, 10)).toBe('the broker does not trade "S", of kind equity')
    expect(await evidence({ broker: 'alpaca' }, 10)).toBe('accepted')
  })
})
