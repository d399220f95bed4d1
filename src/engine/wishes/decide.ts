/** A sleeve's decision, its own or from elsewhere, and what happens when it goes wrong. */

import { assert } from '../../domain/assert.ts'
import { FORCE_CODE, TYPE_CODE } from '../../domain/columns.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { Slice } from '../../domain/market.ts'
import { memoryProblem } from '../../domain/memory.ts'
import type { Intent } from '../../domain/orders.ts'
import type { StructureWish, WishOptions } from '../../domain/strategy.ts'
import { MAGNITUDE_MAX, type Memory } from '../../domain/units.ts'
import { partOfChange, partOfTarget } from '../capital/live-fraction.ts'
import type { Parts } from '../parts.ts'
import { recall } from '../positions/roster.ts'
import { valueAll } from '../positions/valuation.ts'
import { pushWish, WISH, type WishColumns } from '../view.ts'
import { recordViolation, SLEEVE_FAULT } from '../watch/records.ts'
import { withdrawEntries } from '../watch/reduce.ts'
import { sleeveSubject } from '../watch/subjects.ts'
import { takeWishes } from './wishes.ts'

const BARS_BETWEEN_COUNTS = 64

/**
 * One sleeve's decision. A throw, a promise or nonsense pauses it: its positions are managed, it takes no new ones.
 *
 * @param known what went wrong in it before: then it is not asked
 */
export function decide(parts: Parts, ordinal: number, slice: Slice, known?: string): void {
  const { runtime, wishes } = parts
  const sleeve = runtime.sleeves[ordinal]!
  const own = runtime.state.sleeves[ordinal]!
  const target = parts.views[ordinal]
  if (sleeve.strategy === null || target === null || target === undefined || isFaulty(own.paused)) return
  if (own.standing === 'awaited' || own.standing === 'closed') return
  if (known !== undefined) {
    pauseFor(parts, ordinal, known)
    return
  }
  const before = wishes.count
  target.aim(slice)
  let cause: string | null = null
  try {
    const next: unknown = sleeve.strategy.decide(target.view, target.sink)
    cause = answerProblem(next, own) ?? wishProblem(wishes, before)
    if (cause === null) own.memory = next as Memory
  } catch (error) {
    cause = error instanceof Error ? error.message : String(error)
  }
  if (cause === null) {
    runtime.observer?.decided?.(ordinal, wishes.count - before)
    return
  }
  wishes.count = before
  pauseFor(parts, ordinal, cause)
}

function isFaulty(paused: string): boolean {
  return paused !== '' && paused.startsWith('fault')
}

/** Memory that is handed back is counted now and then only: a strategy may have added to it in place. */
function answerProblem(next: unknown, own: { readonly memory: Memory; readonly bars: number }): string | null {
  return next === own.memory && own.bars % BARS_BETWEEN_COUNTS !== 0 ? null : memoryProblem(next)
}

function wishProblem(wishes: WishColumns, from: number): string | null {
  const { kind, value, options, count } = wishes
  for (let row = from; row < count; row += 1) {
    const side = value[row]!
    // What most wishes are: the size is not theirs to say.
    if (options[row] === null && (kind[row] === WISH.exit || (kind[row] === WISH.enter && (side === 1 || side === -1))))
      continue
    const problem = problemOf(wishes, from, row)
    if (problem !== null) return problem
  }
  return null
}

function problemOf(wishes: WishColumns, from: number, row: number): string | null {
  const value = wishes.value[row]!
  const kind = wishes.kind[row]!
  const factor = wishes.factor[row]!
  const options = wishes.options[row] ?? null
  const unlikely = options?.confidence === undefined ? null : confidenceProblem(options.confidence)
  if (unlikely !== null) return unlikely
  if (!Number.isFinite(value) || !Number.isFinite(factor) || factor < 0) return `a wish of "${value}" is no quantity`
  if (kind === WISH.enter && value !== 1 && value !== -1) return `an entry's side must be 1 or -1, was "${value}"`
  if ((kind === WISH.target || kind === WISH.change) && !isUnits(value))
    return `a quantity must be whole units within 2^52, was "${value}"`
  const problem =
    (options === null ? null : optionsProblem(options)) ??
    (kind === WISH.openStructure ? structureProblem(wishes.structure[row]!) : null)
  if (problem !== null || kind !== WISH.target) return problem
  for (let other = from; other < row; other += 1) {
    if (wishes.kind[other] === WISH.target && wishes.instrument[other] === wishes.instrument[row])
      return 'two targets for one instrument in one cycle'
  }
  return null
}

const isUnits = (value: number): boolean => Number.isInteger(value) && Math.abs(value) <= MAGNITUDE_MAX

const isPrice = (value: number | undefined): boolean => value !== undefined && Number.isFinite(value) && value > 0

function confidenceProblem(confidence: number): string | null {
  return confidence >= 0 && confidence <= 1 ? null : `a confidence must lie between 0 and 1, was "${confidence}"`
}

