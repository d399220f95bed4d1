import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { eventKindOf, eventLayoutUnknown, eventRecords, isEvents } from '../../adapters/feeds/event-records.ts'
import { isChain, optionRecords, quoteDates } from '../../adapters/feeds/option-records.ts'
import { rawSeries } from '../../adapters/feeds/raw-series.ts'
import { readTable } from '../../adapters/feeds/read-table.ts'
import { isScreener, screenRecords, shiftedScreener } from '../../adapters/feeds/screener.ts'
import { layoutUnknown, seriesLayout } from '../../adapters/feeds/series-layouts.ts'
import type { Table } from '../../adapters/feeds/table.ts'
import { historyRows, isUniverseHistory } from '../../adapters/feeds/universe-history.ts'
import { dividendRecords, isDividends, isWide, wideColumns } from '../../adapters/feeds/wide.ts'
import { describeFault, type Fault, FaultError, fault } from '../../domain/faults.ts'
import type { EventKind } from '../../domain/recorded.ts'
import type { Finding, Series } from '../../domain/series.ts'
import { formatDate, formatInstant } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { priceBasis, splitsOf } from '../../pipeline/market/adjust.ts'
import { eventsProblem } from '../../pipeline/market/events.ts'
import { validateSeries } from '../../pipeline/market/validate.ts'
import { today as todayUtc } from './today.ts'

/** What a check says about one file; null where it says nothing. */
export interface FileVerdict {
  /** Name relative to the folder. */
  readonly file: string
  readonly verdict: 'ok' | 'repaired' | 'refused'
  readonly layout: string | null
  /** Rows that can be used. */
  readonly rows: number | null
  readonly first: string | null
  readonly last: string | null
  readonly findings: readonly Finding[]
  /** The sentence that refuses the file, with line and reason. */
  readonly error: string | null
}

export interface DataCheck {
  readonly files: readonly FileVerdict[]
  readonly totals: {
    readonly files: number
    readonly ok: number
    readonly repaired: number
    readonly refused: number
  }
}

interface Content {
  readonly layout: string
  readonly rows: number
  readonly first: string | null
  readonly last: string | null
  readonly findings: readonly Finding[]
}

/**
 * Reads one file as whatever its header says it is and tells whether it can be used as it is, after repairs, or not.
 * Never throws for what a file holds.
 *
 * @param source what the verdict calls the file: its name relative to the folder
 * @param today the last day that can have happened
 */
export async function checkFile(path: string, source: string, today: TradeDate = todayUtc()): Promise<FileVerdict> {
  try {
    const table = await readTable(path, source)
    return contentVerdict(table, today)
  } catch (cause) {
    if (!(cause instanceof FaultError)) throw cause
    return refused(source, null, cause.fault, [])
  }
}

/**
 * Every CSV, NDJSON and Parquet file below a folder, in the order of their names.
 *
 * @param onFile told after each file how many of how many are done
 * @throws FaultError DATA_FOLDER_MISSING
 */
export async function checkFolder(
  folder: string,
  today: TradeDate = todayUtc(),
  onFile: (done: number, total: number) => void = () => {},
): Promise<DataCheck> {
  const names = await dataFiles(folder)
  const files: FileVerdict[] = []
  for (const name of names) {
    files.push(await checkFile(join(folder, name), name, today))
    onFile(files.length, names.length)
  }
  const count = (verdict: FileVerdict['verdict']): number => files.filter((file) => file.verdict === verdict).length
  return {
    files,
    totals: { files: files.length, ok: count('ok'), repaired: count('repaired'), refused: count('refused') },
  }
}

async function dataFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new FaultError(fault('DATA_FOLDER_MISSING', { folder }), cause)
  })
  return entries
    .filter((entry) => entry.isFile() && /\.(csv|tsv|txt|parquet|ndjson|jsonl)$/i.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length)
        .replace(/^[/\\]+/, '')
        .replaceAll('\\', '/'),
    )
    .sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))
}

function contentVerdict(table: Table, today: TradeDate): FileVerdict {
  const { source } = table
  const shifted = shiftedScreener(table)
  if (shifted !== null) return refused(source, 'screener', shifted.fault, table.findings)
  if (isEvents(table)) return eventVerdict(table, today)
  if (isChain(table)) return judged(source, 'option-chain', table, chainContent)
  if (isScreener(table)) return judged(source, 'screener', table, screenerContent)
  if (isUniverseHistory(table)) return judged(source, 'universe-history', table, historyContent)
  const layout = seriesLayout(table)
  if (layout !== null) {
    return judged(source, layout.name, table, () => seriesContent(table, today))
  }
  if (isDividends(table)) return judged(source, 'dividends', table, dividendContent)
  if (isWide(table) && !namesPrices(table)) return judged(source, 'wide', table, wideContent)
  return refused(source, null, layoutUnknown(table), table.findings)
}

