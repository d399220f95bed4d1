/** The end of a portfolio day, before the decisions of its close: returns are scored, then capital is dealt anew. */
import { advanceMoments } from '../../pipeline/allocation/rolling.ts'
import type { Parts } from '../parts.ts'
import type { Runtime } from '../runtime.ts'
import { scoredEquity, takeScores } from './scores.ts'
import { startCapital } from './state.ts'

/** Capital before the first day: the first weights hold from the start. */
export function openCapital({ runtime }: Parts): void {
  const { state, sleeves } = runtime
  const plan = state.config!.capitalPlan
  if (plan === undefined) return
  const capital = startCapital(state.config!, plan)
  state.capital = capital
  for (let sleeve = 0; sleeve < sleeves.length; sleeve += 1)
    capital.scored[sleeve] = scoredEquity(runtime, sleeve) ?? Number.NaN
}

/** Everything that the close of a portfolio day does to capital. */
export function capitalDay({ runtime }: Parts, tradeDate: number): void {
  const { state } = runtime
  const { capital } = state
  const isNew = capital !== undefined && capital.tradeDate !== tradeDate
  if (isNew) takeScores(runtime, capital)
  advanceMoments(state.moments, dayReturns(runtime))
  runtime.observer?.allocated(state.moments.weights, state.moments.correlation)
  if (!isNew) return
  capital.tradeDate = tradeDate
}

let returns = new Float64Array(0)

/** The sleeves' returns of the day on their own books; flows are no returns. One shared array. */
function dayReturns({ state, sleeves }: Runtime): Float64Array {
  if (returns.length !== sleeves.length) returns = new Float64Array(sleeves.length)
  for (let ordinal = 0; ordinal < sleeves.length; ordinal += 1) {
    const equity = sleeves[ordinal]!.equity
    const previous = state.previousEquity[ordinal]!
    returns[ordinal] = previous > 0 ? equity / previous - 1 : 0
    state.previousEquity[ordinal] = equity
  }
  return returns
}
