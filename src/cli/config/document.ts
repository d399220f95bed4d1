import { dirname, isAbsolute, join } from 'node:path'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
} from 'yaml'
import { FaultError, fault } from '../../domain/faults.ts'

/*
 * YAML with the place of every node: a value is only useful to its author together with the line it stands on.
 * One file may mount others: a sleeve or a list of instruments kept in a file of its own.
 */

/** A place in a file, 1-based, as editors count. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

export type Path = readonly (string | number)[]

/** One YAML file: its plain value and where each part stands. */
export interface SourceFile {
  readonly file: string
  readonly value: unknown
  /** Where the path stands in this file, its key or its value; null where the file does not hold it. */
  find(path: Path, part: 'key' | 'value'): Place | null
}

const ALIASES_MAX = 100
const TEXT_MAX = 4_000_000

/** What the parser's own words mean to somebody who writes YAML by hand. */
const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab indents this line; use spaces',
  DUPLICATE_KEY: 'this key is given twice; keep one of them',
  MULTIPLE_DOCS: 'a second document starts here; keep one portfolio per file',
  BAD_INDENT: 'this line is indented differently from its neighbours; align it',
  MISSING_CHAR: 'a closing quote, bracket or colon is missing; add it',
  UNEXPECTED_TOKEN: 'this does not belong here; check quotes, brackets and indentation',
  TAG_RESOLVE_FAILED: 'this tag is not known; remove it',
  BAD_ALIAS: 'this alias names no anchor before it; define it or write the value',
}

/** Reads YAML text; the first thing wrong with it is thrown with its place. */
export function parseSource(file: string, text: string): SourceFile {
  const counter = new LineCounter()
  const refuse = (offset: number, reason: string, cause?: unknown): never => {
    const { line, col } = counter.linePos(offset)
    throw new FaultError(
      fault('CONFIG_SYNTAX', { file, line: Math.max(1, line), column: Math.max(1, col), reason }),
      cause,
    )
  }
  if (text.length > TEXT_MAX) {
    throw new FaultError(fault('FILE_UNREADABLE', { file, reason: `it is longer than ${TEXT_MAX} characters` }))
  }
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true, merge: false })
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem !== undefined) {
    const near = text.slice(problem.pos[0]).split('\n', 1)[0]?.trim().slice(0, 40) ?? ''
    refuse(problem.pos[0], `${SYNTAX[problem.code] ?? problem.message}${near === '' ? '' : `, at "${near}"`}`, problem)
  }
  if (document.contents === null) refuse(0, 'the file holds no settings; see the presets for one to start from')
  let value: unknown = null
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX })
  } catch (cause) {
    refuse(aliasAt(text), `aliases unfold to more than ${ALIASES_MAX} parts; write them out`, cause)
  }
  if (isCircular(value)) refuse(aliasAt(text), 'an alias names a part that it stands in; write the part out')
  return { file, value, find: (path, part) => find(document, counter, file, path, part) }
}

/** Where the first alias stands. */
function aliasAt(text: string): number {
  const alias = /[^\w]\*\w+/.exec(text)
  return alias === null ? 0 : alias.index + 1
}

function isCircular(value: unknown, above: readonly unknown[] = []): boolean {
  if (value === null || typeof value !== 'object') return false
  if (above.includes(value)) return true
  return Object.values(value).some((part) => isCircular(part, [...above, value]))
}

function find(
  document: Document.Parsed<ParsedNode>,
  counter: LineCounter,
  file: string,
  path: Path,
  part: 'key' | 'value',
): Place | null {
  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node)
  let node: unknown = document.contents
  let key: unknown = null
  for (const step of path) {
    const parent = resolved(node)
    if (isMap(parent)) {
      const pair = parent.items.find(({ key: name }) => isScalar(name) && String(name.value) === String(step))
      if (pair === undefined) return null
      key = pair.key
      node = pair.value ?? pair.key
    } else if (isSeq(parent) && typeof step === 'number' && step < parent.items.length) {
      node = parent.items[step]
      key = node
    } else return null
  }
  const shown = (part === 'key' ? (key ?? node) : node) as Node | null
  const { line, col } = counter.linePos(shown?.range?.[0] ?? 0)
  return { file, line, column: col }
}

/** A portfolio file with the files it names: one value, and the place of every part in whichever file holds it. */
export interface ConfigDocument {
  readonly file: string
  readonly value: unknown
  placeOf(path: Path, part?: 'key' | 'value'): Place
  /** The text of a file named in this document, as its name is read: relative to the file that names it. */
  resolve(name: string, from?: Path): string
}

/** Where a part of the whole comes from another file. Its own keys in the outer file win. */
export interface Mount {
  readonly path: Path
  readonly source: SourceFile
  /** Where in the mounted file it begins. */
  readonly at: Path
}

const startsWith = (path: Path, prefix: Path): boolean => prefix.every((step, index) => path[index] === step)

/** Joins a file and its mounts. A path that no file holds is placed at its nearest ancestor that one does. */
export function joinDocument(outer: SourceFile, value: unknown, mounts: readonly Mount[]): ConfigDocument {
  const mountOf = (path: Path): Mount | undefined => mounts.find((mount) => startsWith(path, mount.path))
  const placeOf = (path: Path, part: 'key' | 'value' = 'value'): Place => {
    const own = outer.find(path, part)
    if (own !== null && mountOf(path)?.path.length !== path.length) return own
    const mount = mountOf(path)
    const inner = mount?.source.find([...mount.at, ...path.slice(mount.path.length)], part)
    if (inner) return inner
    return path.length === 0 ? { file: outer.file, line: 1, column: 1 } : placeOf(path.slice(0, -1), part)
  }
  const resolve = (name: string, from: Path = []): string => {
    const mount = mountOf(from)
    const holder = mount !== undefined && outer.find(from, 'value') === null ? mount.source.file : outer.file
    return isAbsolute(name) ? name : join(dirname(holder), name)
  }
  return { file: outer.file, value, placeOf, resolve }
}
