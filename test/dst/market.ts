/** The prices of a few instruments over a few dozen bars: what everybody knows at each close, and the way in between. */
import type { Instrument } from '../../src/domain/instruments.ts'
import type { DatedAction, MarketData } from '../../src/domain/market.ts'
import { addDays, sessionsFrom, tradeDate } from '../../src/domain/sessions.ts'
import { calendarId, clockId, type Instant, type Price, type TradeDate } from '../../src/domain/units.ts'
import { exp } from '../../src/numerics/elementary.ts'
import type { Random } from '../../src/numerics/random.ts'
import { instrumentOf } from '../fixtures/exchange-rig.ts'

export const CLOCK = clockId('bars')
export const CALENDAR = calendarId('bars')
const FIRST_DAY = tradeDate(20_240_304)
/** 2024-03-04 14:30 UTC. */
const BEGIN = 1_709_562_600_000

export interface DrawnMarket {
  readonly data: MarketData
  readonly instruments: readonly Instrument[]
  /** Instants at which the first bar opens and the last one closes, but for the one long after. */
  readonly begin: number
  readonly end: number
  /** When the one bar opens that comes long after. */
  readonly last: number
  /** What one whole share costs at an instant; between sessions the last price. */
  priceAt(place: number, time: number): number
  isOpen(time: number): boolean
  /** The first moment from `time` on at which somebody trades; null: none comes. */
  nextOpen(time: number): number | null
  /** When the session that is open at an instant, or the next one, ends; null: none does. */
  sessionEnd(time: number): number | null
  /** The first moment from `time` on at which a price is as it is asked for; null: none. */
  firstWhere(place: number, time: number, isMet: (price: number) => boolean): number | null
}

const BAR_SECONDS = [20, 30, 45, 60] as const
/** From the last bar of what is traded to the one after. */
export const AFTERMATH_MS = 150_000
/** Sessions, and bars of each: few, because a short history breaks as a long one does, and is cheap. */
const DAYS = [2, 3] as const
const BARS = [2, 4] as const
/** Turns that a price takes within a bar. */
const TURNS = 4

/** All that a market is made of, as plain data. */
export interface MarketScript {
  readonly instruments: number
  /** Of a bar, in milliseconds. */
  readonly length: number
  /** When each session opens, and how many bars it has. */
  readonly sessions: readonly { readonly open: number; readonly bars: number }[]
  /** By instrument: four prices a bar, those of the one long after included, as if nothing were ever split. */
  readonly paths: readonly (readonly number[])[]
  /** New shares for old ones before a session opens. Left out: none. */
  readonly splits?: readonly SplitScript[]
  /** Cents a share, to who has it when a session opens. Left out: none. */
  readonly dividends?: readonly { readonly session: number; readonly place: number; readonly cents: number }[]
}

interface SplitScript {
  readonly session: number
  readonly place: number
  readonly numerator: number
  readonly denominator: number
}

/** Forward, reverse, and such as leave fractions of whole shares. */
const RATIOS = [
  [2, 1],
  [3, 2],
  [1, 3],
  [1, 10],
  [7, 4],
] as const

/** Bars of less than a minute in short sessions; some follow each other at once, before others there is a pause. */
export function drawMarket(random: Random, without: ReadonlySet<string> = new Set()): MarketScript {
  const instruments = random.integer(3, 4)
  const length = BAR_SECONDS[random.integer(0, BAR_SECONDS.length - 1)]! * 1_000
  const sessions: { open: number; bars: number }[] = []
  let [open, bars] = [BEGIN, 0]
  for (let day = random.integer(DAYS[0], DAYS[1]); day > 0; day -= 1) {
    const count = random.integer(BARS[0], BARS[1])
    sessions.push({ open, bars: count })
    open += count * length + random.integer(0, 2) * 60_000
    bars += count
  }
  const paths = Array.from({ length: instruments }, () => pathOf(random, bars + 1))
  const actions = actionsOf(random.fork('actions'), sessions.length, instruments)
  return {
    instruments,
    length,
    sessions,
    paths,
    splits: without.has('splits') ? [] : actions.splits,
    dividends: without.has('dividends') ? [] : actions.dividends,
  }
}

