/** What a halt leaves behind for review: who lost what since the portfolio's peak. */
import type { Instant } from '../../domain/units.ts'
import type { HaltReview, SleeveReview } from '../../domain/violations.ts'
import type { Runtime } from '../runtime.ts'
import type { WatchState } from './state.ts'

/** From this part of the fall on, one sleeve made it. */
const MAIN_SHARE = 0.5

/** Keeps the peak up: its instant, and what each sleeve had and had closed by then. */
export function keepPeak({ state, equity, sleeves }: Runtime, watch: WatchState): void {
  if (equity > watch.peak) setPeak({ state, equity, sleeves }, watch)
}

/** Takes this moment as the peak. */
export function setPeak(
  { state, equity, sleeves }: Pick<Runtime, 'state' | 'equity' | 'sleeves'>,
  watch: WatchState,
): void {
  watch.peak = equity
  watch.peakAt = state.at
  for (let ordinal = 0; ordinal < sleeves.length; ordinal += 1) {
    watch.peakEquity[ordinal] = sleeves[ordinal]!.equity
    watch.peakClosed[ordinal] = watch.closed[ordinal]!
  }
}

export function haltReview(runtime: Runtime, watch: WatchState): HaltReview {
  const { sleeves, equity, state } = runtime
  const profits = sleeves.map(({ ordinal, equity: own }) => own - watch.peakEquity[ordinal]!)
  const total = profits.reduce((sum, profit) => sum + profit, 0)
  const reviews = sleeves.map(({ ordinal, config }): SleeveReview => {
    const profit = profits[ordinal]!
    return {
      sleeve: config.id,
      profit,
      share: total < 0 ? profit / total : 0,
      trades: watch.closed[ordinal]! - watch.peakClosed[ordinal]!,
      violations: state.violations.filter(
        ({ at, about, subject }) =>
          at >= watch.peakAt &&
          (about === 'sleeve' ? subject === config.id : about === 'position' && subject.startsWith(`${config.id}/`)),
      ).length,
    }
  })
  return {
    since: watch.peakAt as Instant,
    drawdown: watch.peak > 0 ? Math.max(0, 1 - equity / watch.peak) : 0,
    sleeves: reviews,
    proposal: proposalOf(reviews),
  }
}

function proposalOf(reviews: readonly SleeveReview[]): HaltReview['proposal'] {
  let worst: SleeveReview | null = null
  for (const review of reviews) if (worst === null || review.share > worst.share) worst = review
  if (worst === null || worst.share <= 0)
    return { action: 'alert_only', subject: 'portfolio', reason: 'no sleeve has lost since the peak' }
  const percent = Math.floor(worst.share * 1000 + 0.5) / 10
  if (worst.share >= MAIN_SHARE)
    return {
      action: 'pause_strategy',
      subject: worst.sleeve,
      reason: `"${worst.sleeve}" made ${percent} % of the fall: pause it before entries return`,
    }
  return {
    action: 'reduce_positions',
    subject: 'portfolio',
    reason: `no sleeve made half of the fall, "${worst.sleeve}" most with ${percent} %: return with smaller sizes`,
  }
}
