/** The market of a journal: the bars, actions and publications that its events brought, as a run reads them. */
import type { PortfolioConfig } from '../../domain/config.ts'
import type { EngineEvent } from '../../domain/events.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { ChainSource, ClockBlock, DatedAction, MarketData, OptionChain, Slice } from '../../domain/market.ts'
import type { MarketRecord } from '../../domain/market-records.ts'
import { type Sessions, sessionOf } from '../../domain/sessions.ts'
import type { Store } from '../../domain/store.ts'
import type { CalendarId, ClockId, InstrumentId, TradeDate } from '../../domain/units.ts'
import { isSameData } from '../../engine/canonical.ts'
import { decodeEvent } from '../../engine/journal/codec.ts'

export interface RecordedMarket {
  /** The first configuration that was given. */
  readonly config: PortfolioConfig
  readonly market: MarketData
  /** Events that came from an operator, a broker or a watch: no market brings them again. */
  readonly outside: number
  /** How often another configuration was gone over to. */
  readonly changes: number
}

const CHAINS = 'it trades options, and keeps only those of their chains that were asked for then'
const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const

/** The market of a journal as far as its events were taken. */
export interface MarketBook {
  /** The first configuration that was given; null before it. */
  readonly config: PortfolioConfig | null
  /** The last one. */
  readonly latest: PortfolioConfig | null
  readonly instruments: readonly Instrument[]
  take(event: EngineEvent): void
  /**
   * @param listed left out: what events listed; a kernel knows more, contracts that a split made of others
   * @throws where nothing was configured yet
   */
  market(listed?: readonly Instrument[]): MarketData
}

/** Keeps what events bring of a market: laid out as a run reads it whenever it is asked for. */
export function marketBook(): MarketBook {
  const instruments: Instrument[] = []
  const slices: Slice[] = []
  const actions: DatedAction[] = []
  const sessions = new Map<CalendarId, Sessions>()
  const chains = new Map<InstrumentId, OptionChain>()
  let config: PortfolioConfig | null = null
  /** The last one: it has every sleeve that there ever was. */
  let latest: PortfolioConfig | null = null
  return {
    get config() {
      return config
    },
    get latest() {
      return latest
    },
    instruments,
    take(event) {
      switch (event.kind) {
        case 'configured':
          config ??= event.config
          latest = event.config
          break
        case 'listed':
          instruments[event.instrument.index] = event.instrument
          break
        case 'sessions':
          sessions.set(event.calendar, event.sessions)
          break
        case 'slices':
          for (const slice of event.slices) {
            // Of chains only the last is looked at: what came before would be most of the memory.
            slices.push(slice.chains.length === 0 ? slice : { ...slice, chains: [] })
            for (const chain of slice.chains) chains.set(chain.underlying, chain)
          }
          break
        case 'corporateAction':
          actions.push({ at: event.at, tradeDate: event.tradeDate, action: event.action })
          break
        default:
      }
    },
    market(listed = instruments) {
      if (latest === null) throw new Error('a journal without a configuration has no market')
      return {
        instruments: listed,
        blocks: clocksOf(slices).map((clock) => blockOf(clock, slices, { instruments: listed, sessions })),
        actions,
        sessions: [...sessions.values()],
        chains: chains.size === 0 ? null : lastChains(chains),
        ...recordsOf(slices),
        notes: [],
      }
    },
  }
}

/** Only what was asked for last is known of chains: enough to look at what is held, not to run again. */
function lastChains(chains: ReadonlyMap<InstrumentId, OptionChain>): ChainSource {
  return {
    underlyings: [...chains.keys()],
    chain: (underlying) => chains.get(underlying) ?? null,
  }
}

/**
 * @throws FaultError RECORD_UNFIT where options were traded: a journal holds only those chains that were asked for
 */
