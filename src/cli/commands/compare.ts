import { FaultError, fault } from '../../domain/faults.ts'
import { type Candidate, candidateOf } from '../compare/candidate.ts'
import { comparisonOf } from '../compare/comparison.ts'
import { comparisonPage } from '../compare/page.ts'
import { comparisonText } from '../compare/text.ts'
import { print, printJson, writePage } from '../output.ts'
import { requireFolder } from '../paths.ts'
import type { MarketSource, RunReach } from '../run.ts'

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
