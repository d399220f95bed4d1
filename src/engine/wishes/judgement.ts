/** Judges entries one after the other, each after what was allowed before it; what is cut is counted and recorded. */
import type { Change } from '../../domain/risk.ts'
import type { Instant, IntentId, SleeveId, TradeDate } from '../../domain/units.ts'
import { type Claims, claim, judge, type RuleTeller, settleClaim, type Verdict } from '../../pipeline/risk/judge.ts'
import type { RefusalRecord } from '../records/result.ts'
import type { ConsultedRule, JudgedEntry } from '../records/witness.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import type { Entry } from './entry.ts'
import { forbidden } from './entry-rules.ts'
import type { ProjectedBooks } from './risk-view.ts'

interface Scratch extends Change {
  sleeve: number
  instrument: number
  quantity: number
  reducing: boolean
  unitExposure: number
  unitDelta: number
  step: number
  structure: boolean
}

const change: Scratch = {
  sleeve: 0,
  instrument: 0,
  quantity: 0,
  reducing: false,
  unitExposure: 0,
  unitDelta: 0,
  step: 1,
  structure: false,
}
const verdict: Verdict = { quantity: 0, rule: null, value: Number.NaN, limit: Number.NaN }

function take(runtime: Runtime, { sleeve, instrument, quantity, maximumLoss, deltaUnits }: Entry): void {
  change.sleeve = sleeve.ordinal
  change.instrument = instrument
  change.quantity = quantity
  change.reducing = false
  const unitValue = runtime.unitValue[instrument]!
  change.unitExposure = maximumLoss ?? unitValue
  change.unitDelta = deltaUnits === undefined ? unitValue : deltaUnits * unitValue
  change.step = maximumLoss === null ? runtime.state.instruments[instrument]!.step : 1
  change.structure = maximumLoss !== null
}

/** Signed units or structures that the limits allow; 0 where the entry is refused, which is recorded here. */
export function judgeEntry(runtime: Runtime, entry: Entry, books: ProjectedBooks, claims: Claims | null): number {
  const { sleeve, instrument, quantity, maximumLoss } = entry
  take(runtime, entry)
  const no = forbidden(runtime, entry)
  if (no !== null) {
    if (claims !== null) settleClaim(change, books.view, sleeve.shared, claims)
    tellJudged(runtime, 0, no, NOTHING_ASKED)
    refuse(runtime, sleeve, instrument, no.rule, quantity, no.limit, no.value)
    return 0
  }
  const consulted: ConsultedRule[] | null = runtime.observer?.witness === undefined ? null : []
  judge(change, books.view, sleeve.rules, verdict, claims, consulted && noterOf(consulted, books))
  if (claims !== null) settleClaim(change, books.view, sleeve.shared, claims)
  if (verdict.rule === null) {
    tellJudged(runtime, verdict.quantity, null, consulted ?? NOTHING_ASKED)
    return verdict.quantity
  }
  const unit = maximumLoss === null ? runtime.state.instruments[instrument]!.unitsPerWhole : 1
  const end = verdict.quantity === 0 ? 'refused' : 'trimmed'
  const intent = endBorn(runtime, end)
  tellJudged(runtime, verdict.quantity, null, consulted ?? NOTHING_ASKED)
  note(runtime, {
    sleeve,
    instrument,
    intent,
    end,
    rule: verdict.rule,
    wanted: quantity / unit,
    allowed: verdict.quantity / unit,
    value: verdict.value,
    limit: verdict.limit,
  })
  return verdict.quantity
}

const NOTHING_ASKED: readonly ConsultedRule[] = []

/** Keeps what each rule says of the change under judgement. */
function noterOf(consulted: ConsultedRule[], { view }: ProjectedBooks): RuleTeller {
  return (rule, asked, allowed) => {
    const limit = typeof rule.limit === 'number' ? rule.limit : rule.limit(change, view)
    consulted.push({ rule: rule.name, scope: rule.scope, value: rule.value(change, view), limit, asked, allowed })
  }
}

/** Says how the change under judgement was judged, where somebody asks. */
function tellJudged(
  { observer, state }: Runtime,
  allowed: number,
  forbidden: JudgedEntry['forbidden'],
  consulted: readonly ConsultedRule[],
): void {
  if (observer?.witness === undefined) return
  const { sleeve, instrument, quantity: asked, structure: isStructure } = change
  const intent = state.nextIntent
  observer.witness.judged({ sleeve, instrument, isStructure, intent, asked, allowed, forbidden, consulted })
}

/** Enters what an entry could use of the rooms that it shares with others, in money; 0 where it is forbidden anyway. */
export function claimFor(runtime: Runtime, entry: Entry, books: ProjectedBooks, claims: Claims): number {
  const { queued, shared } = entry.sleeve
  if (entry.quantity === 0 || forbidden(runtime, entry) !== null) return 0
  take(runtime, entry)
  return claim(change, books.view, { queued, shared }, verdict, claims)
}

/** The structure that was judged last enters the projected books. */
export function takeStructure(runtime: Runtime, entry: Entry, allowed: number, books: ProjectedBooks): void {
  take(runtime, entry)
  books.takeStructure(change, allowed)
}

/** A wish, or the part of one that was cut, ends as soon as it was made. Its number. */
function endBorn(runtime: Runtime, end: 'refused' | 'trimmed'): number {
  const intent = runtime.state.nextIntent
  runtime.state.nextIntent += 1
  runtime.state.ended[end] += 1
  return intent
}

/** Counts and records a wish that ends before it becomes a change. */
export function refuse(
  runtime: Runtime,
  sleeve: SleeveRuntime,
  instrument: number,
  rule: string,
  wanted: number,
  limit: number | null,
  value: number | null,
): void {
  const intent = runtime.state.nextIntent
  runtime.state.nextIntent += 1
  tellRefused(runtime, sleeve, instrument, intent, rule, wanted, limit, value)
}

/** Counts and records a wish that was refused when its number had been given. */
export function tellRefused(
  runtime: Runtime,
  sleeve: SleeveRuntime,
  instrument: number,
  intent: number,
  rule: string,
  wanted: number,
  limit: number | null,
  value: number | null,
): void {
  runtime.state.ended.refused += 1
  if (runtime.observer === null) return
  const unit = runtime.state.instruments[instrument]!.unitsPerWhole
  note(runtime, { sleeve, instrument, intent, end: 'refused', rule, wanted: wanted / unit, allowed: 0, value, limit })
}

interface Note {
  readonly sleeve: SleeveRuntime
  readonly instrument: number
  readonly intent: number
  readonly end: RefusalRecord['end']
  readonly rule: string
  readonly wanted: number
  readonly allowed: number
  readonly value: number | null
  readonly limit: number | null
}

const known = (figure: number | null): number | null => (figure !== null && Number.isFinite(figure) ? figure : null)

function note(runtime: Runtime, { sleeve, instrument, intent, end, rule, wanted, allowed, value, limit }: Note): void {
  if (runtime.observer === null) return
  runtime.observer.refused({
    at: runtime.state.at as Instant,
    tradeDate: runtime.tradeDate as TradeDate,
    sleeve: sleeve.config.id as SleeveId,
    instrument: runtime.state.instruments[instrument]!.symbol,
    intent: intent as IntentId,
    end,
    rule,
    wanted,
    allowed,
    value: known(value),
    limit: known(limit),
  })
}
