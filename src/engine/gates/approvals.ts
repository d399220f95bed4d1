/**
 * Entries that an operator is asked about. The wish stands among those that wait, with its units reserved, and cannot
 * act: whatever else takes waiting entries back takes this one, too. Silence rejects. What shrinks a position is never asked about.
 */
import type { ApprovalRecord, ApprovalState } from '../../domain/approvals.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import type { OperatorCommand } from '../../domain/events.ts'
import type { Instant, IntentId, Quantity, TradeDate } from '../../domain/units.ts'
import { stageOf } from '../capital/state.ts'
import { endWaitingStructure } from '../orders/structure-orders.ts'
import { structureLabel } from '../positions/structures.ts'
import type { Runtime } from '../runtime.ts'
import { release, type Waiting, type WaitingStructure } from '../state.ts'
import { endWaiting, WAIT_MS_MAX } from '../wishes/waiting.ts'
import type { AskedApproval } from './state.ts'

const RULE = 'approval'
const MINUTE_MS = 60_000
/** Relative: an entry of exactly the stated worth is not above it. */
const EPSILON = 1e-12
/** A moment that no event has: until the answer a wish neither acts nor lapses. */
const NEVER = Number.MAX_SAFE_INTEGER

/** Where nobody answers, nobody is asked: entries pass. */
export function withoutApprovals(config: PortfolioConfig): PortfolioConfig {
  if (config.approvals === undefined) return config
  const { approvals: _, ...rest } = config
  return rest
}

/** @param worth of the entry in the base currency; of a structure its maximum loss */
export function needsApproval({ state, sleeves }: Runtime, sleeve: number, worth: number): boolean {
  const rules = state.config!.approvals
  // What holds a recorded stream is sized at every close, and no order of it goes to a broker.
  if (rules === undefined || sleeves[sleeve]!.config.kind === 'return_stream') return false
  if (rules.from !== undefined && state.at < rules.from) return false
  if (rules.all || rules.sleeves.includes(sleeves[sleeve]!.config.id)) return true
  if (rules.above !== null && worth > rules.above * (1 + EPSILON)) return true
  const stage = state.capital === undefined ? null : stageOf(state.capital, sleeve)
  return stage !== null && rules.stages.includes(stage)
}

/** Asks about the wish that waits last. */
export function askForWaiting(runtime: Runtime, worth: number): void {
  const wish = runtime.state.waiting.at(-1)!
  wish.activeFrom = NEVER
  wish.expires = NEVER
  ask(runtime, wish, worth)
}

export function askForStructure(runtime: Runtime, worth: number): void {
  const { waitingStructures } = runtime.state
  const last = waitingStructures.length - 1
  const wish = { ...waitingStructures[last]!, activeFrom: NEVER, expires: NEVER }
  waitingStructures[last] = wish
  ask(runtime, wish, worth)
}

function ask(runtime: Runtime, wish: Waiting | WaitingStructure, worth: number): void {
  const { state } = runtime
  const { expiresAfter } = state.config!.approvals!
  const asked: AskedApproval = {
    intent: wish.intent,
    sleeve: wish.sleeve,
    instrument: isStructure(wish) ? wish.underlying : wish.instrument,
    label: labelOf(runtime, wish),
    quantity: wish.quantity,
    reason: wish.reason,
    value: worth,
    askedAt: state.at,
    expires: 'minutes' in expiresAfter ? state.at + expiresAfter.minutes * MINUTE_MS : Number.NaN,
    untilBar: 'bars' in expiresAfter ? state.sleeves[wish.sleeve]!.bars + expiresAfter.bars : Number.NaN,
  }
  state.approvals = [...(state.approvals ?? []), asked]
  tell(runtime, asked, 'asked', 0)
}

/** What was taken back is asked about no more, and what was not answered in time is rejected. */
export function stepApprovals(runtime: Runtime): void {
  const { state } = runtime
  for (const asked of state.approvals ?? []) {
    const wish = wishOf(runtime, asked.intent)
    if (wish === null) {
      forget(runtime, asked)
      tell(runtime, asked, 'withdrawn', 0)
    } else if (isOver(runtime, asked)) reject(runtime, asked, wish, 'expired')
  }
}

function isOver({ state }: Runtime, { sleeve, expires, untilBar }: AskedApproval): boolean {
  return state.at >= expires || state.sleeves[sleeve]!.bars >= untilBar
}

function wishOf({ state }: Runtime, intent: number): Waiting | WaitingStructure | null {
  const isIt = (wish: { readonly intent: number }): boolean => wish.intent === intent
  return state.waiting.find(isIt) ?? state.waitingStructures.find(isIt) ?? null
}

function isStructure(wish: Waiting | WaitingStructure): wish is WaitingStructure {
  return 'contracts' in wish
}

function forget({ state }: Runtime, asked: AskedApproval): void {
  const left = state.approvals!.filter((one) => one !== asked)
  if (left.length > 0) state.approvals = left
  else delete state.approvals
}

