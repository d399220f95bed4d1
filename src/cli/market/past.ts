import type { MarketData } from '../../domain/market.ts'
import type { FundamentalsRecord } from '../../domain/market-records.ts'
import type { OptionRecord } from '../../domain/recorded.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { chainNotes, chainSourceOf, readRecordedChains, readVolatilities, type Volatilities } from './chains.ts'
import { type EventRows, eventsOf, NO_EVENT_ROWS, readEventFiles } from './events.ts'
import { type History, loadHistories, marketFrom, type Reach } from './market.ts'
import { simulateHistories } from './simulated.ts'
import { fundamentalsOf, readSnapshots, snapshotNotes } from './snapshots.ts'

/** Everything that a portfolio's market is made of, read from files or simulated. */
export interface MarketPast {
  readonly histories: readonly History[]
  /** Null where no option is priced. */
  readonly volatilities: Volatilities | null
  readonly recorded: readonly OptionRecord[]
  /** What snapshots say of companies, earliest first. */
  readonly fundamentals: readonly FundamentalsRecord[]
  readonly events: EventRows
  /** Of the simulated market; null where the past was read from files. */
  readonly seed: number | null
  /** Said before the notes of the market, and after them. */
  readonly notesFirst: readonly string[]
  readonly notesLast: readonly string[]
}

/** Reads everything that a portfolio needs from a folder of data. */
export async function readPast(
  loaded: LoadedPortfolio,
  folder: string,
  onStep?: (done: number, total: number, what: string) => void,
): Promise<MarketPast> {
  const events = await readEventFiles(loaded, folder)
  const histories = await loadHistories(loaded, folder, onStep, events.records)
  const { options } = loaded
  const fundamentals = fundamentalsOf(loaded, await readSnapshots(loaded, folder))
  const past = { histories, fundamentals, events, seed: null, notesFirst: [] }
  if (options === null) return { ...past, volatilities: null, recorded: [], notesLast: [] }
  return {
    ...past,
    volatilities: await readVolatilities(options, histories, folder),
    recorded: await readRecordedChains(options, folder),
    notesLast: chainNotes(options),
  }
}

/** The same from a seed: no file is read. */
export function simulatePast(
  loaded: LoadedPortfolio,
  seed: number,
  reach: { readonly from: TradeDate; readonly to: TradeDate },
): MarketPast {
  const histories = simulateHistories(loaded, seed, reach)
  const volatilities = new Map(
    histories.flatMap(({ instrument, series, impliedVolatility }) =>
      impliedVolatility === null
        ? []
        : [[String(instrument.id), { dates: series.dates, values: impliedVolatility }] as const],
    ),
  )
  const note = `every price is simulated from seed ${seed}: the figures say how the portfolio works, not what it earns`
  const priced = 'options are priced by a model off simulated implied volatilities'
  return {
    histories,
    volatilities: loaded.options === null ? null : volatilities,
    recorded: [],
    fundamentals: [],
    events: NO_EVENT_ROWS,
    seed,
    notesFirst: [note],
    notesLast: loaded.options === null ? [] : [priced],
  }
}

/** Lays a past on its clocks, with option chains where the portfolio trades any. */
export function marketOfPast(loaded: LoadedPortfolio, past: MarketPast, reach: Reach): MarketData {
  const { options } = loaded
  const { histories, volatilities, recorded } = past
  const events = eventsOf(loaded, histories, past.events, past.seed)
  const chainsOf: Parameters<typeof marketFrom>[3] = ({ sessions }) => {
    if (options === null || volatilities === null) return null
    const first = Object.keys(options.underlyings)[0]
    const calendar = histories.find(({ instrument }) => instrument.id === first)?.instrument.calendar
    const table = calendar === undefined ? undefined : sessions.get(calendar)
    return table === undefined ? null : chainSourceOf(options, histories, volatilities, { sessions: table, recorded })
  }
  const market = marketFrom(loaded, histories, reach, chainsOf, events.records)
  const days = market.blocks.flatMap(({ tradeDates }) => tradeDates[0] ?? [])
  const firstDay = days.length === 0 ? null : (Math.min(...days) as TradeDate)
  const undated = snapshotNotes(loaded, past.fundamentals, firstDay)
  const notes = [...past.notesFirst, ...market.notes, ...events.notes, ...undated, ...past.notesLast]
  if (past.fundamentals.length === 0) return { ...market, notes }
  const records = [...(market.records ?? []), ...past.fundamentals]
  return { ...market, notes, records: records.sort((left, right) => left.publishedAt - right.publishedAt) }
}
