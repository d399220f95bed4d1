/** Worked cases of the month-to-date ladder, beside the reading that returns full size at a good Sharpe ratio. */

import { rollingSharpe } from '../../src/numerics/rolling.ts'
import { defined } from '../../src/pipeline/metrics/defined.ts'
import {
  ladderFactor,
  type MonthLadderRule,
  monthToDate,
  startMonthLadder,
  stepMonthLadder,
} from '../../src/pipeline/risk/month-ladder.ts'
import type { ReadTable } from './case-files.ts'

type Input = Readonly<Record<string, unknown>>

function ruleOf(input: Input): MonthLadderRule {
  const fall = (key: string, fallback: number): number => Math.abs(Number(input[key] ?? fallback))
  return {
    halfAt: fall('half_at', 0.15),
    zeroAt: fall('zero_at', 0.25),
    sharpeRelease: Number(input['sharpe_release'] ?? 0.5),
  }
}

const sharpeOf = (value: unknown): number => (value === null || value === undefined ? Number.NaN : Number(value))

/** One evaluation of the rule. */
export function ladderPoint(input: Input): Record<string, unknown> {
  const at = {
    monthToDate: Number(input['mtd']),
    shadowSharpe: sharpeOf(input['sharpe90']),
    latched: input['previously_latched'] === true,
  }
  return { recommended: ladderFactor(ruleOf(input), at).factor }
}

/** As printed in a document: without memory, and back to full size below the second step at a good ratio. */
function withoutMemory(rule: MonthLadderRule, fall: number, sharpe: number): number {
  if (fall <= -rule.zeroAt) return sharpe >= rule.sharpeRelease ? 1 : 0
  return fall <= -rule.halfAt ? 0.5 : 1
}

const monthOf = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1

/** A whole series of daily returns of the unhindered sleeve. */
export function ladderCase(input: Input, readTable: ReadTable): Record<string, unknown> {
  const table = readTable(String(input['file']))
  const dates = table.columns.get('date') as readonly string[]
  const returns = Float64Array.from(table.columns.get('ret')!, Number)
  const sharpe = rollingSharpe(returns, Number(input['sharpe_window'] ?? 90), 252)
  const rule = ruleOf(input)
  let equity = Number(input['start_equity'])
  const state = startMonthLadder(equity, monthOf(dates[0]!))
  const days = dates.map((date, index) => {
    equity *= 1 + returns[index]!
    const shadowSharpe = sharpe[index]!
    const factor = stepMonthLadder(state, rule, { month: monthOf(date), equity, shadowSharpe })
    const mtd = monthToDate(state)
    return { date, index, factor, mtd, shadowSharpe, printed: withoutMemory(rule, mtd, shadowSharpe) }
  })
  const changes = (of: (day: (typeof days)[number]) => number) =>
    days
      .filter((day, index) => index === 0 || of(day) !== of(days[index - 1]!))
      .map((day) => ({ date: day.date, index: day.index, multiplier: of(day) }))
  const differing = days.filter((day) => day.factor !== day.printed)
  return {
    recommended: changes((day) => day.factor),
    days_where_they_differ: differing.length,
    first_difference: differing[0]?.date ?? null,
    at: Object.fromEntries(days.map((day) => [day.date, { mtd: day.mtd, sharpe90: defined(day.shadowSharpe) }])),
  }
}
