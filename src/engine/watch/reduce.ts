/** Orders that shrink what a violation is about, and entries that are taken back. Nothing here enlarges a position. */
import type { Terms } from '../../domain/orders.ts'
import type { OrderId } from '../../domain/units.ts'
import { retireBatch } from '../orders/batch.ts'
import { listPlain } from '../orders/plain.ts'
import { endWaitingStructure } from '../orders/structure-orders.ts'
import { deltaUnits } from '../positions/deltas.ts'
import { ROLL } from '../positions/rolling.ts'
import type { Runtime } from '../runtime.ts'
import type { StructurePosition, Waiting, WaitingStructure, WorkingOrder } from '../state.ts'
import { closeStructure } from '../wishes/structure-wishes.ts'
import { endWaiting, waitFor } from '../wishes/waiting.ts'
import { exposureTo, largest, measureOf, netExposure, signedValue, structureValue, unitsOf } from './exposure.ts'
import type { OpenViolation, Subject } from './state.ts'
import { covers } from './subjects.ts'

const MARKET: Terms = { type: 'market', force: 'day' }
/** What is traded at closes alone has no auction to wait for. */
const AT_CLOSE: Terms = { type: 'close', force: 'day' }

/** Rounding of a division that must not cost a whole step. */
const STEP_SLACK = 1e-9

/** Shrinks everything in the subject in proportion; with a factor of 0 all of it is closed. */
export function shrink(runtime: Runtime, open: OpenViolation, factor: number): void {
  const byDelta = factor > 0 && measureOf(open.kind) === 'delta' && runtime.state.structures.length > 0
  for (const instrument of membersOf(runtime, open)) {
    const side = byDelta ? sideOf(runtime, open, instrument) : 0
    cutAll(runtime, open, instrument, factor)
    if (byDelta) closeLeaning(runtime, open, { underlying: instrument, side }, factor)
  }
  if (!byDelta) shrinkStructures(runtime, open, factor)
}

/** Takes off the largest positions first, until the whole is down by the factor. */
export function trim(runtime: Runtime, open: OpenViolation, factor: number): void {
  const { subject } = open
  const measure = measureOf(open.kind)
  const order = largest(runtime, subject, Number.POSITIVE_INFINITY, 'remaining', measure)
  let total = 0
  for (const instrument of order) total += exposureTo(runtime, subject, instrument, 'remaining', measure)
  let excess = total * (1 - factor)
  for (const instrument of order) {
    if (excess <= 0) return
    const exposure = exposureTo(runtime, subject, instrument, 'remaining', measure)
    const own = excess >= exposure ? 0 : 1 - excess / exposure
    const side = sideOf(runtime, open, instrument)
    cutAll(runtime, open, instrument, own)
    if (measure === 'delta' && own > 0) closeLeaning(runtime, open, { underlying: instrument, side }, own)
    else closeStructuresOn(runtime, open, instrument, own)
    excess -= exposure * (1 - own)
  }
}

/** Instruments whose positions a proportional reduction shrinks: of a concentration, the largest alone. */
function membersOf(runtime: Runtime, { kind, subject }: OpenViolation): readonly number[] {
  if (kind === 'concentration') {
    const most = runtime.state.config!.limits.concentration?.positions ?? 0
    return largest(runtime, subject, most, 'remaining', 'loss')
  }
  return runtime.state.instruments.flatMap(({ index }) => (runtime.isOption[index] === 1 ? [] : [index]))
}

/** Every sleeve's position in one instrument. */
function cutAll(runtime: Runtime, open: OpenViolation, instrument: number, factor: number): void {
  const side = sideOf(runtime, open, instrument)
  for (const { ordinal } of runtime.sleeves) {
    if (covers(runtime, open.subject, ordinal, instrument))
      cut(runtime, open, { sleeve: ordinal, instrument, side }, factor)
  }
}

/** The side on which the violation is: that of the net position, for net exposure that of all of them together. */
function sideOf(runtime: Runtime, { kind, subject }: OpenViolation, instrument: number): number {
  if (kind === 'portfolio_net_leverage') return Math.sign(netExposure(runtime, subject, 'remaining'))
  return Math.sign(signedValue(runtime, subject, instrument, 'remaining', measureOf(kind)))
}

/**
 * Orders away the part of one sleeve's position beyond the factor, in whole steps. Rounded up on the side of the
 * violation: within, not near; rounded down on the other one, which holds against it.
 */
function cut(
  runtime: Runtime,
  open: OpenViolation,
  { sleeve, instrument, side }: { readonly sleeve: number; readonly instrument: number; readonly side: number },
  factor: number,
): void {
  const units = unitsOf(runtime, sleeve, instrument, 'remaining')
  const quantity = cutOf(Math.abs(units), factor, runtime.state.instruments[instrument]!.step, units * side > 0)
  if (quantity <= 0) return
  const atClose = runtime.sleeves[sleeve]!.config.kind === 'return_stream'
  waitFor(runtime, {
    sleeve,
    instrument,
    quantity: units > 0 ? 0 - quantity : quantity,
    terms: atClose ? AT_CLOSE : MARKET,
    reducing: true,
    reason: `violation: ${open.kind}`,
    protection: null,
  })
}

