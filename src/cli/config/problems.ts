import type { z } from 'zod'
import { describeFault, type Fault, fault } from '../../domain/faults.ts'
import type { ConfigDocument, Path } from './document.ts'
import { hint, nearest } from './suggest.ts'

/** Everything that is wrong with a configuration, in the order of the file: all of it is said at once. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused'
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[]) {
    super(faults.map(describeFault).join('\n'))
    this.faults = faults
  }
}

/** Collects what is wrong, each with its place. */
export interface Problems {
  readonly faults: readonly Fault[]
  /** A value at `path` that cannot be accepted: what was wrong and what to write instead. */
  at(path: Path, reason: string): void
  add(problem: Fault): void
  /** Throws when anything was collected. */
  done(): void
}

export function problemsOf(document: ConfigDocument): Problems {
  const faults: Fault[] = []
  return {
    faults,
    at(path, reason) {
      faults.push(fault('CONFIG_INVALID', { ...document.placeOf(path), path: pathText(path), reason }))
    },
    add(problem) {
      faults.push(problem)
    },
    done() {
      if (faults.length > 0) throw new ConfigRefused([...faults].sort(byPlace))
    },
  }
}

function byPlace(left: Fault, right: Fault): number {
  const files = String(left.values['file']) === String(right.values['file'])
  if (!files) return 0
  return Number(left.values['line']) - Number(right.values['line'])
}

/** ['sleeves', 0, 'weight'] as 'sleeves[0].weight'. */
export function pathText(path: Path): string {
  if (path.length === 0) return 'the file'
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}

type Issue = z.core.$ZodIssue

/** Checks a value against a schema; what is wrong is collected and null returned. `base` is where the value stands. */
export function checked<S extends z.ZodType>(
  schema: S,
  value: unknown,
  context: { readonly document: ConfigDocument; readonly problems: Problems; readonly base: Path },
): z.output<S> | null {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { issues } = result.error
  const misspelt = new Set(issues.flatMap((issue) => meantKeys(schema, value, issue)))
  for (const issue of issues) {
    // A key that is there under a slip of the hand is said once, where it stands.
    if (isMissing(value, issue) && misspelt.has(pathText(issue.path as Path))) continue
    report(schema, value, issue, context)
  }
  return null
}

const isMissing = (root: unknown, issue: Issue): boolean =>
  issue.code === 'invalid_type' && valueAt(root, issue.path as Path) === undefined

/** The keys that the unknown keys of a block were probably meant to be. */
function meantKeys(schema: z.ZodType, root: unknown, issue: Issue): string[] {
  if (issue.code !== 'unrecognized_keys') return []
  const path = issue.path as Path
  const known = keysAt(schema, path, root)
  return issue.keys.flatMap((key) => {
    const near = nearest(key, known)
    return near === null ? [] : [pathText([...path, near])]
  })
}

function report(
  schema: z.ZodType,
  root: unknown,
  issue: Issue,
  context: { readonly document: ConfigDocument; readonly problems: Problems; readonly base: Path },
): void {
  const { document, problems, base } = context
  const path = issue.path as Path
  const whole = [...base, ...path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // the alternative that got furthest is the one that was meant
    const value = valueAt(root, path)
    const meant = [...issue.errors].sort((a, b) => misfit(a, value) - misfit(b, value))[0] ?? []
    if (typeof value === 'object' && value !== null) {
      for (const inner of meant) report(schema, root, { ...inner, path: [...issue.path, ...inner.path] }, context)
      return
    }
  }
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path, root)
    for (const key of issue.keys) {
      const place = document.placeOf([...whole, key], 'key')
      problems.add(fault('CONFIG_UNKNOWN_KEY', { ...place, key, hint: hint(key, known) }))
    }
    return
  }
  problems.at(whole, reasonOf(issue, valueAt(root, path)))
}

