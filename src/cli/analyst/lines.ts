/** Lines of charts: as many points as a screen can show, and no extreme lost between them. */
import type { Line } from '../../api/contract/analysis.ts'
import { finite } from '../report/numbers.ts'

const POINTS_MOST = 900

export interface Named {
  readonly name: string
  readonly title: string
}

/** One line of the days given; of more than 900 the lowest and the highest of each stretch, the first and the last. */
export function lineOf({ name, title }: Named, days: readonly string[], values: ArrayLike<number>): Line {
  return lineAt({ name, title }, days, values, placesOf(values))
}

/** The same on places that were chosen before: lines that are stacked share their days. */
export function lineAt(
  { name, title }: Named,
  days: readonly string[],
  values: ArrayLike<number>,
  places: readonly number[],
): Line {
  return {
    name,
    title,
    days: places.map((place) => days[place]!),
    values: places.map((place) => finite(values[place])),
  }
}

/** Places of a lane that a chart needs, in order. */
export function placesOf(values: ArrayLike<number>): readonly number[] {
  const { length } = values
  if (length <= POINTS_MOST) return Array.from({ length }, (_, place) => place)
  const stretches = (POINTS_MOST - 2) / 2
  const places = new Set([0, length - 1])
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * length) / stretches)
    const to = Math.floor(((stretch + 1) * length) / stretches)
    let low = from
    let high = from
    for (let place = from; place < to; place += 1) {
      if (Number.isNaN(values[low]!) || values[place]! < values[low]!) low = place
      if (Number.isNaN(values[high]!) || values[place]! > values[high]!) high = place
    }
    places.add(low).add(high)
  }
  return [...places].sort((left, right) => left - right)
}
