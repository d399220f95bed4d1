/** Own descriptors of strategy parameters: defaults, bounds and search ranges as data. The edge derives schemas from them. */
interface Described {
  readonly title?: string
}
export interface IntegerParameter extends Described {
  readonly kind: 'integer'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly search?: readonly [number, number]
}
export interface RealParameter extends Described {
  readonly kind: 'real'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly search?: readonly [number, number]
}
export interface ChoiceParameter<T extends string = string> extends Described {
  readonly kind: 'choice'
  readonly default: T
  readonly options: readonly T[]
}
export interface FlagParameter extends Described {
  readonly kind: 'flag'
  readonly default: boolean
}
/** A number that may be left out; null means the rule does not apply. */
export interface OptionalParameter extends Described {
  readonly kind: 'optional'
  readonly default: number | null
  readonly min: number
  readonly max: number
}
export type Parameter = IntegerParameter | RealParameter | ChoiceParameter | FlagParameter | OptionalParameter
export type ParameterValue = number | boolean | string | null
export type Parameters = Readonly<Record<string, ParameterValue>>
export type ParameterTable<P> = { readonly [K in keyof P]: Parameter }

type Bounds = {
  readonly min: number
  readonly max: number
  readonly search?: readonly [number, number]
  readonly title?: string
}

export const integer = (value: number, bounds: Bounds): IntegerParameter => ({
  kind: 'integer',
  default: value,
  ...bounds,
})
export const real = (value: number, bounds: Bounds): RealParameter => ({ kind: 'real', default: value, ...bounds })
export const choice = <T extends string>(value: T, options: readonly T[], title?: string): ChoiceParameter<T> => ({
  kind: 'choice',
  default: value,
  options,
  ...(title === undefined ? {} : { title }),
})
export const flag = (value: boolean, title?: string): FlagParameter => ({
  kind: 'flag',
  default: value,
  ...(title === undefined ? {} : { title }),
})
export const optional = (
  value: number | null,
  bounds: { readonly min: number; readonly max: number; readonly title?: string },
): OptionalParameter => ({
  kind: 'optional',
  default: value,
  ...bounds,
})

/** The value of a parameter as its type: what `P` of a strategy is made of. */
export type ValueOf<D extends Parameter> =
  D extends ChoiceParameter<infer T>
    ? T
    : D extends FlagParameter
      ? boolean
      : D extends OptionalParameter
        ? number | null
        : number
export type ValuesOf<T extends Readonly<Record<string, Parameter>>> = { readonly [K in keyof T]: ValueOf<T[K]> }

/** What is wrong with a value for this parameter, as text for the user; null when it is fine. */
export function parameterProblem(parameter: Parameter, value: unknown): string | null {
  switch (parameter.kind) {
    case 'flag':
      return typeof value === 'boolean' ? null : 'must be true or false'
    case 'choice':
      return typeof value === 'string' && parameter.options.includes(value)
        ? null
        : `must be one of ${parameter.options.join(', ')}`
    case 'optional':
      if (value === null) return null
      return boundsProblem(parameter, value)
    case 'integer':
      if (typeof value === 'number' && !Number.isInteger(value)) return 'must be a whole number'
      return boundsProblem(parameter, value)
    default:
      return boundsProblem(parameter, value)
  }
}

function boundsProblem(bounds: { readonly min: number; readonly max: number }, value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number'
  return value < bounds.min || value > bounds.max ? `must lie between ${bounds.min} and ${bounds.max}` : null
}

/** Every parameter's default. */
export function defaultsOf<T extends Readonly<Record<string, Parameter>>>(table: T): ValuesOf<T> {
  return Object.fromEntries(Object.entries(table).map(([name, parameter]) => [name, parameter.default])) as ValuesOf<T>
}
