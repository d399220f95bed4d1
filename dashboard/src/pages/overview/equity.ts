import type { EquityCurve } from '../../../../src/api/contract/overview.ts'
import { useLive } from '../../data/readings.ts'
import type { Source } from '../../data/source.ts'
import { usePeriod } from '../../shell/TitleRow.tsx'
import { periodStart } from '../../state/periods.ts'

/** The curve of the period that the page shows. */
export function useEquity(): Source<EquityCurve> {
  const [period] = usePeriod()
  const { data } = useLive('figures')
  const last = data?.tradeDate ?? null
  const from = last === null ? null : periodStart(period, last)
  return useLive('equity', { from })
}
