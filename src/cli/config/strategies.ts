import { resolve } from 'node:path'
import { z } from 'zod'
import { fault } from '../../domain/faults.ts'
import { defaultsOf, type Parameter, type Parameters, type ParameterTable } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { STRATEGIES } from '../../pipeline/strategies/registry.ts'
import { returnStream } from '../../pipeline/strategies/return-stream/return-stream.ts'
import { isolatedStrategy } from '../isolation/isolate.ts'
import type { Budget, Subject } from '../isolation/protocol.ts'
import { shortPath } from '../paths.ts'
import { codeOfBuiltIn, codeOfFile } from '../strategies/code.ts'
import { fileProblem, isStrategyFile, readStrategy, StrategyRefused } from '../strategies/read-strategy.ts'
import { checkTypes } from '../strategies/type-check.ts'
import type { ConfigDocument, Path } from './document.ts'
import { checked, type Problems } from './problems.ts'
import { hint } from './suggest.ts'

/** 'entryRsi' as a configuration writes it: 'entry_rsi'. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The schema of one parameter, from the strategy's own descriptor. */
function parameterSchema(parameter: Parameter): z.ZodType {
  const described = <S extends z.ZodType>(schema: S): z.ZodType => {
    const withDefault = schema.default(parameter.default as never) as unknown as z.ZodType
    return parameter.title === undefined ? withDefault : withDefault.describe(parameter.title)
  }
  switch (parameter.kind) {
    case 'flag':
      return described(z.boolean())
    case 'choice':
      return described(z.enum(parameter.options as [string, ...string[]]))
    case 'integer':
      return described(z.int().gte(parameter.min).lte(parameter.max))
    case 'real':
      return described(z.number().gte(parameter.min).lte(parameter.max))
    default:
      return described(z.number().gte(parameter.min).lte(parameter.max).nullable())
  }
}

/** The schema of all parameters of a strategy, in snake_case: unknown ones are errors. */
export function parametersSchema(table: ParameterTable<Parameters>): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(Object.entries(table).map(([name, parameter]) => [snakeCase(name), parameterSchema(parameter)])),
  )
}

/** The parameters of a sleeve: what the file says over the strategy's defaults; null when something is wrong. */
export function parametersOf(
  strategy: Strategy,
  raw: unknown,
  context: { readonly document: ConfigDocument; readonly problems: Problems; readonly base: Path },
): Parameters | null {
  const values = checked(parametersSchema(strategy.parameters), raw, context)
  if (values === null) return null
  const given = values as Readonly<Record<string, unknown>>
  const named = Object.keys(strategy.parameters).map((name) => [name, given[snakeCase(name)]])
  return { ...defaultsOf(strategy.parameters), ...Object.fromEntries(named) } as Parameters
}

/** Whose strategy decides in a thread of its own, and within what. */
export interface Isolation {
  readonly sleeve: string
  readonly budget: Budget
}

/** A strategy as a run takes it, and its name as its author wrote it: they differ where a sleeve has a copy of its own. */
interface NamedStrategy {
  readonly strategy: Strategy
  readonly name: string
}

export interface LoadedStrategy extends NamedStrategy {
  /** What tells its code from another of its name. */
  readonly code: string
}

export type StrategyLoader = (name: string, path: Path, isolation: Isolation | null) => Promise<LoadedStrategy | null>

/** Finds strategies for a configuration, and tells what of them no compiler has looked at. */
export interface StrategySource {
  readonly load: StrategyLoader
  /** Files of the user's own whose types were not checked, each with the reason. */
  readonly unchecked: readonly string[]
}

/** Finds built-in strategies by name and the user's own by file; what cannot be loaded is collected as a problem. */
export function strategySource(document: ConfigDocument, problems: Problems): StrategySource {
  const builtIn = new Map(STRATEGIES.map((strategy) => [strategy.name, strategy]))
  const unchecked: string[] = []
  // Sleeves that name one file run one strategy, and the file is judged once.
  const sound = new Map<string, boolean>()
  const read = new Map<string, LoadedStrategy>()
  const readOnce = async (file: string): Promise<LoadedStrategy> => {
    const known = read.get(file)
    if (known !== undefined) return known
    const code = codeOfFile(file)
    const strategy = await readStrategy(file)
    const loaded = { strategy, name: strategy.name, code }
    read.set(file, loaded)
    return loaded
  }
  const isSound = (file: string, called: string): boolean => {
    const known = sound.get(file)
    if (known !== undefined) return known
    const verdict = typesAreSound(file, called, problems, unchecked)
    sound.set(file, verdict)
    return verdict
  }
  const load: StrategyLoader = async (name, path, isolation) => {
    const refuse = (reason: string): null => {
      problems.add(fault('STRATEGY_UNKNOWN', { ...document.placeOf(path), strategy: name, reason }))
      return null
    }
    const found = builtIn.get(name)
    if (found !== undefined) {
      const own = isolation === null ? { strategy: found, name } : apart({ name }, isolation)
      return { ...own, code: codeOfBuiltIn(found) }
    }
    if (!isStrategyFile(name)) {
      return refuse(
        `no built-in strategy has this name${hint(name, [...builtIn.keys()])}; own ones are named as ./file.ts`,
      )
    }
    const called = document.resolve(name, path)
    const file = resolve(called)
    const missing = fileProblem(file, called)
    if (missing !== null) return refuse(missing)
    if (!isSound(file, called)) return null
    try {
      const loaded =
        isolation === null ? await readOnce(file) : { ...apart({ file }, isolation), code: codeOfFile(file) }
      if (!builtIn.has(loaded.name) && loaded.name !== returnStream.name) return loaded
      return refuse(`it is named "${loaded.name}" as a built-in one; give it a name of its own`)
    } catch (cause) {
      if (cause instanceof StrategyRefused || isolation !== null) return refuse((cause as Error).message)
      throw cause
    }
  }
  return { load, unchecked }
}

/** A sleeve's own copy of a strategy, which decides in a thread of its own. */
function apart(subject: Subject, { sleeve, budget }: Isolation): NamedStrategy {
  return isolatedStrategy(subject, budget, (name) => `${name} of ${sleeve}`)
}

/** Whether a file may be run as far as its types go: what the compiler says against it is collected. */
function typesAreSound(file: string, called: string, problems: Problems, unchecked: string[]): boolean {
  if (!/\.[cm]?ts$/.test(file)) return true
  const check = checkTypes(file)
  if (!check.checked) {
    unchecked.push(`the types of ${called} were not checked: ${check.reason}`)
    return true
  }
  for (const problem of check.problems)
    problems.add(fault('STRATEGY_TYPES', { ...problem, file: shortPath(problem.file) }))
  return check.problems.length === 0
}
