/** Event files: what is published beside prices, one layout a kind. Nothing is judged across rows here. */
import { FaultError, fault } from '../../domain/faults.ts'
import { EARNINGS_SESSIONS, type MarketRecord } from '../../domain/market-records.ts'
import type { EventKind, EventRecords } from '../../domain/recorded.ts'
import { startOfDay } from '../../domain/sessions.ts'
import { type Instant, type InstrumentId, instrumentId, type TradeDate } from '../../domain/units.ts'
import { readDays, readInstants, type ZoneRule } from './event-times.ts'
import { readTable } from './read-table.ts'
import { type Table, unreadable } from './table.ts'

interface Layout {
  /** The column that tells when it happens; of announced events a day. */
  readonly event: 'event_at' | 'ex_date'
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

const HEAD = ['id', 'symbol', 'published_at'] as const

/** The columns of each kind, beside `id`, `symbol`, `published_at` and the event's own moment. */
const LAYOUTS: Readonly<Record<EventKind, Layout>> = {
  earnings: { event: 'event_at', required: ['actual'], optional: ['estimate', 'surprise', 'session'] },
  news: { event: 'event_at', required: ['source', 'sentiment'], optional: ['relevance', 'novelty', 'topic'] },
  flow: { event: 'event_at', required: ['measure', 'ratio', 'side'], optional: ['premium'] },
  dividends: { event: 'ex_date', required: ['amount'], optional: [] },
  splits: { event: 'ex_date', required: ['numerator', 'denominator'], optional: [] },
  borrow: { event: 'event_at', required: ['rate', 'available'], optional: [] },
  funding: { event: 'event_at', required: ['rate'], optional: [] },
}

const KINDS = Object.keys(LAYOUTS) as readonly EventKind[]
/** Funding of one settlement and borrowing of one year beyond these are percentages taken for fractions. */
const FUNDING_MAX = 0.1
const BORROW_MAX = 20
const SURPRISE_MAX = 100
const RATIO_PARTS_MAX = 10_000

/** Whether a table says when its rows became known: such a file holds events. */
export function isEvents(table: Table): boolean {
  return table.header.includes('published_at')
}

/** The kind whose columns a table has; null where it has those of none. */
export function eventKindOf(table: Table): EventKind | null {
  const has = (name: string): boolean => table.header.includes(name)
  return KINDS.find((kind) => [LAYOUTS[kind].event, ...LAYOUTS[kind].required].every(has)) ?? null
}

/** The columns of a kind as a sentence of a refusal or a page names them. */
function eventColumns(kind: EventKind): {
  readonly required: readonly string[]
  readonly optional: readonly string[]
} {
  const { event, required, optional } = LAYOUTS[kind]
  return { required: ['id', 'symbol', event, 'published_at', ...required], optional: ['kind', ...optional] }
}

/**
 * Reads an event file of a kind.
 *
 * @throws FaultError as the table's reader does; LAYOUT_UNKNOWN for missing and unknown columns; ROW_UNREADABLE for cells
 *   that are missing, no number or out of range; DATA_REFUSED for times as `readInstants` says
 */
export async function readEvents(path: string, source: string, kind: EventKind, zone: ZoneRule): Promise<EventRecords> {
  return eventRecords(await readTable(path, source), kind, zone)
}

export function eventRecords(table: Table, kind: EventKind, zone: ZoneRule): EventRecords {
  requireColumns(table, kind)
  if (table.count === 0) throw new FaultError(fault('FILE_EMPTY', { file: table.source }))
  const cells = cellsOf(table)
  const published = table.header.indexOf('published_at')
  const { event } = LAYOUTS[kind]
  const days = event === 'ex_date' ? readDays(table, table.header.indexOf(event)) : null
  const moments = readInstants(table, days === null ? [table.header.indexOf(event), published] : [published], zone)
  const publishedAt = moments.columns.at(-1)!
  const eventAt = days === null ? moments.columns[0]! : Float64Array.from(days, (day) => startOfDay(day as TradeDate))
  const records = Array.from({ length: table.count }, (_, row) => {
    cells.word(row, 'kind', [kind], kind)
    const head: Head = {
      id: cells.text(row, 'id'),
      instrument: instrumentId(cells.text(row, 'symbol')),
      eventAt: eventAt[row] as Instant,
      publishedAt: publishedAt[row] as Instant,
      origin: 'recorded',
    }
    return BODY[kind](head, cells, row, days === null ? (0 as TradeDate) : (days[row] as TradeDate))
  })
  const text = 'times carry no zone: they are read in the one that is stated where the file is named, here as UTC'
  const note = { kind: 'note', code: 'zone-missing', text, line: table.lines[0]!, count: table.count } as const
  const findings = moments.isNaive && zone.zone === null ? [...table.findings, note] : table.findings
  return { source: table.source, kind, records, lines: table.lines, findings }
}

interface Head {
  readonly id: string
  readonly instrument: InstrumentId
  readonly eventAt: Instant
  readonly publishedAt: Instant
  readonly origin: 'recorded'
}

const BODY: Readonly<Record<EventKind, (head: Head, cells: Cells, row: number, day: TradeDate) => MarketRecord>> = {
  earnings: (head, cells, row) => ({
    ...head,
    kind: 'earnings',
    actual: cells.number(row, 'actual', ANY),
    estimate: cells.numberOr(row, 'estimate', ANY, null),
    surprise: cells.numberOr(row, 'surprise', [0 - SURPRISE_MAX, SURPRISE_MAX], null),
    session: cells.word(row, 'session', EARNINGS_SESSIONS, null),
  }),
  news: (head, cells, row) => ({
    ...head,
    kind: 'news',
    source: cells.text(row, 'source'),
    sentiment: cells.number(row, 'sentiment', [-1, 1]),
    relevance: cells.numberOr(row, 'relevance', [0, 1], 1),
    novelty: cells.numberOr(row, 'novelty', [0, 1], 1),
    topic: cells.textOr(row, 'topic', ''),
  }),
  flow: (head, cells, row) => {
    const measure = cells.word(row, 'measure', ['volume', 'options'] as const)
    return {
      ...head,
      kind: 'flow',
      measure,
      ratio: cells.number(row, 'ratio', [0, Number.POSITIVE_INFINITY]),
      side: cells.word(row, 'side', ['buy', 'sell'] as const) === 'buy' ? 1 : -1,
      premium: cells.numberOr(row, 'premium', [0, Number.POSITIVE_INFINITY], null),
    }
  },
  dividends: (head, cells, row, exDate) => ({
    ...head,
    kind: 'dividend',
    exDate,
    amount: cells.number(row, 'amount', ABOVE_ZERO),
  }),
  splits: (head, cells, row, exDate) => ({
    ...head,
    kind: 'split',
    exDate,
    numerator: cells.whole(row, 'numerator'),
    denominator: cells.whole(row, 'denominator'),
  }),
  borrow: (head, cells, row) => ({
    ...head,
    kind: 'borrow',
    rate: cells.number(row, 'rate', [0, BORROW_MAX]),
    available: cells.word(row, 'available', ['true', 'false'] as const) === 'true',
  }),
  funding: (head, cells, row) => ({
    ...head,
    kind: 'funding',
    rate: cells.number(row, 'rate', [0 - FUNDING_MAX, FUNDING_MAX]),
  }),
}

type Range = readonly [number, number]

const ANY: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
const ABOVE_ZERO: Range = [Number.MIN_VALUE, Number.POSITIVE_INFINITY]

interface Cells {
  text(row: number, name: string): string
  textOr(row: number, name: string, otherwise: string): string
  number(row: number, name: string, range: Range): number
  numberOr<T>(row: number, name: string, range: Range, otherwise: T): number | T
  whole(row: number, name: string): number
  word<T extends string, D = T>(row: number, name: string, words: readonly T[], otherwise?: D): T | D
}

/** The cells of a table by column name, each demanded to be what its column holds. */
function cellsOf(table: Table): Cells {
  const columns = new Map(table.header.map((name, index) => [name, index]))
  const numbers = new Map<string, Float64Array>()
  const wrong = (row: number, name: string, expected: string): FaultError =>
    unreadable(table.source, table.lines[row]!, name, cellAt(row, name), expected)
  const cellAt = (row: number, name: string): string => {
    const column = columns.get(name)
    return column === undefined ? '' : table.cell(row, column)
  }
  const numberAt = (row: number, name: string): number => {
    const column = columns.get(name)
    if (column === undefined) return Number.NaN
    const known = numbers.get(name) ?? table.numbers(column)
    numbers.set(name, known)
    return known[row]!
  }
  const within = (row: number, name: string, range: Range): number => {
    const value = numberAt(row, name)
    if (value >= range[0] && value <= range[1] && Number.isFinite(value)) return value
    throw wrong(row, name, rangeText(range))
  }
  return {
    text: (row, name) => {
      const text = cellAt(row, name)
      if (text === '') throw wrong(row, name, 'a name; it must not be empty')
      return text
    },
    textOr: (row, name, otherwise) => cellAt(row, name) || otherwise,
    number: within,
    numberOr: (row, name, range, otherwise) =>
      Number.isNaN(numberAt(row, name)) ? otherwise : within(row, name, range),
    whole: (row, name) => {
      const value = within(row, name, [1, RATIO_PARTS_MAX])
      if (!Number.isInteger(value)) throw wrong(row, name, 'a whole number')
      return value
    },
    word: <T extends string, D = T>(row: number, name: string, words: readonly T[], otherwise?: D): T | D => {
      const text = cellAt(row, name).toLowerCase()
      if (text === '' && otherwise !== undefined) return otherwise
      const found = words.find((word) => word === text)
      if (found === undefined)
        throw wrong(row, name, words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`)
      return found
    },
  }
}

function rangeText([low, high]: Range): string {
  if (low === Number.NEGATIVE_INFINITY) return 'a number'
  if (high === Number.POSITIVE_INFINITY) return low > 0 ? 'a number above 0' : 'a number of at least 0'
  return `a number from ${low} to ${high}; fractions are of 1`
}

function requireColumns(table: Table, kind: EventKind): void {
  const { required, optional } = eventColumns(kind)
  const { header } = table
  const known = [...required, ...optional]
  const missing = required.filter((name) => !header.includes(name))
  const unknown = header.filter((name) => !known.includes(name))
  const twice = header.filter((name, index) => header.indexOf(name) < index)
  if (missing.length + unknown.length + twice.length === 0) return
  const other = eventKindOf(table)
  const wrong =
    missing.length > 0
      ? `has no ${missing.join(', ')}`
      : unknown.length > 0
        ? `does not know ${unknown.join(', ')}`
        : `has ${twice.join(', ')} twice`
  const meant = other !== null && other !== kind && missing.length > 0 ? `; its columns are those of "${other}"` : ''
  const advice = `an event file of kind "${kind}" ${wrong}${meant}; its columns are ${required.join(', ')}, and if wanted ${optional.join(', ')}`
  throw new FaultError(
    fault('LAYOUT_UNKNOWN', { file: table.source, line: table.headerLine, columns: header.join(','), advice }),
  )
}

/** Why a table that says when its rows became known is of no kind. */
export function eventLayoutUnknown(table: Table): FaultError {
  const kinds = KINDS.map((kind) => `${kind} (${LAYOUTS[kind].event}, ${LAYOUTS[kind].required.join(', ')})`).join('; ')
  const advice = `an event file has ${HEAD.join(', ')} and the columns of its kind: ${kinds}`
  const columns = table.header.join(',')
  return new FaultError(fault('LAYOUT_UNKNOWN', { file: table.source, line: table.headerLine, columns, advice }))
}
