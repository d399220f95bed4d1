/** Strategies as the command line shows them: built-in ones, and those of files, read anew whenever they are asked for. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Parameter, Parameters, ParameterValue } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { STRATEGIES } from '../../pipeline/strategies/registry.ts'
import { defaultParameters } from '../../research/contract/checks.ts'
import { readDocument } from '../config/includes.ts'
import { nativeLayout } from '../config/layout.ts'
import { snakeCase } from '../config/strategies.ts'
import { askedApart } from '../isolation/isolate.ts'
import { type Answers, BUDGET, type Description } from '../isolation/protocol.ts'
import { shortPath } from '../paths.ts'
import { fileProblem, isStrategyFile } from './read-strategy.ts'

export interface ParameterView {
  /** As a configuration writes it. */
  readonly name: string
  readonly kind: Parameter['kind']
  readonly title: string | null
  readonly default: ParameterValue
  readonly min: number | null
  readonly max: number | null
  readonly options: readonly string[] | null
  /** Bounds within which a search for better values looks; null: it is not searched. */
  readonly search: readonly [number, number] | null
}

export interface StrategyView {
  readonly name: string
  /** `built-in`, or the file it is in. */
  readonly source: string
  readonly summary: string | null
  readonly parameters: readonly ParameterView[]
  /** Indicators at the defaults of the parameters. */
  readonly indicators: readonly { readonly name: string; readonly key: string }[]
  /** Bars that it looks back, at the defaults. */
  readonly lookback: number
  /** Kinds of records that it reads. */
  readonly reads: readonly string[]
}

/** A file that holds no strategy, and why. */
export interface RefusedView {
  readonly source: string
  readonly reason: string
}

export const builtInViews = (): readonly StrategyView[] =>
  STRATEGIES.map((strategy) => viewOf(strategy, 'built-in', (parameters) => answersOf(strategy, parameters)))

/** The strategy of a file, asked in a thread of its own: what hangs or crashes is refused with the reason. */
export function viewOfFile(file: string): StrategyView | RefusedView {
  const source = shortPath(resolve(file))
  const problem = fileProblem(file, source)
  if (problem !== null) return { source, reason: problem }
  try {
    const { facts, answers } = askedApart({ file: resolve(file) }, BUDGET)
    return viewOf(facts, source, answers)
  } catch (cause) {
    return { source, reason: cause instanceof Error ? cause.message : String(cause) }
  }
}

function answersOf(strategy: Strategy, parameters: Parameters): Answers {
  const indicators = Object.entries(strategy.indicators(parameters)).map(([name, { key }]) => [name, key] as const)
  return { check: null, indicators: new Map(indicators), lookback: strategy.lookback(parameters), start: {} }
}

function viewOf(facts: Description, source: string, answers: (parameters: Parameters) => Answers): StrategyView {
  const { indicators, lookback } = answers(defaultParameters(facts as Strategy))
  return {
    name: facts.name,
    source,
    summary: facts.summary ?? null,
    parameters: Object.entries(facts.parameters).map(([name, parameter]) =>
      parameterView(name, parameter as Parameter),
    ),
    indicators: [...indicators].map(([name, key]) => ({ name, key })),
    lookback,
    reads: facts.reads ?? [],
  }
}

function parameterView(name: string, parameter: Parameter): ParameterView {
  const search = 'search' in parameter ? (parameter.search ?? null) : null
  return {
    name: snakeCase(name),
    kind: parameter.kind,
    title: parameter.title ?? null,
    default: parameter.default,
    min: 'min' in parameter ? parameter.min : null,
    max: 'max' in parameter ? parameter.max : null,
    options: parameter.kind === 'choice' ? parameter.options : null,
    search,
  }
}

/** The files of strategies that a portfolio names, or that lie in a folder. */
export function strategyFiles(path: string): readonly string[] {
  return statSync(path).isDirectory() ? filesIn(path) : filesNamedBy(path)
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /\.[cm]?[jt]s$/.test(name) && !/\.(test|spec|d)\.[cm]?[jt]s$/.test(name))
    .toSorted((left, right) => (left < right ? -1 : 1))
    .map((name) => join(folder, name))
    .filter((file) => existsSync(file) && statSync(file).isFile() && /\bdecide\b/.test(readFileSync(file, 'utf8')))
}

function filesNamedBy(file: string): readonly string[] {
  const { document } = nativeLayout(readDocument(file))
  const { sleeves } = document.value as { readonly sleeves?: unknown }
  if (!Array.isArray(sleeves)) return []
  const named = sleeves.flatMap((sleeve: unknown, index) => {
    const { strategy } = (sleeve ?? {}) as { readonly strategy?: unknown }
    const isOwn = typeof strategy === 'string' && isStrategyFile(strategy)
    return isOwn ? [document.resolve(strategy, ['sleeves', index, 'strategy'])] : []
  })
  return [...new Set(named)]
}
