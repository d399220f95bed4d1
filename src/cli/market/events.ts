import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CALENDARS } from '../../adapters/calendars/calendars.ts'
import { readEvents } from '../../adapters/feeds/event-records.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { MarketRecord } from '../../domain/market-records.ts'
import type { EventKind, EventRecords } from '../../domain/recorded.ts'
import { sessionOf, utcDate } from '../../domain/sessions.ts'
import type { Instant, InstrumentId, TradeDate } from '../../domain/units.ts'
import type { DayBars } from '../../exchange/generator/events/day-bars.ts'
import { syntheticEarnings } from '../../exchange/generator/events/earnings.ts'
import { syntheticBorrow, syntheticFunding } from '../../exchange/generator/events/financing.ts'
import { syntheticNews } from '../../exchange/generator/events/news.ts'
import { forwardFactors } from '../../pipeline/market/adjust.ts'
import { eventsProblem, sessionProblem } from '../../pipeline/market/events.ts'
import { unusualVolume } from '../../pipeline/market/unusual-volume.ts'
import { syntheticText } from '../config/events.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { pathText } from '../config/problems.ts'
import type { RawComputed, RawEvent, RawEventFile, RawSynthetic } from '../config/schema/events.ts'
import { isStreamCalendar } from '../config/streams.ts'
import { today } from '../data/today.ts'
import type { History } from './market.ts'

/** What is published beside prices in a run, and what a reader of the result must know of it. */
export interface Events {
  /** Sorted by publication. */
  readonly records: readonly MarketRecord[]
  readonly notes: readonly string[]
}

/** The rows of event files that concern the portfolio's instruments, judged. */
export interface EventRows {
  readonly records: readonly MarketRecord[]
  readonly files: readonly EventRecords[]
  readonly notes: readonly string[]
}

export const NO_EVENT_ROWS: EventRows = { records: [], files: [], notes: [] }

/**
 * Reads and judges the event files of a portfolio.
 *
 * @throws FaultError CONFIG_INVALID for a file that is not there; as the reader does; DATA_REFUSED by file and line
 */
export async function readEventFiles(loaded: LoadedPortfolio, folder: string): Promise<EventRows> {
  const byKind = new Map<EventKind, EventRecords[]>()
  const records: (readonly MarketRecord[])[] = []
  const notes: string[] = []
  for (const [index, feed] of loaded.events.feeds.entries()) {
    if (!('file' in feed)) continue
    requireFile(loaded, feed, index, folder)
    const read = await readEvents(join(folder, feed.file), feed.file, feed.kind, {
      zone: feed.zone ?? null,
      isRequired: true,
    })
    byKind.set(feed.kind, [...(byKind.get(feed.kind) ?? []), read])
    const own = ownRecords(loaded, read, feed)
    records.push(own.records)
    notes.push(...own.notes)
  }
  for (const files of byKind.values()) {
    const problem = eventsProblem(files, today())
    if (problem !== null) throw new FaultError(problem)
  }
  return { records: records.flat(), files: [...byKind.values()].flat(), notes }
}

function requireFile({ placeOf }: LoadedPortfolio, { file }: RawEventFile, index: number, folder: string): void {
  if (existsSync(join(folder, file))) return
  const path = ['events', index, 'file']
  const reason = `no file "${file}" in the data folder; correct the name or the folder given by --data`
  throw new FaultError(fault('CONFIG_INVALID', { ...placeOf(path), path: pathText(path), reason }))
}

/** The records of instruments that the portfolio uses; a symbol that nobody declared is refused, or skipped where asked. */
function ownRecords(
  loaded: LoadedPortfolio,
  read: EventRecords,
  feed: RawEventFile,
): Pick<Events, 'records' | 'notes'> {
  const { names } = loaded.events
  const calendars = new Map(loaded.instruments.map(({ instrument }) => [instrument.id, instrument.calendar]))
  const records: MarketRecord[] = []
  const skipped = new Set<string>()
  for (const [row, record] of read.records.entries()) {
    const symbol = String(record.instrument)
    const instrument = names.get(symbol)
    const refuse = (reason: string): FaultError =>
      new FaultError(fault('DATA_REFUSED', { file: read.source, line: read.lines[row]!, reason }))
    if (instrument === undefined) {
      if (feed.unknown_symbols === 'refuse') {
        throw refuse(
          `symbol "${symbol}" is no declared instrument; declare it under "instruments:", or state "unknown_symbols: skip"`,
        )
      }
      skipped.add(symbol)
    } else if (instrument !== null) {
      const day = record.kind === 'earnings' ? calendarAround(calendars.get(instrument)!, record.eventAt) : null
      const problem = day === null ? null : sessionProblem(record, day)
      if (problem !== null) throw refuse(problem)
      records.push({ ...record, instrument })
    }
  }
  const text = `${read.source}: rows of ${skipped.size} symbols that are no declared instruments are skipped`
  return { records, notes: skipped.size === 0 ? [] : [text] }
}

