import type { ReactNode } from 'react'
import { useBacktests } from '../../data/readings.ts'
import { useParameter } from '../../state/url.ts'

const PARAMETER = 'backtest'

/** Name of the backtest that is seen beside the portfolio; '' where none is. */
export function useChosenBacktest(): string {
  return useParameter(PARAMETER, '')[0]
}

/** Which backtest is seen beside the portfolio; nothing where there is none to choose. */
export function BacktestChooser(): ReactNode {
  const choices = useBacktests()
  const [chosen, choose] = useParameter(PARAMETER, '')
  if (choices.length === 0) return null
  return (
    <select
      className="select-small"
      aria-label="Backtest beside the portfolio"
      value={choices.some(({ name }) => name === chosen) ? chosen : ''}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="">No backtest</option>
      {choices.map(({ name, start, end }) => (
        <option key={name} value={name} title={start === null ? '' : `${start} to ${end}`}>
          {name}
        </option>
      ))}
    </select>
  )
}
