import type { ComparisonView } from '../../api/contract/comparison.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { type Candidate, candidateOf } from '../compare/candidate.ts'
import { comparisonOf } from '../compare/comparison.ts'
import { comparisonPage } from '../compare/page.ts'
import { COMPARED_FIGURES } from '../compare/rows.ts'
import { print, printJson, writePage } from '../output.ts'
import { requireFolder } from '../paths.ts'
import { longDate } from '../report/numbers.ts'
import type { MarketSource, RunReach } from '../run.ts'
import { textTable } from '../text-table.ts'

interface CompareOptions extends RunReach {
  readonly data?: string
  readonly seed: number
  readonly html?: string
  readonly json?: boolean
}

/** `polyfolio compare A B [C]`: configurations and finished runs side by side. */
export async function compare(sources: readonly string[], options: CompareOptions): Promise<void> {
  if (sources.length < 2) {
    const reason = 'needs at least two runs or configurations to put side by side'
    throw new FaultError(fault('OPTION_INVALID', { option: 'compare', reason }))
  }
  if (options.data !== undefined) requireFolder(options.data)
  const market: MarketSource = options.data === undefined ? { seed: options.seed } : { data: options.data }
  const candidates: Candidate[] = []
  for (const source of sources) candidates.push(await candidateOf(source, market, options))
  const view = comparisonOf(candidates)
  if (options.html !== undefined) await writePage(options.html, comparisonPage(view))
  if (options.json === true) printJson(view)
  else print(comparisonText(view, options.html))
}

function comparisonText({ runs, start, end, days, notes }: ComparisonView, page: string | undefined): string {
  const header = ['', ...runs.map(({ name }) => name)]
  const rows = COMPARED_FIGURES.map((figure) => [figure.label, ...runs.map((run) => figure.text(run))])
  const span = start === null || end === null ? 'No common day' : `${longDate(start)} to ${longDate(end)}, ${days} days`
  return [
    span,
    '',
    textTable(
      header,
      rows,
      runs.map((_, index) => index + 1),
    ),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `note: ${note}`)]),
    ...(page === undefined ? [] : ['', `Page: ${page}`]),
  ].join('\n')
}
