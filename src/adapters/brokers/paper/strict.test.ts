import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exchangeOptionsOf, play, type Stage, venueOf } from '../../../../test/fixtures/paper-play.ts'
import { TAPE, TAPE_INSTRUMENTS, type Tape, tapeChain, tapeRows } from '../../../../test/fixtures/paper-tape.ts'
import type { QuotedBar } from '../../../../test/fixtures/quote-broker.ts'
import { propertyRuns } from '../../../../test/profile.ts'
import type { BrokerEvent, Execution, OrderRequest } from '../../../domain/broker.ts'
import { isStructure } from '../../../domain/orders.ts'
import type { Instant } from '../../../domain/units.ts'
import type { Moment } from '../../../exchange/matching.ts'
import { fillsOf, PAPER_DEFAULTS } from './strictness.ts'
import type { PaperVenue, PaperVenueOptions } from './venue.ts'

const DAY_MS = 86_400_000
const EPSILON = 1e-9
const OPTION = 3

interface Drawn {
  readonly tape: Tape
  readonly half: number
  readonly latency: number
}

const DRAWN: fc.Arbitrary<Drawn> = fc.record({
  tape: TAPE,
  half: fc.constantFrom(0, 0.0005, 0.01),
  // Of six hours that a bar lasts: at once, soon, late, and not before the next one.
  latency: fc.constantFrom(0, 250, 3_600_000, 30_000_000, 90_000_000),
})

function strictOptions({ tape, half, latency }: Drawn): Partial<PaperVenueOptions> {
  const rules = {
    ...PAPER_DEFAULTS,
    halfSpread: { equity: half, crypto: half },
    latency,
    orderMinimum: {},
    borrowRate: 0,
  }
  const { account, costs, strictness } = fillsOf({
    account: tape.account,
    costs: tape.costs,
    paper: { fills: 'strict', ...rules },
  })
  return { exchange: { ...exchangeOptionsOf(tape), account, costs }, strictness }
}

interface Heard {
  readonly execution: Execution
  readonly moment: Moment
}

/** The venue's stage, with the moment at which each execution was told, and every request that was accepted. */
function listeningStage(venue: PaperVenue, heard: Heard[], sent: Map<string, OrderRequest>): Stage {
  const take = (): void => {
    const { moment } = venue.state()
    for (const event of venue.drain())
      if (event.kind === 'execution') heard.push({ execution: event.execution, moment })
  }
  return {
    market: venue.market,
    heard: take,
    async send(requests) {
      for (const request of requests) {
        const answer = await venue.broker.submit(request)
        if (answer.state === 'accepted') sent.set(request.clientId, request)
      }
      take()
    },
    async cancel({ clientId }) {
      await venue.broker.cancel(clientId)
      take()
    },
  }
}

function barOf(tape: Tape, at: Instant, index: number): QuotedBar {
  const [open, high, low, close] = tapeRows(tape.days[Math.floor(at / DAY_MS) - 1]!)[index]!
  return { open, high, low, close }
}

/** The middle or the quote that nobody could have bettered at that moment, as a price to be paid (side 1) or got (-1). */
function boundOf({ tape, half }: Drawn, request: OrderRequest, { execution, moment }: Heard): number {
  const side = execution.quantity > 0 ? 1 : -1
  const { index, symbol } = TAPE_INSTRUMENTS.find(({ id }) => id === execution.instrument)!
  if (index >= OPTION) {
    const day = tape.days[Math.floor(execution.at / DAY_MS) - 1]!
    const chain = tapeChain(execution.at, moment === 'close' ? day.open + day.close : day.open)
    const quote = chain.quote(0 as never, 'put', Number(symbol.split(' ').at(-1)))!
    return side > 0 ? quote.ask : quote.bid
  }
  const bar = barOf(tape, execution.at, index)
  const quote = (middle: number): number => middle * (1 + side * half)
  const first = moment === 'close' ? bar.close : bar.open
  const { type, limit = Number.NaN, stop = Number.NaN } = request.terms
  const worse = (one: number, other: number): number => (side > 0 ? Math.max(one, other) : Math.min(one, other))
  switch (type) {
    case 'limit':
      return (limit - quote(first)) * side >= 0 ? quote(first) : limit
    case 'stop':
      // What the volume left of a stop that was reached earlier goes at an auction.
      return moment === 'auction' ? quote(first) : quote(worse(first, stop))
    case 'stopLimit':
      return (limit - quote(first)) * side >= 0
        ? quote(first)
        : worse(quote(first), limit) === limit
          ? quote(first)
          : limit
    case 'close':
      return quote(bar.close)
    default:
      return quote(bar.open)
  }
}

describe('strict fills', () => {
  it('are never better than the quote of the moment, never larger than the order, and cost no less than nothing', async () => {
    let executions = 0
    await fc.assert(
      fc.asyncProperty(DRAWN, async (drawn) => {
        const venue = venueOf(drawn.tape, strictOptions(drawn))
        const heard: Heard[] = []
        const sent = new Map<string, OrderRequest>()
        await play(drawn.tape, listeningStage(venue, heard, sent))
        const filled = new Map<string, number>()
        for (const one of heard) {
          const { execution } = one
          const request = sent.get(execution.clientId!)!
          const side = execution.quantity > 0 ? 1 : -1
          const bound = boundOf(drawn, request, one)
          expect((execution.price - bound) * side, JSON.stringify(one)).toBeGreaterThan(0 - EPSILON * bound)
          expect(execution.fee).toBeGreaterThanOrEqual(0)
          const { limit } = request.terms
          if (limit !== undefined && !isStructure(request.legs))
            expect((limit - execution.price) * side).toBeGreaterThanOrEqual(0)
          if (isStructure(request.legs)) continue
          const all = (filled.get(request.clientId) ?? 0) + execution.quantity
          filled.set(request.clientId, all)
          expect(Math.abs(all)).toBeLessThanOrEqual(Math.abs(request.quantity))
          expect(all > 0).toBe(request.quantity > 0)
        }
        executions += heard.length
      }),
      propertyRuns(300),
    )
    expect(executions).toBeGreaterThan(500)
  })

  it('go on from the venue’s state as if it had never stopped, with orders on their way', async () => {
    await fc.assert(
      fc.asyncProperty(DRAWN, fc.nat(7), async (drawn, stop) => {
        const options = strictOptions(drawn)
        const whole = venueOf(drawn.tape, options)
        const expected: BrokerEvent[] = []
        await play(
          drawn.tape,
          recording(() => whole, expected),
        )
        let venue = venueOf(drawn.tape, options)
        const said: BrokerEvent[] = []
        const restart = (day: number): void => {
          if (day === stop) venue = venueOf(drawn.tape, { ...options, from: structuredClone(venue.state()) })
        }
        await play(
          drawn.tape,
          recording(() => venue, said),
          restart,
        )
        expect(said).toEqual(expected)
        expect(venue.state()).toEqual(whole.state())
      }),
      propertyRuns(100),
    )
  })
})

function recording(venue: () => PaperVenue, said: BrokerEvent[]): Stage {
  const take = (): void => {
    said.push(...venue().drain())
  }
  return {
    get market() {
      return venue().market
    },
    heard: take,
    async send(requests) {
      for (const request of requests) await venue().broker.submit(request)
      take()
    },
    async cancel({ clientId }) {
      await venue().broker.cancel(clientId)
      take()
    },
  }
}
