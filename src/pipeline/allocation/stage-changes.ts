/**
 * How far a strategy has proved itself: DISCOVERY -> VALIDATION -> MATURE -> DECAY -> PAPER, one stage at a time. Judged on
 * the record that the sleeve has made on paper or live; PAPER is left by an operator only.
 */
import type { LifecycleStage } from '../../domain/allocation.ts'
import type { StageRule } from '../../domain/capital.ts'
import { type Moments, sharpeEvidence, startMoments, takeValue } from '../../numerics/moments.ts'
import { deflatedSharpe, probabilisticSharpe, type SharpeTrials, sharpeDeviation } from '../../numerics/sharpe.ts'
import { mean, NO_DEVIATION, sampleDeviation } from '../../numerics/statistics.ts'

export const STAGE_RULE: StageRule = {
  validation: { trades: 30, probability: 0.9 },
  mature: { trades: 100, days: 90, probability: 0.95 },
  decay: { days: 60, sharpe: 0, drawdownMultiple: 1.5 },
  paper: { days: 60 },
  trials: { count: 1, deviation: null },
}

/** Persisted, one per sleeve: plain numbers and text. */
export interface StageState {
  stage: LifecycleStage
  /** Portfolio days since the stage began. */
  daysInStage: number
  /** Days with a return, on paper or live, and round trips closed on them. */
  days: number
  trades: number
  readonly moments: Moments
  /** Latest returns, oldest first: as many as the rule of decay looks at. */
  readonly recent: number[]
  /** Growth of one unit, its peak, and the deepest fall from it as a positive fraction. */
  wealth: number
  peak: number
  deepest: number
  /** The deepest fall when the stage was reached by promotion; null while none is known. */
  validatedDrawdown: number | null
}

/** A change that the record asks for. */
export interface StageChange {
  readonly from: LifecycleStage
  readonly to: LifecycleStage
  readonly cause: 'validated' | 'matured' | 'sharpe' | 'drawdown' | 'expired'
  /** The figure that decided, and what it was held to. */
  readonly value: number
  readonly limit: number
}

const EPSILON = 1e-12

/** @param validatedDrawdown what validation showed of a sleeve that begins in a later stage; null: unknown */
export function startStage(stage: LifecycleStage, validatedDrawdown: number | null): StageState {
  return {
    stage,
    daysInStage: 0,
    days: 0,
    trades: 0,
    moments: startMoments(),
    recent: [],
    wealth: 1,
    peak: 1,
    deepest: 0,
    validatedDrawdown,
  }
}

/**
 * Takes one portfolio day: the sleeve's return, NaN where it has none, and the round trips that it closed.
 */
export function takeStageDay(state: StageState, rule: StageRule, dayReturn: number, tradesClosed: number): void {
  state.daysInStage += 1
  state.trades += tradesClosed
  if (Number.isNaN(dayReturn)) return
  state.days += 1
  takeValue(state.moments, dayReturn)
  state.recent.push(dayReturn)
  if (state.recent.length > rule.decay.days) state.recent.splice(0, state.recent.length - rule.decay.days)
  state.wealth *= 1 + dayReturn
  if (state.wealth > state.peak) state.peak = state.wealth
  const drawdown = stageDrawdown(state)
  if (drawdown > state.deepest) state.deepest = drawdown
}

/** Fall from the peak of the record, as a positive fraction. */
function stageDrawdown({ wealth, peak }: StageState): number {
  return Math.max(0, 1 - wealth / peak)
}

/** The change that the record asks for now, or null. Decay is looked at before promotion. */
export function stageChange(state: StageState, rule: StageRule): StageChange | null {
  const { stage } = state
  if (stage === 'PAPER') return null
  if (stage === 'DECAY') return expiry(state, rule)
  const decay = decayOf(state, rule)
  if (stage === 'DISCOVERY') return decay === null ? validation(state, rule) : null
  if (decay !== null) return { ...decay, from: stage, to: 'DECAY' }
  return stage === 'VALIDATION' ? maturity(state, rule) : null
}

/** The sleeve begins a stage: by what its record asked for, or as an operator decided. */
export function enterStage(state: StageState, stage: LifecycleStage): void {
  if (stage === 'VALIDATION' || stage === 'MATURE') {
    // a record that never fell has shown no fall to hold it to
    state.validatedDrawdown = state.deepest > 0 ? state.deepest : null
  }
  state.stage = stage
  state.daysInStage = 0
}

function expiry(state: StageState, rule: StageRule): StageChange | null {
  if (state.daysInStage < rule.paper.days) return null
  return { from: 'DECAY', to: 'PAPER', cause: 'expired', value: state.daysInStage, limit: rule.paper.days }
}

function validation(state: StageState, { validation: asked }: StageRule): StageChange | null {
  if (state.trades < asked.trades) return null
  const value = probabilisticSharpe(sharpeEvidence(state.moments), 0)
  if (!(value > asked.probability + EPSILON)) return null
  return { from: 'DISCOVERY', to: 'VALIDATION', cause: 'validated', value, limit: asked.probability }
}

function maturity(state: StageState, { mature: asked, trials }: StageRule): StageChange | null {
  if (state.trades < asked.trades || state.days < asked.days) return null
  const evidence = sharpeEvidence(state.moments)
  const known: SharpeTrials = { count: trials.count, deviation: trials.deviation ?? sharpeDeviation(evidence) }
  const value = deflatedSharpe(evidence, known)
  if (!(value > asked.probability + EPSILON)) return null
  return { from: 'VALIDATION', to: 'MATURE', cause: 'matured', value, limit: asked.probability }
}

function decayOf(state: StageState, { decay }: StageRule): Pick<StageChange, 'cause' | 'value' | 'limit'> | null {
  const drawdown = stageDrawdown(state)
  const limit = state.validatedDrawdown === null ? Number.NaN : decay.drawdownMultiple * state.validatedDrawdown
  if (drawdown > limit + EPSILON) return { cause: 'drawdown', value: drawdown, limit }
  if (state.recent.length < decay.days) return null
  const recent = Float64Array.from(state.recent)
  const deviation = sampleDeviation(recent)
  const value = deviation >= NO_DEVIATION ? mean(recent) / deviation : Number.NaN
  return value < decay.sharpe - EPSILON ? { cause: 'sharpe', value, limit: decay.sharpe } : null
}
