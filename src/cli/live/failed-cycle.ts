/** A cycle that failed, as an event: whoever is told of it hears which sleeves did not decide. */
import type { Heartbeat } from '../../domain/control.ts'
import type { Told } from '../../live/engine-options.ts'
import { engineAlert } from '../../live/engine-rules.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'

export function failedCycle({ config }: Pick<LoadedPortfolio, 'config'>, reason: string): Told {
  const skipped = config.sleeves.filter(({ strategy }) => strategy !== null).map(({ id }) => id)
  return { body: engineAlert('cycleFails', `a cycle failed: ${reason}; skipped: ${skipped.join(', ')}`) }
}

/** Why the process before this one gave up; empty where it ended in order, or could say nothing. */
export function failureBefore(beats: readonly Heartbeat[], portfolio: string): string {
  const last = beats.find((beat) => beat.portfolio === portfolio)
  return last !== undefined && last.failure !== '' && last.failure === last.ended ? last.failure : ''
}
