import { pairAt } from '../../pipeline/risk/correlation-bench.ts'
import { shownSleeves } from '../external/sleeve.ts'
import type { CapitalDay, CapitalResult } from '../records/result.ts'
import type { Runtime } from '../runtime.ts'
import { allocatedSleeves, stageOf } from './state.ts'

/** What was told of capital, and where it stands at the end; null where nothing ever moved it. */
export function capitalResult(
  runtime: Runtime,
  { records, days }: { readonly records: CapitalResult['records']; readonly days: readonly CapitalDay[] },
): CapitalResult | null {
  const { state, sleeves } = runtime
  const { capital, config } = state
  const told = { records, days: days.map((day) => shownOf(day, shownSleeves(runtime).length)) }
  if (capital === undefined) return told.records.length === 0 ? null : { ...told, closeness: [], stages: [] }
  const allocated = allocatedSleeves(config!)
  const { bench, lifecycle } = capital
  const closeness: CapitalResult['closeness'][number][] = []
  allocated.forEach((left, place) => {
    for (let other = place + 1; other < allocated.length; other += 1) {
      const days = bench?.above[pairAt(bench.sleeves, place, other)] ?? 0
      if (days > 0)
        closeness.push({ left: sleeves[left]!.config.id, right: sleeves[allocated[other]!]!.config.id, days })
    }
  })
  const stages = allocated.flatMap((sleeve) => {
    const stage = stageOf(capital, sleeve)
    const proposed = lifecycle?.proposed[sleeve] ?? ''
    return stage === null
      ? []
      : [{ sleeve: sleeves[sleeve]!.config.id, stage, proposed: proposed === '' ? null : proposed }]
  })
  return { ...told, closeness, stages }
}

/** Of the sleeves that a report shows. */
function shownOf(day: CapitalDay, shown: number): CapitalDay {
  if (day.weights.length <= shown) return day
  return { ...day, weights: day.weights.slice(0, shown), factors: day.factors.slice(0, shown) }
}
