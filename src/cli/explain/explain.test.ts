import { beforeAll, describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../domain/events.ts'
import type { JournalRow, Store, StoredSnapshot } from '../../domain/store.ts'
import type { Instant } from '../../domain/units.ts'
import { type DayBar, marketByHand, portfolioByHand } from '../../engine/by-hand.ts'
import { createAuditor } from '../../engine/invariants.ts'
import { CODEC_VERSION, decodeEvent, encodeEvent } from '../../engine/journal/codec.ts'
import { createKernel } from '../../engine/kernel.ts'
import { runAudited, runBacktest } from '../../engine/run/run.ts'
import { KERNEL_VERSION } from '../../engine/snapshot.ts'
import { SCHEDULES } from '../../exchange/schedules.ts'
import { explainOrder, explainStored } from '../../live/explain/explain.ts'
import type { Explanation } from '../../live/explain/explanation.ts'
import { rerunBacktest, rerunJournal } from '../../live/explain/rerun.ts'
import { SILENT } from '../../live/explain/silent.ts'
import { explainStoredWish } from '../../live/explain/wish.ts'
import { smaCrossover } from '../../pipeline/strategies/sma-crossover/sma-crossover.ts'
import { explanationDocument } from './document.ts'
import type { Route } from './route.ts'
import { explanationText } from './text.ts'
import { wishView } from './view.ts'

/** A price that falls, rises and falls: when it rests, the quick sleeve is on its way out and the slow one on its way in. */
const CLOSES = [12, 12, 11, 9, 9.6, 10.4, 10.3, 10.8, 11.6, 11.1, 10.6, 10.9, 11.8, 12.4, 12, 11, 10.1, 9.5, 9.2, 9]

function barsOf(closes: readonly number[]): DayBar[] {
  return closes.map((close, day) => {
    const open = day === 0 ? close : closes[day - 1]! + 0.05
    const date = `2024-01-${String(day + 2).padStart(2, '0')}`
    return { date, open, high: Math.max(open, close) + 0.2, low: Math.min(open, close) - 0.2, close, volume: 50_000 }
  })
}

const market = marketByHand({ AAA: barsOf(CLOSES), BBB: barsOf(CLOSES.map((close) => close * 3)) })
const commission = { ...SCHEDULES.none, name: 'ten', bps: 10 }
const sleeve = { strategy: smaCrossover, universe: ['AAA', 'BBB'], weight: 0.5 }
const { config, strategies } = portfolioByHand({
  name: 'two speeds',
  capital: 20_000,
  sleeves: [
    {
      ...sleeve,
      id: 'quick',
      parameters: { fast: 1, slow: 2 },
      sizing: { kind: 'percent', fraction: 0.3, of: 'sleeve' },
    },
    { ...sleeve, id: 'slow', parameters: { fast: 2, slow: 4 }, sizing: { kind: 'notional', amount: 2_500 } },
  ],
  limits: { positionWeightMax: 0.2 },
  costs: { equity: { commission, slippage: { kind: 'none' }, participationMax: null } },
})
const input = { config, market, strategies }

/** What a store would hold of the run. */
function journalOf(): Pick<Store, 'read'> {
  const rows: JournalRow[] = []
  const journal = (event: EngineEvent): void => {
    const { seq, at, kind } = event
    rows.push({ seq, at, kind, version: CODEC_VERSION, payload: encodeEvent(event) })
  }
  runAudited({ ...input, journal }, createAuditor(), SILENT)
  return {
    read: async function* (_, from) {
      for (const row of rows) if (row.seq >= from) yield row
    },
  }
}

/** The same with a state after every event. */
function statesOf(): Pick<Store, 'read' | 'snapshotBefore'> {
  const states: StoredSnapshot[] = []
  const kernel = createKernel({ strategies: new Map(strategies.map((one) => [one.name, one])), observer: SILENT })
  const journal = (event: EngineEvent): void => {
    kernel.apply(decodeEvent(encodeEvent(event), (index) => market.instruments[index]!.id))
    const payload = new TextEncoder().encode(JSON.stringify({ run: { kernel: kernel.snapshot() } }))
    states.push({ seq: event.seq, kernelVersion: KERNEL_VERSION, payload })
  }
  runAudited({ ...input, journal }, createAuditor(), SILENT)
  return {
    ...journalOf(),
    snapshotBefore: (_, seq) => Promise.resolve(states.findLast((one) => one.seq <= seq)),
  }
}

/** The same events of a portfolio that asks about every entry; they are those of the run until the first one is asked about. */
function askingFrom(store: ReturnType<typeof statesOf>): typeof store {
  const approvals = { all: true, above: null, stages: [], sleeves: [], expiresAfter: { bars: 3 } }
  return {
    ...store,
    read: async function* (portfolio, from) {
      for await (const row of store.read(portfolio, from)) {
        const event = decodeEvent(row.payload, (index) => market.instruments[index]!.id)
        const asks = event.kind === 'configured' ? { ...event, config: { ...event.config, approvals } } : event
        yield { ...row, payload: encodeEvent(asks) }
      }
    },
  }
}

function askingUntil(store: ReturnType<typeof statesOf>, last: number): typeof store {
  return {
    ...store,
    read: async function* (portfolio, from) {
      for await (const row of store.read(portfolio, from)) if (row.seq <= last) yield row
    },
  }
}

const result = runBacktest({ ...input, checks: true })

async function explained(order: number): Promise<Explanation> {
  const { explanation } = await explainOrder(rerunBacktest(input), order)
  return explanation!
}

describe('the chain of an order', () => {
  const all: Explanation[] = []
  beforeAll(async () => {
    for (const { id } of result.orders) all.push(await explained(id))
  })

  it('is told of every order of a run, as the report has it', () => {
    expect(all.map(({ order, net, crossed }) => [order, net, crossed])).toEqual(
      result.orders.map(({ id, net, crossed }) => [id, net, crossed]),
    )
    for (const { shares, fills, net, crossed } of all) {
      const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
      expect(sum(shares.map(({ wanted }) => wanted))).toBe(net)
      expect(sum(fills.map(({ quantity }) => quantity))).toBe(net)
      expect(sum(shares.map((share) => Math.abs(share.crossed)))).toBe(2 * crossed)
      for (const share of shares)
        expect(sum(share.bookings.map(({ quantity }) => quantity))).toBe(share.crossed + share.filled)
    }
  })

  it('has the size, and every rule in its turn, of each entry', () => {
    const entries = all.flatMap(({ shares }) => shares).filter(({ judgement }) => judgement !== null)
    expect(entries.length).toBeGreaterThan(4)
    for (const { size, judgement, wanted, event, bookings } of entries) {
      const { asked, allowed, consulted } = judgement!
      expect(allowed).toBe(wanted)
      expect(size!.size).toBe(asked)
      expect(consulted.map((rule) => rule.rule)).toContain('positionWeight')
      let left = Math.abs(asked)
      for (const rule of consulted) {
        expect(rule.asked).toBe(left)
        left = rule.allowed
      }
      expect(left).toBe(Math.abs(allowed))
      expect(event).toBeLessThan(bookings[0]!.event)
    }
    expect(entries.some(({ judgement }) => judgement!.allowed < judgement!.asked)).toBe(true)
  })

  it('shows the bar and the values that the strategy saw', () => {
    for (const { shares, instrument } of all) {
      for (const { bar, indicators, strategy, sleeve: id } of shares) {
        const day = Number(String(bar!.tradeDate).slice(6)) - 2
        const scale = instrument === 'AAA' ? 1 : 3
        expect(bar!.close).toBe(CLOSES[day]! * scale)
        expect(strategy).toBe('sma-crossover')
        expect(indicators.map(({ name }) => name)).toEqual(['fast', 'slow'])
        if (id === 'quick') expect(indicators[0]!.value).toBeCloseTo(bar!.close, 10)
      }
    }
  })

  it('is the same from the journal of that run', async () => {
    const rerun = rerunJournal(journalOf(), config.name, new Map(strategies.map((one) => [one.name, one])))
    for (const one of all) expect((await explainOrder(rerun, one.order)).explanation).toEqual(one)
  })

  it('is the same from any state before the order, and from an older one where that is too late', async () => {
    const store = statesOf()
    const known = new Map(strategies.map((one) => [one.name, one]))
    let begins: number[] = []
    const counted: typeof store = {
      ...store,
      read(portfolio, from) {
        begins.push(from)
        return store.read(portfolio, from)
      },
    }
    for (const one of all) {
      begins = []
      const span = { first: one.event, last: Math.max(one.end!.event, ...one.fills.map(({ event }) => event)) }
      expect((await explainStored(counted, config.name, known, one.order, span)).explanation).toEqual(one)
      const born = Math.min(...one.shares.map(({ event }) => event))
      // Every event has its state: the last one before the birth of its first intent, and nothing older, is begun from.
      expect(Math.min(...begins)).toBe(born)
    }
    expect((await explainStored(counted, config.name, known, all[0]!.order, null)).explanation).toEqual(all[0])
  })

  it('of an entry that waits for an approval is that of its order, up to the rules', async () => {
    const states = statesOf()
    const known = new Map(strategies.map((one) => [one.name, one]))
    const [first] = all
    const [share] = first!.shares
    const asking = askingFrom(states)
    const wish = (await explainStoredWish(asking, config.name, known, share!.intent, null))!
    const { sleeve: id, title, strategy, event, at, bar, indicators, size, judgement, reason, wanted } = share!
    expect(wish).toMatchObject({ order: 0, instrument: first!.instrument, net: wanted, fills: [], end: null })
    expect(wish.shares).toMatchObject([
      { sleeve: id, title, strategy, event, at, bar, indicators, size, judgement, reason, wanted, bookings: [] },
    ])
    const view = wishView(wish)
    expect(new Set(view.steps.map(({ kind }) => kind))).toEqual(new Set(['bar', 'signal', 'size', 'rule']))
    expect(view.summary).toBe(`${title}: ${reason}`)
    expect(await explainStoredWish(askingUntil(asking, event), config.name, known, 99, null)).toBeNull()
  })

  it('is refused where the code of a strategy is not there', async () => {
    const rerun = rerunJournal(journalOf(), config.name, new Map())
    await expect(explainOrder(rerun, all[0]!.order)).rejects.toThrow('"two speeds" trades "sma-crossover"')
  })

  it('is nothing of an order that never was', async () => {
    expect(await explainOrder(rerunBacktest(input), 7)).toEqual({ explanation: null, orders: all.length })
  })

  it('reads as one numbered step after the other', () => {
    const crossing = all.find(({ crossed, net }) => crossed > 0 && net !== 0)
    expect(explanationText(crossing!, null)).toMatchInlineSnapshot(`
      "Order 2097152: sell 228 AAA, at the market; cycle 2, event 13, 2024-01-09 14:30 UTC

      1 Bar
        quick, slow: event 12, by hand/1d bar of 2024-01-08, closed 2024-01-08 21:00 UTC: open 10.4500, high 10.6500, low 10.1000, close 10.3000 USD, volume 50,000

      2 Signal
        quick (sma-crossover): reduce, "cross", sell 312 AAA; fast 10.3, slow 10.35
        slow (sma-crossover): enter, "cross", buy 84 AAA; fast 10.35, slow 9.825

      3 Size
        quick: as much as it holds of it; nothing is sized to leave
        slow: $2,500.00 / $10.30 each, in whole steps of 1, = 242

      4 Rules
        quick: what reduces always passes
        slow: asked 242, allowed 84
          Rule            Scope      With it   Limit  Asked  Allowed
          positionWeight  portfolio   0.2796  0.2000    242       84
          leverage        portfolio   0.4370  1.0000     84      all
          buyingPower     portfolio    2,493  34,393     84      all

      5 Netting
        quick −312 (84 crossed), slow +84 (84 crossed): 2 sleeves
        84 crossed inside at 10.3500 USD, free of fee, −228 sent

      6 Route
        the simulated exchange: filled at 2024-01-09 14:30 UTC

      7 Fills
        −228 at 10.3500 USD, fee $2.36; event 14, 2024-01-09 14:30 UTC

      8 Shares
        Sleeve  Booked  Instrument  Quantity    Price       Cash    Fee  Realised
        quick   cross   AAA              −84  10.3500    $869.40  $0.00    $58.80
        quick   fill    AAA             −228  10.3500  $2,359.80  $2.36   $159.60
        slow    cross   AAA              +84  10.3500   −$869.40  $0.00"
    `)
  })

  it('names the way to a broker, as the store has the last word on it', () => {
    const at = Date.parse('2024-01-09T14:30:00Z') as Instant
    const route: Route = {
      broker: 'paper',
      account: 'main',
      clientId: 'b5rkq7o2',
      brokerId: 'o-17',
      state: 'filled',
      isCancelling: false,
      evidence: '',
      sends: 2,
      intendedAt: at,
      changedAt: (at + 60_000) as Instant,
      executions: [],
    }
    const text = explanationText(all[0]!, route)
    expect(text.slice(text.indexOf('6 Route'), text.indexOf('7 Fills'))).toMatchInlineSnapshot(`
      "6 Route
        paper, account main, client id b5rkq7o2, there o-17
        intended 2024-01-09 14:30 UTC, sent 2 times, filled 2024-01-09 14:31 UTC
        in the books: filled at 2024-01-07 14:30 UTC

      "
    `)
  })

  it('is a document without a number that JSON does not have', () => {
    for (const one of all) {
      const document = explanationDocument(one, null)
      expect(JSON.parse(JSON.stringify(document))).toEqual(document)
    }
  })
})