const WEEK_MS = 7 * 86_400_000

function calendarAround(calendar: Instrument['calendar'], at: Instant): ReturnType<typeof sessionsFor> {
  return sessionsFor(calendar, dateOf(at - WEEK_MS), dateOf(at + WEEK_MS))
}

const dateOf = (at: number): TradeDate => utcDate(at as Instant)

function sessionsFor(calendar: Instrument['calendar'], from: TradeDate, to: TradeDate) {
  return CALENDARS.get(calendar)?.(from, to) ?? null
}

/**
 * Everything that is published beside prices in a run: what files say, what is drawn, what the bars tell.
 *
 * @param seed of the simulated market, on which what a file would say is drawn as well; null: the market is read from files
 */
export function eventsOf(
  loaded: LoadedPortfolio,
  histories: readonly History[],
  rows: EventRows,
  seed: number | null,
): Events {
  const days = new Map(histories.flatMap((history) => entryOf(history)))
  const records = [rows.records]
  const notes = [...rows.notes]
  for (const { feed, made } of seed === null ? madeOf(loaded) : [...madeOf(loaded), ...drawnInstead(loaded, seed)]) {
    const own = 'computed' in made ? computedOf(made, histories, days) : syntheticOf(made, histories, days)
    records.push(own)
    notes.push(noteOn(loaded, feed, made, own))
  }
  return { records: records.flat().sort((one, other) => one.publishedAt - other.publishedAt), notes }
}

/** A feed as it is written, and the one that makes its records. */
interface Made {
  readonly feed: RawEvent
  readonly made: RawSynthetic | RawComputed
}

function madeOf({ events }: LoadedPortfolio): readonly Made[] {
  return events.feeds.flatMap((feed) => ('file' in feed ? [] : [{ feed, made: feed }]))
}

/**
 * On a simulated market nothing was recorded: what files would have said is drawn, once a kind, of the instruments that no
 * other feed speaks of. Dividends and splits come with the market.
 */
function drawnInstead(loaded: LoadedPortfolio, seed: number): readonly Made[] {
  const seen = new Set<EventKind>()
  return loaded.events.feeds.flatMap((feed) => {
    if (!('file' in feed) || seen.has(feed.kind)) return []
    seen.add(feed.kind)
    const drawn = drawnOf(feed.kind, seed)
    if (drawn === null) return []
    const others = madeOf(loaded).filter(({ made }) => made.kind === feed.kind)
    if (others.length === 0) return [{ feed, made: drawn }]
    const instruments = loaded.instruments.map(({ instrument }) => instrument)
    const left = instruments.filter((one) => concerns(drawn, one) && !others.some(({ made }) => concerns(made, one)))
    const made = drawnOf(
      feed.kind,
      seed,
      left.map(({ id }) => id),
    )
    return made === null || left.length === 0 ? [] : [{ feed, made }]
  })
}

function drawnOf(kind: EventKind, seed: number, symbols?: string[]): RawSynthetic | RawComputed | null {
  const common = symbols === undefined ? { seed } : { seed, symbols }
  switch (kind) {
    case 'earnings':
      return { kind, synthetic: { ...common, reaction: 0.4 } }
    case 'news':
      return { kind, synthetic: { ...common, stories_per_year: 60, echo: 0.3 } }
    case 'funding':
      return { kind, synthetic: { ...common, spot: {} } }
    case 'borrow':
      return { kind, synthetic: common }
    case 'flow':
      return { kind, computed: { ...(symbols === undefined ? {} : { symbols }), bars: 20, ratio_min: 2 } }
    default:
      return null
  }
}

function noteOn(
  { events }: LoadedPortfolio,
  feed: RawEvent,
  made: RawSynthetic | RawComputed,
  records: readonly MarketRecord[],
): string {
  const of = new Set(records.map(({ instrument }) => instrument)).size
  const count = `${records.length} ${made.kind} records of ${of} instruments`
  if ('computed' in made) {
    return `${count} are computed from the bars: volume of at least ${made.computed.ratio_min} times the usual`
  }
  const instead = 'file' in feed ? `, in place of "${feed.file}" on the simulated market` : ''
  return syntheticText(made.kind, `${count} are drawn from seed ${made.synthetic.seed}${instead}`, events.readers)
}

