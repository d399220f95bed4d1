import type { EquityCurve, EquityLine } from '../../../../src/api/contract/overview.ts'
import { dayPoint } from '../../charts/house.ts'
import { wallPoint, type ZoneChoice } from '../../times.ts'

export const EQUITY_VIEWS = ['Return', 'Value', 'Log'] as const
export type EquityView = (typeof EQUITY_VIEWS)[number]

/** Above this many only the largest are on at first. */
const LINES_ON_AT_FIRST = 12

/** What a line is called in addresses. */
export function lineKey(line: Pick<EquityLine, 'id' | 'kind'>): string {
  return line.kind === 'portfolio' ? 'portfolio' : line.id
}

function lastValue(line: EquityLine): number {
  return line.value.findLast((value) => value !== null) ?? 0
}

/** Lines that are on without a choice: portfolio and benchmark, and on a wide screen the twelve largest sleeves. */
export function linesAtFirst(lines: readonly EquityLine[], isNarrow: boolean): readonly string[] {
  const sleeves = lines.filter(({ kind }) => kind === 'sleeve')
  const largest = [...sleeves].sort((a, b) => lastValue(b) - lastValue(a)).slice(0, LINES_ON_AT_FIRST)
  const shown = new Set(isNarrow ? [] : largest.map(lineKey))
  return lines.filter((line) => line.kind !== 'sleeve' || shown.has(lineKey(line))).map(lineKey)
}

/** X of every point of a line: trade dates as they are, instants as the zone's wall clock shows them. */
export function pointsX(line: Pick<EquityLine, 'at' | 'dates'>, zone: ZoneChoice): readonly number[] {
  return line.dates === null ? line.at.map((at) => wallPoint(at, zone)) : line.dates.map(dayPoint)
}

/** Y of every point: return since the start of the range, money, or growth for the logarithmic view. */
export function pointsY(line: EquityLine, view: EquityView): readonly (number | null)[] {
  if (view === 'Value') return line.value
  if (view === 'Log') return line.growth
  return line.growth.map((growth) => (growth === null ? null : growth - 1))
}

/** The last return of a line that is defined; null: none is. */
export function lastReturn(line: EquityLine): number | null {
  const growth = line.growth.findLast((value) => value !== null)
  return growth === undefined || growth === null ? null : growth - 1
}

/** Lines in the order in which they are drawn: sleeves below, the benchmark, the portfolio on top. */
export function drawnOrder(curve: EquityCurve): readonly EquityLine[] {
  const rank = { sleeve: 0, benchmark: 1, portfolio: 2 } as const
  return [...curve.lines].sort((a, b) => rank[a.kind] - rank[b.kind])
}
