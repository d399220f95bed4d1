/** What an engine measures of itself goes to the process that started it, now and then: never a reason to wait. */
import type { Meter } from '../../live/engine-options.ts'

export interface MeteredSteps {
  readonly kind: 'metered'
  readonly portfolio: string
  /** By step, seconds of each time since the last word; at most so many as fit into a message. */
  readonly steps: Readonly<Record<string, readonly number[]>>
  readonly commits: readonly number[]
}

/** Milliseconds between two words, and figures of one step in each: what is beyond is left out. */
const TELL_MS = 1_000
const FIGURES_MOST = 500

/** Null where nobody started this process who would listen. */
export function engineMeter(portfolio: string): Meter | null {
  if (process.send === undefined) return null
  let steps: Record<string, number[]> = {}
  let commits: number[] = []
  let told = performance.now()
  const tell = (now: number): void => {
    told = now
    const word: MeteredSteps = { kind: 'metered', portfolio, steps, commits }
    steps = {}
    commits = []
    if (process.connected) process.send?.(word)
  }
  return {
    now: () => performance.now(),
    took(step, since) {
      const now = performance.now()
      const list = steps[step] ?? []
      steps[step] = list
      if (list.length < FIGURES_MOST) list.push((now - since) / 1_000)
      if (now - told >= TELL_MS) tell(now)
    },
    committed(events) {
      if (commits.length < FIGURES_MOST) commits.push(events)
    },
  }
}
