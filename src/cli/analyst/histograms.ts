/** How returns are spread: by day, week, month and year, beside a normal distribution. */
import type { Panel } from '../../api/contract/analysis.ts'
import type { Histogram } from '../../api/contract/performance-page.ts'
import { addDays, weekday } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { histogram, normalCount } from '../../numerics/histogram.ts'
import { mean, populationKurtosis, populationSkewness, quantile, sampleDeviation } from '../../numerics/statistics.ts'
import { finite, known } from '../report/numbers.ts'
import { empty, type Facts, filled } from './facts.ts'

const UNITS = ['day', 'week', 'month', 'year'] as const
const DAYS_SHOWN = 40
const TAIL = 0.05
const NORMAL_KURTOSIS = 3
const NORMAL_POINTS = 60

interface Period {
  readonly value: number
  /** Its last day. */
  readonly day: string
}

export function histogramsOf(facts: Facts): Panel<readonly Histogram[]> {
  if (facts.days.length < 2) return empty('Needs 2 days; there are fewer.')
  return filled(UNITS.map((unit) => histogramOf(unit, periodsOf(facts, unit))))
}

/** Compounded returns of the stretches of a calendar. */
function periodsOf({ result, returns, days }: Facts, unit: Histogram['unit']): readonly Period[] {
  const periods: { key: string; value: number; day: string }[] = []
  days.forEach((day, at) => {
    const step = returns.portfolio[at]!
    if (Number.isNaN(step)) return
    const key = keyOf(unit, day, result.days[at] as TradeDate)
    const last = periods.at(-1)
    if (last?.key === key) {
      last.value = (1 + last.value) * (1 + step) - 1
      last.day = day
    } else periods.push({ key, value: step, day })
  })
  return periods
}

function keyOf(unit: Histogram['unit'], day: string, date: TradeDate): string {
  if (unit === 'day') return day
  if (unit === 'month') return day.slice(0, 7)
  if (unit === 'year') return day.slice(0, 4)
  // Weeks begin on Monday.
  return String(addDays(date, -((weekday(date) + 6) % 7)))
}

function histogramOf(unit: Histogram['unit'], periods: readonly Period[]): Histogram {
  const values = Float64Array.from(periods, ({ value }) => value)
  const { edges, counts, binOf } = histogram(values)
  const shape = { mean: mean(values), deviation: sampleDeviation(values) }
  const bins = Array.from(counts, (count, bin) => ({
    from: known(edges[bin]!),
    to: known(edges[bin + 1]!),
    count,
    days: periods.flatMap(({ day }, at) => (binOf[at] === bin ? [day] : [])).slice(-DAYS_SHOWN),
  }))
  return {
    unit,
    bins,
    observations: values.length,
    mean: finite(shape.mean),
    deviation: finite(shape.deviation),
    skewness: finite(populationSkewness(values)),
    kurtosis: finite(populationKurtosis(values) - NORMAL_KURTOSIS),
    normal: normalOf(values.length, shape, edges),
    valueAtRisk: finite(quantile(values, TAIL)),
  }
}

function normalOf(
  count: number,
  shape: { readonly mean: number; readonly deviation: number },
  edges: Float64Array,
): Histogram['normal'] {
  const [low, high] = [edges[0] ?? Number.NaN, edges.at(-1) ?? Number.NaN]
  const width = (edges[1] ?? Number.NaN) - low
  if (!(shape.deviation > 0 && width > 0)) return []
  return Array.from({ length: NORMAL_POINTS + 1 }, (_, point) => {
    const at = low + ((high - low) * point) / NORMAL_POINTS
    return { at: known(at), count: known(normalCount(count, shape, at - width / 2, at + width / 2)) }
  })
}
