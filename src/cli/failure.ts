import { describeFault, FAULTS, type Fault, FaultError } from '../domain/faults.ts'

/** Exit codes: 0 done, 1 the run failed, 2 the input is wrong, 3 a sleeve was paused by a fault (all output written). */
export const EXIT = { done: 0, failed: 1, refused: 2, paused: 3 } as const

/** What the user is told about a failure, and the exit code that goes with it. */
export interface Failure {
  readonly text: string
  readonly exit: number
}

/** Several faults in one error, such as those of a configuration. */
function faultsIn(cause: unknown): readonly Fault[] | null {
  if (cause instanceof FaultError) return [cause.fault]
  const faults = (cause as { readonly faults?: unknown } | null)?.faults
  return Array.isArray(faults) && faults.length > 0 ? (faults as readonly Fault[]) : null
}

/** Faults say what was wrong and what to do; anything else is a mistake of the program and says so in one line. */
export function failureOf(cause: unknown, debug: boolean): Failure {
  const stack = debug && cause instanceof Error ? `\n${cause.stack ?? ''}` : ''
  const faults = faultsIn(cause)
  if (faults !== null) {
    const lines = faults.map((problem) => `error: ${describeFault(problem)}`)
    return { text: `${lines.join('\n')}${stack}`, exit: Math.max(...faults.map(({ code }) => FAULTS[code].exit)) }
  }
  const message = cause instanceof Error ? cause.message : String(cause)
  const first = message.split('\n', 1)[0] ?? ''
  const advice = debug ? '' : ' (set POLYFOLIO_DEBUG=1 to see where, and report it with what you ran)'
  return { text: `error: unexpected: ${first}${advice}${stack}`, exit: EXIT.failed }
}
