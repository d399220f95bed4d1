/** Fills that come fast are told together: above this many in a second, as one notice. */
const NOTICES_PER_SECOND = 3
const SECOND_MS = 1000

/** A gathering ends when nothing came for this long. */
const QUIET_MS = 3000

export interface Told {
  /** One sentence each; null: they are told as one. */
  readonly single: string | null
  /** How many were gathered since they came fast. */
  readonly gathered: number
}

/** Decides for each fill whether it is told by itself or added to a gathering; times are milliseconds. */
export function grouping(): (text: string, nowMs: number) => Told {
  let times: number[] = []
  let last: number | undefined
  let gathered = 0
  return (text, nowMs) => {
    if (gathered > 0 && last !== undefined && nowMs - last >= QUIET_MS) gathered = 0
    last = nowMs
    times = [...times.filter((at) => nowMs - at < SECOND_MS), nowMs]
    if (gathered === 0 && times.length <= NOTICES_PER_SECOND) return { single: text, gathered: 0 }
    gathered += 1
    return { single: null, gathered }
  }
}
