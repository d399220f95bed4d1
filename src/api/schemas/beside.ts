/** Schemas of backtests beside a portfolio. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type { BacktestBeside, BacktestChoice, BesideRow } from '../contract/beside.ts'
import { line } from './analysis/analysis.ts'
import { same } from './analysis/same.ts'

export const backtestChoice = same<BacktestChoice>()(
  z
    .object({
      name: z.string(),
      portfolio: z.string(),
      start: z.string().nullable(),
      end: z.string().nullable(),
      totalReturn: z.number().nullable(),
    })
    .meta({ id: 'BacktestChoice' }),
)
const besideRow = same<BesideRow>()(
  z
    .object({
      metric: z.string(),
      portfolio: z.number().nullable(),
      backtest: z.number().nullable(),
      difference: z.number().nullable(),
    })
    .meta({ id: 'BesideRow' }),
)
export const backtestBeside = same<BacktestBeside>()(
  z
    .object({
      ...backtestChoice.shape,
      days: z.number(),
      line: line.nullable(),
      rows: z.array(besideRow),
      why: z.string(),
    })
    .meta({ id: 'BacktestBeside' }),
)
