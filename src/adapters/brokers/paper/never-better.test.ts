import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barsOf, instrumentOf, MARGIN_ACCOUNT } from '../../../../test/fixtures/exchange-rig.ts'
import { type QuotedBar, type QuotedOrder, quotedFill } from '../../../../test/fixtures/quote-broker.ts'
import { propertyRuns } from '../../../../test/profile.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/broker.ts'
import type { OrderType, Terms } from '../../../domain/orders.ts'
import {
  currencyCode,
  instant,
  money,
  type OrderId,
  type Price,
  type Quantity,
  type TradeDate,
} from '../../../domain/units.ts'
import { fillsOf, PAPER_DEFAULTS } from './strictness.ts'
import { paperVenue } from './venue.ts'

const DAY_MS = 86_400_000
const SESSION_MS = 6 * 3_600_000
const SHARE = instrumentOf('A', 0)
const COLUMNS = Int32Array.from([0])
const COUNTS = 1_000_000
const CASH = 1_000_000_000
/** Money below which a difference is the rounding of cash to counts. */
const ROUNDING = 0.01

interface Bar extends QuotedBar {
  readonly volume: number
}

interface Setting {
  readonly half: number
  readonly latency: number
  /** What is held is worth this in the end. */
  readonly end: number
}

interface SentOrder {
  readonly bar: number
  readonly request: OrderRequest
}

/** Money at the end: cash and what is held at the end's price, on paper. */
async function onPaper(
  bars: readonly Bar[],
  sent: readonly SentOrder[],
  { half, latency, end }: Setting,
): Promise<number> {
  const rules = { ...PAPER_DEFAULTS, halfSpread: { equity: half }, latency, borrowRate: 0 }
  const { account, costs, strictness } = fillsOf({
    account: MARGIN_ACCOUNT,
    costs: {},
    paper: { fills: 'strict', ...rules },
  })
  const { market, broker, drain } = paperVenue({
    name: 'paper',
    storeId: 'S1',
    exchange: { account, currency: currencyCode('USD'), cash: money(CASH * COUNTS), costs },
    strictness,
  })
  market.list(SHARE)
  for (const [day, { open, high, low, close, volume }] of bars.entries()) {
    const at = instant((day + 1) * DAY_MS)
    const date = (20_240_102 + day) as TradeDate
    const columns = barsOf(COLUMNS, [[open, high, low, close, volume]])
    market.open(at, date, columns)
    for (const { bar, request } of sent) if (bar === day) await broker.submit(request)
    drain()
    const closing = instant(at + SESSION_MS)
    market.range(closing, columns)
    market.close(closing, date, columns)
  }
  const held = market.account.positions[SHARE.index]! / SHARE.unitsPerWhole
  return market.account.cash / COUNTS + held * end
}

/** The same at a broker that fills at the quote without asking for size. */
function atTheQuote(bars: readonly Bar[], sent: readonly SentOrder[], { half, end }: Setting): number {
  let cash = CASH
  let held = 0
  let open: QuotedOrder[] = []
  for (const [day, bar] of bars.entries()) {
    const fill = (moment: 'auction' | 'range' | 'close'): void => {
      for (const order of open) {
        const price = order.price === null ? quotedFill(order, bar, moment, half) : Number.NaN
        if (Number.isNaN(price)) continue
        const shares = order.request.quantity / SHARE.unitsPerWhole
        order.price = price
        cash -= shares * price
        held += shares
      }
      open = open.filter(({ price }) => price === null)
    }
    fill('auction')
    const resting = open
    open = sent.filter((one) => one.bar === day).map(({ request }) => ({ request, isTriggered: false, price: null }))
    fill('auction')
    const lapse = ({ request: { terms } }: QuotedOrder): boolean => terms.force === 'cycle' && terms.type !== 'close'
    open = [...resting, ...open.filter((order) => !lapse(order))]
    fill('range')
    fill('close')
    open = open.filter(({ request: { terms } }) => terms.force === 'gtc')
  }
  return cash + held * end
}