function cutOf(size: number, factor: number, step: number, up: boolean): number {
  if (factor === 0) return size
  const steps = (size * (1 - factor)) / step
  return Math.min(size, (up ? Math.ceil(steps - STEP_SLACK) : Math.floor(steps + STEP_SLACK)) * step)
}

/** A structure closes as a unit: the oldest first, until what is left is within the factor. */
function shrinkStructures(runtime: Runtime, open: OpenViolation, factor: number): void {
  const total = structureValue(runtime, open.subject, -1, 'remaining')
  closeStructures(runtime, open, total * factor, total, () => true)
}

function closeStructuresOn(runtime: Runtime, open: OpenViolation, underlying: number, factor: number): void {
  const total = structureValue(runtime, open.subject, underlying, 'remaining')
  closeStructures(runtime, open, total * factor, total, (index) => index === underlying)
}

function closeStructures(
  runtime: Runtime,
  open: OpenViolation,
  target: number,
  total: number,
  isMember: (underlying: number) => boolean,
): void {
  let left = total
  for (const position of runtime.state.structures) {
    if (left <= target) return
    if (position.pending || !isMember(position.underlying)) continue
    if (!covers(runtime, open.subject, position.sleeve, position.underlying)) continue
    left -= position.quantity * position.maximumLoss
    closeStructure(runtime, position.sleeve, position.id, `violation: ${open.kind}`)
  }
}

/**
 * Closes as many structures as it takes until those that lean to one side stand for no more than the factor of what they
 * do: the oldest first, none that leans the other way and so holds against the violation.
 */
function closeLeaning(
  runtime: Runtime,
  open: OpenViolation,
  { underlying, side }: { readonly underlying: number; readonly side: number },
  factor: number,
): void {
  const leaning: { readonly position: StructurePosition; readonly each: number }[] = []
  let total = 0
  for (const position of runtime.state.structures) {
    if (position.pending || position.underlying !== underlying) continue
    const each = deltaUnits(runtime, position) * side
    if (each <= 0 || !covers(runtime, open.subject, position.sleeve, underlying)) continue
    leaning.push({ position, each })
    total += each * position.quantity
  }
  let excess = total * (1 - factor)
  for (const { position, each } of leaning) {
    const count = Math.min(position.quantity, Math.ceil(excess / each - STEP_SLACK))
    if (count <= 0) return
    excess -= count * each
    closeStructure(runtime, position.sleeve, position.id, `violation: ${open.kind}`, count)
  }
}

/** Why entries are taken back, and whether a position goes over to its next contract all the same. */
export interface Withdrawal {
  readonly rule: string
  readonly rolls: 'stay' | 'go'
}

/**
 * Takes back the subject's entries: those that wait end here, those that work at the broker are cancelled. The purchase
 * that completes a roll opens nothing: it stays where positions are to be managed.
 */
export function withdrawEntries(runtime: Runtime, subject: Subject, { rule, rolls }: Withdrawal): void {
  const { state } = runtime
  listPlain(runtime)
  const isEntry = (wish: Waiting): boolean =>
    !wish.reducing &&
    !(rolls === 'stay' && isRoll(runtime, wish)) &&
    covers(runtime, subject, wish.sleeve, wish.instrument)
  if (state.waiting.some(isEntry)) {
    const gone = state.waiting.filter(isEntry)
    state.waiting = state.waiting.filter((wish) => !isEntry(wish))
    for (const wish of gone) endWaiting(runtime, wish, 'cancelled', rule)
  }
  const opens = (wish: WaitingStructure): boolean =>
    wish.structure === 0 && covers(runtime, subject, wish.sleeve, wish.underlying)
  if (state.waitingStructures.some(opens)) {
    const gone = state.waitingStructures.filter(opens)
    state.waitingStructures = state.waitingStructures.filter((wish) => !opens(wish))
    for (const wish of gone) endWaitingStructure(runtime, wish, 'cancelled', rule)
  }
  retireBatch(runtime)
  const cancel = (id: number): void => void runtime.commands.push({ kind: 'cancel', order: id as OrderId })
  for (const order of state.working) if (isEntryOrder(runtime, subject, order)) cancel(order.id)
  for (const { id, shares } of state.workingStructures ?? [])
    if (shares.every(({ waiting }) => opens(waiting))) cancel(id)
}

function isRoll({ state }: Runtime, { sleeve, instrument, reason }: Waiting): boolean {
  if (reason !== ROLL || state.rolling === undefined) return false
  return state.rolling.some((one) => one.sleeve === sleeve && one.contract === instrument)
}

/** Whether all that is open of an order are entries within the subject: one exit among them keeps the whole order. */
function isEntryOrder(runtime: Runtime, subject: Subject, order: WorkingOrder): boolean {
  let entries = 0
  for (const { sleeve, wanted, crossed, filled } of order.shares) {
    if (wanted - crossed - filled === 0) continue
    const held = unitsOf(runtime, sleeve, order.instrument, 'held')
    if (held * wanted < 0 || !covers(runtime, subject, sleeve, order.instrument)) return false
    entries += 1
  }
  return entries > 0
}
