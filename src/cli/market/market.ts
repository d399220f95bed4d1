import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CALENDARS } from '../../adapters/calendars/calendars.ts'
import { readDividends } from '../../adapters/feeds/wide.ts'
import { FaultError, fault, type Result } from '../../domain/faults.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { ChainSource, DatedAction, MarketData } from '../../domain/market.ts'
import { type MarketRecord, NO_RECORDS } from '../../domain/market-records.ts'
import type { DividendRecords } from '../../domain/recorded.ts'
import type { Series } from '../../domain/series.ts'
import { addDays, formatDate, type Sessions } from '../../domain/sessions.ts'
import { barLength, timeframeOf } from '../../domain/timeframes.ts'
import type { CalendarId, TradeDate } from '../../domain/units.ts'
import {
  corporateActions,
  forwardFactors,
  payableDividends,
  priceBasis,
  splitsOf,
} from '../../pipeline/market/adjust.ts'
import { aggregateBars, barLengthOf, barText } from '../../pipeline/market/aggregate.ts'
import { alignClock, type ClockMember } from '../../pipeline/market/align.ts'
import { announcedDividends, announcedOf } from '../../pipeline/market/announced.ts'
import type { InstrumentDeclaration, LoadedPortfolio } from '../config/loaded.ts'
import { pathText } from '../config/problems.ts'
import { isStreamCalendar } from '../config/streams.ts'
import { readSeries } from '../data/read-series.ts'
import { today } from '../data/today.ts'
import { requireFolder } from '../paths.ts'
import { financingOf } from './financing.ts'
import { contractsIn, contractTerms, livingContracts, rollsOf, withFutures } from './futures.ts'
import type { History } from './history.ts'
import {
  blockOfStreams,
  calendarOfStream,
  notesOnPeriods,
  type ReturnsReader,
  readStream,
  returnsReader,
} from './streams.ts'

export type { History } from './history.ts'

/** First and last day of a run; null: as far as the files reach. */
export interface Reach {
  readonly from: TradeDate | null
  readonly to: TradeDate | null
}

/** Calendars reach this far beyond the last day, so that expiries of options can be listed. */
const DAYS_BEYOND = 130

export type Step = (done: number, total: number, what: string) => void

/** Reads what a portfolio needs from a folder of data. Every file is the one that its instrument names. */
export async function loadHistories(
  loaded: LoadedPortfolio,
  folder: string,
  onStep: Step = () => {},
  records: readonly MarketRecord[] = NO_RECORDS,
): Promise<readonly History[]> {
  requireFolder(folder)
  requireOptionFiles(loaded, folder)
  const histories: History[] = []
  const read = returnsReader()
  for (const [index, declaration] of loaded.instruments.entries()) {
    onStep(index, loaded.instruments.length, declaration.file)
    if (declaration.future === undefined) histories.push(await readHistory(declaration, folder, read, records))
  }
  const contracts = await contractsIn(loaded, folder, histories, requireFile)
  return withFutures(loaded, histories, (declaration) => contracts.get(declaration)!)
}

/** What the pricing of options names must be there, said where it is named. */
function requireOptionFiles({ options, placeOf }: LoadedPortfolio, folder: string): void {
  const sources = Object.entries(options?.underlyings ?? {}).flatMap(([id, { volatility }]) =>
    'file' in volatility ? [{ file: volatility.file, path: ['underlyings', id, 'volatility', 'file'] }] : [],
  )
  const recorded = (options?.recorded ?? []).map((file, index) => ({ file, path: ['recorded', index] }))
  for (const { file, path } of [...sources, ...recorded]) {
    if (existsSync(join(folder, file))) continue
    const whole = ['options', ...path]
    const reason = `no file "${file}" in the data folder; correct the name or the folder given by --data`
    throw new FaultError(fault('CONFIG_INVALID', { ...placeOf(whole), path: pathText(whole), reason }))
  }
}

