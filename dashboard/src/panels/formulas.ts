/** What each figure is computed by, as docs/metrics.md has it; read when it is first asked for. */
export interface Formula {
  /** As the document names it: one figure, several that belong together, or one of a table. */
  readonly name: string
  readonly formula: string
  readonly convention: string
  readonly source: string
}

const ROW = /^\| (?!name \|)([^|]*[^|\s-][^|]*) \|(.*)\|$/

/** Rows of the tables of the document by their first cell, and each name of a list of names. */
function formulasIn(document: string): ReadonlyMap<string, Formula> {
  const found = new Map<string, Formula>()
  const lists: Formula[] = []
  for (const line of document.split('\n')) {
    const parts = ROW.exec(line)
    if (parts === null) continue
    const [formula = '', convention = '', source = ''] = parts[2]!
      .replaceAll('`', '')
      .split('|')
      .map((cell) => cell.trim())
    const row = { name: parts[1]!.replaceAll('`', '').trim(), formula, convention, source }
    found.set(row.name, row)
    if (/^[^ ]+(, [^ ]+)+$/.test(row.name)) lists.push(row)
  }
  for (const row of lists) {
    for (const name of row.name.split(', ')) if (!found.has(name)) found.set(name, row)
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
