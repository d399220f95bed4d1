import { daysBetween, formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { RunResult, SleeveResult } from '../../engine/records/result.ts'
import { configOf } from './returns.ts'

/** Below this many round trips, win rate and averages of a sleeve say next to nothing. */
const ROUND_TRIPS_MIN = 20
const DAYS_PER_YEAR = 365.25

/** Why a sleeve's figures of trades rest on too few of them; null where it has enough, or does not trade at all. */
export function fewRoundTrips(result: RunResult, sleeve: SleeveResult): string | null {
  const { strategy, kind, status } = configOf(result, sleeve)
  if (strategy === null || kind === 'return_stream') return null
  const trips = result.trades.filter((trade) => trade.sleeve === sleeve.id).length
  if (trips >= ROUND_TRIPS_MIN) return null
  const count = trips === 0 ? 'no round trip' : `${trips} round trip${trips === 1 ? '' : 's'} of ${ROUND_TRIPS_MIN}`
  const causes = [
    status === 'paused' ? 'it is paused in the configuration' : null,
    sleeve.paused === null ? null : `it was paused on ${formatDate(sleeve.paused.tradeDate)}`,
    spanCause(result, trips),
    refusalCause(result, sleeve),
    (sleeve.openPositions.at(-1) ?? 0) > 0 ? `${sleeve.openPositions.at(-1)} positions are still open` : null,
  ]
  return `${count}: ${causes.filter((cause) => cause !== null).join('; ')}`
}

/** How long the run is, and how long it would have to be at this pace. */
function spanCause({ days }: RunResult, trips: number): string {
  if (days.length === 0) return 'the run has no day'
  const [first, last] = [days[0] as TradeDate, days.at(-1) as TradeDate]
  const years = (daysBetween(first, last) + 1) / DAYS_PER_YEAR
  const span = `the run has ${years.toFixed(1)} years, ${formatDate(first)} to ${formatDate(last)}`
  if (trips === 0) return span
  return `${span}, with ${(trips / years).toFixed(1)} a year, so that ${ROUND_TRIPS_MIN} need about ${((ROUND_TRIPS_MIN * years) / trips).toFixed(1)}`
}

function refusalCause({ refusals }: RunResult, { id }: SleeveResult): string | null {
  const counts = new Map<string, number>()
  for (const { sleeve, end, rule } of refusals)
    if (sleeve === id && end === 'refused') counts.set(rule, (counts.get(rule) ?? 0) + 1)
  const most = [...counts].sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))[0]
  if (most === undefined) return null
  return `${[...counts.values()].reduce((sum, times) => sum + times, 0)} wishes were refused, most of them by ${most[0]}`
}
