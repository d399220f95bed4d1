/** Fills that come fast are told together: above this many in a second, as one notice. */
export const NOTICES_PER_SECOND = 3
const SECOND_MS = 1000

export interface Told {
  /** One sentence each; null: they are told as one. */
  readonly single: string | null
  /** How many were gathered in the running second. */
  readonly gathered: number
}

/** Decides for each fill whether it is told by itself or added to a gathering; times are milliseconds. */
export function grouping(): (text: string, nowMs: number) => Told {
  let times: number[] = []
  let gathered = 0
  return (text, nowMs) => {
    times = [...times.filter((at) => nowMs - at < SECOND_MS), nowMs]
    if (times.length <= NOTICES_PER_SECOND) {
      gathered = 0
      return { single: text, gathered: 0 }
    }
    gathered = gathered === 0 ? 1 : gathered + 1
    return { single: null, gathered }
  }
}