function orderOf(number: number, shares: number, terms: Terms): OrderRequest {
  return {
    clientId: `order-${number}` as ClientOrderId,
    order: number as OrderId,
    account: MARGIN_ACCOUNT.id,
    legs: [{ instrument: SHARE.id, ratio: 1 }],
    terms,
    quantity: (shares * SHARE.unitsPerWhole) as Quantity,
    reducing: false,
  }
}

const wanderingBar = fc
  .record({
    open: fc.integer({ min: 60, max: 140 }),
    up: fc.nat(8),
    down: fc.nat(8),
    last: fc.integer({ min: -8, max: 8 }),
  })
  .map(
    ({ open, up, down, last }): Bar => ({
      open,
      high: open + up,
      low: open - down,
      close: open + Math.max(0 - down, Math.min(up, last)),
      volume: 1_000_000,
    }),
  )

const half = fc.constantFrom(0, 0.0005, 0.004)

describe('on the same tape, money on paper', () => {
  it('is never more than at a broker that fills at the quote: market orders either way, in bars that trade enough', async () => {
    const orders = fc.array(fc.record({ bar: fc.nat(5), shares: fc.integer({ min: -900, max: 900 }) }), {
      minLength: 1,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(wanderingBar, { minLength: 6, maxLength: 6 }),
        orders,
        half,
        fc.constantFrom(0, 250, 3_600_000),
        async (bars, drawn, spread, latency) => {
          const sent = drawn
            .filter(({ shares }) => shares !== 0)
            .map(({ bar, shares }, place) => ({
              bar,
              request: orderOf(place + 1, shares, { type: 'market', force: 'gtc' }),
            }))
          const setting = { half: spread, latency, end: bars.at(-1)!.close }
          expect(await onPaper(bars, sent, setting)).toBeLessThanOrEqual(atTheQuote(bars, sent, setting) + ROUNDING)
        },
      ),
      propertyRuns(200),
    )
  })

  it('is never more with trades one way before prices that go that way, whatever is sent and however little trades', async () => {
    let paid = 0
    const order = fc.record({
      bar: fc.nat(5),
      shares: fc.integer({ min: 1, max: 900 }),
      type: fc.constantFrom<OrderType[]>('market', 'market', 'limit', 'stop', 'stopLimit', 'open', 'close'),
      force: fc.constantFrom<Terms['force'][]>('cycle', 'day', 'gtc'),
      level: fc.integer({ min: -6, max: 12 }),
      band: fc.nat(4),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, -1),
        fc.array(
          fc.record({
            gap: fc.integer({ min: 2, max: 6 }),
            run: fc.nat(5),
            volume: fc.constantFrom(0, 300, 4_000, 1_000_000),
          }),
          {
            minLength: 7,
            maxLength: 7,
          },
        ),
        fc.array(order, { minLength: 1, maxLength: 10 }),
        half,
        fc.constantFrom(0, 250, 3_600_000, 30_000_000, 200_000_000),
        async (side, moves, drawn, spread, latency) => {
          const bars: Bar[] = []
          let last = 100
          for (const { gap, run, volume } of moves) {
            const open = last * (1 + (side * gap) / 100)
            last = open * (1 + (side * run) / 100)
            bars.push({ open, high: Math.max(open, last), low: Math.min(open, last), close: last, volume })
          }
          const sent = drawn.map(({ bar, shares, type, force, level, band }, place) => {
            const from = bars[bar]!.open
            const stop = Math.floor(from * (100 + side * level)) / 100
            const limit =
              Math.floor((type === 'limit' ? from : stop) * (100 + side * (type === 'limit' ? level : band))) / 100
            const terms = {
              type,
              force,
              ...(type === 'limit' || type === 'stopLimit' ? { limit: limit as Price } : {}),
              ...(type === 'stop' || type === 'stopLimit' ? { stop: stop as Price } : {}),
            }
            return { bar, request: orderOf(place + 1, side * shares, terms) }
          })
          // Beyond every price that was paid, so that each trade has won.
          const setting = { half: spread, latency, end: last * (1 + side * 0.05) }
          const quoted = atTheQuote(bars, sent, setting)
          expect(await onPaper(bars, sent, setting)).toBeLessThanOrEqual(quoted + ROUNDING)
          if (quoted > CASH) paid += 1
        },
      ),
      propertyRuns(300),
    )
    expect(paid).toBeGreaterThan(100)
  })
})
