/** After which event an older view of the portfolio no longer counts, by what a command would change. */
import type { Runtime } from '../../engine/runtime.ts'

export interface Changes {
  /** A gate was shut, the account began only to reduce, a sleeve was stopped, a limit was broken. */
  readonly worse: number
  /** Capital was dealt anew, or another part of it trades. */
  readonly capital: number
  /** What was so at the last look. */
  readonly seen: {
    readonly hazards: ReadonlySet<string>
    readonly dealt: string
  } | null
}

export const NO_CHANGES: Changes = { worse: -1, capital: -1, seen: null }

/** The first look of a process takes all that stands as new: whoever saw the one before has not seen this one. */
export function changesOf(before: Changes, runtime: Runtime): Changes {
  const hazards = hazardsOf(runtime)
  const dealt = dealtOf(runtime)
  const { seq } = runtime.state
  const isWorse = [...hazards].some((hazard) => before.seen?.hazards.has(hazard) !== true)
  const isDealt = before.seen !== null && before.seen.dealt !== dealt
  return {
    worse: isWorse ? seq : before.worse,
    capital: isDealt ? seq : before.capital,
    seen: { hazards, dealt },
  }
}

function hazardsOf({ state, sleeves }: Runtime): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { gate, instrument, since } of state.gates?.shut ?? []) found.add(`${gate} ${instrument} ${since}`)
  for (const { order } of state.gates?.unknown ?? []) found.add(`unknown ${order}`)
  if (state.gates?.mode === 'reducing') found.add(`reducing ${state.gates.modeSince}`)
  for (const { ordinal } of sleeves) {
    const { paused } = state.sleeves[ordinal]!
    if (paused !== '') found.add(`paused ${ordinal} ${paused}`)
  }
  for (const { id, resolvedAt } of state.violations) if (resolvedAt === null) found.add(`violation ${id}`)
  return found
}

/** Equal while no capital was dealt: weights, the day of the last rebalancing, and the part that trades live. */
function dealtOf({ state }: Runtime): string {
  const { rebalance, capital, liveFraction } = state
  const underWay = rebalance?.underWay === null ? '' : (rebalance?.underWay?.reason ?? '')
  return [capital?.weights.join(' ') ?? '', underWay, liveFraction ?? 1].join(';')
}
