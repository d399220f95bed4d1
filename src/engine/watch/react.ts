/** What is done about a violation while it is open, and what returns when it is over. Orders here only reduce. */
import type { Reaction } from '../../domain/violations.ts'
import { leverageReduction } from '../../pipeline/risk/leverage-reduction.ts'
import { factorToLimit, type WatchedLimit } from '../../pipeline/risk/reactions.ts'
import { askRebalancing } from '../rebalance/due.ts'
import type { Runtime } from '../runtime.ts'
import { exposuresOf, exposureValue, isExposure } from './exposure.ts'
import { shrink, trim, withdrawEntries } from './reduce.ts'
import { beginReturn, haltReturn } from './return.ts'
import { isHalting, reactionOf } from './rules.ts'
import type { OpenViolation, WatchState } from './state.ts'
import { sleevesOf } from './subjects.ts'

const PAUSED = 'violation: '

/** Once, when it opens: entries on their way are taken back, and what halts halts. */
export function begin(runtime: Runtime, watch: WatchState, open: OpenViolation, reaction: Reaction): void {
  if (reaction === 'alert_only') return
  withdrawEntries(runtime, open.subject, {
    rule: 'openViolation',
    rolls: reaction === 'liquidate_all' ? 'go' : 'stay',
  })
  if (isHalting(reaction)) haltReturn(runtime, watch, open)
  if (reaction === 'pause_strategy') pauseSleeves(runtime, open)
  askRebalancing(runtime, open.kind)
}

export interface Acting {
  readonly open: OpenViolation
  readonly reaction: Reaction
  readonly value: number
  readonly watched: WatchedLimit
  readonly isNew: boolean
}

/** At every look while the value is beyond its limit. What is on its way already is not ordered twice. */
export function act(runtime: Runtime, { open, reaction, value, watched, isNew }: Acting): void {
  switch (reaction) {
    case 'liquidate_all':
      shrink(runtime, open, 0)
      return
    case 'reduce_positions':
    case 'reduce_position': {
      // What a window of days measures does not fall with the positions: it is answered once.
      if (!isExposure(open.kind) && !isNew) return
      const factor = isExposure(open.kind) ? factorOfExposure(runtime, open, watched) : factorToLimit(value, watched)
      if (factor === 1) return
      if (reaction === 'reduce_positions') shrink(runtime, open, factor)
      else trim(runtime, open, factor)
      return
    }
    default:
  }
}

/** Measured on what remains once the exits on their way have filled. */
function factorOfExposure(runtime: Runtime, { kind, subject }: OpenViolation, watched: WatchedLimit): number {
  if (kind !== 'portfolio_leverage') return factorToLimit(exposureValue(runtime, kind, subject, 'remaining'), watched)
  const exposures = exposuresOf(runtime, subject, 'remaining')
  return leverageReduction(exposures, { equity: runtime.equity, leverageMax: watched.limit }).factor
}

/** Once, when it is over: sleeves that it paused go on, entries return in steps. */
export function end(runtime: Runtime, watch: WatchState, open: OpenViolation): void {
  const config = runtime.state.config!
  const reaction = reactionOf(config, open.kind, open.liquidating)
  if (reaction === 'pause_strategy') resumeSleeves(runtime, watch, open)
  if (isHalting(reaction)) beginReturn(runtime, watch, open)
}

function pauseSleeves(runtime: Runtime, open: OpenViolation): void {
  for (const ordinal of sleevesOf(runtime, open.subject)) {
    const own = runtime.state.sleeves[ordinal]!
    if (own.paused === '') own.paused = `${PAUSED}${open.kind}`
  }
}

/** A sleeve that another open violation pauses as well stays paused, now by that one. */
function resumeSleeves(runtime: Runtime, watch: WatchState, over: OpenViolation): void {
  const { state } = runtime
  for (const ordinal of sleevesOf(runtime, over.subject)) {
    const own = state.sleeves[ordinal]!
    if (!own.paused.startsWith(PAUSED)) continue
    const other = watch.open.find(
      ({ kind, liquidating, subject }) =>
        reactionOf(state.config!, kind, liquidating) === 'pause_strategy' &&
        sleevesOf(runtime, subject).includes(ordinal),
    )
    own.paused = other === undefined ? '' : `${PAUSED}${other.kind}`
  }
}