async function readHistory(
  declaration: InstrumentDeclaration,
  folder: string,
  returns: ReturnsReader,
  records: readonly MarketRecord[],
): Promise<History> {
  const { instrument, file, prices, column } = declaration
  const announced = announcedOf(records, instrument.id)
  requireDeclaredFile(declaration, folder, file, 'file')
  if (column !== null) {
    const recorded = await readStream(declaration, folder, returns)
    const plain = { intraday: null, splits: [], basis: 'raw', dividends: null, impliedVolatility: null } as const
    return { instrument, series: recorded, ...plain }
  }
  const read = await readSeries(join(folder, file), file, today(), announced.splits)
  if (!read.ok) throw new FaultError(read.error)
  requireFineBars(declaration, read.series)
  const intraday = read.series.resolution === 'intraday' ? read.series : null
  const series =
    intraday === null ? read.series : settled(aggregateBars(intraday, sessionsAround(instrument, intraday), null))
  const splits = settled(splitsOf(series))
  const basis = settled(priceBasis(series, splits, prices))
  let dividends: DividendRecords | null = null
  if (declaration.dividends !== null) {
    requireDeclaredFile(declaration, folder, declaration.dividends, 'dividends')
    if (announced.dividends.length > 0) throw dividendsTwice(declaration)
    dividends = await readDividends(join(folder, declaration.dividends), declaration.dividends)
  } else if (announced.dividends.length > 0) dividends = announcedDividends('events', announced.dividends)
  return { instrument, series, intraday, splits, basis, dividends, impliedVolatility: null }
}

function dividendsTwice({ instrument, dividends, place }: InstrumentDeclaration): FaultError {
  const reason = `"${dividends}" gives its dividends, and so does a file under "events:"; remove one of them`
  return new FaultError(fault('CONFIG_INVALID', { ...place, path: `instruments.${instrument.id}.dividends`, reason }))
}

/** Bars are put together, never cut: a file must be at least as fine as the finest clock of its instrument. */
function requireFineBars({ instrument, watch }: InstrumentDeclaration, series: Series): void {
  const timeframe = timeframeOf(instrument.clocks[0]!)
  const wanted = barLength(timeframe)
  const own = series.resolution === 'day' ? null : barLengthOf(series)
  if (wanted === null || (own !== null && own <= wanted)) return
  const held = own === null ? 'one bar a day' : `bars of ${barText(own)}`
  if (watch !== undefined) {
    const coarse = `must not be shorter than the bars that there are, was "${timeframe}": "${series.source}" of ${instrument.id} holds ${held}; name a file of bars of ${barText(wanted)} or finer, or write a longer watch`
    throw new FaultError(fault('CONFIG_INVALID', { ...watch.place, path: pathText(watch.path), reason: coarse }))
  }
  const reason = `holds ${held}, but a sleeve trades it with "timeframe: ${timeframe}"; name a file of bars of ${barText(wanted)} or finer, or give the sleeve a longer timeframe`
  throw new FaultError(fault('DATA_REFUSED', { file: series.source, line: series.lines[0] ?? 1, reason }))
}

/** The sessions of all days of a file. */
function sessionsAround({ calendar }: Instrument, { dates }: Series): Sessions {
  return CALENDARS.get(calendar)!(dates[0] as TradeDate, dates.at(-1) as TradeDate)
}

function requireDeclaredFile(declaration: InstrumentDeclaration, folder: string, file: string, key: string): void {
  requireFile(declaration, folder, file, `instruments.${declaration.instrument.id}.${key}`)
}

function requireFile({ place }: InstrumentDeclaration, folder: string, file: string, path: string): void {
  const isThere = existsSync(join(folder, file))
  if (isThere && !statSync(join(folder, file)).isDirectory()) return
  const reason = isThere
    ? `"${file}" is a folder of the data folder; name a file in it`
    : `no file "${file}" in the data folder; correct the name or the folder given by --data`
  throw new FaultError(fault('CONFIG_INVALID', { ...place, path, reason }))
}

function settled<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.error)
  return result.value
}

