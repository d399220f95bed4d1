/** How far the price of a held position went for and against it, from the bars of its sleeve's clock. */
import type { PortfolioConfig } from '../../domain/config.ts'
import type { ClockBlock, MarketData } from '../../domain/market.ts'
import type { OrderRecord, TradeRecord } from './result.ts'

/** As fractions of the entry price: the first zero or negative, the second zero or positive. */
export interface Excursions {
  readonly adverse: number
  readonly favourable: number
}

interface Lane {
  readonly block: ClockBlock
  readonly column: number
}

/** What the lows and highs of the bars between opening and closing say, on the price scale of the exit. */
interface Reach {
  low: number
  high: number
}

/**
 * Puts both excursions into the trades of positions; those of structures were taken from their marks. A bar counts when the
 * position was open at its close; of the bar in which a stop or a limit closed it only the exit price does, because nobody
 * knows what came first.
 */
export function withExcursions(
  trades: readonly TradeRecord[],
  orders: readonly OrderRecord[],
  market: MarketData,
  config: PortfolioConfig,
): TradeRecord[] {
  const closesAt = new Set(orders.flatMap(({ id, type }) => (type === 'close' ? [id] : [])))
  const clockOf = new Map(config.sleeves.map(({ id, clock }) => [id, clock]))
  const idOf = new Map(market.instruments.map(({ symbol, id }) => [symbol, id]))
  const lanes = new Map<string, Lane | null>()
  const laneOf = ({ sleeve, instrument }: TradeRecord): Lane | null => {
    const key = `${clockOf.get(sleeve)} ${instrument}`
    const known = lanes.get(key)
    if (known !== undefined) return known
    const found = findLane(market, clockOf.get(sleeve), idOf.get(instrument))
    lanes.set(key, found)
    return found
  }
  return trades.map((trade) => {
    if (trade.kind !== 'position' || !(trade.entryPrice > 0)) return trade
    const lane = laneOf(trade)
    if (lane === null) return trade
    const untilClose = trade.exitOrder === 0 || closesAt.has(trade.exitOrder)
    const { adverse, favourable } = excursionOf(trade, reachOf(lane, trade, untilClose))
    return { ...trade, maximumAdverse: adverse, maximumFavourable: favourable }
  })
}

function findLane(market: MarketData, clock: string | undefined, instrument: string | undefined): Lane | null {
  for (const block of market.blocks) {
    const column = block.clock === clock ? block.instruments.findIndex((id) => String(id) === instrument) : -1
    if (column >= 0) return { block, column }
  }
  return null
}

function reachOf({ block, column }: Lane, trade: TradeRecord, untilClose: boolean): Reach {
  const { closes, low, high, factor, instruments } = block
  const width = instruments.length
  const reach = { low: trade.exitPrice, high: trade.exitPrice }
  const first = firstAfter(closes, trade.openedAt)
  const after = firstAfter(closes, trade.closedAt)
  const isAtClose = after > 0 && closes[after - 1] === trade.closedAt
  const exitRow = isAtClose ? after - 1 : Math.min(after, closes.length - 1)
  const end = isAtClose && !untilClose ? after - 1 : after
  // prices before a split are brought to the shares that were sold
  const scale = factor[exitRow * width + column]!
  for (let row = first; row < end; row += 1) {
    const at = row * width + column
    const ratio = factor[at]! / scale
    const [under, over] = [low[at]! * ratio, high[at]! * ratio]
    if (under < reach.low) reach.low = under
    if (over > reach.high) reach.high = over
  }
  return reach
}

/** The first bar that closes after the instant. */
function firstAfter(closes: Float64Array, at: number): number {
  let low = 0
  let high = closes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (closes[middle]! > at) high = middle
    else low = middle + 1
  }
  return low
}

function excursionOf({ side, entryPrice }: TradeRecord, { low, high }: Reach): Excursions {
  const fall = low / entryPrice - 1
  const rise = high / entryPrice - 1
  return side === 'long'
    ? { adverse: Math.min(0, fall), favourable: Math.max(0, rise) }
    : { adverse: Math.min(0, 0 - rise), favourable: Math.max(0, 0 - fall) }
}