function optionsProblem({ terms, protection }: WishOptions): string | null {
  if (terms !== undefined) {
    const { type, force, limit, stop } = terms
    if (TYPE_CODE[type] === undefined || FORCE_CODE[force] === undefined)
      return `an order of type "${type}" and force "${force}" is not known`
    if ((type === 'limit' || type === 'stopLimit') && !isPrice(limit)) return `a limit must be a price, was "${limit}"`
    if ((type === 'stop' || type === 'stopLimit') && !isPrice(stop)) return `a stop must be a price, was "${stop}"`
  }
  if (protection === undefined) return null
  const { stop, target, stopAt, targetAt, trail, bars } = protection
  for (const level of [stopAt, targetAt])
    if (level !== undefined && !isPrice(level)) return `a level to leave at must be a price, was "${level}"`
  for (const value of [stop, target, trail?.fraction, bars]) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 0))
      return `a protection of "${value}" is no distance`
  }
  return null
}

function structureProblem({ legs, credit, maximumLoss }: StructureWish): string | null {
  if (!Array.isArray(legs) || legs.length === 0) return 'a structure must have legs'
  for (const leg of legs) {
    if (!isPrice(leg.strike) || !Number.isInteger(leg.ratio) || leg.ratio === 0 || !Number.isInteger(leg.expiry))
      return `a leg of strike "${leg.strike}" and ratio "${leg.ratio}" is no contract`
  }
  if (!Number.isFinite(credit)) return `the credit of a structure must be a number, was "${credit}"`
  return maximumLoss >= 0 ? null : `the maximum loss of a structure must be a number, was "${maximumLoss}"`
}

function pauseFor(parts: Parts, ordinal: number, cause: string): void {
  const { runtime } = parts
  const { state } = runtime
  const sleeve = runtime.sleeves[ordinal]!
  state.sleeves[ordinal]!.paused = `fault: ${cause}`
  recordViolation(runtime, {
    rule: SLEEVE_FAULT,
    severity: 'medium',
    subject: sleeveSubject(ordinal),
    value: runtime.tradeDate,
    limit: 0,
    action: 'pause sleeve (manage-only)',
  })
  withdrawEntries(runtime, sleeveSubject(ordinal), { rule: 'paused', rolls: 'stay' })
  if (sleeve.config.onFault === 'flatten') flatten(parts, ordinal)
}

function flatten(parts: Parts, ordinal: number): void {
  const { runtime } = parts
  for (const instrument of runtime.state.instruments) {
    if (instrument.kind === 'option') continue
    pushWish(parts.wishes, ordinal, instrument.index, WISH.exit, 0, 'fault', null, null)
  }
  for (const position of runtime.state.structures) {
    if (position.sleeve === ordinal)
      pushWish(parts.wishes, ordinal, -1, WISH.closeStructure, position.id, 'fault', null, null)
  }
}

/** Intents of a sleeve that decides elsewhere, sized and judged like any other. */
export function onDecided(parts: Parts, event: Extract<EngineEvent, { kind: 'decided' }>): void {
  const { runtime, wishes } = parts
  const ordinal = runtime.sleeveOrdinal.get(event.sleeve)
  assert(ordinal !== undefined, `a decision names sleeve "${event.sleeve}", which is not configured`)
  wishes.count = 0
  valueAll(runtime)
  if (event.fault !== undefined) {
    pauseFor(parts, ordinal, event.fault)
    takeWishes(runtime, wishes, parts.books)
    return
  }
  for (const intent of event.intents) pushIntent(parts, ordinal, intent)
  runtime.state.sleeves[ordinal]!.memory = event.memory
  runtime.observer?.decided?.(ordinal, wishes.count)
  takeWishes(runtime, wishes, parts.books)
}

function pushIntent({ runtime, wishes }: Parts, ordinal: number, intent: Intent): void {
  assert(intent.legs.length === 1, 'intents from elsewhere name one instrument')
  const instrument = runtime.byId.get(intent.legs[0]!.instrument)
  assert(instrument !== undefined, `an intent names "${intent.legs[0]!.instrument}", which is not listed`)
  recall(runtime, instrument)
  const { want } = intent
  const options = { terms: intent.terms, ...(intent.protection === undefined ? {} : { protection: intent.protection }) }
  if (want.kind === 'sized') {
    pushWish(
      wishes,
      ordinal,
      instrument,
      WISH.enter,
      want.side,
      intent.reason,
      { ...options, strength: want.strength, confidence: want.confidence },
      null,
    )
  } else {
    const isTarget = want.kind === 'target'
    const part = isTarget ? partOfTarget : partOfChange
    const quantity = part(runtime, runtime.sleeves[ordinal]!, instrument, want.quantity)
    pushWish(wishes, ordinal, instrument, isTarget ? WISH.target : WISH.change, quantity, intent.reason, options, null)
  }
}
