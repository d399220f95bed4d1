import { isCollection, parseDocument } from 'yaml'

/** Where a value stands in a document: `['limits', 'drawdown', 'halt']`, `['sleeves', 0, 'weight']`. */
export type Path = readonly (string | number)[]

/** The text with one value set; what is written around it stays as its author wrote it. */
export function withValue(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text)
  document.setIn(path, value)
  return String(document)
}

/** The text without the value, and without the blocks that would be empty without it. */
export function without(text: string, path: Path): string {
  const document = parseDocument(text)
  document.deleteIn(path)
  for (let end = path.length - 1; end > 0; end -= 1) {
    const above = document.getIn(path.slice(0, end))
    if (!isCollection(above) || above.items.length > 0) break
    document.deleteIn(path.slice(0, end))
  }
  return String(document)
}

/** The text with one more item at the end of a list. */
export function withItem(text: string, path: Path, item: unknown): string {
  const document = parseDocument(text)
  if (isCollection(document.getIn(path))) document.addIn(path, document.createNode(item))
  else document.setIn(path, [item])
  return String(document)
}

/** What stands at a path; undefined: nothing. */
export function valueAt(text: string, path: Path): unknown {
  const found = parseDocument(text).getIn(path)
  return isCollection(found) ? found.toJSON() : found
}

/** A single value of a section, by its path below it. */
export interface Leaf {
  readonly path: Path
  readonly value: string | number | boolean | null
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every single value of a tree, in its order; lists are left out. */
export function leavesOf(value: unknown, path: Path = []): readonly Leaf[] {
  if (isPlain(value)) return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return path.length === 0 ? [] : [{ path, value }]
  return []
}

/** The leaves of a section as it is written, with those that only its defaults have behind them. */
export function mergedLeaves(written: unknown, defaults: unknown): readonly Leaf[] {
  const own = leavesOf(written)
  const known = new Set(own.map(({ path }) => path.join('.')))
  const isBelow = (path: Path): boolean => path.some((_, end) => end > 0 && known.has(path.slice(0, end).join('.')))
  const others = leavesOf(defaults).filter(({ path }) => !known.has(path.join('.')) && !isBelow(path))
  const covered = (path: Path): boolean => [...known].some((key) => key.startsWith(`${path.join('.')}.`))
  return [...own, ...others.filter(({ path }) => !covered(path))]
}

/** What was typed as the value that it replaces is of; null: the field was emptied. */
export function typedValue(typed: string, before: Leaf['value']): Leaf['value'] {
  const text = typed.trim()
  if (text === '') return null
  if (typeof before === 'boolean') return text === 'true'
  const number = Number(text)
  return Number.isFinite(number) && (typeof before === 'number' || before === null) ? number : text
}

/** `drawdown.reset_peak_after` as words: `Drawdown, reset peak after`. */
export function words(path: Path): string {
  const text = path.join(', ').replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A single value as a field shows it; nothing for what is not set. */
export function shownText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
