/** Stages of the sleeves in a run: what their records ask for, and who lets it happen. */
import type { LifecycleStage } from '../../domain/allocation.ts'
import { assert } from '../../domain/assert.ts'
import type { LifecycleOverlay } from '../../domain/capital.ts'
import type { Resolution } from '../../domain/violations.ts'
import { enterStage, type StageChange, stageChange, takeStageDay } from '../../pipeline/allocation/stage-changes.ts'
import type { Runtime } from '../runtime.ts'
import { recordViolation, resolveViolation } from '../watch/records.ts'
import { sleeveSubject } from '../watch/subjects.ts'
import { tellCapital } from './record.ts'
import { lastScore } from './scores.ts'
import type { CapitalState } from './state.ts'
import { closedTrades } from './trade-tally.ts'

/** One day of every sleeve's record; a change that it asks for is applied, or proposed to the operator. */
export function stepLifecycleDay(runtime: Runtime, capital: CapitalState, rule: LifecycleOverlay): void {
  const { states, tradesSeen } = capital.lifecycle!
  states.forEach((state, sleeve) => {
    if (state === null) return
    const trades = closedTrades(capital.trades!, sleeve)
    takeStageDay(state, rule.rule, lastScore(capital, sleeve), trades - tradesSeen[sleeve]!)
    tradesSeen[sleeve] = trades
    const change = stageChange(state, rule.rule)
    if (change === null) withdraw(runtime, capital, sleeve)
    else if (rule.changes === 'applied') enter(runtime, capital, sleeve, change.to, reasonOf(change))
    else propose(runtime, capital, sleeve, change)
  })
}

/** An operator confirms a proposal, or puts a sleeve into a stage of his own choice. */
export function confirmStage(runtime: Runtime, sleeve: number, stage: LifecycleStage): void {
  const { capital } = runtime.state
  assert(capital?.lifecycle !== undefined, 'a stage is confirmed where no lifecycle overlay is configured')
  assert(capital.lifecycle.states[sleeve] !== null, 'a reserve has no stage')
  enter(runtime, capital, sleeve, stage, 'confirmed by the operator')
}

function enter(runtime: Runtime, capital: CapitalState, sleeve: number, stage: LifecycleStage, why: string): void {
  const state = capital.lifecycle!.states[sleeve]!
  const reason = `${state.stage} to ${stage}: ${why}`
  enterStage(state, stage)
  close(runtime, capital, sleeve, 'operator')
  tellCapital(runtime, { cause: 'lifecycle', sleeve, before: null, after: null, reason })
}

function propose(runtime: Runtime, capital: CapitalState, sleeve: number, change: StageChange): void {
  const { proposed, open } = capital.lifecycle!
  if (proposed[sleeve] === change.to) return
  close(runtime, capital, sleeve, 'recovered')
  proposed[sleeve] = change.to
  const reason = `proposed, ${change.from} to ${change.to}: ${reasonOf(change)}`
  tellCapital(runtime, { cause: 'lifecycle', sleeve, before: null, after: null, reason })
  const { id } = recordViolation(runtime, {
    rule: 'lifecycleProposal',
    severity: 'low',
    subject: sleeveSubject(sleeve),
    value: change.value,
    limit: change.limit,
    action: `confirm the stage ${change.to}`,
  })
  open[sleeve] = id
}

function withdraw(runtime: Runtime, capital: CapitalState, sleeve: number): void {
  const { proposed, states } = capital.lifecycle!
  if (proposed[sleeve] === '') return
  const reason = `stays ${states[sleeve]!.stage}: the record does not ask for ${proposed[sleeve]} any more`
  close(runtime, capital, sleeve, 'recovered')
  tellCapital(runtime, { cause: 'lifecycle', sleeve, before: null, after: null, reason })
}

/** Ends a proposal, if there is one. */
function close(runtime: Runtime, { lifecycle }: CapitalState, sleeve: number, how: Resolution['how']): void {
  const { proposed, open } = lifecycle!
  if (open[sleeve] !== 0) resolveViolation(runtime, open[sleeve]!, { how, value: Number.NaN, note: '' })
  proposed[sleeve] = ''
  open[sleeve] = 0
}

function reasonOf({ cause, value, limit }: StageChange): string {
  const [shown, held] = [value.toFixed(4), limit.toFixed(4)]
  switch (cause) {
    case 'validated':
      return `probabilistic Sharpe ratio ${shown}, above ${held}`
    case 'matured':
      return `deflated Sharpe ratio ${shown}, above ${held}`
    case 'sharpe':
      return `Sharpe ratio per day ${shown}, below ${held}`
    case 'drawdown':
      return `drawdown ${shown}, above ${held}`
    case 'expired':
      return `${value} days in decay`
  }
}
