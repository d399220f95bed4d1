import type { EquityCurve } from '../../../../src/api/contract/overview.ts'
import { useEquity } from './equity.ts'

/** What the benchmark did since the point before its last; null: there is no benchmark, or no such point. */
export function benchmarkToday(curve: EquityCurve | null): { readonly title: string; readonly change: number } | null {
  const line = curve?.lines.find(({ kind }) => kind === 'benchmark')
  if (line === undefined || curve?.grain !== 'day') return null
  const [before, last] = line.growth.slice(-2)
  if (before === undefined || before === null || last === undefined || last === null || before === 0) return null
  return { title: line.title, change: last / before - 1 }
}

export function useBenchmarkToday(): { readonly title: string; readonly change: number } | null {
  return benchmarkToday(useEquity().data)
}
