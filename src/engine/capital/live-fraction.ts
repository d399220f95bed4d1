/** The part of the allocation that trades: live trading starts small, and an operator raises it step by step. */
import type { OperatorCommand } from '../../domain/events.ts'
import { listPlain } from '../orders/plain.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import { projectedOf } from '../state.ts'

const EPSILON = 1e-12

/**
 * What an explicit target of a strategy comes to where a part of the allocation trades: that part of it, in whole steps,
 * down. One whose quantities follow from the capital that it is shown has taken the part in already.
 */
export function partOfTarget({ state }: Runtime, sleeve: SleeveRuntime, instrument: number, target: number): number {
  const fraction = state.liveFraction
  if (fraction === undefined || followsCapital(sleeve)) return target
  const { step } = state.instruments[instrument]!
  const steps = Math.floor((Math.abs(target) * fraction) / step + EPSILON)
  return steps === 0 ? 0 : Math.sign(target) * steps * step
}

/** The same of a change: of what it adds the part; what it takes away is taken, and nothing beyond. */
export function partOfChange(runtime: Runtime, sleeve: SleeveRuntime, instrument: number, change: number): number {
  const { state } = runtime
  if (state.liveFraction === undefined || followsCapital(sleeve)) return change
  const had = projectedOf(state, sleeve.ordinal, instrument)
  if (had * change >= 0) return partOfTarget(runtime, sleeve, instrument, change)
  return Math.sign(change) * Math.min(Math.abs(change), Math.abs(had))
}

/** Whether its quantities shrink with the capital that it is shown. */
function followsCapital({ strategy }: SleeveRuntime): boolean {
  return strategy?.sizes === 'own' || strategy?.targets === 'capital'
}

/** What the part leaves is cash that nobody sizes by. Positions stay: only new sizes are smaller or larger. */
export function setLiveFraction(
  runtime: Runtime,
  command: Extract<OperatorCommand, { readonly kind: 'fraction' }>,
): void {
  const { state } = runtime
  const { fraction } = command
  if (!(fraction > 0 && fraction <= 1)) {
    runtime.commands.push({ kind: 'declined', command, reason: 'the part that trades is above 0 and at most 1' })
    return
  }
  listPlain(runtime)
  if (fraction === 1) delete state.liveFraction
  else state.liveFraction = fraction
}
