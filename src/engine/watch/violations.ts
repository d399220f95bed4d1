/** From values to violations: what is beyond its limit opens one, what is back within its recovery ends it. */
import type { DrawdownBreaker } from '../../domain/limits.ts'
import type { Resolution, ViolationKind } from '../../domain/violations.ts'
import { type BreakerState, drawdownOf, stepBreaker } from '../../pipeline/risk/breaker.ts'
import { drawdownReaction, isBeyond, isRecovered, respond, type WatchedLimit } from '../../pipeline/risk/reactions.ts'
import type { Runtime } from '../runtime.ts'
import { act, begin, end } from './react.ts'
import { recordViolation, resolveViolation } from './records.ts'
import { haltReview } from './review.ts'
import { drawdownRule, isHalting, reactionOf, violationRules } from './rules.ts'
import type { OpenViolation, Subject, WatchState } from './state.ts'
import { isSame } from './subjects.ts'

/** A value beyond its limit at this look; `open` where its violation already was. */
interface Finding {
  readonly kind: ViolationKind
  readonly subject: Subject
  readonly value: number
  readonly watched: WatchedLimit
  readonly liquidating: boolean
  readonly open: OpenViolation | null
}

/** One look at some limits: what was found, and which open violations it said something of. */
export interface Looking {
  readonly runtime: Runtime
  readonly watch: WatchState
  readonly findings: Finding[]
  readonly seen: Set<number>
}

export function startLooking(runtime: Runtime, watch: WatchState): Looking {
  return { runtime, watch, findings: [], seen: new Set() }
}

export function findOpen(
  watch: WatchState,
  kind: ViolationKind,
  subject: Subject,
  liquidating = false,
): OpenViolation | null {
  for (const open of watch.open)
    if (open.kind === kind && open.liquidating === liquidating && isSame(open.subject, subject)) return open
  return null
}

/** Holds one value against its limit. */
export function look(
  looking: Looking,
  kind: ViolationKind,
  subject: Subject,
  value: number,
  watched: WatchedLimit,
): void {
  const beyond = isBeyond(value, watched)
  if (!beyond && looking.watch.open.length === 0) return
  const open = findOpen(looking.watch, kind, subject)
  if (open !== null) {
    looking.seen.add(open.id)
    open.beyond = beyond
    if (!beyond && isRecovered(value, watched)) {
      resolve(looking.runtime, looking.watch, open, { how: 'recovered', value, note: '' })
      return
    }
  }
  if (beyond) looking.findings.push({ kind, subject, value, watched, liquidating: false, open })
}

/** Holds a drawdown against its two levels, through the breaker that remembers its peak. */
export function lookAtDrawdown(
  looking: Looking,
  kind: 'portfolio_drawdown' | 'strategy_drawdown',
  subject: Subject,
  breaker: { readonly state: BreakerState; readonly rule: DrawdownBreaker; readonly equity: number },
): void {
  const { runtime, watch, findings } = looking
  const { state, equity } = breaker
  const config = runtime.state.config!
  const rule = drawdownRule(config, kind, breaker.rule)
  const drawdown = drawdownOf(state, equity)
  if (reactionOf(config, kind, false) === 'alert_only') {
    // Nothing halts, so the breaker keeps the peak alone.
    if (equity > state.peak) state.peak = equity
    look(looking, kind, subject, drawdown, { limit: rule.halt, recovery: rule.resume, floor: false })
    return
  }
  if (stepBreaker(state, rule, equity) === 'resume') {
    resolveAll(runtime, kind, subject, { how: 'recovered', value: drawdown, note: '' })
    return
  }
  if (!state.halted) return
  const halt = { limit: rule.halt, recovery: rule.resume, floor: false }
  const open = findOpen(watch, kind, subject)
  findings.push({ kind, subject, value: drawdown, watched: halt, liquidating: false, open })
  if (reactionOf(config, kind, false) === 'liquidate_all') return
  const { liquidate = null } = rule
  const deeper = findOpen(watch, kind, subject, true)
  if (deeper === null && drawdownReaction(drawdown, { halt: rule.halt, liquidate }) !== 'liquidate_all') return
  const watched = { ...halt, limit: liquidate ?? rule.halt }
  findings.push({ kind, subject, value: drawdown, watched, liquidating: true, open: deeper })
}

/** What was looked at and is not there any more, such as a position that is gone, is over. */
export function endUnseen(looking: Looking, isLookedAt: (kind: ViolationKind) => boolean): void {
  const { runtime, watch, seen } = looking
  if (watch.open.length === 0) return
  const gone = watch.open.filter(({ id, kind }) => isLookedAt(kind) && !seen.has(id))
  for (const open of gone) resolve(runtime, watch, open, { how: 'recovered', value: 0, note: '' })
}

/** Acts on everything that was found: critical first. */
export function answerFindings({ runtime, watch, findings }: Looking): void {
  if (findings.length === 0) return
  const rules = violationRules(runtime.state.config!)
  for (const finding of respond(findings, rules)) {
    const { kind, subject, value, watched, liquidating } = finding
    const reaction = liquidating ? 'liquidate_all' : finding.reaction
    const isNew = finding.open === null
    let { open } = finding
    if (open === null) {
      const violation = recordViolation(runtime, {
        rule: kind,
        severity: finding.severity,
        subject,
        value,
        limit: watched.limit,
        action: reaction,
        review: subject.about === 'portfolio' && isHalting(reaction) ? haltReview(runtime, watch) : null,
      })
      open = { id: violation.id, kind, subject, beyond: true, liquidating }
      watch.open.push(open)
      begin(runtime, watch, open, reaction)
    }
    act(runtime, { open, reaction, value, watched, isNew })
  }
}

function resolve(runtime: Runtime, watch: WatchState, open: OpenViolation, resolution: Resolution): void {
  watch.open = watch.open.filter(({ id }) => id !== open.id)
  resolveViolation(runtime, open.id, resolution)
  end(runtime, watch, open)
}

/** Ends every open violation of a kind and subject: a drawdown's two levels end together. */
export function resolveAll(runtime: Runtime, kind: ViolationKind, subject: Subject, resolution: Resolution): void {
  const { watch } = runtime.state
  if (watch === undefined) return
  const ending = watch.open.filter((open) => open.kind === kind && isSame(open.subject, subject))
  for (const open of ending) resolve(runtime, watch, open, resolution)
}
