import type { Parameters } from '../../src/domain/parameters.ts'
import type { Holding, IntentSink, Strategy, StructureHolding, View } from '../../src/domain/strategy.ts'
import type { Memory } from '../../src/domain/units.ts'
import type { IndicatorSpec } from '../../src/indicators/indicator.ts'
import { type RigMarket, type SeenWish, strategyRig } from './strategy-rig.ts'

/** What a strategy saw of one instrument on one bar, and what it wished. */
export interface LogRow {
  readonly bar: number
  readonly column: number
  readonly position: number
  readonly projected: number
  readonly holding: Holding | null
  readonly eligible: boolean
  readonly wish: SeenWish | null
  readonly structures: readonly StructureHolding[]
}

/** Runs a strategy through the rig and notes every instrument of every bar that has one. */
export function logOf(strategy: Strategy, parameters: Parameters, market: RigMarket): readonly LogRow[] {
  const rows: LogRow[] = []
  let facts: Omit<LogRow, 'wish'>[] = []
  let bar = 0
  const watched: Strategy = {
    ...strategy,
    decide(view: View, out: IntentSink): Memory {
      facts = []
      for (const column of view.universe) {
        if (Number.isNaN(view.slice.close[column]!)) continue
        facts.push({
          bar,
          column,
          position: view.position(column),
          projected: view.projected(column),
          holding: view.holding(column),
          eligible: view.eligible(column),
          structures: view.structures(),
        })
      }
      return strategy.decide(view, out)
    },
  }
  const rig = strategyRig(watched, parameters, market)
  for (bar = 0; bar < market.bars; bar += 1) {
    const wishes = rig.step(bar)
    for (const fact of facts) rows.push({ ...fact, wish: wishes.find(({ column }) => column === fact.column) ?? null })
  }
  return rows
}

/** One instrument's history on the signal scale. */
export function signalColumns(market: RigMarket, column: number) {
  const at = (field: Float64Array, scale: (value: number, factor: number) => number): Float64Array =>
    Float64Array.from({ length: market.bars }, (_, bar) => {
      const place = bar * market.columns + column
      return scale(field[place]!, market.factor[place]!)
    })
  const times = (value: number, factor: number): number => value * factor
  return {
    open: at(market.open, times),
    high: at(market.high, times),
    low: at(market.low, times),
    close: at(market.close, times),
    volume: at(market.volume, (value, factor) => value / factor),
  }
}

/** An output of an indicator over one instrument's whole history. */
export function outputOf(spec: IndicatorSpec, market: RigMarket, column: number, output = ''): Float64Array {
  return spec.columns(signalColumns(market, column))[spec.outputs.indexOf(output)]!
}

/** Columns of the whole market by instrument, computed when first asked for. */
export function byColumn<T>(market: RigMarket, make: (column: number) => T): readonly T[] {
  return Array.from({ length: market.columns }, (_, column) => make(column))
}

/** A market of one instrument from rows of open, high, low, close, volume. */
export function marketOf(
  rows: readonly (readonly [number, number, number, number, number])[],
  like: RigMarket,
): RigMarket {
  const field = (place: number): Float64Array => Float64Array.from(rows, (row) => row[place]!)
  return {
    columns: 1,
    bars: rows.length,
    dates: like.dates.slice(0, rows.length),
    open: field(0),
    high: field(1),
    low: field(2),
    close: field(3),
    volume: field(4),
    factor: new Float64Array(rows.length).fill(1),
  }
}
