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

/** Markets that pass more than this in a second are computed, not watched. */
const HISTORY_PER_SECOND_MS = 3 * 86_400_000

/** Whether what came together is history that an engine plays on its way to now. */
export function playedHistory(): (rows: readonly { readonly at: string }[], nowMs: number) => boolean {
  let before: { readonly market: number; readonly at: number } | null = null
  return (rows, nowMs) => {
    const moments = rows.map(({ at }) => Date.parse(at))
    const last = Math.max(...moments)
    const from = before?.market ?? Math.min(...moments)
    const seconds = Math.max(1, (nowMs - (before?.at ?? nowMs)) / SECOND_MS)
    before = { market: last, at: nowMs }
    return (last - from) / seconds > HISTORY_PER_SECOND_MS
  }
}
