/** The sleeves side by side: their rows add up to the portfolio. */
import type { EquityRow, SleeveRow as StoredSleeve } from '../../domain/projections.ts'
import type { SleeveRow, SleeveTable } from '../contract/overview.ts'
import type { SleeveFigures } from '../contract/report.ts'
import { addingUp, money, moneyOrNull } from './amounts.ts'
import { type Basis, currencyOf } from './basis.ts'
import { capitalOf, sharpeOf, volatilityOf } from './figures.ts'
import { statusOf } from './sleeve-status.ts'
import { todayView } from './today.ts'

export function sleeveTable(basis: Basis): SleeveTable {
  const { sleeves, last, days, report } = basis
  const currency = currencyOf(basis)
  const whole = last.get('') ?? null
  const capitals = sleeves.map((sleeve) => capitalAllocated(basis, sleeve))
  const total = capitals.reduce((sum, capital) => sum + capital, 0)
  const capitalTexts = addingUp(capitals, total, currency)
  const valueTexts = addingUp(
    sleeves.map(({ sleeve }) => last.get(sleeve)?.equity ?? 0),
    whole?.equity ?? 0,
    currency,
  )
  const cashTexts = addingUp(
    sleeves.map(({ sleeve }) => last.get(sleeve)?.cash ?? 0),
    whole?.cash ?? 0,
    currency,
  )
  return {
    rows: sleeves.map((sleeve, index) => ({
      ...sleeveRow(basis, sleeve),
      capital: capitalTexts[index]!,
      value: last.has(sleeve.sleeve) ? valueTexts[index]! : null,
      cash: last.has(sleeve.sleeve) ? cashTexts[index]! : null,
    })),
    total: {
      capital: money(total, currency),
      value: moneyOrNull(whole?.equity ?? null, currency),
      cash: moneyOrNull(whole?.cash ?? null, currency),
      today: todayView(basis, ''),
      totalReturn: whole === null ? null : whole.growth - 1,
      sharpe: sharpeOf(report?.portfolio.sharpe ?? null, report !== null),
      drawdown: drawdownOf(whole),
      positions: whole?.positions ?? 0,
      line: lineOf(days.get('')),
    },
  }
}

function sleeveRow(basis: Basis, sleeve: StoredSleeve): Omit<SleeveRow, 'capital' | 'value' | 'cash'> {
  const { last, days, config, report, targets } = basis
  const row = last.get(sleeve.sleeve) ?? null
  const whole = last.get('') ?? null
  const configured = config?.sleeves.find(({ id }) => id === sleeve.sleeve) ?? null
  const figures = report?.sleeves.find(({ name }) => name === sleeve.sleeve) ?? null
  const halt = configured?.limits.drawdown?.halt ?? null
  return {
    sleeve: sleeve.sleeve,
    title: sleeve.title,
    ordinal: sleeve.ordinal,
    strategy: sleeve.strategy,
    weight: row === null || whole === null || whole.equity <= 0 ? null : row.equity / whole.equity,
    target: targets.get(sleeve.sleeve) ?? sleeve.weight,
    today: todayView(basis, sleeve.sleeve),
    totalReturn: totalReturnOf(row, figures),
    sharpe: sharpeOf(figures?.sharpe ?? null, report !== null),
    volatility: volatilityOf(row?.volatility ?? null),
    drawdown: drawdownOf(row),
    drawdownLimit: halt === null ? null : -halt,
    positions: row?.positions ?? 0,
    line: lineOf(days.get(sleeve.sleeve)),
    ...statusOf(basis, sleeve),
    stage: sleeve.stage,
    calendar: sleeve.calendar,
  }
}

/** As the report has it: by portfolio days. Until there is one, by closes. */
function totalReturnOf(row: EquityRow | null, figures: SleeveFigures | null): number | null {
  return figures?.totalReturn ?? (row === null ? null : row.growth - 1)
}

/** What it was dealt: its part of the portfolio where capital is dealt anew, else what it began with. */
function capitalAllocated({ targets, last, config, beat }: Basis, { sleeve, capital }: StoredSleeve): number {
  const target = targets.get(sleeve)
  const whole = last.get('')
  if (target !== undefined && whole !== undefined) return target * whole.equity
  return capitalOf(capital, currencyOf({ config, beat }))
}

export function drawdownOf(row: EquityRow | null): number | null {
  return row === null || row.peak <= 0 ? null : row.growth / row.peak - 1
}

/** A line of the size of a word shows no more. */
const LINE_PARTS = 1e6

function lineOf(days: readonly EquityRow[] | undefined): readonly number[] {
  return (days ?? []).map(({ growth }) => Math.round(growth * LINE_PARTS) / LINE_PARTS)
}
