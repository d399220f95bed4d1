/** What round trips show: profit and loss, how long they lasted, how often they come, by sleeve. */
import type { Panel } from '../../api/contract/analysis.ts'
import type { Bin, SleeveTrades, TradeStats } from '../../api/contract/performance-page.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeRecord } from '../../engine/records/result.ts'
import { histogram } from '../../numerics/histogram.ts'
import { quantile } from '../../numerics/statistics.ts'
import { summariseTrades } from '../../pipeline/metrics/summary.ts'
import { finite, known } from '../report/numbers.ts'
import { empty, type Facts, filled } from './facts.ts'

const DAY_MS = 86_400_000
const DAYS_PER_MONTH = 365.25 / 12
const SCATTER_MOST = 10_000

export function tradeStatsOf(facts: Facts): Panel<TradeStats> {
  const { result, report } = facts
  const { trades } = result
  if (trades.length === 0) return empty('No position has been closed yet.')
  const lasting = (report.portfolio.days === 0 ? 0 : spanDays(facts)) / DAYS_PER_MONTH
  return filled({
    pnl: binsOf(trades.map(({ pnl }) => pnl)),
    hold: binsOf(trades.map(holdOf)),
    scatter: trades.slice(-SCATTER_MOST).map((trade) => ({
      sleeve: trade.sleeve,
      instrument: trade.instrument,
      closed: formatDate(trade.exitDate),
      hold: known(holdOf(trade)),
      pnl: known(trade.pnl),
    })),
    frequency: frequencyOf(facts),
    sleeves: report.sleeves.flatMap(({ name, title, strategy, tradesPerMonth }) =>
      strategy === null
        ? []
        : [
            tradesOf(
              name,
              title,
              trades.filter(({ sleeve }) => sleeve === name),
              tradesPerMonth,
            ),
          ],
    ),
    all: tradesOf('portfolio', report.portfolio.name, trades, lasting > 0 ? finite(trades.length / lasting) : null),
  })
}

/** Calendar days from the opening to the closing. */
function holdOf({ openedAt, closedAt }: TradeRecord): number {
  return (closedAt - openedAt) / DAY_MS
}

function spanDays({ days }: Facts): number {
  return (Date.parse(days.at(-1)!) - Date.parse(days[0]!)) / DAY_MS + 1
}

/** By month from the first day to the last one, those without a round trip as well. */
function frequencyOf({ days, result, report }: Facts): TradeStats['frequency'] {
  const counts = new Map(days.map((day) => [day.slice(0, 7), new Map<string, number>()]))
  for (const { exitDate, sleeve } of result.trades) {
    const month = counts.get(formatDate(exitDate).slice(0, 7))
    month?.set(sleeve, (month.get(sleeve) ?? 0) + 1)
  }
  return [...counts].map(([month, bySleeve]) => ({
    month,
    count: [...bySleeve.values()].reduce((sum, count) => sum + count, 0),
    sleeves: report.sleeves.flatMap(({ name }) => {
      const count = bySleeve.get(name)
      return count === undefined ? [] : [{ name, count }]
    }),
  }))
}

function binsOf(values: readonly number[]): readonly Bin[] {
  const { edges, counts } = histogram(Float64Array.from(values))
  return Array.from(counts, (count, bin) => ({ from: known(edges[bin]!), to: known(edges[bin + 1]!), count }))
}

function tradesOf(
  name: string,
  title: string,
  trades: readonly TradeRecord[],
  tradesPerMonth: number | null,
): SleeveTrades {
  const pnl = Float64Array.from(trades, (trade) => trade.pnl)
  const { winRate, profitFactor, averageTrade, averageWinner, averageLoser } = summariseTrades(pnl)
  return {
    name,
    title,
    roundTrips: trades.length,
    winRate: finite(winRate),
    winners: pnl.filter((value) => value > 0).length,
    losers: pnl.filter((value) => value < 0).length,
    averageWinner: finite(averageWinner),
    averageLoser: finite(averageLoser),
    profitFactor: typeof profitFactor === 'number' ? finite(profitFactor) : null,
    averageTrade: finite(averageTrade),
    pnl: known(pnl.reduce((sum, value) => sum + value, 0)),
    tradesPerMonth,
    medianHold: finite(quantile(Float64Array.from(trades, holdOf), 0.5)),
  }
}
