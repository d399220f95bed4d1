import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type ImportFormat, type ImportItem, importSeries } from '../../adapters/feeds/write-series.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { checkFile, checkFolder, type FileVerdict } from '../data/check.ts'
import { readSeries } from '../data/read-series.ts'
import { EXIT } from '../failure.ts'
import { print, printJson, progressBar } from '../output.ts'
import { verdictText } from './data-check.ts'

interface ImportOptions {
  readonly out: string
  readonly format: ImportFormat
  readonly force?: boolean
  readonly json?: boolean
}

/** What became of one file: written under a name, left out because it is no price history, or refused. */
interface Imported {
  readonly from: string
  readonly file: string | null
  readonly verdict: FileVerdict['verdict'] | 'skipped'
  readonly rows: number | null
  readonly error: string | null
}

/** Layouts that are no price history. */
const OTHER_LAYOUTS: ReadonlySet<string> = new Set(['option-chain', 'option-quotes', 'screener', 'dividends', 'wide'])

/**
 * `polyfolio data import`: price files, checked and repaired, in one plain layout under the names that they had.
 * Everything is read and judged before anything is written; refused files are left out and said, with exit 2.
 */
export async function dataImport(from: string, options: ImportOptions): Promise<void> {
  if (!existsSync(from)) throw new FaultError(fault('FILE_MISSING', { file: from }))
  const isFolder = statSync(from).isDirectory()
  const source = isFolder ? from : dirname(from)
  const verdicts = isFolder ? (await checkFolder(from)).files : [await checkFile(from, basename(from))]
  const bar = progressBar()
  const groups = new Map<string, ImportItem[]>()
  const imported: Imported[] = []
  for (const [index, verdict] of verdicts.entries()) {
    bar.at(index / verdicts.length, verdict.file)
    imported.push(await collect(source, verdict, options.format, groups))
  }
  for (const [folder, items] of groups) {
    await importSeries(items, join(options.out, folder), { formats: [options.format], force: options.force === true })
  }
  bar.done()
  report(imported, verdicts, options)
}

async function collect(
  source: string,
  verdict: FileVerdict,
  format: ImportFormat,
  groups: Map<string, ImportItem[]>,
): Promise<Imported> {
  const from = verdict.file
  const left = { from, file: null, rows: null, error: verdict.error }
  if (verdict.verdict === 'refused') return { ...left, verdict: 'refused' }
  if (OTHER_LAYOUTS.has(verdict.layout ?? '')) return { ...left, verdict: 'skipped' }
  const read = await readSeries(join(source, from), from)
  if (!read.ok) throw new FaultError(read.error)
  const folder = dirname(from)
  const name = basename(from).replace(/\.[^.]+$/, '')
  groups.set(folder, [...(groups.get(folder) ?? []), { name, series: read.series }])
  const file = join(folder, `${name}.${format}`)
  return { from, file, verdict: verdict.verdict, rows: verdict.rows, error: null }
}

function report(imported: readonly Imported[], verdicts: readonly FileVerdict[], options: ImportOptions): void {
  const count = (kind: Imported['verdict']): number => imported.filter(({ verdict }) => verdict === kind).length
  const totals = {
    files: imported.length,
    imported: count('ok') + count('repaired'),
    skipped: count('skipped'),
    refused: count('refused'),
  }
  if (totals.refused > 0) process.exitCode = EXIT.refused
  if (options.json === true) {
    printJson({ folder: options.out, files: imported, totals })
    return
  }
  for (const verdict of verdicts) if (verdict.verdict === 'refused') print(verdictText(verdict))
  const skipped = totals.skipped === 0 ? '' : `, ${totals.skipped} are no price history and were left where they are`
  print(`${totals.imported} of ${totals.files} files are in ${options.out}, ${totals.refused} refused${skipped}`)
}
