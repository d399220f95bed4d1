import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { BacktestReport, ReportFiles } from '../../api/contract/report.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { reportOf } from './figures.ts'
import { pageText } from './page/page.ts'
import { pageOf } from './page-view.ts'
import { returnsOf } from './returns.ts'
import { tableTexts } from './tables.ts'

/** What a report consists of, by the key under which `files` names it. */
export const FILE_NAMES = {
  report: 'report.json',
  equity: 'equity.csv',
  trades: 'trades.csv',
  orders: 'orders.csv',
  attribution: 'attribution.csv',
  violations: 'violations.csv',
  capital: 'capital.csv',
  universe: 'universe.csv',
  signals: 'signals.csv',
  html: 'report.html',
} as const satisfies { readonly [K in Exclude<keyof ReportFiles, 'folder'>]: string }

type Texts = { readonly [K in keyof typeof FILE_NAMES]: string }

/** The report as one JSON document, ended by a line break. */
function reportText(report: BacktestReport): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

/**
 * The texts of all files of a report. They hold no clock, path or language setting: the same run gives the same bytes on
 * every machine, so the report inside names its files and no folder.
 */
export function reportTexts(result: RunResult): { readonly report: BacktestReport; readonly texts: Texts } {
  const returns = returnsOf(result)
  const report = reportOf(result, { folder: null, ...FILE_NAMES }, returns)
  const page = pageOf(result, report, returns)
  return { report, texts: { report: reportText(report), ...tableTexts(result, returns), html: pageText(page) } }
}

type Kind = 'none' | 'file' | 'folder'

async function kindOf(path: string): Promise<Kind> {
  return lstat(path).then(
    (stats) => (stats.isDirectory() ? 'folder' : 'file'),
    () => 'none',
  )
}

/** Moves the files into place; a move that fails takes back those before it, and what stood there before returns. */
async function moveAll(staging: string, folder: string): Promise<void> {
  const placed: { readonly target: string; readonly former: string | null }[] = []
  try {
    for (const name of Object.values(FILE_NAMES)) {
      const target = join(folder, name)
      const kind = await kindOf(target)
      if (kind === 'folder') throw new Error(`${name} is a folder there; move it away`)
      const former = kind === 'file' ? join(staging, `former-${name}`) : null
      if (former !== null) await rename(target, former)
      placed.push({ target, former })
      await rename(join(staging, name), target)
    }
  } catch (cause) {
    for (const { target, former } of placed.toReversed()) {
      await rm(target, { force: true })
      if (former !== null) await rename(former, target)
    }
    throw cause
  }
}

async function place(texts: Texts, folder: string): Promise<void> {
  const isNew = (await kindOf(folder)) === 'none'
  const made = await mkdir(isNew ? dirname(folder) : folder, { recursive: true })
  const staging = join(isNew ? dirname(folder) : folder, `.${basename(folder)}.partial-${process.pid}`)
  try {
    await mkdir(staging)
    for (const [key, name] of Object.entries(FILE_NAMES))
      await writeFile(join(staging, name), texts[key as keyof Texts])
    if (isNew) await rename(staging, folder)
    else await moveAll(staging, folder)
  } catch (cause) {
    await rm(staging, { recursive: true, force: true })
    if (made !== undefined) await rm(made, { recursive: true, force: true })
    throw cause
  }
  await rm(staging, { recursive: true, force: true })
}

/**
 * Writes the files of a report into a folder, all of them or none: they are made beside their place and moved in.
 * Files of an earlier report are replaced, other files stay.
 *
 * @returns the report, its `files.folder` naming the folder as it was given.
 * @throws FaultError OUTPUT_EXISTS when the folder cannot be written; nothing is left behind then.
 */
export async function writeReport(result: RunResult, folder: string): Promise<BacktestReport> {
  const { report, texts } = reportTexts(result)
  try {
    await place(texts, resolve(folder))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FaultError(fault('OUTPUT_EXISTS', { path: folder, reason }), cause)
  }
  return { ...report, files: { ...report.files, folder } }
}
