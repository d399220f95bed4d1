import type { ComparedRun } from '../../api/contract/comparison.ts'
import { count, money, percent, ratio } from '../report/numbers.ts'

/** One figure of every run, and how it is written. */
export interface ComparedFigure {
  readonly label: string
  readonly value: (run: ComparedRun) => number | null
  readonly text: (run: ComparedRun) => string
  /** Whether more, or less, is better; null where neither is. */
  readonly better: 'high' | 'low' | null
}

const returns = (
  label: string,
  better: ComparedFigure['better'],
  value: ComparedFigure['value'],
  text: (figure: number | null) => string,
): ComparedFigure => ({ label, value, better, text: (run) => text(value(run)) })

const amount = (
  label: string,
  better: ComparedFigure['better'],
  value: (run: ComparedRun) => number,
): ComparedFigure => ({
  label,
  value,
  better,
  text: (run) => money(value(run), run.currency),
})

const whole = (label: string, value: (run: ComparedRun) => number): ComparedFigure => ({
  label,
  value,
  better: null,
  text: (run) => count(value(run)),
})

/** What a comparison shows, in its order. */
export const COMPARED_FIGURES: readonly ComparedFigure[] = [
  returns(
    'Total return',
    'high',
    ({ figures }) => figures.totalReturn,
    (value) => percent(value, 'both'),
  ),
  returns(
    'Return a year',
    'high',
    ({ figures }) => figures.annualReturn,
    (value) => percent(value, 'both'),
  ),
  returns('Volatility', 'low', ({ figures }) => figures.volatility, percent),
  returns('Sharpe', 'high', ({ figures }) => figures.sharpe, ratio),
  returns('Sortino', 'high', ({ figures }) => figures.sortino, ratio),
  returns('Calmar', 'high', ({ figures }) => figures.calmar, ratio),
  returns('Deepest drawdown', 'high', ({ figures }) => figures.maxDrawdown, percent),
  amount('Capital', null, ({ initial }) => initial),
  amount('Value at the end', null, ({ final }) => final),
  amount('Fees', 'low', ({ fees }) => fees),
  amount('Netted away', 'high', ({ netted }) => netted),
  whole('Round trips', ({ roundTrips }) => roundTrips),
  whole('Orders', ({ orders }) => orders),
  whole('Wishes refused', ({ refused }) => refused),
  whole('Violations', ({ violations }) => violations),
]

/** Places of the best runs by a figure: none where it has no better, or where all are alike. */
export function bestOf({ value, better }: ComparedFigure, runs: readonly ComparedRun[]): ReadonlySet<number> {
  const values = runs.map(value)
  const known = values.filter((one) => one !== null)
  if (better === null || known.length < 2) return new Set()
  const best = better === 'high' ? Math.max(...known) : Math.min(...known)
  const places = values.flatMap((one, place) => (one === best ? [place] : []))
  return new Set(places.length === runs.length ? [] : places)
}
