import { runAllocationCase } from './allocation.ts'
import { ALLOCATION_RULES, runAllocationRulesCase } from './allocation-rules.ts'
import { runAttributionCase } from './attribution.ts'
import { type ReadTable, readCase, tableReader } from './case-files.ts'
import { type Comparison, compare, type Difference } from './compare.ts'
import { runIndicatorsCase } from './indicators.ts'
import { runLedgerCase } from './ledger.ts'
import { runMetricsCase } from './metrics.ts'
import { runOptionsCase } from './options.ts'
import { runSharpeCase, SHARPE_CASES } from './overfitting.ts'
import { runPipelineCase } from './pipeline.ts'
import { runRulesCase } from './rules.ts'

/** Computes what a case expects, with the functions that the engine uses; null for what is not built. */
export type RunCase = (
  input: Readonly<Record<string, unknown>>,
  readTable: ReadTable,
  context: { readonly name: string; readonly expected: Readonly<Record<string, unknown>> },
) => unknown

interface Topic {
  readonly topic: string
  /** Beginning of the names that it answers for; '' for the whole topic. The longest one wins. */
  readonly prefix: string
  readonly run: RunCase
}

/** What can be computed so far: one entry per topic, or per family of names in it. */
const TOPICS: readonly Topic[] = [
  { topic: 'allocation', prefix: '', run: runAllocationCase },
  { topic: 'attribution', prefix: '', run: runAttributionCase },
  { topic: 'indicators', prefix: '', run: runIndicatorsCase },
  { topic: 'ledger', prefix: '', run: runLedgerCase },
  { topic: 'metrics', prefix: '', run: runMetricsCase },
  { topic: 'options', prefix: '', run: runOptionsCase },
  ...SHARPE_CASES.map((prefix) => ({ topic: 'overfitting', prefix, run: runSharpeCase })),
  { topic: 'pipeline', prefix: '', run: runPipelineCase },
  { topic: 'seed_rules', prefix: '', run: runRulesCase },
  ...ALLOCATION_RULES.map((prefix) => ({ topic: 'seed_rules', prefix, run: runAllocationRulesCase })),
]

/** The function for a case: of its topic, the entry with the longest prefix of its name; null when none is built. */
function runnerOf(topic: string, name: string): RunCase | null {
  const fitting = TOPICS.filter((entry) => entry.topic === topic && name.startsWith(entry.prefix))
  return fitting.sort((left, right) => right.prefix.length - left.prefix.length)[0]?.run ?? null
}

export type Verdict =
  | { readonly kind: 'pass'; readonly name: string; readonly compared: number }
  | { readonly kind: 'fail'; readonly name: string; readonly cause: string }
  | { readonly kind: 'unsupported'; readonly name: string; readonly cause: string }

const DIFFERENCES_SHOWN = 3

/** Puts one case file through the product; null where the file is no case. */
export function judgeCase(file: string): Verdict | null {
  const given = readCase(file)
  if (given === null) return null
  const name = `${given.topic}/${given.name}`
  const run = runnerOf(given.topic, given.name)
  if (run === null) return { kind: 'unsupported', name, cause: 'not built yet' }
  let comparison: Comparison
  try {
    const readTable = tableReader(file, given.input['rows'])
    const context = { name: given.name, expected: given.expected as Readonly<Record<string, unknown>> }
    const computed = run(given.input, readTable, context)
    if (computed === null) return { kind: 'unsupported', name, cause: 'not built yet' }
    comparison = compare(computed, given.expected, given.tolerance)
  } catch (cause) {
    return { kind: 'fail', name, cause: cause instanceof Error ? cause.message : String(cause) }
  }
  const { compared, differences } = comparison
  if (compared === 0) return { kind: 'unsupported', name, cause: 'it expects nothing that can be compared' }
  if (differences.length === 0) return { kind: 'pass', name, compared }
  const shown = differences.slice(0, DIFFERENCES_SHOWN).map(differenceText).join('; ')
  const more = differences.length > DIFFERENCES_SHOWN ? `; and ${differences.length - DIFFERENCES_SHOWN} more` : ''
  return { kind: 'fail', name, cause: `${shown}${more}` }
}

function differenceText({ path, expected, actual }: Difference): string {
  return `${path} expected ${JSON.stringify(expected)}, computed ${JSON.stringify(actual) ?? 'nothing'}`
}
