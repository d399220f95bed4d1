import { isCollection, isScalar, parse, parseDocument } from 'yaml'

/** Where a value stands in a document: `['limits', 'drawdown', 'halt']`, `['sleeves', 0, 'weight']`. */
export type Path = readonly (string | number)[]

/** Key of a sleeve's own block, and of a block of the portfolio: what a file names elsewhere is replaced whole. */
function blockOf(path: Path): Path {
  return path.slice(0, path[0] === 'sleeves' ? 3 : 1)
}

/**
 * The text with one value set; what is written around it stays as its author wrote it.
 *
 * @param whole the configuration with what it takes from other files: a block of theirs is copied before one key of it
 *   is written here, because it takes the place of all of theirs
 */
export function withValue(text: string, path: Path, value: unknown, whole?: unknown): string {
  const document = parseDocument(text)
  const sleeve = path.slice(0, 2)
  if (path[0] === 'sleeves' && path.length > 2) {
    const entry = document.getIn(sleeve, true)
    if (isScalar(entry)) document.setIn(sleeve, document.createNode({ use: entry.value }))
  }
  const block = blockOf(path)
  if (path.length > block.length) {
    const theirs = document.hasIn(block) ? undefined : at(whole, block)
    if (isTree(theirs)) document.setIn(block, document.createNode(theirs))
    // `rebalancing: periodic` is a block whose method alone was written.
    const short = document.getIn(block, true)
    if (isScalar(short)) document.setIn(block, document.createNode(short.value === null ? {} : { method: short.value }))
  }
  document.setIn(path, value !== null && typeof value === 'object' ? document.createNode(value) : value)
  return String(document)
}

/** The text without the value, and without the blocks that would be empty without it. */
export function without(text: string, path: Path): string {
  const document = parseDocument(text)
  if (!document.hasIn(path)) return text
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

const READ_MOST = 6
const read = new Map<string, unknown>()

/** A text as data, read once however many fields show a part of it; undefined where it is no YAML. */
export function dataOf(text: string): unknown {
  if (read.has(text)) return read.get(text)
  let data: unknown
  try {
    data = parse(text)
  } catch {
    data = undefined
  }
  if (read.size >= READ_MOST) read.delete(read.keys().next().value!)
  read.set(text, data)
  return data
}

/** What stands at a path of a text; undefined: nothing. */
export function valueAt(text: string, path: Path): unknown {
  return at(dataOf(text), path)
}

/** What stands at a path of a tree; undefined: nothing. */
export function at(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[key] : undefined,
    tree,
  )
}

export function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `drawdown.reset_peak_after` as words: `Drawdown, reset peak after`. */
export function words(path: Path): string {
  const text = path.join(', ').replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A single value, or a list of them, as a field shows it; nothing for what is not set. */
export function shownText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(shownText).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