export async function recordedMarket(store: Pick<Store, 'read'>, portfolio: string): Promise<RecordedMarket | null> {
  const book = marketBook()
  let outside = 0
  let configured = 0
  for await (const row of store.read(portfolio, 0)) {
    const event = decodeEvent(row.payload, (index) => book.instruments[index]!.id)
    if (event.kind === 'configured' && !isSameData(book.latest, event.config)) configured += 1
    else if (event.outside !== undefined && event.kind !== 'listed') outside += 1
    if (event.kind === 'listed' && event.instrument.option !== null) throw unfit(portfolio, CHAINS)
    book.take(event)
  }
  const { config } = book
  if (config === null) return null
  const market = book.market()
  if (market.chains !== null) throw unfit(portfolio, CHAINS)
  return { config, market, outside, changes: configured - 1 }
}

function unfit(portfolio: string, reason: string): FaultError {
  return new FaultError(fault('RECORD_UNFIT', { portfolio, reason }))
}

/** In the order in which those that close together are given: a run goes through them in that order, too. */
function clocksOf(slices: readonly Slice[]): readonly ClockId[] {
  const together = new Set<string>()
  for (const [place, { clock, at }] of slices.entries()) {
    for (let later = place + 1; later < slices.length && slices[later]!.at === at; later += 1)
      together.add(`${clock} ${slices[later]!.clock}`)
  }
  const ordered: ClockId[] = []
  for (const clock of new Set(slices.map((slice) => slice.clock))) {
    const place = ordered.findIndex((other) => together.has(`${clock} ${other}`))
    ordered.splice(place < 0 ? ordered.length : place, 0, clock)
  }
  return ordered
}

interface Known {
  readonly instruments: readonly Instrument[]
  readonly sessions: ReadonlyMap<CalendarId, Sessions>
}

function blockOf(clock: ClockId, slices: readonly Slice[], known: Known): ClockBlock {
  const rows = slices.filter((slice) => slice.clock === clock)
  // Columns are added at the end and never moved: the last row has all of them.
  const columns = rows.at(-1)!.instruments
  const width = columns.length
  // What closes together trades on one calendar; on some clocks nobody decides.
  const { calendar } = known.instruments[columns[0]!]!
  const columnOf = (take: (row: Slice) => Float64Array, missing: number): Float64Array => {
    const column = new Float64Array(rows.length * width).fill(missing)
    for (const [place, row] of rows.entries()) column.set(take(row), place * width)
    return column
  }
  const prices = Object.fromEntries(PRICES.map((name) => [name, columnOf((row) => row[name], Number.NaN)]))
  return {
    clock,
    calendar,
    instruments: Array.from(columns, (index) => known.instruments[index]!.id),
    tradeDates: Int32Array.from(rows, ({ tradeDate }) => tradeDate),
    opens: opensOf(rows, known.sessions.get(calendar)),
    closes: Float64Array.from(rows, ({ at }) => at),
    ...(prices as Pick<ClockBlock, (typeof PRICES)[number]>),
    factor: columnOf(({ factor }) => factor, 1),
  }
}

/** A session's first bar begins with it, every other one where the bar before it ended. */
function opensOf(rows: readonly Slice[], sessions: Sessions | undefined): Float64Array {
  return Float64Array.from(rows, ({ tradeDate }, place) => {
    const before = rows[place - 1]
    return before?.tradeDate === tradeDate ? before.at : beginOf(tradeDate, sessions)
  })
}

function beginOf(tradeDate: TradeDate, sessions: Sessions | undefined): number {
  const place = sessions === undefined ? -1 : sessionOf(sessions, tradeDate)
  return place < 0 ? Number.NaN : sessions!.opens[place]!
}

/** What was published, once, in the order of its publication. */
function recordsOf(slices: readonly Slice[]): Pick<MarketData, 'records'> {
  const seen = new Set<string>()
  const records: MarketRecord[] = []
  for (const slice of slices) {
    for (const record of slice.records) {
      const key = JSON.stringify(record)
      if (seen.has(key)) continue
      seen.add(key)
      records.push(record)
    }
  }
  if (records.length === 0) return {}
  return { records: records.sort((left, right) => left.publishedAt - right.publishedAt) }
}
