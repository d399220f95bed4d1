/** Keeps an engine running: a process of its own, started again after it failed or died, and not for ever. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'

export interface SupervisorRules {
  /** An engine that ended with a failure is started again after this. */
  readonly retryMs: number
  /** One that was killed or crashed, after this, and twice as long each time, up to `retryMs`. */
  readonly crashMs: number
  /** So many restarts within so long, and it is given up. */
  readonly restartsMost: number
  readonly withinMs: number
  /** An engine that was told to stop has so long for its last commit. */
  readonly stopMs: number
}

export const SUPERVISOR_RULES: SupervisorRules = {
  retryMs: 60_000,
  crashMs: 1_000,
  restartsMost: 10,
  withinMs: 3_600_000,
  stopMs: 30_000,
}

/** How an engine ended: by its exit code, or by the signal that killed it. */
export interface EngineExit {
  readonly code: number | null
  readonly signal: string | null
}

export type SupervisedEnd =
  /** It came to its end by itself, or was told to stop. */
  | 'ended'
  /** Its input is wrong: to start it again would change nothing. */
  | 'refused'
  | 'givenUp'

export interface SupervisorHooks {
  /** Told once of a row of failures, and again only after it ran for as long as `withinMs`. */
  onAlert(exit: EngineExit): void
  onRestart(exit: EngineExit, afterMs: number): void
}

const ENDED = 0
const REFUSED = 2
const SLEEVE_PAUSED = 3

/** @param signal of the supervisor: the engine is then told to stop, and not started again */
export async function supervise(
  start: () => ChildProcess,
  rules: SupervisorRules,
  hooks: SupervisorHooks,
  signal: AbortSignal,
): Promise<SupervisedEnd> {
  const restarts: number[] = []
  let crashes = 0
  let isTold = false
  while (!signal.aborted) {
    const begun = performance.now()
    const exit = await ended(start(), rules, signal)
    if (signal.aborted || exit.code === ENDED || exit.code === SLEEVE_PAUSED) return 'ended'
    if (exit.code === REFUSED) return 'refused'
    const now = performance.now()
    if (now - begun > rules.withinMs) {
      isTold = false
      crashes = 0
    }
    if (!isTold) hooks.onAlert(exit)
    isTold = true
    while (restarts.length > 0 && now - restarts[0]! > rules.withinMs) restarts.shift()
    if (restarts.length >= rules.restartsMost) return 'givenUp'
    restarts.push(now)
    const after = exit.code === null ? Math.min(rules.crashMs * 2 ** crashes, rules.retryMs) : rules.retryMs
    crashes += 1
    hooks.onRestart(exit, after)
    await wait(after, undefined, { signal }).catch(() => {})
  }
  return 'ended'
}

async function ended(child: ChildProcess, { stopMs }: SupervisorRules, signal: AbortSignal): Promise<EngineExit> {
  let hard: NodeJS.Timeout | undefined
  const stop = (): void => {
    child.kill('SIGTERM')
    hard = setTimeout(() => child.kill('SIGKILL'), stopMs)
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const failed = new Promise<EngineExit>((done) => child.once('error', () => done({ code: null, signal: 'unstarted' })))
  const closed = once(child, 'exit').then(([code, by]) => ({ code, signal: by }) as EngineExit)
  const exit = await Promise.race([closed, failed])
  clearTimeout(hard)
  signal.removeEventListener('abort', stop)
  return exit
}