/** How badly an alternative fits: wrong kind of value at its top counts most. */
function misfit(issues: readonly Issue[], value: unknown): number {
  const top = issues.some(
    ({ path, code }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value'),
  )
  return issues.length + (top && typeof value === 'object' ? 1_000 : 0)
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], root)
}

const KIND_TEXT: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of settings',
  record: 'a block of names and values',
  tuple: 'a list',
  null: 'null',
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a block'
  return `"${String(value)}"`
}

function reasonOf(issue: Issue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return 'is missing; add it'
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KIND_TEXT[issue.expected] ?? issue.expected}, was ${shown(value)}`
    case 'invalid_value': {
      const options = issue.values.map(String)
      return `must be one of ${options.join(', ')}, was ${shown(value)}${nearText(value, options)}`
    }
    case 'too_small':
      return `must ${boundText('at least', 'above', issue.inclusive)} ${sizeText(issue.origin, issue.minimum)}, was ${sized(value)}`
    case 'too_big':
      return `must ${boundText('at most', 'below', issue.inclusive)} ${sizeText(issue.origin, issue.maximum)}, was ${sized(value)}${percentText(issue.maximum, value)}`
    default:
      return issue.code === 'custom' ? issue.message : `${issue.message}, was ${shown(value)}`
  }
}

const boundText = (inclusive: string, strict: string, isInclusive: boolean | undefined): string =>
  `be ${isInclusive === false ? strict : inclusive}`
const sizeText = (origin: string, bound: number | bigint): string =>
  origin === 'array' ? `${bound} entries long` : origin === 'string' ? `${bound} characters long` : String(bound)
const sized = (value: unknown): string => (Array.isArray(value) ? `${value.length} long` : shown(value))
const percentText = (maximum: number | bigint, value: unknown): string =>
  Number(maximum) === 1 && typeof value === 'number' && value > 1 && value <= 100
    ? `; fractions are of 1: ${value} % is ${value / 100}`
    : ''

function nearText(value: unknown, options: readonly string[]): string {
  const text = typeof value === 'string' ? hint(value, options) : ''
  return text.startsWith('; did') ? text : ''
}

interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly element?: z.ZodType
  readonly keyType?: z.ZodType
  readonly valueType?: z.ZodType
  readonly entries?: Readonly<Record<string, string>>
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly in?: z.ZodType
  readonly discriminator?: string
  readonly values?: readonly unknown[]
}
const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition

/** Names that the schema knows at a path; of a union, those of the alternative that the value names. */
function keysAt(schema: z.ZodType, path: Path, value: unknown): readonly string[] {
  const definition = definitionOf(schema)
  if (definition.innerType !== undefined) return keysAt(definition.innerType, path, value)
  if (definition.type === 'pipe' && definition.in !== undefined) return keysAt(definition.in, path, value)
  if (definition.options !== undefined) {
    const options = definition.options.filter((option) => isMeant(option, definition.discriminator, value))
    return [
      ...new Set((options.length > 0 ? options : definition.options).flatMap((option) => keysAt(option, path, value))),
    ]
  }
  const [step, ...rest] = path
  if (step === undefined) return Object.keys(definition.shape ?? wordsOf(definition.keyType))
  const inner = (value as Record<string | number, unknown> | undefined)?.[step]
  const next = definition.shape?.[String(step)] ?? definition.element ?? definition.valueType
  return next === undefined ? [] : keysAt(next, rest, inner)
}

/** The words that a block of names and values may have as its names; none where they are free. */
function wordsOf(keyType: z.ZodType | undefined): Readonly<Record<string, string>> {
  return keyType === undefined ? {} : (definitionOf(keyType).entries ?? {})
}

function isMeant(option: z.ZodType, discriminator: string | undefined, value: unknown): boolean {
  if (discriminator === undefined) return true
  const literal = definitionOf(option).shape?.[discriminator]
  if (literal === undefined) return false
  return (
    definitionOf(literal).values?.includes((value as Record<string, unknown> | undefined)?.[discriminator]) === true
  )
}
