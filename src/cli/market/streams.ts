import { basename, join } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { Finding, Series } from '../../domain/series.ts'
import { daysBetween, type Sessions, startOfDay } from '../../domain/sessions.ts'
import type { CalendarId, ClockId, TradeDate } from '../../domain/units.ts'
import {
  alignStreams,
  INDEX_START,
  returnIndex,
  ruinousRow,
  type StreamAlignment,
  streamSessions,
} from '../../pipeline/market/streams.ts'
import type { InstrumentDeclaration, LoadedPortfolio } from '../config/loaded.ts'
import { hint } from '../config/suggest.ts'
import { type ReturnsTable, readReturnsTable } from '../returns-file.ts'

/** Reads files of returns, each once. */
export type ReturnsReader = (path: string) => Promise<ReturnsTable>

export function returnsReader(): ReturnsReader {
  const read = new Map<string, Promise<ReturnsTable>>()
  return (path) => {
    const known = read.get(path) ?? readReturnsTable(path)
    read.set(path, known)
    return known
  }
}

/**
 * The past of a recorded stream: levels of an index whose first row stands before the first return.
 *
 * @throws FaultError for a file that cannot be read, has no dates or no such column, or a return that loses everything
 */
export async function readStream(
  { file, column, place }: InstrumentDeclaration,
  folder: string,
  read: ReturnsReader,
): Promise<Series> {
  const table = await read(join(folder, file))
  const at = table.names.indexOf(column!)
  if (at < 0) {
    const reason = `"${file}" has no column "${column}"${hint(column!, table.names)}`
    throw new FaultError(fault('CONFIG_INVALID', { ...place, path: 'returns.column', reason }))
  }
  const refused = (reason: string): FaultError =>
    new FaultError(fault('FILE_UNREADABLE', { file: basename(file), reason }))
  if (table.dates === null) throw refused('it has no column of dates; a recorded stream needs one, such as 2024-01-31')
  const returns = table.columns[at]!
  const ruin = ruinousRow(returns)
  if (ruin >= 0)
    throw refused(`row ${ruin + 1} of "${column}" is ${returns[ruin]}: nothing would be left to hold; ${FRACTIONS}`)
  const series = streamSeries(file, table.dates, returns)
  // the first level stands before the first row
  const grown = series.close.findIndex((level) => level > INDEX_START * GROWTH_MAX)
  if (grown >= 0) throw refused(`"${column}" has grown more than a million times by row ${grown}; ${FRACTIONS}`)
  return series
}

const FRACTIONS = 'returns are fractions, such as 0.01 for 1 %'
/** No record grows further: a file of percentages does. */
const GROWTH_MAX = 1e6

/** Returns on their dates as levels of an index, in the form of prices. */
export function streamSeries(source: string, days: ArrayLike<number>, returns: Float64Array): Series {
  const levels = returnIndex(returns)
  const dates = Int32Array.of(days[0]!, ...Array.from(days))
  const open = levels.map((level, row) => (row === 0 || Number.isNaN(levels[row - 1]!) ? level : levels[row - 1]!))
  const count = levels.length
  return {
    source,
    layout: 'returns',
    resolution: 'day',
    dates,
    times: Float64Array.from(dates, (date) => startOfDay(date as TradeDate)),
    open,
    high: levels.map((level, row) => Math.max(level, open[row]!)),
    low: levels.map((level, row) => Math.min(level, open[row]!)),
    close: levels,
    volume: new Float64Array(count).fill(Number.NaN),
    adjustedClose: null,
    dividend: new Float64Array(count),
    split: new Float64Array(count).fill(1),
    lines: Int32Array.from({ length: count }, (_, row) => row + 1),
    findings: heldRows(returns),
  }
}

/** What was made of rows without a return between the first and the last one. */
function heldRows(returns: Float64Array): readonly Finding[] {
  const isKnown = (value: number): boolean => !Number.isNaN(value)
  const known = returns.reduce((count, value) => (isKnown(value) ? count + 1 : count), 0)
  const first = returns.findIndex(isKnown)
  const count = returns.findLastIndex(isKnown) - first + 1 - known
  if (count === 0) return []
  const line = returns.findIndex((value, row) => row > first && !isKnown(value)) + 2
  return [{ kind: 'repair', code: 'held-rows', text: 'a row without a return holds the index', line, count }]
}

/** Rows of a file in a year may differ from the periods that a year is said to have by this factor. */
const PERIODS_APART = 1.25
const DAYS_IN_YEAR = 365.25

/** Says when a day of the portfolio is a row of a file that has far more or fewer of them in a year than stated. */
export function notesOnPeriods({ config }: LoadedPortfolio, streams: readonly Stream[]): readonly string[] {
  const ending = streams.find(({ instrument }) => instrument.calendar === config.dayCalendar)
  if (ending === undefined || ending.series.dates.length < 3) return []
  const { dates, source } = ending.series
  const years = daysBetween(dates[0] as TradeDate, dates.at(-1) as TradeDate) / DAYS_IN_YEAR
  const perYear = Math.round((dates.length - 2) / years)
  if (perYear < config.periods * PERIODS_APART && perYear > config.periods / PERIODS_APART) return []
  return [`${source} has about ${perYear} rows a year, but a year counts ${config.periods}; set "periods: ${perYear}"`]
}

interface Stream {
  readonly instrument: Instrument
  readonly series: Series
}

/** The calendar of a file of returns: its dates, at the hours of the portfolio's own day where that has one. */
export function calendarOfStream(calendar: CalendarId, { series }: Stream, day: Sessions | null): Sessions {
  return streamSessions(calendar, series.dates.subarray(1), day)
}

/** Streams of one file on their clock, from one day to another. */
export function blockOfStreams(
  clock: ClockId,
  streams: readonly Stream[],
  sessions: Sessions,
  reach: { readonly from: TradeDate; readonly to: TradeDate },
): StreamAlignment {
  const members = streams.map(({ instrument, series }) => ({ instrument: instrument.id, levels: series.close }))
  return alignStreams({ clock, sessions, members, ...reach })
}
