/** What a strategy looks at beside prices: its indicators as the kernel computes them, on the bars of one instrument. */
import type { SleeveIndicator } from '../../api/contract/sleeve-page.ts'
import type { SleeveConfig } from '../../domain/config.ts'
import type { BarRow, IndicatorRequest } from '../../domain/indicator-request.ts'
import type { ClockBlock } from '../../domain/market.ts'
import { finite } from '../report/numbers.ts'
import type { Facts } from './facts.ts'

/** Indicators whose outputs are prices, and outputs of theirs that are not. */
const PRICES = /\b(sma|ema|wma|bollinger|donchian|highest|lowest|vwap)/
const NO_PRICES = /volume|percentB|bandwidth/
const SHOWN_MOST = 8

/**
 * @param column of the instrument in the block
 * @returns values of trade dates that have a bar, in their order; of several bars of a date the last one's
 */
export function indicatorsOf(
  { strategies }: Pick<Facts, 'strategies'>,
  config: SleeveConfig,
  block: ClockBlock,
  column: number,
): readonly SleeveIndicator[] {
  const strategy = strategies.get(config.isolatedAs ?? config.strategy ?? '')
  if (strategy === undefined) return []
  const requests = Object.entries(strategy.indicators(config.parameters as never))
  return requests.flatMap(([name, request]) => curvesOf(name, request, block, column)).slice(0, SHOWN_MOST)
}

function curvesOf(
  name: string,
  request: IndicatorRequest,
  block: ClockBlock,
  column: number,
): readonly SleeveIndicator[] {
  const state = request.create(1)
  const row = { ...emptyRow(), session: new Float64Array(1) }
  const outputs = request.outputs.map(() => new Float64Array(1))
  const curves = request.outputs.map((): (number | null)[] => [])
  const isPrice = request.outputs.map(
    (output) => PRICES.test(request.key) && !NO_PRICES.test(`${request.key} ${output}`),
  )
  let date = 0
  for (let bar = 0; bar < block.tradeDates.length; bar += 1) {
    const at = bar * block.instruments.length + column
    if (Number.isNaN(block.close[at]!)) continue
    const factor = block.factor[at]!
    for (const field of ['open', 'high', 'low', 'close'] as const) row[field][0] = block[field][at]! * factor
    row.volume[0] = block.volume[at]! / factor
    row.session[0] = block.tradeDates[bar]! // a session is told apart by its date
    state.advance(row, outputs)
    const isNew = block.tradeDates[bar] !== date
    date = block.tradeDates[bar]!
    for (const [output, curve] of curves.entries()) {
      const value = outputs[output]![0]!
      const shown = finite(isPrice[output] === true ? value / factor : value)
      if (isNew) curve.push(shown)
      else curve[curve.length - 1] = shown
    }
  }
  return request.outputs.map((output, place) => ({
    name: output === '' ? name : `${name}.${output}`,
    of: request.key,
    isPrice: isPrice[place]!,
    values: curves[place]!,
  }))
}

function emptyRow(): BarRow {
  const one = (): Float64Array => new Float64Array(1)
  return { open: one(), high: one(), low: one(), close: one(), volume: one() }
}