/** Lays histories on the clocks of their calendars, with splits and dividends as dated actions. */
export function marketFrom(
  loaded: LoadedPortfolio,
  all: readonly History[],
  reach: Reach,
  chains: (market: { readonly sessions: ReadonlyMap<CalendarId, Sessions> }) => ChainSource | null,
  records: readonly MarketRecord[] = NO_RECORDS,
): MarketData {
  const { first, last } = extent(all)
  const asked = { from: reach.from ?? first, to: reach.to ?? last }
  if (asked.from > last || asked.to < first) {
    const text = { from: formatDate(asked.from), to: formatDate(asked.to) }
    throw new FaultError(fault('RANGE_EMPTY', { ...text, first: formatDate(first), last: formatDate(last) }))
  }
  // Days without any price are no days of the run: they would only thin its statistics.
  const from = asked.from < first ? first : asked.from
  const to = asked.to > last ? last : asked.to
  const dataEnd = to
  const histories = livingContracts(all, { from, to })
  const terms = contractTerms(histories)
  const sessions = sessionsOf(loaded, histories, from, to)
  const blocks: MarketData['blocks'][number][] = []
  const actions: DatedAction[] = []
  const notes: SourceNote[] = histories.flatMap(repairsOf)
  for (const [clock, members] of byClock(histories)) {
    const calendar = sessions.get(members[0]!.instrument.calendar)!
    if (isStreamCalendar(calendar.calendar)) {
      const streams = blockOfStreams(clock, members, calendar, { from, to })
      blocks.push(streams.block)
      actions.push(...streams.actions)
      continue
    }
    const barMs = barLength(timeframeOf(clock))
    const barred = members.map((history) => barsOf(history, { sessions: calendar, barMs, from, to }))
    const aligned = alignClock({ clock, sessions: calendar, from, to, barMs, dataEnd, members: barred })
    blocks.push(aligned.block)
    notes.push(...barred.flatMap((one) => one.notes))
    // What an instrument does on several clocks it does once, on the finest.
    const first = new Set(members.flatMap(({ instrument: one }) => (one.clocks[0] === clock ? [one.id] : [])))
    actions.push(...aligned.actions.filter(({ action }) => first.has(action.instrument)).map(terms.settled))
    notes.push(...aligned.notes.filter(({ instrument }) => instrument === null || terms.isSaid(first, instrument)))
    for (const history of members) {
      if (!first.has(history.instrument.id)) continue
      const found = actionsOf(history, calendar, from, dataEnd)
      actions.push(...found.actions)
      for (const { text } of found.notes) notes.push({ source: history.series.source, text })
      actions.push(...rollsOf(history, calendar, { from, to }))
      actions.push(...financingOf(loaded, history.instrument, calendar, { from, to }, records))
    }
  }
  actions.sort((left, right) => left.at - right.at)
  return {
    instruments: histories.map(({ instrument }) => instrument),
    blocks,
    actions,
    sessions: [...sessions.values()],
    chains: chains({ sessions }),
    ...(records.length === 0 ? {} : { records }),
    notes: [
      ...loaded.notes,
      ...notesOnPeriods(loaded, histories),
      ...lateStart(loaded, asked.from, first),
      ...groupedNotes(notes),
    ],
  }
}

/** A history as bars of one clock, with what a reader must know of bars that were put together. */
function barsOf(
  history: History,
  clock: {
    readonly sessions: Sessions
    readonly barMs: number | null
    readonly from: TradeDate
    readonly to: TradeDate
  },
): ClockMember & { readonly notes: readonly SourceNote[] } {
  const { instrument, series, intraday, splits, basis } = history
  const daily = history.factors ?? forwardFactors(series, splits, basis)
  const member = { instrument: instrument.id }
  if (intraday === null) return { ...member, series, factors: daily, notes: [] }
  const { sessions, barMs, from, to } = clock
  const bars = settled(aggregateBars(intraday, sessions, barMs, { from, to }))
  const notes = bars.findings
    .filter(({ code }) => code === 'incomplete-bars' || code === 'outside-sessions')
    .map(({ text, count, line }) => ({ source: intraday.source, text: `${text}: ${count}, the first in line ${line}` }))
  if (barMs === null) return { ...member, series, factors: daily, notes }
  const factorOn = new Map(Array.from(series.dates, (date, row) => [date, daily[row]!]))
  return { ...member, series: bars, factors: Float64Array.from(bars.dates, (date) => factorOn.get(date) ?? 1), notes }
}

