import type { CapitalFigures } from '../../api/contract/capital.ts'
import type { CurveView } from '../../api/contract/report.ts'
import type { CapitalRecord } from '../../domain/capital.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { formatDate, formatInstant } from '../../domain/sessions.ts'
import type { RunResult } from '../../engine/records/result.ts'
import type { Column } from './csv.ts'
import { finite, known } from './numbers.ts'

/* What happened to capital: records in the order in which they were made, and the weights in force day by day. */

/** Ordinals of the sleeves that capital is dealt to. */
function dealtTo({ config }: RunResult): readonly number[] {
  return config.sleeves.flatMap(({ strategy }, ordinal) => (strategy === null ? [] : [ordinal]))
}

/** Null where capital is dealt once and nothing moves it. */
export function capitalFigures(result: RunResult): CapitalFigures | null {
  const { capital, config } = result
  if (capital === null) return null
  const dealt = dealtTo(result)
  const unit = countsPerUnit(config.currency)
  return {
    method: config.capitalPlan?.allocation.method ?? null,
    names: dealt.map((ordinal) => config.sleeves[ordinal]!.id),
    days: capital.days.map(({ tradeDate, isComputed, weights, factors }) => ({
      tradeDate: tradeDate === 0 ? null : formatDate(tradeDate),
      computed: isComputed,
      weights: dealt.map((ordinal) => known(weights[ordinal]!)),
      factors: dealt.map((ordinal) => known(factors[ordinal]!)),
    })),
    records: capital.records.map(({ at, tradeDate, cause, sleeve, before, after, moved, reason }) => ({
      at: formatInstant(at),
      tradeDate: formatDate(tradeDate),
      cause,
      sleeve,
      before: finite(before),
      after: finite(after),
      moved: known(moved / unit),
      reason,
    })),
    closeness: capital.closeness.map(({ left, right, days }) => ({ left, right, runDays: days })),
    stages: capital.stages.map(({ sleeve, stage, proposed }) => ({ sleeve, stage, proposed })),
  }
}

/** What each sleeve may use at the close of each day, weight times factor; empty where no weights are in force. */
export function capitalCurves(result: RunResult): readonly CurveView[] {
  const { capital, config, days } = result
  if (capital === null || capital.days.length === 0) return []
  return dealtTo(result).map((ordinal) => {
    const { id, title } = config.sleeves[ordinal]!
    let at = 0
    const values = Array.from(days, (day) => {
      while (at + 1 < capital.days.length && capital.days[at + 1]!.tradeDate <= day) at += 1
      const { weights, factors } = capital.days[at]!
      return known(weights[ordinal]! * factors[ordinal]!)
    })
    return { name: id, title, values }
  })
}

/** Columns of capital.csv. */
export function capitalColumns({ config }: RunResult): readonly Column<CapitalRecord>[] {
  const unit = countsPerUnit(config.currency)
  return [
    { name: 'at', cell: ({ at }) => formatInstant(at) },
    { name: 'trade_date', cell: ({ tradeDate }) => formatDate(tradeDate) },
    { name: 'cause', cell: ({ cause }) => cause },
    { name: 'sleeve', cell: ({ sleeve }) => sleeve },
    { name: 'before', cell: ({ before }) => finite(before) },
    { name: 'after', cell: ({ after }) => finite(after) },
    { name: 'moved', cell: ({ moved }) => known(moved / unit) },
    { name: 'reason', cell: ({ reason }) => reason },
  ]
}
