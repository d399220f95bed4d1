/** What each metric is computed by, as docs/metrics.md has it; read when it is first asked for. */
export interface Formula {
  readonly formula: string
  readonly convention: string
  readonly source: string
}

const ROW = /^\| `([^`]+)` \| (.*) \|$/

/** Rows of the tables of the document by name. */
function formulasIn(document: string): ReadonlyMap<string, Formula> {
  const found = new Map<string, Formula>()
  for (const line of document.split('\n')) {
    const parts = ROW.exec(line)
    if (parts === null) continue
    const [formula = '', convention = '', source = ''] = parts[2]!.split(' | ').map((cell) => cell.trim())
    found.set(parts[1]!, { formula, convention, source })
  }
  return found
}

let known: Promise<ReadonlyMap<string, Formula>> | null = null

/** All of them, by name. */
export function everyFormula(): Promise<ReadonlyMap<string, Formula>> {
  known ??= import('../../../docs/metrics.md?raw').then(({ default: document }) => formulasIn(document))
  return known
}

export async function formulaOf(metric: string): Promise<Formula | null> {
  return (await everyFormula()).get(metric) ?? null
}