/** Of the first day nobody holds anything; at most one split of an instrument. */
function actionsOf(
  random: Random,
  sessions: number,
  instruments: number,
): Required<Pick<MarketScript, 'splits' | 'dividends'>> {
  const splits: SplitScript[] = []
  const dividends: { session: number; place: number; cents: number }[] = []
  const session = (): number => random.integer(1, sessions - 1)
  for (let place = 0; place < instruments; place += 1) {
    const [numerator, denominator] = RATIOS[random.integer(0, RATIOS.length - 1)]!
    const [split, dividend] = [session(), { session: session(), place, cents: random.integer(1, 300) }]
    const isSplit = random.uniform() < 0.15
    if (isSplit) splits.push({ session: split, place, numerator, denominator })
    if (random.uniform() < 0.15 && !(isSplit && split === dividend.session)) dividends.push(dividend)
  }
  return { splits, dividends }
}

export function marketOf(script: MarketScript): DrawnMarket {
  const { length } = script
  const instruments = Array.from({ length: script.instruments }, (_, index) => ({
    ...instrumentOf(`S${index}`, index),
    calendar: CALENDAR,
    clocks: [CLOCK],
  }))
  const opens: number[] = []
  const dates: number[] = []
  const sessions = script.sessions.map(({ open, bars }, day) => {
    const date = addDays(FIRST_DAY, day)
    for (let bar = 0; bar < bars; bar += 1) {
      opens.push(open + bar * length)
      dates.push(date)
    }
    return { date, open: open as Instant, close: (open + bars * length) as Instant }
  })
  const end = opens.at(-1)! + length
  // One more bar, long after: until then a live engine has nothing to do but to keep its books.
  const last = end + AFTERMATH_MS
  opens.push(last)
  dates.push(addDays(FIRST_DAY, sessions.length))
  const splits = (script.splits ?? []).map((split) => ({ ...split, bar: opens.indexOf(sessions[split.session]!.open) }))
  const factorAt: FactorAt = (place, bar) =>
    splits.reduce(
      (factor, split) =>
        split.place === place && split.bar <= bar ? (factor * split.numerator) / split.denominator : factor,
      1,
    )
  const paths = script.paths.map((path, place) =>
    path.map((price, turn) => {
      const factor = factorAt(place, Math.floor(turn / TURNS))
      return factor === 1 ? price : Math.max(1, Math.floor((price / factor) * 100 + 0.5)) / 100
    }),
  )
  const after = { date: dates.at(-1) as TradeDate, open: last as Instant, close: (last + length) as Instant }
  return {
    data: {
      ...dataOf(instruments, { opens, dates, length, paths, sessions: [...sessions, after], factorAt }),
      actions: actionsFrom(script, instruments, sessions),
    },
    instruments,
    begin: opens[0]!,
    end,
    last,
    ...prices({ opens: opens.slice(0, -1), length, paths, sessions }),
  }
}

/** Of a price on the scale of the first day. */
type FactorAt = (place: number, bar: number) => number

/** In the order of their days; on one day splits come first. */
function actionsFrom(
  { splits = [], dividends = [] }: MarketScript,
  instruments: readonly Instrument[],
  sessions: Drawn['sessions'],
): readonly DatedAction[] {
  const dated = (session: number, action: DatedAction['action']): DatedAction => {
    const { open, date } = sessions[session]!
    return { at: open, tradeDate: date, action }
  }
  const split = splits.map(({ session, place, numerator, denominator }) =>
    dated(session, { kind: 'split', instrument: instruments[place]!.id, numerator, denominator, priceAfter: null }),
  )
  const paid = dividends.map(({ session, place, cents }) =>
    dated(session, { kind: 'dividend', instrument: instruments[place]!.id, amount: (cents / 100) as Price }),
  )
  return [...split, ...paid].sort((one, other) => one.at - other.at)
}

