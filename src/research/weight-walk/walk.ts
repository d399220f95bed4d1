/**
 * A portfolio of return streams without a ledger: only weights move. It deals capital by the rules, and with the state
 * machines, that the kernel deals by, so that where both apply they give the same equity; it is what many allocators are
 * tried on at once.
 */
import type { Matrix } from '../../domain/allocation.ts'
import { assert } from '../../domain/assert.ts'
import type { DrawdownBreaker } from '../../domain/limits.ts'
import { dealWeights } from '../../engine/capital/deal-weights.ts'
import { isDue } from '../../engine/capital/schedule.ts'
import { type BreakerState, drawdownOf, startBreaker, stepBreaker } from '../../pipeline/risk/breaker.ts'
import { type Machines, startMachines, stepMachines } from './machines.ts'
import { columnOf, type WalkEvent, type WalkInput } from './walk-input.ts'

/** Day by day from `start` on; day-major where there is a value per stream. */
export interface Walk {
  readonly start: number
  /** Equity after the costs of the day. */
  readonly equity: Float64Array
  /** Return of the day after its costs. */
  readonly returns: Float64Array
  /** Fall from the peak, before the costs of the day; positive. */
  readonly drawdown: Float64Array
  /** Sum of all moves of the day, as a fraction of equity. */
  readonly turnover: Float64Array
  /** Money. */
  readonly cost: Float64Array
  /** What is held from the day's close on, as fractions of equity. */
  readonly held: Float64Array
  /** Weights in force, before the factors of the overlays. */
  readonly weights: Float64Array
  readonly factor: Float64Array
  /** The ladder's own part of the factor. */
  readonly ladder: Float64Array
  readonly events: readonly WalkEvent[]
}

/**
 * One day after the other: returns are earned on what was held; the breaker and the overlays look at the close; weights
 * are computed when they are due; what is held moves to weights x factor, and while entries halt it only shrinks.
 */
export function walkWeights(input: WalkInput): Walk {
  const { returns, start, plan } = input
  const streams = returns.columns
  const days = returns.rows - start
  assert(days >= 0 && start >= 0, `a walk over ${returns.rows} rows cannot begin at row ${start}`)
  const walk = emptyWalk(start, days, streams)
  const events = walk.events as WalkEvent[]
  const machines = startMachines(input)
  const breaker = startBreaker(input.capital)
  let weights = plan.firstWeights ?? computed(input, start, machines, null).weights ?? equal(streams)
  let held = Float64Array.from(weights)
  const drifted = new Float64Array(streams)
  let equity = input.capital
  let previous = 0
  for (let day = 0; day < days; day += 1) {
    const row = start + day
    const date = input.dates[row]!
    const opening = equity
    equity *= earn(returns, row, held, drifted)
    walk.drawdown[day] = Math.max(0, 1 - equity / Math.max(breaker.peak, equity))
    const halted = stepDrawdown(breaker, plan.drawdown, equity, row, events)
    const changed = stepMachines(machines, input, row, events)
    const isComputed = isDue(plan.allocation.recompute, day + 1, previous, date)
    if (isComputed) {
      const next = computed(input, row + 1, machines, weights)
      weights = next.weights ?? withoutBenched(plan.firstWeights ?? weights, machines)
      events.push({ kind: 'weights', row, outcome: next.outcome })
    }
    const moves = isComputed || changed || isDue(plan.rebalance, day + 1, previous, date)
    const target = moves ? targets(weights, machines.factor, halted ? drifted : null) : drifted
    let moved = 0
    for (let stream = 0; stream < streams; stream += 1) moved += Math.abs(target[stream]! - drifted[stream]!)
    const cost = plan.cost * moved * equity
    equity -= cost
    held = Float64Array.from(target)
    walk.turnover[day] = moved
    walk.cost[day] = cost
    walk.equity[day] = equity
    walk.returns[day] = opening > 0 ? equity / opening - 1 : 0
    walk.held.set(held, day * streams)
    walk.weights.set(weights, day * streams)
    walk.factor.set(machines.factor, day * streams)
    walk.ladder.set(machines.ladderFactor, day * streams)
    previous = date
  }
  return walk
}

function emptyWalk(start: number, days: number, streams: number): Walk {
  const byDay = (): Float64Array => new Float64Array(days)
  const byStream = (): Float64Array => new Float64Array(days * streams)
  return {
    start,
    equity: byDay(),
    returns: byDay(),
    drawdown: byDay(),
    turnover: byDay(),
    cost: byDay(),
    held: byStream(),
    weights: byStream(),
    factor: byStream(),
    ladder: byStream(),
    events: [],
  }
}

const equal = (count: number): Float64Array => new Float64Array(count).fill(1 / count)

/** Growth of equity over a row, and what the holdings have drifted to. Equity that is lost altogether holds nothing. */
function earn({ values, columns }: Matrix, row: number, held: Float64Array, drifted: Float64Array): number {
  let gain = 0
  for (let stream = 0; stream < columns; stream += 1) gain += held[stream]! * returnAt(values, row * columns + stream)
  const growth = 1 + gain
  if (!(growth > 0)) {
    drifted.fill(0)
    return 0
  }
  for (let stream = 0; stream < columns; stream += 1)
    drifted[stream] = (held[stream]! * (1 + returnAt(values, row * columns + stream))) / growth
  return growth
}

function returnAt(values: Float64Array, at: number): number {
  const value = values[at]!
  return Number.isNaN(value) ? 0 : value
}

/** Whether entries halt after this close. */
function stepDrawdown(
  state: BreakerState,
  rule: DrawdownBreaker | null,
  equity: number,
  row: number,
  events: WalkEvent[],
): boolean {
  if (rule === null) {
    if (equity > state.peak) state.peak = equity
    return false
  }
  const move = stepBreaker(state, rule, equity)
  if (move !== null) events.push({ kind: move, row, drawdown: drawdownOf(state, equity) })
  return state.halted
}

interface Computed {
  readonly weights: Float64Array | null
  readonly outcome: 'computed' | 'fallback' | 'first'
}

/** Weights from the rows before `end`, benched streams left out; null while too few are known. */
function computed(input: WalkInput, end: number, { bench }: Machines, previous: Float64Array | null): Computed {
  const { names, returns, plan } = input
  const { window, records } = plan.allocation
  const places = names.flatMap((_, place) => (bench?.benched[place] === true ? [] : [place]))
  const weights = new Float64Array(names.length)
  if (places.length === 0) return { weights, outcome: 'computed' }
  const found = dealWeights(plan.allocation, {
    names: places.map((place) => names[place]!),
    places,
    returns: places.map((place) => columnOf(returns, place, Math.max(0, end - window), end)),
    records: places.map((place) => records[place]!),
    previous: previous === null ? new Float64Array(0) : Float64Array.from(places, (place) => previous[place]!),
  })
  if (found.weights === null) return { weights: null, outcome: 'first' }
  for (const [index, place] of places.entries()) weights[place] = found.weights[index]!
  return { weights, outcome: found.fallback ? 'fallback' : 'computed' }
}

/** Who sits out has nothing, also while the first weights stand. */
function withoutBenched(weights: Float64Array, { bench }: Machines): Float64Array {
  return weights.map((weight, place) => (bench?.benched[place] === true ? 0 : weight))
}

/** Weights times factors, never above what `ceiling` holds already. */
function targets(weights: Float64Array, factor: Float64Array, ceiling: Float64Array | null): Float64Array {
  return weights.map((weight, stream) => {
    const target = weight * factor[stream]!
    return ceiling === null ? target : Math.min(target, ceiling[stream]!)
  })
}
