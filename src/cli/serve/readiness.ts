/** Whether the engines that a process answers for may trade now, and if not, why. */
import type { Heartbeat } from '../../domain/control.ts'
import { isRunning } from '../operate/status-text.ts'

interface EngineReadiness {
  readonly portfolio: string
  /** Heard lately, and not ended. */
  readonly running: boolean
  /** False: it was put away in order, and nobody said here that it is to run. */
  readonly expected: boolean
  readonly ready: boolean
  /** Why not; empty where it is. */
  readonly reasons: readonly string[]
}

interface Readiness {
  readonly ready: boolean
  readonly engines: readonly EngineReadiness[]
}

/**
 * An engine is ready that runs and whose account may send orders; a gate of one instrument leaves the others alone. One that
 * was put away in order is not waited for.
 *
 * @param own portfolios that this process runs: one that was never heard is away
 */
export function readinessOf(beats: readonly Heartbeat[], own: readonly string[], now: number): Readiness {
  const unheard = own.filter((name) => beats.every(({ portfolio }) => portfolio !== name))
  const engines = [
    ...beats.map((beat) => ({ ...engineReadiness(beat, now), expected: isExpected(beat, own, now) })),
    ...unheard.map((portfolio) => ({ ...notReady(portfolio, 'its engine has not spoken yet'), expected: true })),
  ]
  return { ready: engines.every(({ ready, expected }) => ready || !expected), engines }
}

/** One that fell silent or failed should run; one that came to its end, or was stopped, need not. */
function isExpected(beat: Heartbeat, own: readonly string[], now: number): boolean {
  const { portfolio, ended, failure } = beat
  return own.includes(portfolio) || isRunning(beat, now) || ended === '' || ended === failure
}

function engineReadiness(beat: Heartbeat, now: number): Omit<EngineReadiness, 'expected'> {
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

function notReady(portfolio: string, reason: string): Omit<EngineReadiness, 'expected'> {
  return { portfolio, running: false, ready: false, reasons: [reason] }
}
