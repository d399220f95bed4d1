import type { ComparisonView } from '../../api/contract/comparison.ts'
import { longDate } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'
import { COMPARED_FIGURES } from './rows.ts'

/** A comparison for people. */
export function comparisonText({ runs, start, end, days, notes }: ComparisonView, page: string | undefined): string {
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
