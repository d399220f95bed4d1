import { FaultError, fault } from '../../domain/faults.ts'
import { hint } from '../config/suggest.ts'
import { print, printJson } from '../output.ts'
import { isStrategyFile } from '../strategies/read-strategy.ts'
import { builtInViews, type ParameterView, type StrategyView, viewOfFile } from '../strategies/views.ts'
import { textTable } from '../text-table.ts'

/** `polyfolio strategies describe`: what a strategy does, its parameters, its indicators. */
export function strategiesDescribe(named: string, options: { readonly json?: boolean }): void {
  const view = viewNamed(named)
  if (options.json === true) printJson(view)
  else print(textOf(view))
}

const FILE = /\.[cm]?[jt]s$/

function viewNamed(named: string): StrategyView {
  if (isStrategyFile(named) || FILE.test(named)) {
    const view = viewOfFile(named)
    if ('name' in view) return view
    throw new FaultError(fault('STRATEGY_REFUSED', { strategy: named, reason: view.reason }))
  }
  const views = builtInViews()
  const known = views.find(({ name }) => name === named)
  if (known !== undefined) return known
  const names = views.map(({ name }) => name)
  const reason = `no built-in strategy has this name${hint(named, names)}; a file is named as ./file.ts`
  throw new FaultError(fault('STRATEGY_REFUSED', { strategy: named, reason }))
}

function textOf({ name, source, summary, parameters, indicators, lookback, reads }: StrategyView): string {
  const lines = [`${name} (${source})`]
  if (summary !== null) lines.push(summary)
  if (parameters.length === 0) lines.push('', 'It has no parameters.')
  else {
    const rows = parameters.map((one) => [one.name, String(one.default), boundsOf(one), searchOf(one), one.title ?? ''])
    lines.push('', textTable(['parameter', 'default', 'bounds', 'searched', 'meaning'], rows, [1]))
  }
  const named = indicators.map((one) => `${one.name} = ${one.key}`)
  lines.push('', `Indicators at the defaults: ${named.length === 0 ? 'none' : named.join(', ')}`)
  lines.push(`Looks back: ${lookback === 0 ? 'not beyond the bar' : `${lookback} bars`}`)
  if (reads.length > 0) lines.push(`Reads records of: ${reads.join(', ')}`)
  return lines.join('\n')
}

function boundsOf({ kind, min, max, options }: ParameterView): string {
  if (options !== null) return options.join(', ')
  if (kind === 'flag') return 'true, false'
  return `${min} to ${max}${kind === 'optional' ? ', or null' : ''}`
}

const searchOf = ({ search }: ParameterView): string => (search === null ? '' : `${search[0]} to ${search[1]}`)
