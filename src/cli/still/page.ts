/** The dashboard's pages as one file: what was built, with the answers in it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from '../../api/contract/analysis.ts'
import type { KeptPage } from '../../api/contract/kept.ts'
import type { BacktestReport } from '../../api/contract/report.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { packageRoot, packageVersion } from '../package-root.ts'
import type { Answers } from './answers.ts'
import { packed } from './pack.ts'

const PLACE = '<script id="kept-answers" type="application/json"></script>'

/** @param refresh seconds after which an open file is read again; null: never */
export async function stillPage(answers: Answers, refresh: number | null): Promise<string> {
  const about = aboutOf(answers)
  const built = join(packageRoot(), 'dist', 'report.html')
  const page = await readFile(built, 'utf8').catch((cause: unknown) => {
    throw new FaultError(fault('FILE_MISSING', { file: built }), cause)
  })
  // No text of a user's ends the element that it stands in.
  const text = JSON.stringify({ refresh, about, ...packed(answers) } satisfies KeptPage).replaceAll('<', '\\u003c')
  return page.replace(PLACE, () => PLACE.replace('></', () => `>${text}</`))
}

/** `Days 2023-01-03 to 2024-12-31, benchmark SPY. Polyfolio 0.1.0, books 3f2a...` */
function aboutOf(answers: Answers): string {
  const found = Object.entries(answers).find(([path]) => path.endsWith('/analysis/report'))?.[1]
  const { data, asOf } = (found ?? { data: null, asOf: null }) as Analysis<BacktestReport>
  if (data === null) return 'Nothing has happened yet.'
  const { portfolio, risk, booksHash } = data
  const benchmark = risk.betas.benchmark === null ? 'no benchmark' : `benchmark ${risk.betas.benchmark}`
  return `Report of ${asOf ?? 'no event'}: days ${portfolio.start} to ${portfolio.end}, ${benchmark}. Polyfolio ${packageVersion()}, books ${booksHash}.`
}