/** Which instruments a kind speaks of where no list says. */
const CONCERNED: Readonly<Record<RawSynthetic['kind'] | 'flow', (instrument: Instrument) => boolean>> = {
  earnings: ({ kind }) => kind === 'equity',
  news: ({ kind }) => kind === 'equity' || kind === 'etf' || kind === 'crypto' || kind === 'perpetual',
  flow: ({ kind }) => kind !== 'stream' && kind !== 'fx' && kind !== 'option',
  funding: ({ kind }) => kind === 'perpetual',
  borrow: ({ kind, shortable }) => shortable && (kind === 'equity' || kind === 'etf'),
}

function concerned(feed: RawSynthetic | RawComputed, histories: readonly History[]): readonly History[] {
  return histories.filter(({ instrument }) => concerns(feed, instrument))
}

/** Whether a feed that is drawn or computed speaks of an instrument. */
export function concerns(feed: RawSynthetic | RawComputed, instrument: Instrument): boolean {
  const { symbols } = 'synthetic' in feed ? feed.synthetic : feed.computed
  return symbols === undefined ? CONCERNED[feed.kind](instrument) : symbols.includes(instrument.id)
}

function syntheticOf(
  feed: RawSynthetic,
  histories: readonly History[],
  days: ReadonlyMap<InstrumentId, DayBars>,
): MarketRecord[] {
  return concerned(feed, histories).flatMap(({ instrument }): readonly MarketRecord[] => {
    const bars = days.get(instrument.id)
    if (bars === undefined) return []
    switch (feed.kind) {
      case 'earnings':
        return syntheticEarnings(bars, feed.synthetic)
      case 'news': {
        const { seed, stories_per_year: storiesPerYear, echo } = feed.synthetic
        return syntheticNews(bars, { seed, storiesPerYear, echo })
      }
      case 'funding': {
        const spot = feed.synthetic.spot[instrument.id]
        return syntheticFunding(bars, days.get(spot as InstrumentId) ?? null, feed.synthetic.seed)
      }
      default:
        return syntheticBorrow(bars, feed.synthetic.seed)
    }
  })
}

function computedOf(
  { kind, computed }: RawComputed,
  histories: readonly History[],
  days: ReadonlyMap<InstrumentId, DayBars>,
): MarketRecord[] {
  const options = { bars: computed.bars, ratioMin: computed.ratio_min }
  return concerned({ kind, computed }, histories).flatMap((history) => {
    const bars = days.get(history.instrument.id)
    if (bars === undefined) return []
    const volume = onDays(history, bars, (row, factor) => history.series.volume[row]! / factor)
    return unusualVolume({ ...bars, volume }, options)
  })
}

/** The days of a history that its calendar knows and that have a price; streams have none. */
function entryOf(history: History): [InstrumentId, DayBars][] {
  const { instrument, series } = history
  if (isStreamCalendar(instrument.calendar) || series.dates.length === 0) return []
  const sessions = sessionsFor(instrument.calendar, series.dates[0] as TradeDate, series.dates.at(-1) as TradeDate)
  if (sessions === null) return []
  const dates: TradeDate[] = []
  const opens: Instant[] = []
  const closes: Instant[] = []
  for (const [row, date] of series.dates.entries()) {
    const session = sessionOf(sessions, date as TradeDate)
    if (session < 0 || !(series.close[row]! > 0)) continue
    dates.push(date as TradeDate)
    opens.push(sessions.opens[session] as Instant)
    closes.push(sessions.closes[session] as Instant)
  }
  const days = { instrument: instrument.id, dates, opens, closes }
  const close = onDays(history, days, (row, factor) => series.close[row]! * factor)
  return [[instrument.id, { ...days, close, rawClose: onDays(history, days, (row) => series.close[row]!) }]]
}

/** A column of a history on its days, on the scale that `value` gives. */
function onDays(
  { series, splits, basis }: History,
  { dates }: Pick<DayBars, 'dates'>,
  value: (row: number, factor: number) => number,
): Float64Array {
  const factors = forwardFactors(series, splits, basis)
  const rowOf = new Map(Array.from(series.dates, (date, row) => [date as TradeDate, row]))
  return Float64Array.from(dates, (date) => value(rowOf.get(date)!, factors[rowOf.get(date)!]!))
}
