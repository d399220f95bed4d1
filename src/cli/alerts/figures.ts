/** Figures of a portfolio as it runs, for those who are told when one is beyond a value: read from its tables. */
import type { ThresholdFigure } from '../../domain/alerts.ts'
import type { Heartbeat } from '../../domain/control.ts'
import type { EquityMemory, EquityRow } from '../../domain/projections.ts'
import type { FigureOf } from '../../live/alerts/thresholds.ts'

const SECOND_MS = 1_000

/** @param beat null: its engine never spoke */
export function figuresFrom({ last, days }: Pick<EquityMemory, 'last' | 'days'>, beat: Heartbeat | null): FigureOf {
  const rows = new Map(last.map((row) => [row.sleeve, row]))
  return (figure, sleeve) => {
    if (figure === 'data_age') return beat === null || beat.dataAge === null ? null : beat.dataAge / SECOND_MS
    if (figure === 'unknown_orders') return beat?.unknownOrders ?? null
    const row = rows.get(sleeve ?? '')
    return row === undefined ? null : ofRow(figure, row, days.get(sleeve ?? '') ?? [])
  }
}

function ofRow(
  figure: Exclude<ThresholdFigure, 'data_age' | 'unknown_orders'>,
  { growth, peak, equity, gross, cash, volatility, positions }: EquityRow,
  days: readonly { readonly growth: number }[],
): number | null {
  switch (figure) {
    case 'drawdown':
      return peak <= 0 ? null : Math.max(0, 1 - growth / peak)
    case 'daily_loss': {
      const before = days.at(-2)
      return before === undefined || before.growth <= 0 ? null : Math.max(0, 1 - growth / before.growth)
    }
    case 'leverage':
      return equity <= 0 ? null : gross / equity
    case 'cash':
      return equity <= 0 ? null : cash / equity
    case 'volatility':
      return volatility
    case 'positions':
      return positions
  }
}
