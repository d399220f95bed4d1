/*
 * Where things stand on a chart: round ticks, the first days of years and months, and fewer points for long lines.
 */

export interface Scale {
  readonly low: number
  readonly high: number
  readonly step: number
  readonly ticks: readonly number[]
}

const ROUND_STEPS = [1, 2, 2.5, 5, 10] as const

/** Round ticks around the values: about `wanted` of them; a flat line gets room on both sides. */
export function scaleOf(low: number, high: number, wanted: number): Scale {
  const margin = high > low ? 0 : Math.max(Math.abs(high) * 0.05, 1e-4)
  const rough = (high - low + 2 * margin) / wanted
  const magnitude = Number(`1e${rough.toExponential().split('e')[1]}`)
  const step = (ROUND_STEPS.find((round) => round * magnitude >= rough * 0.999999) ?? 10) * magnitude
  const first = Math.floor((low - margin) / step + 1e-9)
  const last = Math.ceil((high + margin) / step - 1e-9)
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
  return { low: ticks[0]!, high: ticks.at(-1)!, step, ticks }
}

/** Share of the height from the top at which a value stands, 0 to 1. */
export function fromTop(scale: Scale, value: number): number {
  return (scale.high - value) / (scale.high - scale.low)
}

export interface TimeTick {
  readonly index: number
  readonly date: string
  readonly isYear: boolean
}

/** First days of years where the run is long, else of months, at most `wanted`. */
export function timeTicks(days: readonly string[], wanted: number): TimeTick[] {
  const firsts = (length: number) =>
    days.flatMap((date, index) =>
      index === 0 || date.slice(0, length) !== days[index - 1]!.slice(0, length) ? [{ index, date }] : [],
    )
  const years = firsts(4)
  const isLong = years.length > 3
  const all = isLong ? years : firsts(7)
  const every = Math.ceil(all.length / wanted)
  const steps = isLong ? every : ([1, 2, 3, 4, 6, 12].find((step) => step >= every) ?? every)
  const isRoom = (index: number) => index === 0 || days.length < 2 || index / (days.length - 1) > 0.03
  return all
    .filter(({ date }, at) => (isLong ? at % steps === 0 : (Number(date.slice(5, 7)) - 1) % steps === 0))
    .filter(({ index }) => isRoom(index))
    .map(({ index, date }) => ({ index, date, isYear: isLong || date.slice(5, 7) === '01' }))
}

/** Indices that keep the shape of a line: lowest and highest of each stretch, first and last of all. */
export function shapePoints(values: readonly (number | null)[], pointsMax: number): number[] {
  if (values.length <= pointsMax) return values.map((_, index) => index)
  const stretches = Math.floor(pointsMax / 2) - 1
  const kept = new Set([0, values.length - 1])
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * values.length) / stretches)
    const to = Math.floor(((stretch + 1) * values.length) / stretches)
    let low = from
    let high = from
    for (let index = from; index < to; index += 1) {
      const value = values[index] ?? null
      if (value === null) continue
      if (value < (values[low] ?? Number.POSITIVE_INFINITY)) low = index
      if (value > (values[high] ?? Number.NEGATIVE_INFINITY)) high = index
    }
    kept.add(low).add(high)
  }
  return [...kept].sort((left, right) => left - right)
}

/** Evenly spaced indices, first and last included. */
export function evenPoints(length: number, pointsMax: number): number[] {
  if (length <= pointsMax) return Array.from({ length }, (_, index) => index)
  return Array.from({ length: pointsMax }, (_, index) => Math.floor((index * (length - 1)) / (pointsMax - 1)))
}

/** Moves labels apart so that none overlaps: each keeps its order, `gap` apart, inside 0 to 1. */
export function pushApart(positions: readonly number[], gap: number): number[] {
  const order = positions
    .map((_, index) => index)
    .sort((left, right) => positions[left]! - positions[right]! || left - right)
  const placed = [...positions]
  for (let rank = 1; rank < order.length; rank += 1)
    placed[order[rank]!] = Math.max(placed[order[rank]!]!, placed[order[rank - 1]!]! + gap)
  let limit = 1
  for (let rank = order.length - 1; rank >= 0; rank -= 1) {
    placed[order[rank]!] = Math.min(placed[order[rank]!]!, limit)
    limit = placed[order[rank]!]! - gap
  }
  return placed
}