interface Drawn {
  readonly opens: readonly number[]
  readonly length: number
  /** By instrument: four prices a bar. */
  readonly paths: readonly (readonly number[])[]
  readonly sessions: readonly { readonly date: TradeDate; readonly open: Instant; readonly close: Instant }[]
}

/** In whole cents. */
function pathOf(random: Random, bars: number): readonly number[] {
  let price = 20 + random.uniform() * 180
  return Array.from({ length: bars * TURNS }, () => {
    price *= exp(0.004 * random.normal())
    return Math.floor(price * 100 + 0.5) / 100
  })
}

function dataOf(
  instruments: readonly Instrument[],
  drawn: Drawn & { readonly dates: readonly number[]; readonly factorAt: FactorAt },
): MarketData {
  const { opens, dates, length, paths, sessions, factorAt } = drawn
  const grid = (read: (turns: readonly number[]) => number): Float64Array =>
    Float64Array.from({ length: opens.length * instruments.length }, (_, cell) => {
      const [bar, place] = [Math.floor(cell / instruments.length), cell % instruments.length]
      return read(paths[place]!.slice(bar * TURNS, (bar + 1) * TURNS))
    })
  return {
    instruments,
    blocks: [
      {
        clock: CLOCK,
        calendar: CALENDAR,
        instruments: instruments.map(({ id }) => id),
        tradeDates: Int32Array.from(dates),
        opens: Float64Array.from(opens),
        closes: Float64Array.from(opens, (open) => open + length),
        open: grid((turns) => turns[0]!),
        high: grid((turns) => Math.max(...turns)),
        low: grid((turns) => Math.min(...turns)),
        close: grid((turns) => turns[TURNS - 1]!),
        volume: grid(() => 1_000_000),
        factor: Float64Array.from({ length: opens.length * instruments.length }, (_, cell) =>
          factorAt(cell % instruments.length, Math.floor(cell / instruments.length)),
        ),
      },
    ],
    actions: [],
    sessions: [sessionsFrom(CALENDAR, sessions)],
    chains: null,
    notes: [],
  }
}

type Prices = Pick<DrawnMarket, 'priceAt' | 'isOpen' | 'nextOpen' | 'sessionEnd' | 'firstWhere'>

function prices({ opens, length, paths, sessions }: Drawn): Prices {
  const turn = length / TURNS
  /** The turn that an instant lies in; between bars the last one before; -1: before the first. */
  const turnAt = (time: number): number => {
    let bar = opens.length - 1
    while (bar >= 0 && opens[bar]! > time) bar -= 1
    return bar < 0 ? -1 : bar * TURNS + Math.min(TURNS - 1, Math.floor((time - opens[bar]!) / turn))
  }
  const beginOf = (at: number): number => opens[Math.floor(at / TURNS)]! + (at % TURNS) * turn
  const sessionFrom = (time: number) => sessions.find(({ close }) => time < close)
  return {
    priceAt: (place, time) => paths[place]![Math.max(0, turnAt(time))]!,
    isOpen: (time) => sessions.some(({ open, close }) => time >= open && time < close),
    nextOpen(time) {
      const session = sessionFrom(time)
      return session === undefined ? null : Math.max(time, session.open)
    },
    sessionEnd: (time) => sessionFrom(time)?.close ?? null,
    firstWhere(place, time, isMet) {
      const path = paths[place]!
      for (let at = Math.max(0, turnAt(time)); at < opens.length * TURNS; at += 1) {
        if (!isMet(path[at]!)) continue
        const from = Math.max(time, beginOf(at))
        if (from < beginOf(at) + turn) return from
      }
      return null
    },
  }
}
