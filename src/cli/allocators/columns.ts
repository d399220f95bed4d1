import type { AllocatorFigures } from '../../api/contract/allocators.ts'
import { percent, ratio } from '../report/numbers.ts'

/** What a comparison of allocators shows of each, in its order. */
export const ALLOCATOR_COLUMNS: readonly {
  readonly label: string
  readonly text: (figures: AllocatorFigures) => string
}[] = [
  { label: 'Return', text: ({ annualReturn }) => percent(annualReturn, 'both') },
  { label: 'Volatility', text: ({ volatility }) => percent(volatility) },
  { label: 'Sharpe', text: ({ sharpe }) => ratio(sharpe) },
  {
    label: '95 % interval',
    text: ({ sharpeLow, sharpeHigh }) =>
      sharpeLow === null ? ratio(null) : `${ratio(sharpeLow)} to ${ratio(sharpeHigh)}`,
  },
  { label: 'P(Sharpe > 0)', text: ({ probabilisticSharpe }) => percent(probabilisticSharpe) },
  { label: 'Drawdown', text: ({ maxDrawdown }) => percent(maxDrawdown) },
  { label: 'Turnover', text: ({ turnover }) => percent(turnover) },
  { label: 'Cost', text: ({ cost }) => percent(cost) },
]