/** A header that names prices but lacks some of them is a broken price file, not a file of side-by-side series. */
function namesPrices(table: Table): boolean {
  return table.header.some((name) => /^(open|high|low|close)$/i.test(name))
}

function judged(source: string, layout: string, table: Table, read: (table: Table) => Content): FileVerdict {
  try {
    const content = read(table)
    const repaired = content.findings.some(({ kind }) => kind === 'repair')
    return { file: source, verdict: repaired ? 'repaired' : 'ok', ...content, error: null }
  } catch (cause) {
    if (cause instanceof RefusedSeries) return refused(source, layout, cause.fault, cause.findings)
    if (cause instanceof FaultError) return refused(source, layout, cause.fault, table.findings)
    throw cause
  }
}

function refused(file: string, layout: string | null, error: Fault, findings: readonly Finding[]): FileVerdict {
  return {
    file,
    verdict: 'refused',
    layout,
    rows: null,
    first: null,
    last: null,
    findings,
    error: describeFault(error),
  }
}

/** A series that was refused, with what had been found up to there. */
class RefusedSeries extends FaultError {
  readonly findings: readonly Finding[]
  constructor(error: Fault, findings: readonly Finding[]) {
    super(error)
    this.findings = findings
  }
}

function seriesContent(table: Table, today: TradeDate): Content {
  const raw = rawSeries(table, seriesLayout(table)!)
  const result = validateSeries(raw, today)
  if (!result.ok) throw new RefusedSeries(result.error, result.findings)
  const { series } = result
  return {
    layout: series.layout,
    rows: series.dates.length,
    first: momentText(series, 0),
    last: momentText(series, series.dates.length - 1),
    findings: [...series.findings, ...splitFindings(series)],
  }
}

/** What the split column says, and whether prices follow it. */
function splitFindings(series: Series): readonly Finding[] {
  const splits = splitsOf(series)
  if (!splits.ok) throw new RefusedSeries(splits.error, series.findings)
  const first = splits.value[0]
  if (first === undefined) return []
  const basis = priceBasis(series, splits.value, null)
  if (!basis.ok) throw new RefusedSeries(basis.error, series.findings)
  const ratios = splits.value.map(
    ({ date, numerator, denominator }) => `${formatDate(date)} ${numerator}:${denominator}`,
  )
  const text = `prices are ${basis.value}; splits: ${ratios.join(', ')}`
  return [{ kind: 'note', code: 'splits', text, line: first.line, count: splits.value.length }]
}

function momentText(series: Series, row: number): string {
  return series.resolution === 'day'
    ? formatDate(series.dates[row] as TradeDate)
    : formatInstant(series.times[row] as Instant)
}

function chainContent(table: Table): Content {
  const { layout, records, findings } = optionRecords(table)
  return { layout, rows: records.length, ...quoteDates(records), findings }
}

function screenerContent(table: Table): Content {
  const { records, findings } = screenRecords(table)
  const dates = records.map(({ snapshotDate }) => snapshotDate).sort((one, other) => one - other)
  return {
    layout: 'screener',
    rows: records.length,
    first: formatDate(dates[0]!),
    last: formatDate(dates.at(-1)!),
    findings,
  }
}

function historyContent(table: Table): Content {
  const rows = historyRows(table)
  return {
    layout: 'universe-history',
    rows: rows.length,
    first: formatDate(rows[0]!.tradeDate),
    last: formatDate(rows.at(-1)!.tradeDate),
    findings: table.findings,
  }
}

function eventVerdict(table: Table, today: TradeDate): FileVerdict {
  const kind = eventKindOf(table)
  if (kind === null) return refused(table.source, null, eventLayoutUnknown(table).fault, table.findings)
  return judged(table.source, kind, table, () => eventContent(table, kind, today))
}

/** An event file by itself: which zone its times are in and whose its symbols are, only a portfolio says. */
function eventContent(table: Table, kind: EventKind, today: TradeDate): Content {
  const read = eventRecords(table, kind, { zone: null, isRequired: false })
  const problem = eventsProblem([read], today)
  if (problem !== null) throw new FaultError(problem)
  const { records, findings } = read
  let first = records[0]!.publishedAt
  let last = first
  for (const { publishedAt } of records) {
    if (publishedAt < first) first = publishedAt
    if (publishedAt > last) last = publishedAt
  }
  return { layout: kind, rows: records.length, first: formatInstant(first), last: formatInstant(last), findings }
}

function datedContent(layout: string, dates: Int32Array, findings: readonly Finding[]): Content {
  return {
    layout,
    rows: dates.length,
    first: dates.length === 0 ? null : formatDate(dates[0] as TradeDate),
    last: dates.length === 0 ? null : formatDate(dates.at(-1) as TradeDate),
    findings,
  }
}

function dividendContent(table: Table): Content {
  const { dates, findings } = dividendRecords(table)
  return datedContent('dividends', dates, findings)
}

function wideContent(table: Table): Content {
  const { dates, findings } = wideColumns(table)
  return datedContent('wide', dates, findings)
}