/** Says when the files begin only after sessions that were asked for. */
function lateStart(loaded: LoadedPortfolio, asked: TradeDate, first: TradeDate): string[] {
  if (asked >= first || isStreamCalendar(loaded.config.dayCalendar)) return []
  const month = addDays(first, -30)
  const calendar = CALENDARS.get(loaded.config.dayCalendar)!(asked > month ? asked : month, addDays(first, -1))
  if (calendar.dates.length === 0) return []
  return [`the files begin on ${formatDate(first)}: so does the run, though asked from ${formatDate(asked)}`]
}

interface SourceNote {
  /** File concerned; null: none. */
  readonly source: string | null
  readonly text: string
}

/** What was repaired in a file: its figures differ from what the file says. */
function repairsOf({ series }: History): SourceNote[] {
  return series.findings
    .filter(({ kind }) => kind === 'repair')
    .map(({ text, count, line }) => ({
      source: series.source,
      text: `${text}${count > 1 ? ` (${count} times)` : ''}, line ${line}`,
    }))
}

/** One note a text, with all files that it concerns. */
function groupedNotes(notes: readonly SourceNote[]): string[] {
  const sources = new Map<string, string[]>()
  for (const { source, text } of notes) {
    sources.set(text, [...(sources.get(text) ?? []), ...(source === null ? [] : [source])])
  }
  return [...sources].map(([text, files]) => (files.length === 0 ? text : `${files.join(', ')}: ${text}`))
}

function actionsOf(history: History, sessions: Sessions, from: TradeDate, dataEnd: TradeDate) {
  const { instrument, series, splits, basis, dividends } = history
  const first = (series.dates[0] ?? 0) as TradeDate
  const last = (series.dates.at(-1) ?? 0) as TradeDate
  return corporateActions({
    instrument: instrument.id,
    splits,
    dividends: settled(payableDividends({ series, splits, basis, file: dividends })),
    basis,
    sessions,
    firstDate: first > from ? first : from,
    lastDate: last < dataEnd ? last : dataEnd,
  })
}

function extent(histories: readonly History[]): { readonly first: TradeDate; readonly last: TradeDate } {
  const firsts = histories.map(({ series }) => series.dates[0] ?? 99_991_231)
  const lasts = histories.map(({ series }) => series.dates.at(-1) ?? 10_101)
  return { first: Math.min(...firsts) as TradeDate, last: Math.max(...lasts) as TradeDate }
}

function byClock(histories: readonly History[]) {
  const clocks = new Map<Instrument['clocks'][number], History[]>()
  for (const history of histories) {
    for (const clock of history.instrument.clocks) clocks.set(clock, [...(clocks.get(clock) ?? []), history])
  }
  return clocks
}

/** The calendars that the portfolio and its instruments name. */
function sessionsOf(
  loaded: LoadedPortfolio,
  histories: readonly History[],
  from: TradeDate,
  to: TradeDate,
): ReadonlyMap<CalendarId, Sessions> {
  const ids = new Set<CalendarId>([
    loaded.config.dayCalendar,
    ...histories.map(({ instrument }) => instrument.calendar),
  ])
  const days = CALENDARS.get(loaded.config.dayCalendar)?.(from, addDays(to, DAYS_BEYOND)) ?? null
  const table = [...ids].map((id) => {
    const stream = histories.find(({ instrument }) => instrument.calendar === id)
    if (isStreamCalendar(id) && stream !== undefined) return [id, calendarOfStream(id, stream, days)] as const
    const calendar = CALENDARS.get(id)
    if (calendar === undefined) throw new Error(`no calendar is named "${id}"`)
    return [id, calendar(from, addDays(to, DAYS_BEYOND))] as const
  })
  return new Map(table)
}
