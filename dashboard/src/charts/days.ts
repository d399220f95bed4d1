/** Trade dates on a time axis: midnight UTC of their text, so that no zone moves them. */

const DAY = /^(\d{4})-(\d{2})-(\d{2})/

export function dayMs(day: string): number {
  const parts = DAY.exec(day)
  return parts === null ? Number.NaN : Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]))
}

/** The trade date that stands at a place of the axis. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Place of the last day that is not after `day`; -1 where all are. Days are sorted. */
export function placeAt(days: readonly string[], day: string): number {
  let [low, high] = [0, days.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (days[middle]! <= day) low = middle + 1
    else high = middle
  }
  return low - 1
}
