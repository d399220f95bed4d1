import { assert } from '../domain/assert.ts'
import type { BarColumns, BarField, IndicatorSpec } from './indicator.ts'
import { type Layout, type Reading, type Step, stateOf } from './lanes.ts'

/** One indicator, told by its memory and its step. */
export interface Definition<L extends Layout> {
  readonly key: string
  readonly outputs: readonly string[]
  readonly fields: readonly BarField[]
  readonly bars: number
  /** Left out where all outputs begin together. */
  readonly ready?: number
  readonly layout: L
  readonly step: Step<L>
  /** Left out where the state cannot read ahead. */
  readonly reading?: Reading<L>
  /** Left out where running the step over a single column is quick enough. */
  readonly columns?: (bars: BarColumns) => readonly Float64Array[]
}

/** Makes the specification; without a column form of its own, that is the streaming form over one column. */
export function defineIndicator<L extends Layout>(definition: Definition<L>): IndicatorSpec {
  const { key, outputs, fields, bars, layout, step } = definition
  const spec: IndicatorSpec = {
    key,
    outputs,
    fields,
    bars,
    ready: definition.ready ?? bars,
    create: (width) => stateOf(key, layout, width, step, definition.reading ?? null),
    columns: definition.columns ?? ((history) => columnsByStreaming(spec, history)),
  }
  return spec
}

/** Feeds one instrument's history, bar by bar, to a state of one column. */
function columnsByStreaming(spec: IndicatorSpec, history: BarColumns): readonly Float64Array[] {
  const { open, high, low, close, volume, session } = history
  const length = close.length
  const results = spec.outputs.map(() => new Float64Array(length))
  const row = spec.outputs.map(() => new Float64Array(1))
  const one = () => new Float64Array(1)
  const base = { open: one(), high: one(), low: one(), close: one(), volume: one() }
  const bar = session === undefined ? base : { ...base, session: one() }
  const state = spec.create(1)
  for (let index = 0; index < length; index += 1) {
    bar.open[0] = open[index]!
    bar.high[0] = high[index]!
    bar.low[0] = low[index]!
    bar.close[0] = close[index]!
    bar.volume[0] = volume[index]!
    if (session !== undefined) (bar as { session: Float64Array }).session[0] = session[index]!
    state.advance(bar, row)
    for (let output = 0; output < results.length; output += 1) results[output]![index] = row[output]![0]!
  }
  return results
}

/** A period is a number of bars: whole, and at least `least`. */
export function assertPeriod(name: string, period: number, least = 1): void {
  assert(
    Number.isInteger(period) && period >= least,
    `${name} needs a whole number of bars, at least ${least}, was "${period}"`,
  )
}
