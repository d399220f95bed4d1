import { useMemo, useRef } from 'react'
import type { EquityCurve } from '../../../../src/api/contract/overview.ts'
import { dayPoint } from '../../charts/house.ts'
import { useLive } from '../../data/readings.ts'
import type { Source } from '../../data/source.ts'
import { usePeriod } from '../../shell/TitleRow.tsx'
import { periodStart } from '../../state/periods.ts'

const DAY_MS = 86_400_000
/** A replayed market passes days fast: the start of a period follows in steps of this part of it. */
const DRIFT = 0.02

/** Whether the start that was asked for last is still near enough to the one that is wanted now. */
export function isNear(asked: string, wanted: string, last: string): boolean {
  const length = dayPoint(last) - dayPoint(wanted)
  const away = Math.abs(dayPoint(wanted) - dayPoint(asked))
  return away <= Math.floor((length * DRIFT) / DAY_MS) * DAY_MS
}

/** The curve of the period that the page shows. */
export function useEquity(): Source<EquityCurve> {
  const [period] = usePeriod()
  const { data: figures, error } = useLive('figures')
  const asked = useRef<{ readonly period: string; readonly from: string | null }>({ period: '', from: null })
  const last = figures?.tradeDate ?? null
  const from = last === null ? null : periodStart(period, last)
  const before = asked.current
  const isKept =
    before.period === period &&
    before.from !== null &&
    from !== null &&
    last !== null &&
    isNear(before.from, from, last)
  if (!isKept) asked.current = { period, from }
  // Where the period begins is known with the figures; without them all that is there is shown.
  const source = useLive('equity', { from: asked.current.from }, figures !== null || error !== null)
  const sleeves = useLive('sleeves')
  const curve = sleeves.isLoading ? null : source.data // which lines there are is known with the sleeves
  const idle = sleeves.data?.rows.find(({ status }) => status === 'reserve')?.sleeve
  const data = useMemo(() => withoutReserve(curve, idle), [curve, idle])
  return { ...source, data, isLoading: source.isLoading || sleeves.isLoading }
}

/** The lines of what is invested: cash has no curve of its own. */
function withoutReserve(curve: EquityCurve | null, reserve: string | undefined): EquityCurve | null {
  if (curve === null || reserve === undefined) return curve
  return { ...curve, lines: curve.lines.filter(({ id, kind }) => kind !== 'sleeve' || id !== reserve) }
}
