import { RECORD_KINDS, type RecordKind } from '../../domain/market-records.ts'
import { type Parameter, parameterProblem } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'

/** The strategy that a module exports, by name or by default; otherwise what is wrong with its exports. */
export type Found = { readonly ok: true; readonly strategy: Strategy } | { readonly ok: false; readonly reason: string }

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** Whether a text can be the name of a strategy: it is one in files, tables and messages. */
export const isStrategyName = (text: string): boolean => NAME.test(text)

const FUNCTIONS = ['decide', 'indicators', 'lookback', 'start'] as const
const OPTIONAL_FUNCTIONS = ['check', 'idle'] as const

/** Looks through what a module exports for the one strategy in it. */
export function strategyIn(module: Readonly<Record<string, unknown>>): Found {
  const meant = new Map<unknown, string>()
  for (const [name, value] of Object.entries(module)) {
    if (isMeantAsStrategy(value) && !meant.has(value)) meant.set(value, name)
  }
  const [candidate, other] = [...meant]
  if (candidate === undefined) {
    const names = Object.keys(module)
    const known = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}, none of them a strategy`
    return { ok: false, reason: `${known}; export one made by defineStrategy` }
  }
  if (other !== undefined) {
    const names = [...meant.values()].join(', ')
    return { ok: false, reason: `it exports ${meant.size} strategies (${names}); export one of them` }
  }
  const problem = shapeProblem(candidate[0] as Readonly<Record<string, unknown>>)
  if (problem !== null) return { ok: false, reason: `its export "${candidate[1]}" is no strategy: ${problem}` }
  return { ok: true, strategy: candidate[0] as Strategy }
}

function isMeantAsStrategy(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return 'decide' in value || ('name' in value && 'parameters' in value)
}

/** What is wrong with an object that should be a strategy, naming the field; null when nothing is. */
function shapeProblem(some: Readonly<Record<string, unknown>>): string | null {
  const { name, parameters } = some
  if (typeof name !== 'string' || !isStrategyName(name)) {
    return `"name" must be lower-case words joined by hyphens such as my-strategy, was ${shown(name)}`
  }
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    return `"parameters" must be an object of descriptors such as { period: integer(20, { min: 2, max: 200 }) }, was ${shown(parameters)}`
  }
  for (const [key, descriptor] of Object.entries(parameters)) {
    const problem = descriptorProblem(descriptor)
    if (problem !== null) return `"parameters.${key}" ${problem}`
  }
  const { group } = some
  if (group !== undefined && !(typeof group === 'number' && Number.isInteger(group) && group >= 1)) {
    return `"group" must be a count of instruments such as 2, or left out, was ${shown(group)}`
  }
  if (some['sizes'] !== undefined && some['sizes'] !== 'own') {
    return `"sizes" must be "own", or left out where the sleeve's sizing is asked for, was ${shown(some['sizes'])}`
  }
  for (const field of FUNCTIONS) {
    if (typeof some[field] === 'function') continue
    const advice = field === 'decide' ? '' : '; defineStrategy adds it'
    return `"${field}" must be a function, was ${shown(some[field])}${advice}`
  }
  for (const field of OPTIONAL_FUNCTIONS) {
    if (some[field] !== undefined && typeof some[field] !== 'function') {
      return `"${field}" must be a function or left out, was ${shown(some[field])}`
    }
  }
  return factsProblem(some)
}

/** What it says of itself without being asked. */
function factsProblem({ summary, reads }: Readonly<Record<string, unknown>>): string | null {
  if (summary !== undefined && typeof summary !== 'string') return `"summary" must be text, was ${shown(summary)}`
  const kinds: readonly unknown[] | null = Array.isArray(reads) ? reads : null
  if (reads !== undefined && (kinds === null || !kinds.every((kind) => RECORD_KINDS.includes(kind as RecordKind)))) {
    return `"reads" must list kinds of records (${RECORD_KINDS.join(', ')}), was ${shown(reads)}`
  }
  return null
}

const KINDS = ['integer', 'real', 'choice', 'flag', 'optional']

function descriptorProblem(descriptor: unknown): string | null {
  const kind = (descriptor as { readonly kind?: unknown } | null)?.kind
  if (typeof kind !== 'string' || !KINDS.includes(kind)) {
    return `must be a descriptor made by ${KINDS.join(', ')}, was ${shown(descriptor)}`
  }
  const parameter = descriptor as Parameter
  if (parameter.kind === 'choice' && !Array.isArray(parameter.options)) return 'must list its options'
  if ('min' in parameter && !(parameter.min <= parameter.max)) {
    return `must have a min of at most its max, was ${shown(parameter.min)} and ${shown(parameter.max)}`
  }
  const problem = parameterProblem(parameter, parameter.default)
  return problem === null ? null : `has a default that ${problem}, was ${shown(parameter.default)}`
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'function') return 'a function'
  return `"${typeof value === 'string' ? value : JSON.stringify(value)}"`
}
