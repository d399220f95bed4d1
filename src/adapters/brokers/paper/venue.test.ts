import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barsOf } from '../../../../test/fixtures/exchange-rig.ts'
import {
  TAPE,
  TAPE_INSTRUMENTS,
  type Tape,
  type TapeDay,
  tapeChain,
  tapeRequest,
  tapeRows,
} from '../../../../test/fixtures/paper-tape.ts'
import { propertyRuns } from '../../../../test/profile.ts'
import type { BrokerEvent, OrderRequest } from '../../../domain/broker.ts'
import { FORCE_CODE, orderColumns, TYPE_CODE } from '../../../domain/columns.ts'
import type { CorporateAction } from '../../../domain/market.ts'
import {
  accountId,
  currencyCode,
  instant,
  money,
  type OrderId,
  type Price,
  type TradeDate,
} from '../../../domain/units.ts'
import type { Moment } from '../../../exchange/matching.ts'
import { type ExchangeAnswer, type SimulatedExchange, simulatedExchange } from '../../../exchange/simulated.ts'
import { type PaperMarket, type PaperState, type PaperVenue, paperVenue } from './venue.ts'

const DAY_MS = 86_400_000
const COLUMNS = Int32Array.from([0, 1, 2])

/** What a script is played to. */
interface Stage {
  readonly market: PaperMarket
  send(requests: readonly OrderRequest[], moment: Moment): Promise<void>
  cancel(request: OrderRequest): Promise<void>
  /** What was said since it was last asked. */
  heard(answer: ExchangeAnswer | null): void
}

/** A fill or an end, in the words of both. */
type Said = readonly unknown[]

function optionsOf({ account, cash, costs, checks }: Tape) {
  return { account, currency: currencyCode('USD'), cash: money(cash * 1_000_000), costs, checks }
}

function actionOf(day: TapeDay): CorporateAction | null {
  const instrument = TAPE_INSTRUMENTS[0]!.id
  if (day.action === 'dividend') return { kind: 'dividend', instrument, amount: 0.5 as Price }
  if (day.action === 'none') return null
  return { kind: 'split', instrument, numerator: 2, denominator: 1, priceAfter: (day.open / 2) as Price }
}

async function play(tape: Tape, stage: Stage, between?: (day: number) => void): Promise<void> {
  let number = 0
  const sent: OrderRequest[] = []
  for (const [place, day] of tape.days.entries()) {
    const at = instant((place + 1) * DAY_MS)
    const date = (20_240_102 + place) as TradeDate
    const bars = barsOf(COLUMNS, tapeRows(day))
    const requests = (which: number): OrderRequest[] =>
      day.orders[which]!.map((one) => {
        number += 1
        return tapeRequest(one, number, day.open)
      })
    const send = async (which: number, moment: Moment): Promise<void> => {
      const list = requests(which)
      sent.push(...list)
      await stage.send(list, moment)
    }
    const action = actionOf(day)
    if (action !== null) stage.heard(stage.market.apply(action))
    stage.heard(stage.market.open(at, date, bars, [tapeChain(at, day.open)]))
    await send(0, 'auction')
    if (day.cancel !== null && sent.length > day.cancel) await stage.cancel(sent.at(-1 - day.cancel)!)
    const closing = instant(at + 6 * 3_600_000)
    stage.heard(stage.market.range(closing, bars))
    await send(1, 'range')
    stage.heard(stage.market.close(closing, date, bars, [tapeChain(closing, day.open + day.close)], day.sessionEnds))
    await send(2, 'close')
    between?.(place)
  }
}

