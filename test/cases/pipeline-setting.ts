/** What a case of the whole chain sets: its returns, and the rules as the kernel and the walk take them. */
import type { AllocationRule, Overlays } from '../../src/domain/capital.ts'
import type { DrawdownBreaker } from '../../src/domain/limits.ts'
import { parseDate } from '../../src/domain/sessions.ts'
import { uniformBounds } from '../../src/pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS, NO_RECORD } from '../../src/pipeline/allocation/input.ts'
import type { WalkInput } from '../../src/research/weight-walk/walk-input.ts'
import type { ReadTable } from './case-files.ts'

type Input = Readonly<Record<string, unknown>>

export interface PipelineSetting {
  readonly names: readonly string[]
  readonly dates: readonly string[]
  readonly columns: readonly Float64Array[]
  readonly capital: number
  readonly allocation: AllocationRule
  readonly overlays: Overlays
  readonly drawdown: DrawdownBreaker | null
  /** Fraction of what is moved. */
  readonly cost: number
}

const BASIS_POINT = 0.0001
const PERIODS = 252

export function settingOf(input: Input, readTable: ReadTable): PipelineSetting {
  const given = input['parameters'] as Input
  const number = (fallback: number, ...keys: readonly string[]): number =>
    Number(keys.map((key) => given[key]).find((value) => value !== undefined) ?? fallback)
  const isOn = (key: string): boolean => given[key] !== false
  const table = readTable(String(input['file']))
  const names = input['columns'] as readonly string[]
  const scale = number(1, 'scale')
  const every = number(60, 'recompute', 'recompute_every', 'rebalance_every')
  const window = number(60, 'vol_window', 'volatility_window')
  const overlays: Overlays = {
    lifecycle: null,
    bench: isOn('corr')
      ? {
          threshold: number(0.7, 'corr_threshold'),
          days: number(30, 'corr_days', 'persistence_days'),
          window: number(90, 'corr_window'),
        }
      : null,
    reduction: null,
    ladder: isOn('use_mtd')
      ? {
          halfAt: Math.abs(number(0.15, 'half_at', 'mtd_half')),
          zeroAt: Math.abs(number(0.25, 'zero_at', 'mtd_zero')),
          sharpeRelease: number(0.5, 'sharpe_release'),
          window: number(90, 'sharpe_window'),
        }
      : null,
    volatilityTarget: null,
    spike: null,
  }
  return {
    names,
    dates: table.columns.get('date') as readonly string[],
    columns: names.map((name) => Float64Array.from(table.columns.get(name)!, (value) => Number(value) * scale)),
    capital: Number(input['capital']),
    allocation: {
      method: 'inverse_volatility',
      window,
      observationsMin: window,
      recompute: { kind: 'days', every },
      investable: 1,
      covariance: 'sample',
      bounds: uniformBounds(names.length, 0, 1),
      budget: null,
      records: names.map(() => NO_RECORD),
      settings: { ...ALLOCATION_SETTINGS, periods: PERIODS },
    },
    overlays,
    drawdown: isOn('use_dd')
      ? { halt: number(0.15, 'halt', 'dd_halt'), resume: number(0.1, 'resume', 'dd_resume'), resetPeakAfter: null }
      : null,
    cost: number(0, ...Object.keys(given).filter((key) => /bps|cost/.test(key))) * BASIS_POINT,
  }
}

export function walkInputOf(setting: PipelineSetting): WalkInput {
  const { names, dates, columns, capital, allocation, overlays, drawdown, cost } = setting
  const values = new Float64Array(dates.length * names.length)
  columns.forEach((column, stream) => {
    column.forEach((value, row) => {
      values[row * names.length + stream] = value
    })
  })
  return {
    names,
    dates: dates.map((date) => parseDate(date)!),
    returns: { rows: dates.length, columns: names.length, values },
    start: 0,
    capital,
    plan: {
      allocation,
      rebalance: { kind: 'days', every: 1 },
      bench: overlays.bench,
      reduction: null,
      ladder: overlays.ladder,
      drawdown,
      cost,
      periods: PERIODS,
      firstWeights: new Float64Array(names.length).fill(1 / names.length),
    },
  }
}
