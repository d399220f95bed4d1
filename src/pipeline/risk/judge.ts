/**
 * Risk: a sized change is allowed, trimmed or refused, with the name of the rule that bound it.
 * In:    one Change, the projected books, the rules in force   Out: Verdict
 * Keeps: a reducing change always passes; a trim is whole steps and never more than was asked
 */
import type { Change, RiskRule, RiskView, RuleName } from '../../domain/risk.ts'

/** Reused by the caller. `rule` is null where all passed; value and limit are NaN there and where they are not known. */
export interface Verdict {
  quantity: number
  rule: RuleName | null
  value: number
  limit: number
}

/** What the entries of one cycle that are not judged yet want of the rooms they share: money by rule and pool. */
export interface Claims {
  readonly left: Map<RiskRule, Map<number, number>>
  /** The claim of the change that is judged now. */
  own: number
}

/** Told of every rule that is asked: the units that the rules before it left, and those that it leaves; unsigned. */
export type RuleTeller = (rule: RiskRule, asked: number, allowed: number) => void

/** Judges one change. Trims to whole steps before it refuses; where entries share a room, to its part of it. */
export function judge(
  change: Change,
  books: RiskView,
  rules: readonly RiskRule[],
  verdict: Verdict,
  claims: Claims | null = null,
  tell: RuleTeller | null = null,
): void {
  verdict.quantity = change.quantity
  verdict.rule = null
  verdict.value = Number.NaN
  verdict.limit = Number.NaN
  if (change.reducing) return
  for (let index = 0; index < rules.length; index += 1) {
    const rule = rules[index]!
    let room = rule.room(change, books, verdict.quantity)
    if (claims !== null && rule.contention === 'scale') room = partOf(room, rule, change, books, claims)
    const unit = change.structure ? structureUnit(rule, change) : change.unitExposure
    const asked = Math.abs(verdict.quantity)
    // What adds nothing to what a limit is on cannot break it.
    const isFree = unit === 0 || room >= asked * unit
    const fitting = isFree ? asked : Math.min(asked, unitsWithin(room, unit, change.step))
    if (tell !== null) tell(rule, asked, fitting)
    if (fitting >= asked) continue
    const isNamed = verdict.rule !== null && rule.keepsName === true
    verdict.quantity = change.quantity < 0 ? 0 - fitting : fitting
    if (!isNamed) name(verdict, rule, change, books)
    if (fitting === 0) return
  }
}

/** Whole steps that fit into a money room, each unit taking `unit` of it. */
function unitsWithin(room: number, unit: number, step: number): number {
  return room <= 0 ? 0 : Math.floor(room / unit / step + 1e-9) * step
}

/** What one structure takes of the room of a rule. */
function structureUnit({ byDelta }: RiskRule, { unitExposure, unitDelta }: Change): number {
  return byDelta === true ? Math.abs(unitDelta) : unitExposure
}

/** What money of exposure is in the measure of a rule. */
function measured(money: number, rule: RiskRule, change: Change): number {
  if (!change.structure || rule.byDelta !== true) return money
  return change.unitExposure === 0 ? 0 : (money / change.unitExposure) * Math.abs(change.unitDelta)
}

function name(verdict: Verdict, rule: RiskRule, change: Change, books: RiskView): void {
  verdict.rule = rule.name
  verdict.value = rule.value(change, books)
  verdict.limit = typeof rule.limit === 'number' ? rule.limit : rule.limit(change, books)
}

/** A room that is claimed by more than it holds is dealt in proportion to what each entry could use of it. */
function partOf(room: number, rule: RiskRule, change: Change, books: RiskView, { left, own }: Claims): number {
  const claimed = left.get(rule)?.get(rule.pool(change, books)) ?? 0
  const mine = measured(own, rule, change)
  return claimed > room && mine > 0 && mine < claimed ? (room * mine) / claimed : room
}

/** The rules of a sleeve by how they are contended for. */
export interface RuleSplit {
  readonly queued: readonly RiskRule[]
  readonly shared: readonly RiskRule[]
}

export function splitRules(rules: readonly RiskRule[]): RuleSplit {
  return {
    queued: rules.filter(({ contention }) => contention === 'queue'),
    shared: rules.filter(({ contention }) => contention === 'scale'),
  }
}

/**
 * Enters what a change could use of the rooms it shares with the other entries of the cycle: what the rules that are not
 * shared leave of it.
 *
 * @returns its claim in money
 */
export function claim(
  change: Change,
  books: RiskView,
  { queued, shared }: RuleSplit,
  verdict: Verdict,
  { left }: Claims,
): number {
  judge(change, books, queued, verdict)
  const money = Math.abs(verdict.quantity) * change.unitExposure
  if (money > 0) draw(change, books, shared, left, money)
  return money
}

/** Takes the claim of a change that has been judged off the rooms again. */
export function settleClaim(change: Change, books: RiskView, shared: readonly RiskRule[], { left, own }: Claims): void {
  if (own > 0) draw(change, books, shared, left, 0 - own)
}

function draw(change: Change, books: RiskView, shared: readonly RiskRule[], left: Claims['left'], money: number): void {
  for (const rule of shared) {
    const pools = left.get(rule) ?? new Map<number, number>()
    const pool = rule.pool(change, books)
    pools.set(pool, (pools.get(pool) ?? 0) + measured(money, rule, change))
    left.set(rule, pools)
  }
}
