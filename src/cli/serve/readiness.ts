/** Whether the engines that a process answers for may trade now, and if not, why. */
import type { Heartbeat } from '../../domain/control.ts'
import { isRunning } from '../operate/status-text.ts'

interface EngineReadiness {
  readonly portfolio: string
  /** Heard lately, and not ended. */
  readonly running: boolean
  readonly ready: boolean
  /** Why not; empty where it is. */
  readonly reasons: readonly string[]
}

interface Readiness {
  readonly ready: boolean
  readonly engines: readonly EngineReadiness[]
}

/**
 * An engine is ready that runs and whose account may send orders; a gate of one instrument leaves the others alone.
 *
 * @param own portfolios that this process runs: one that was never heard is away
 */
export function readinessOf(beats: readonly Heartbeat[], own: readonly string[], now: number): Readiness {
  const unheard = own.filter((name) => beats.every(({ portfolio }) => portfolio !== name))
  const engines = [
    ...beats.map((beat) => engineReadiness(beat, now)),
    ...unheard.map((portfolio) => notReady(portfolio, 'its engine has not spoken yet')),
  ]
  return { ready: engines.every(({ ready }) => ready), engines }
}

function engineReadiness(beat: Heartbeat, now: number): EngineReadiness {
  const { portfolio, gates, owner, at, ended } = beat
  if (!isRunning(beat, now)) {
    const when = new Date(at).toISOString()
    const how = ended === '' ? `was last heard at ${when}` : `ended at ${when}: ${ended}`
    return notReady(portfolio, `no engine runs it; ${owner} ${how}`)
  }
  const reasons = gates
    .filter(({ instrument }) => instrument === null)
    .map(({ gate, reason }) => `the gate ${gate} is shut: ${reason}`)
  return { portfolio, running: true, ready: reasons.length === 0, reasons }
}

function notReady(portfolio: string, reason: string): EngineReadiness {
  return { portfolio, running: false, ready: false, reasons: [reason] }
}
