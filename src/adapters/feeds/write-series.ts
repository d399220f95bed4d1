import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Finding, Series } from '../../domain/series.ts'
import { formatDate, formatInstant } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { ParquetColumn } from './parquet.ts'

export const IMPORT_FORMATS = ['csv', 'parquet'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

const MANIFEST_NAME = 'manifest.json'

/** A judged series and the name it gets below the folder, without its ending: 'TSLA' or 'stocks_daily/TSLA'. */
export interface ImportItem {
  readonly name: string
  readonly series: Series
}

/** What the manifest says about one written file. */
export interface ImportEntry {
  readonly file: string
  readonly source: string
  readonly layout: string
  readonly rows: number
  readonly first: string
  readonly last: string
  readonly findings: readonly Finding[]
}

/**
 * Writes cleaned series into a folder, as CSV in the plain layout, as Parquet, or both, beside a manifest of what was
 * repaired. Every file is written under a temporary name and renamed when all of them are complete, so a half-written file never
 * bears its name; when writing fails, nothing of it is left behind.
 *
 * @throws FaultError OUTPUT_EXISTS where a file is there already and `force` is false, before anything is written, or the
 *   folder cannot be made
 */
export async function importSeries(
  items: readonly ImportItem[],
  folder: string,
  options: { readonly formats: readonly ImportFormat[]; readonly force: boolean },
): Promise<readonly ImportEntry[]> {
  const targets = items.flatMap(({ name, series }) =>
    options.formats.map((format) => ({ file: `${name}.${format}`, format, series })),
  )
  const twice = targets.find(({ file }, index) => targets.findIndex((other) => other.file === file) !== index)
  if (twice !== undefined) throw exists(twice.file, 'two of the files to import get this name; rename one')
  if (!options.force) {
    for (const { file } of targets) {
      if (await isThere(join(folder, file))) throw exists(file, 'it exists; give another folder, or --force')
    }
  }
  for (const { file } of targets) {
    await mkdir(dirname(join(folder, file)), { recursive: true }).catch((cause: unknown) => {
      throw exists(folder, cause instanceof Error ? cause.message : String(cause))
    })
  }
  const entries = targets.map(({ file, series }) => entryOf(file, series))
  const written: string[] = []
  try {
    for (const { file, format, series } of targets) {
      const path = join(folder, temporary(file))
      written.push(path)
      if (format === 'csv') await writeFile(path, csvText(series), { flush: true })
      else await writeSeriesParquet(path, series)
    }
    const manifest = join(folder, temporary(MANIFEST_NAME))
    written.push(manifest)
    await writeFile(manifest, `${JSON.stringify(await mergedManifest(folder, entries), null, 2)}\n`, { flush: true })
  } catch (cause) {
    for (const path of written) await rm(path, { force: true })
    throw cause
  }
  for (const name of [...targets.map(({ file }) => file), MANIFEST_NAME]) {
    await rename(join(folder, temporary(name)), join(folder, name))
  }
  return entries
}

function temporary(name: string): string {
  return join(dirname(name), `.${basename(name)}.writing`)
}

function exists(path: string, reason: string): FaultError {
  return new FaultError(fault('OUTPUT_EXISTS', { path, reason }))
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function entryOf(file: string, series: Series): ImportEntry {
  const moments = momentTexts(series)
  return {
    file,
    source: series.source,
    layout: series.layout,
    rows: moments.length,
    first: moments[0] ?? '',
    last: moments.at(-1) ?? '',
    findings: series.findings,
  }
}

/** Entries of earlier imports stay; a file written again replaces its own. */
async function mergedManifest(folder: string, entries: readonly ImportEntry[]): Promise<{ readonly files: unknown[] }> {
  const path = join(folder, MANIFEST_NAME)
  if (!(await isThere(path))) return { files: [...entries] }
  const text = await readFile(path, 'utf8')
  const fresh = new Set(entries.map(({ file }) => file))
  return { files: [...filesOf(text).filter(({ file }) => !fresh.has(file)), ...entries] }
}

function filesOf(text: string): readonly { readonly file: string }[] {
  try {
    const parsed = JSON.parse(text) as { readonly files?: readonly { readonly file: string }[] }
    if (Array.isArray(parsed.files)) return parsed.files
  } catch (cause) {
    throw new FaultError(
      fault('OUTPUT_EXISTS', { path: MANIFEST_NAME, reason: 'it is no manifest of an import' }),
      cause,
    )
  }
  throw exists(MANIFEST_NAME, 'it is no manifest of an import')
}

function momentTexts(series: Series): readonly string[] {
  return series.resolution === 'day'
    ? Array.from(series.dates, (date) => formatDate(date as TradeDate))
    : Array.from(series.times, (time) => formatInstant(time as Instant))
}

interface SeriesColumn {
  readonly name: string
  readonly values: Float64Array
}

/** The columns of the plain layout that the series has something in. */
function columnsOf(series: Series): readonly SeriesColumn[] {
  const all: readonly { readonly name: string; readonly values: Float64Array | null }[] = [
    { name: 'open', values: series.open },
    { name: 'high', values: series.high },
    { name: 'low', values: series.low },
    { name: 'close', values: series.close },
    { name: 'volume', values: series.volume },
    { name: 'adj_close', values: series.adjustedClose },
    { name: 'dividend_amount', values: series.dividend },
    { name: 'split_coefficient', values: series.split },
  ]
  return all.flatMap(({ name, values }) => (values?.some((value) => !Number.isNaN(value)) ? [{ name, values }] : []))
}

/** The plain layout: date, open, high, low, close, volume, and what else the series has; numbers as short as exact. */
function csvText(series: Series): string {
  const columns = columnsOf(series)
  const header = ['date', ...columns.map(({ name }) => name)].join(',')
  const rows = momentTexts(series).map((moment, row) =>
    [moment, ...columns.map(({ values }) => (Number.isNaN(values[row]!) ? '' : String(values[row]!)))].join(','),
  )
  return `${[header, ...rows].join('\n')}\n`
}

async function writeSeriesParquet(path: string, series: Series): Promise<void> {
  const { writeParquet } = await import('./parquet.ts')
  const moments: ParquetColumn = { name: 'date', values: momentTexts(series) }
  await writeParquet(path, [moments, ...columnsOf(series)], series.resolution === 'day' ? 'DATE' : 'TIMESTAMP')
}
