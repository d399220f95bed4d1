/** Worked cases of the correlation bench and of its run counter. */

import { rollingCorrelation, rollingSharpe } from '../../src/numerics/rolling.ts'
import { defined } from '../../src/pipeline/metrics/defined.ts'
import { laneRange } from '../../src/pipeline/metrics/rolling.ts'
import { nextRecomputation, pairAt, startBench, stepBench, stepRun } from '../../src/pipeline/risk/correlation-bench.ts'
import type { ReadTable } from './case-files.ts'

type Input = Readonly<Record<string, unknown>>

/** Days on which a run of days above the threshold becomes long enough. */
export function runLengthCase(input: Input): Record<string, unknown> {
  const days = Number(input['persistence_days'])
  const flagged: number[] = []
  let run = 0
  for (const [index, value] of (input['correlation'] as (number | null)[]).entries()) {
    run = stepRun(run, value ?? Number.NaN, Number(input['threshold']))
    if (run === days) flagged.push(index)
  }
  return { flag_indices: flagged }
}

/** The bench over series of daily returns: who goes, who returns, from when. */
export function benchCase(input: Input, readTable: ReadTable): Record<string, unknown> {
  const table = readTable(String(input['file']))
  const names = input['names'] as string[]
  const window = Number(input['window'])
  const rule = { threshold: Number(input['threshold']), days: Number(input['persistence_days']) }
  const columns = names.map((name) => Float64Array.from(table.columns.get(name)!, Number))
  const sharpes = columns.map((column) => rollingSharpe(column, window, 252))
  const pairs: Float64Array[] = []
  for (let left = 0; left < names.length; left += 1)
    for (let right = left + 1; right < names.length; right += 1)
      pairs[pairAt(names.length, left, right)] = rollingCorrelation(columns[left]!, columns[right]!, window)
  const dates = table.columns.get('date') as readonly string[]
  const state = startBench(names.length)
  const events = dates.flatMap((_, index) => {
    const correlation = (left: number, right: number): number => pairs[pairAt(names.length, left, right)]![index]!
    const today = sharpes.map((lane) => lane[index]!)
    return stepBench(state, rule, correlation, today).map((move) => {
      const recompute = nextRecomputation(index, Number(input['recompute_every'] ?? 60))
      const strategy = names[move.sleeve]!
      const date = dates[index]
      const effective = dates[recompute] ?? null
      if (move.kind === 'return')
        return {
          index,
          date,
          event: 'RETURN',
          strategy,
          weight_restored_at_recompute_index: recompute,
          weight_restored_at_recompute_date: effective,
        }
      return {
        index,
        date,
        event: 'BENCH',
        strategy,
        pair: move.pair!.map((sleeve) => names[sleeve]),
        corr: move.correlation,
        sharpe: Object.fromEntries(move.pair!.map((sleeve) => [names[sleeve], today[sleeve]])),
        run_started_index: index - rule.days + 1,
        run_started_date: dates[index - rule.days + 1],
        no_new_entries_from_index: index + 1,
        no_new_entries_from_date: dates[index + 1] ?? null,
        weight_zero_at_recompute_index: recompute,
        weight_zero_at_recompute_date: effective,
      }
    })
  })
  const first = pairs[0]!
  return {
    events,
    corr_AB_at: Object.fromEntries([...first].map((value, index) => [String(index), defined(value)])),
    days_AB_above: first.filter((value) => value > rule.threshold).length,
    max_corr_AB: laneRange(first).max,
  }
}