/** The exchange as a backtest drives it: all orders of a moment as one submission. */
function exchangeStage(tape: Tape, said: Said[]): Stage & { readonly exchange: SimulatedExchange } {
  const exchange = simulatedExchange(optionsOf(tape))
  for (const instrument of TAPE_INSTRUMENTS) exchange.list(instrument)
  const columns = orderColumns(accountId('main'), {
    instrumentId: (index) => TAPE_INSTRUMENTS[index]!.id,
    shares: () => [],
  })
  const heard = (answer: ExchangeAnswer | null): void => {
    const { fills, states } = answer!
    for (let row = 0; row < (fills?.count ?? 0); row += 1) {
      const { order, instrument, quantity, price, fee, at } = fills!.at(row)
      said.push(['fill', order, instrument, quantity, price, fee, at])
    }
    for (const { order, state, evidence } of states) if (state !== 'working') said.push([state, order, evidence])
  }
  return {
    exchange,
    market: exchange,
    heard,
    async send(requests, moment) {
      columns.clear(0)
      for (const { order, legs, terms, quantity, reducing } of requests) {
        const single = TAPE_INSTRUMENTS.find(({ id }) => legs.length === 1 && id === legs[0]!.instrument)
        columns.push({
          id: order,
          instrument: single?.index ?? -1,
          quantity,
          crossed: 0,
          type: TYPE_CODE[terms.type],
          force: FORCE_CODE[terms.force],
          limit: terms.limit ?? Number.NaN,
          stop: terms.stop ?? Number.NaN,
          reducing,
          legs: single === undefined ? legs : null,
        })
      }
      heard(exchange.submit(columns, moment))
    },
    cancel: async ({ order }) => heard(exchange.cancel(order)),
  }
}

function venueOf(tape: Tape, from?: PaperState): PaperVenue {
  const made = paperVenue({
    name: 'paper',
    storeId: 'S1',
    exchange: optionsOf(tape),
    ...(from === undefined ? {} : { from }),
  })
  for (const instrument of TAPE_INSTRUMENTS) made.market.list(instrument)
  return made
}

function note(said: Said[], events: readonly BrokerEvent[]): void {
  for (const event of events) {
    if (event.kind === 'execution') {
      const { clientId, instrument, quantity, price, fee, at } = event.execution
      said.push(['fill', numberOf(clientId!), instrument, quantity, price, fee, at])
    } else if (event.kind === 'order' && event.order.state !== 'working' && event.order.state !== 'filled') {
      said.push([event.order.state, numberOf(event.order.clientId!), event.order.evidence])
    }
  }
}

function numberOf(clientId: string): OrderId {
  return Number(clientId.slice('order-'.length)) as OrderId
}

/** The venue as an engine drives it: every order by itself through the port. */
function venueStage(venue: () => PaperVenue, said: Said[]): Stage {
  const heard = (): void => note(said, venue().drain())
  return {
    get market() {
      return venue().market
    },
    heard,
    async send(requests) {
      for (const request of requests) expect(await venue().broker.submit(request)).toMatchObject({ state: 'accepted' })
      heard()
    },
    async cancel({ clientId }) {
      await venue().broker.cancel(clientId)
      heard()
    },
  }
}

describe('the paper venue', () => {
  it('gives orders that are sent one by one the fills, fees and ends that one submission of all gives them', async () => {
    await fc.assert(
      fc.asyncProperty(TAPE, async (tape) => {
        const expected: Said[] = []
        const stage = exchangeStage(tape, expected)
        await play(tape, stage)
        const said: Said[] = []
        const venue = venueOf(tape)
        await play(
          tape,
          venueStage(() => venue, said),
        )
        expect(said).toEqual(expected)
        expect(venue.market.state()).toEqual(stage.exchange.state())
      }),
      propertyRuns(300),
    )
  })

  it('goes on from its state as if it had never stopped', async () => {
    await fc.assert(
      fc.asyncProperty(TAPE, fc.nat(7), async (tape, stop) => {
        const expected: Said[] = []
        const whole = venueOf(tape)
        await play(
          tape,
          venueStage(() => whole, expected),
        )
        const said: Said[] = []
        let venue = venueOf(tape)
        const restart = (day: number): void => {
          if (day === stop) venue = venueOf(tape, structuredClone(venue.state()))
        }
        await play(
          tape,
          venueStage(() => venue, said),
          restart,
        )
        expect(said).toEqual(expected)
        expect(venue.state()).toEqual(whole.state())
      }),
      propertyRuns(100),
    )
  })
})
