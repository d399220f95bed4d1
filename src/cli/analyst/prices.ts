/** Prices of what a sleeve trades, day by day, with its signals, entries and exits. */
import type { Panel } from '../../api/contract/analysis.ts'
import type { SleeveBar, SleeveMark, SleevePrices, SleeveSignal } from '../../api/contract/sleeve-page.ts'
import type { SleeveConfig } from '../../domain/config.ts'
import type { ClockBlock } from '../../domain/market.ts'
import { formatDate, formatInstant } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { OrderRecord } from '../../engine/records/result.ts'
import { decimalsOf, finite, known } from '../report/numbers.ts'
import { empty, type Facts, filled } from './facts.ts'
import { indicatorsOf } from './indicators.ts'

const BARS_MOST = 2_500

export function pricesOf(
  facts: Facts,
  config: SleeveConfig,
  marks: readonly SleeveMark[],
  asked: string | undefined,
): Panel<SleevePrices> {
  const { result } = facts
  if (config.strategy === null) return empty('It trades nothing.')
  const instruments = tradedBy(facts, config)
  const instrument = asked !== undefined && instruments.includes(asked) ? asked : instruments[0]
  if (instrument === undefined) return empty('None of its instruments has had a price yet.')
  const traded = result.instruments.find(({ symbol }) => symbol === instrument)!
  const last = traded.ticks.at(-1)
  return filled({
    instruments,
    instrument,
    decimals: Math.max(2, last === undefined ? 2 : decimalsOf(last.tick)),
    bars: barsOf(facts, config, instrument).slice(-BARS_MOST),
    indicators: shownIndicators(facts, config, instrument),
    signals: signalsOf(facts, config, instrument),
    marks: marks.filter((mark) => mark.instrument === instrument || mark.instrument.startsWith(`${instrument} `)),
  })
}

/** Those that were traded first, most round trips first; then the rest of the universe. */
function tradedBy({ result, market }: Facts, config: SleeveConfig): readonly string[] {
  const block = market.blocks.find(({ clock }) => clock === config.clock)
  const known = new Set<string>(block?.instruments ?? [])
  const counts = new Map<string, number>()
  for (const { sleeve, instrument } of result.trades) {
    const symbol = instrument.split(' ')[0]!
    if (sleeve === config.id) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  }
  const bySymbol = new Map(result.instruments.map(({ id, symbol }) => [id, symbol]))
  const symbols = config.universe.flatMap((id) => {
    const symbol = bySymbol.get(id)
    return known.has(id) && symbol !== undefined ? [symbol] : []
  })
  return [...symbols].sort((left, right) => (counts.get(right) ?? 0) - (counts.get(left) ?? 0))
}

/** Daily bars of the sleeve's clock; shorter ones are put together by trade date. */
function barsOf({ market, result }: Facts, config: SleeveConfig, symbol: string): readonly SleeveBar[] {
  const block = market.blocks.find(({ clock }) => clock === config.clock)
  const { id } = result.instruments.find((one) => one.symbol === symbol)!
  const column = block?.instruments.indexOf(id) ?? -1
  if (block === undefined || column < 0) return []
  const bars: { -readonly [Key in keyof SleeveBar]: SleeveBar[Key] }[] = []
  let date = 0
  for (let row = 0; row < block.tradeDates.length; row += 1) {
    const bar = barAt(block, row, column)
    if (Number.isNaN(bar.close)) continue
    const last = bars.at(-1)
    if (last !== undefined && block.tradeDates[row] === date) {
      last.high = Math.max(last.high, bar.high)
      last.low = Math.min(last.low, bar.low)
      last.close = bar.close
      last.volume += bar.volume
    } else {
      date = block.tradeDates[row]!
      bars.push({ day: formatDate(date as TradeDate), ...bar })
    }
  }
  return bars
}

function shownIndicators(facts: Facts, config: SleeveConfig, symbol: string): SleevePrices['indicators'] {
  const block = facts.market.blocks.find(({ clock }) => clock === config.clock)
  const { id } = facts.result.instruments.find((one) => one.symbol === symbol)!
  const column = block?.instruments.indexOf(id) ?? -1
  if (block === undefined || column < 0) return []
  return indicatorsOf(facts, config, block, column).map((one) => ({ ...one, values: one.values.slice(-BARS_MOST) }))
}

function barAt(block: ClockBlock, row: number, column: number): Omit<SleeveBar, 'day'> {
  const at = row * block.instruments.length + column
  return {
    open: block.open[at]!,
    high: block.high[at]!,
    low: block.low[at]!,
    close: block.close[at]!,
    volume: known(block.volume[at]!),
  }
}

/** What the strategy said of its entries; where it said nothing more, the wishes themselves. */
function signalsOf({ result }: Facts, config: SleeveConfig, instrument: string): readonly SleeveSignal[] {
  const said = result.signals.filter((signal) => signal.sleeve === config.id && signal.instrument === instrument)
  if (said.length === 0) return wishesOf(result.orders, config, instrument)
  return said.map((signal) => ({
    day: formatDate(signal.tradeDate),
    at: formatInstant(signal.at),
    quantity: known(signal.quantity),
    confidence: known(signal.confidence),
    price: known(signal.price),
    stop: finite(signal.stop),
    target: finite(signal.target),
    regime: signal.regime,
    reason: signal.reason,
  }))
}

function wishesOf(orders: readonly OrderRecord[], config: SleeveConfig, instrument: string): readonly SleeveSignal[] {
  const isOf = (order: OrderRecord): boolean =>
    order.instrument === instrument || order.instrument.startsWith(`${instrument} `)
  return orders.filter(isOf).flatMap((order) =>
    order.shares.flatMap((share): SleeveSignal[] => {
      if (share.sleeve !== config.id) return []
      const { day, at } = { day: formatDate(order.tradeDate), at: formatInstant(order.at) }
      const price = known(order.price ?? 0)
      const said = { confidence: 1, price, stop: null, target: null, regime: '', reason: share.reason }
      return [{ day, at, quantity: known(share.wanted), ...said }]
    }),
  )
}
