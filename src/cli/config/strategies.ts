import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { fault } from '../../domain/faults.ts'
import { defaultsOf, type Parameter, type Parameters, type ParameterTable } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { STRATEGIES } from '../../pipeline/strategies/registry.ts'
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

export type StrategyLoader = (name: string, path: Path) => Promise<Strategy | null>

/** Finds built-in strategies by name and the user's own by file; what cannot be loaded is collected as a problem. */
export function strategyLoader(document: ConfigDocument, problems: Problems): StrategyLoader {
  const builtIn = new Map(STRATEGIES.map((strategy) => [strategy.name, strategy]))
  return async (name, path) => {
    const refuse = (reason: string): null => {
      problems.add(fault('STRATEGY_UNKNOWN', { ...document.placeOf(path), strategy: name, reason }))
      return null
    }
    const known = builtIn.get(name)
    if (known !== undefined) return known
    if (!/^\.{0,2}\//.test(name)) {
      return refuse(
        `no built-in strategy has this name${hint(name, [...builtIn.keys()])}; own ones are named as ./file.ts`,
      )
    }
    const file = resolve(document.resolve(name, path))
    if (!existsSync(file))
      return refuse(`no file "${document.resolve(name, path)}"; the name is relative to the file that names it`)
    try {
      const module = await importFile(file)
      const found = Object.values(module).filter(isStrategy)
      if (found.length === 1) return found[0]!
      if (found.length > 1) return refuse(`it exports ${found.length} strategies; export one of them`)
      return refuse('it exports no strategy; export one made by defineStrategy')
    } catch (cause) {
      return refuse(`loading it failed: ${firstLine(cause)}`)
    }
  }
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return text.split('\n', 1)[0] ?? text
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(file).href
  if (!/\.[cm]?ts$/.test(file)) return (await import(url)) as Record<string, unknown>
  const { tsImport } = await import('tsx/esm/api')
  return (await tsImport(url, import.meta.url)) as Record<string, unknown>
}

function isStrategy(value: unknown): value is Strategy {
  if (typeof value !== 'object' || value === null) return false
  const some = value as Partial<Strategy>
  const functions = [some.decide, some.indicators, some.lookback, some.start]
  return typeof some.name === 'string' && typeof some.parameters === 'object' && functions.every(isFunction)
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
