import { at, isTree, type Path } from './yaml-edit.ts'

/** A JSON Schema as the server makes it of what checks the file. */
export type Schema = Readonly<Record<string, unknown>>

/** One single value of a form. */
export interface FormField {
  /** Below the section. */
  readonly path: Path
  readonly kind: 'number' | 'integer' | 'boolean' | 'choice' | 'list' | 'text'
  readonly choices: readonly string[]
  readonly least: number | null
  readonly most: number | null
  /** What holds where nothing is written. */
  readonly standard: unknown
  readonly description: string
}

/** Blocks inside blocks that forms follow; deeper ones are for the file. */
const DEPTH_MOST = 4

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
/** JSON Schema says the largest integer where none is meant. */
const bound = (value: unknown): number | null =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null

/** The alternatives of a node: itself where there are none; null is none. */
function alternatives(schema: Schema): readonly Schema[] {
  const all = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined
  if (all === undefined) return [schema]
  return all.filter(({ type }) => type !== 'null').map((one) => ({ description: schema['description'], ...one }))
}

const isBlock = (schema: Schema): boolean => schema['type'] === 'object'

/** The alternative that a value is of; of blocks with a kind, the one of that kind. */
function chosen(all: readonly Schema[], value: unknown): Schema {
  const blocks = all.filter(isBlock)
  if (blocks.length === 0) return all[0]!
  const kind = at(value, ['kind'])
  const own = blocks.find((block) => at(block, ['properties', 'kind', 'const']) === kind)
  const holding = isTree(value)
    ? blocks.find((block) => Object.keys(value).every((key) => hasKey(block, key)))
    : undefined
  return own ?? holding ?? blocks[0]!
}

function hasKey(block: Schema, key: string): boolean {
  return at(block, ['properties', key]) !== undefined
}

/** Every single value that a section of the file can have, in the order of its schema. */
export function fieldsOf(schema: Schema, value: unknown, path: Path = []): readonly FormField[] {
  const all = alternatives(schema)
  if (!all.some(isBlock)) return [leafOf(all, schema, path)]
  if (path.length >= DEPTH_MOST) return []
  const block = chosen(all, value)
  const properties = block['properties'] as Readonly<Record<string, Schema>> | undefined
  if (properties === undefined) return namedOf(block, value, path)
  const kinds = all.flatMap((one) => textOf(at(one, ['properties', 'kind', 'const'])) || [])
  return Object.entries(properties).flatMap(([key, inner]) =>
    key === 'kind' && kinds.length > 0
      ? [choiceOf([...path, key], kinds)]
      : fieldsOf(inner, at(value, [key]), [...path, key]),
  )
}

/** A block whose keys are names: those that are there, or that there can be. */
function namedOf(block: Schema, value: unknown, path: Path): readonly FormField[] {
  const inner = block['additionalProperties']
  if (!isTree(inner)) return []
  const known = at(block, ['propertyNames', 'enum']) as readonly string[] | undefined
  const isShort = known !== undefined && !alternatives(inner).some(isBlock)
  const names = isShort ? known : isTree(value) ? Object.keys(value) : []
  return names.flatMap((name) => fieldsOf(inner, at(value, [name]), [...path, name]))
}

function choiceOf(path: Path, choices: readonly string[]): FormField {
  return { path, kind: 'choice', choices, least: null, most: null, standard: choices[0], description: '' }
}

function leafOf(all: readonly Schema[], schema: Schema, path: Path): FormField {
  const first = all[0]!
  const choices = all.flatMap((one) => (one['enum'] as readonly string[] | undefined) ?? [])
  const items = all.find(({ type }) => type === 'array')
  const kind = kindOf(all, items !== undefined, choices.length > 0)
  return {
    path,
    kind,
    choices,
    least: bound(first['minimum'] ?? first['exclusiveMinimum']),
    most: numberOf(first['maximum'] ?? first['exclusiveMaximum']) === null ? null : bound(first['maximum']),
    standard: schema['default'] ?? null,
    description: textOf(schema['description']) || textOf(first['description']),
  }
}

function kindOf(all: readonly Schema[], isList: boolean, isChoice: boolean): FormField['kind'] {
  if (isList) return 'list'
  if (all.length > 1) return 'text'
  if (isChoice) return 'choice'
  const type = all[0]!['type']
  return type === 'number' || type === 'integer' || type === 'boolean' ? type : 'text'
}

/** What was typed, as its field wants it; null: the field was emptied. What is no number stays as it was typed. */
export function typedAs({ kind }: Pick<FormField, 'kind'>, typed: string): unknown {
  const text = typed.trim()
  if (text === '') return null
  if (kind === 'boolean') return text === 'true'
  if (kind === 'choice') return text
  if (kind !== 'list') return numeric(text)
  const parts = text.split(',').map((part) => numeric(part.trim()))
  return parts.length === 1 && !text.includes(',') && typeof parts[0] === 'string'
    ? parts
    : parts.filter((part) => part !== '')
}

/** `0.` is on its way to `0.5`, and no number yet. */
function numeric(text: string): string | number {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) && !text.endsWith('.') ? Number(text) : text
}

/** What a field may hold, in words. */
export function hintOf({ description, least, most, kind, choices }: FormField): string {
  const range =
    least !== null && most !== null
      ? `${least} to ${most}`
      : least !== null && least !== 0
        ? `at least ${least}`
        : most !== null
          ? `at most ${most}`
          : ''
  const words = kind === 'text' || kind === 'list' ? choices.join(', ') : ''
  return [description, range, words].filter((part) => part !== '').join('; ')
}