function reject(
  runtime: Runtime,
  asked: AskedApproval,
  wish: Waiting | WaitingStructure,
  how: 'rejected' | 'expired',
): void {
  const { state } = runtime
  forget(runtime, asked)
  tell(runtime, asked, how, 0)
  if (isStructure(wish)) {
    state.waitingStructures = state.waitingStructures.filter((one) => one !== wish)
    endWaitingStructure(runtime, wish, 'refused', RULE)
    return
  }
  state.waiting = state.waiting.filter((one) => one !== wish)
  endWaiting(runtime, wish, 'refused', RULE)
}

/** The operator's word: approved entries act at their next moment, what is cut off or rejected ends by name. */
export function answerApproval(
  runtime: Runtime,
  command: Extract<OperatorCommand, { readonly kind: 'approve' }>,
): void {
  const { state } = runtime
  const asked = state.approvals?.find((one) => one.intent === command.id)
  const wish = asked === undefined ? null : wishOf(runtime, asked.intent)
  const decline = (reason: string): void => void runtime.commands.push({ kind: 'declined', command, reason })
  if (asked === undefined || wish === null) {
    decline(`no entry ${command.id} waits for an approval`)
    return
  }
  if (command.decision === 'reject') {
    reject(runtime, asked, wish, 'rejected')
    return
  }
  const problem = command.decision === 'reduce' ? reductionProblem(runtime, wish, command.quantity) : null
  if (problem !== null) {
    decline(problem)
    return
  }
  const size = command.decision === 'reduce' ? command.quantity! : Math.abs(wish.quantity)
  const how = command.decision === 'reduce' ? 'reduced' : 'approved'
  forget(runtime, asked)
  tell(runtime, asked, how, wish.quantity > 0 ? size : 0 - size)
  if (how === 'reduced') tellTrimmed(runtime, wish, size)
  pass(runtime, wish, size)
}

function reductionProblem(
  { state }: Runtime,
  wish: Waiting | WaitingStructure,
  quantity: number | undefined,
): string | null {
  const most = Math.abs(wish.quantity)
  const step = isStructure(wish) ? 1 : state.instruments[wish.instrument]!.step
  if (quantity !== undefined && quantity > 0 && quantity < most && quantity % step === 0) return null
  return `entry ${wish.intent} asks for ${most} units: name a smaller quantity in whole steps of ${step}, was "${quantity}"`
}

/** From now on the wish is like any other that waits. */
function pass({ state }: Runtime, wish: Waiting | WaitingStructure, size: number): void {
  const free = { activeFrom: state.at, expires: state.at + WAIT_MS_MAX }
  if (isStructure(wish)) {
    state.waitingStructures = state.waitingStructures.map((one) =>
      one === wish ? { ...wish, ...free, quantity: size } : one,
    )
    return
  }
  const quantity = wish.quantity > 0 ? size : 0 - size
  if (quantity !== wish.quantity) release(state, wish.sleeve, wish.instrument, wish.quantity - quantity)
  Object.assign(wish, free, { quantity })
}

/** The part that the operator cut off is an intent of its own, as what a limit cuts off is. */
function tellTrimmed(runtime: Runtime, wish: Waiting | WaitingStructure, size: number): void {
  const { state } = runtime
  const unit = unitOf(runtime, wish)
  const side = wish.quantity > 0 ? 1 : -1
  const intent = state.nextIntent as IntentId
  state.nextIntent += 1
  state.ended.trimmed += 1
  runtime.observer?.refused({
    at: state.at as Instant,
    tradeDate: runtime.tradeDate as TradeDate,
    sleeve: runtime.sleeves[wish.sleeve]!.config.id,
    instrument: labelOf(runtime, wish),
    intent,
    end: 'trimmed',
    rule: RULE,
    wanted: wish.quantity / unit,
    allowed: (size * side) / unit,
    value: null,
    limit: null,
  })
}

function unitOf({ state }: Runtime, wish: Waiting | WaitingStructure): number {
  return isStructure(wish) ? 1 : state.instruments[wish.instrument]!.unitsPerWhole
}

function labelOf({ state }: Runtime, wish: Waiting | WaitingStructure): string {
  return isStructure(wish)
    ? structureLabel(state.instruments[wish.underlying]!.symbol, wish.legs)
    : state.instruments[wish.instrument]!.symbol
}

function tell(runtime: Runtime, asked: AskedApproval, how: ApprovalState, allowed: number): void {
  const { state } = runtime
  const { expiresAfter } = state.config!.approvals!
  const approval: ApprovalRecord = {
    id: asked.intent as IntentId,
    sleeve: runtime.sleeves[asked.sleeve]!.config.id,
    instrument: state.instruments[asked.instrument]!.id,
    label: asked.label,
    quantity: asked.quantity as Quantity,
    value: asked.value,
    reason: asked.reason,
    askedAt: asked.askedAt as Instant,
    expires: Number.isNaN(asked.expires) ? null : (asked.expires as Instant),
    bars: 'bars' in expiresAfter ? expiresAfter.bars : null,
    state: how,
    allowed: allowed as Quantity,
    changedAt: state.at as Instant,
  }
  runtime.commands.push({ kind: 'approval', approval })
  runtime.observer?.approval?.(approval)
}
