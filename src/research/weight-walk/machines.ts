/** What acts on the weights of a day, with the memory that each of it keeps: the kernel's machines over recorded streams. */
import { monthOf } from '../../engine/capital/schedule.ts'
import { correlations, scoredSharpe } from '../../engine/capital/scores.ts'
import { type BenchState, startBench, stepBench } from '../../pipeline/risk/correlation-bench.ts'
import { correlationReduction } from '../../pipeline/risk/correlation-reduction.ts'
import { type MonthLadderState, startMonthLadder, stepMonthLadder } from '../../pipeline/risk/month-ladder.ts'
import { columnOf, type WalkEvent, type WalkInput } from './walk-input.ts'

export interface Machines {
  readonly bench: BenchState | null
  readonly ladders: (MonthLadderState | null)[]
  /** What one unit of money in each stream has become. */
  readonly index: Float64Array
  readonly ladderFactor: Float64Array
  /** Product of all that acts after the weights; 1 is full size. */
  readonly factor: Float64Array
}

export function startMachines({ names, plan }: Pick<WalkInput, 'names' | 'plan'>): Machines {
  const ones = (): Float64Array => new Float64Array(names.length).fill(1)
  return {
    bench: plan.bench === null ? null : startBench(names.length),
    ladders: names.map(() => null),
    index: ones(),
    ladderFactor: ones(),
    factor: ones(),
  }
}

/** One close. Returns whether any factor is another one than before. */
export function stepMachines(machines: Machines, input: WalkInput, row: number, events: WalkEvent[]): boolean {
  const { plan, names } = input
  if (plan.bench !== null) stepBenchRow(machines, input, row, events)
  const reduction = plan.reduction === null ? null : reductionAt(machines, input, row)
  if (plan.ladder !== null) stepLadders(machines, input, row, events)
  let changed = false
  for (let stream = 0; stream < names.length; stream += 1) {
    const factor = machines.ladderFactor[stream]! * (reduction?.[stream] ?? 1)
    changed ||= factor !== machines.factor[stream]
    machines.factor[stream] = factor
  }
  return changed
}

/** The last `window` returns of a stream up to a row: fewer at the beginning. */
function recent({ returns }: WalkInput, stream: number, window: number, row: number): Float64Array {
  return columnOf(returns, stream, Math.max(0, row + 1 - window), row + 1)
}

function stepBenchRow(machines: Machines, input: WalkInput, row: number, events: WalkEvent[]): void {
  const rule = input.plan.bench!
  const columns = input.names.map((_, stream) => recent(input, stream, rule.window, row))
  const square = correlations(columns, rule.window)
  const sharpe = columns.map((column) => scoredSharpe(column, rule.window, input.plan.periods))
  for (const move of stepBench(machines.bench!, rule, (left, right) => square[left]![right]!, sharpe))
    events.push({ ...move, row, sharpe })
}

/** Two that move together both shrink while they do; who sits out moves with nobody. */
function reductionAt({ bench }: Machines, input: WalkInput, row: number): readonly number[] {
  const { window, threshold } = input.plan.reduction!
  const columns = input.names.map((_, stream) =>
    bench?.benched[stream] === true ? new Float64Array(0) : recent(input, stream, window, row),
  )
  return correlationReduction(correlations(columns, window), threshold)
}

function stepLadders(machines: Machines, input: WalkInput, row: number, events: WalkEvent[]): void {
  const rule = input.plan.ladder!
  const { values, columns } = input.returns
  const month = monthOf(input.dates[row]!)
  for (let stream = 0; stream < columns; stream += 1) {
    const before = machines.index[stream]!
    const earned = values[row * columns + stream]!
    const equity = Number.isNaN(earned) ? before : before * (1 + earned)
    machines.index[stream] = equity
    const state = machines.ladders[stream] ?? startMonthLadder(before, month)
    machines.ladders[stream] = state
    const shadowSharpe = scoredSharpe(recent(input, stream, rule.window, row), rule.window, input.plan.periods)
    const factor = stepMonthLadder(state, rule, { month, equity, shadowSharpe })
    if (factor !== machines.ladderFactor[stream]) events.push({ kind: 'ladder', row, sleeve: stream, factor })
    machines.ladderFactor[stream] = factor
  }
}
