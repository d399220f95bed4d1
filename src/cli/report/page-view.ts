import type { BacktestReport, ReportPage, TradeView } from '../../api/contract/report.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { RunResult, TradeRecord } from '../../engine/records/result.ts'
import { rollingVolatility } from '../../numerics/rolling.ts'
import { cumulativeReturns } from '../../pipeline/metrics/returns.ts'
import { capitalCurves } from './capital.ts'
import { decimalsOf, finite, known } from './numbers.ts'
import type { Returns } from './returns.ts'
import { reductionOf } from './risk.ts'
import { shadowReturns } from './shadow-figures.ts'

const VOLATILITY_WINDOWS = [30, 60, 90]
const SLEEVE_WINDOW = 60

/** Decimals of a price: those of the instrument's tick at that level; two where the instrument is a structure. */
function priceDecimals(
  ticks: ReadonlyMap<string, RunResult['instruments'][number]['ticks']>,
  trade: TradeRecord,
): number {
  const levels = ticks.get(trade.instrument) ?? []
  const low = Math.min(Math.abs(trade.entryPrice), Math.abs(trade.exitPrice))
  const level = levels.findLast(({ from }) => from <= low) ?? levels[0]
  return Math.max(2, level === undefined ? 2 : decimalsOf(level.tick))
}

function tradeViews(result: RunResult): TradeView[] {
  const ticks = new Map(result.instruments.map((instrument) => [instrument.symbol, instrument.ticks]))
  return result.trades.map((trade) => ({
    sleeve: trade.sleeve,
    instrument: trade.instrument,
    side: trade.side,
    quantity: known(trade.quantity),
    entryDate: formatDate(trade.entryDate),
    exitDate: formatDate(trade.exitDate),
    entryPrice: known(trade.entryPrice),
    exitPrice: known(trade.exitPrice),
    priceDecimals: priceDecimals(ticks, trade),
    pnl: known(trade.pnl),
    fees: known(trade.fees),
    bars: trade.bars,
    entryReason: trade.entryReason,
    exitReason: trade.exitReason,
  }))
}

/** What the page draws: the report, its daily curves and the round trips in the order they closed. */
export function pageOf(result: RunResult, report: BacktestReport, returns: Returns): ReportPage {
  const curve = (series: Float64Array) => Array.from(cumulativeReturns(series), finite)
  const { periods } = result.config
  const volatility = (series: Float64Array, window: number) =>
    Array.from(rollingVolatility(series, window, periods), finite)
  const { weighted, portfolio: mix, benefit } = reductionOf(result, returns)
  return {
    report,
    curves: {
      days: Array.from(result.days, (day) => formatDate(day as TradeDate)),
      equity: Array.from(result.equity, known),
      drawdown: Array.from(returns.drawdown, known),
      portfolio: curve(returns.portfolio),
      sleeves: report.sleeves.flatMap(({ name, title, strategy }, index) =>
        strategy === null ? [] : [{ name, title, values: curve(returns.sleeves[index]!) }],
      ),
      capital: capitalCurves(result),
      shadows: result.shadows.map((shadow) => {
        const { name, title } = report.sleeves.find((sleeve) => sleeve.name === shadow.sleeve)!
        return { name, title, values: curve(shadowReturns(result, shadow)) }
      }),
      volatility: {
        portfolio: VOLATILITY_WINDOWS.map((window) => ({
          name: String(window),
          title: `${window} days`,
          values: volatility(returns.portfolio, window),
        })),
        sleeves: report.sleeves.flatMap(({ name, title, strategy }, index) =>
          strategy === null ? [] : [{ name, title, values: volatility(returns.sleeves[index]!, SLEEVE_WINDOW) }],
        ),
      },
      reduction: {
        weighted: Array.from(weighted, finite),
        portfolio: Array.from(mix, finite),
        benefit: Array.from(benefit, finite),
      },
    },
    trades: tradeViews(result),
    limits: {
      leverage: result.config.limits.leverageMax,
      drawdownHalt: result.config.limits.drawdown?.halt ?? null,
    },
  }
}
