/**
 * Prices: an asset's moves as the raw bars that were printed, with its splits, dividends and volume.
 * In:    moves and their volatility   Out: raw open, high, low, close, volume; split and dividend records
 * Keeps: low <= open, close <= high, all on the tick of 0.01; a split changes the scale of the bars, not the wealth
 *
 * The extremes of a bar follow the exact laws of a Brownian bridge between open and close: Beckers (1983), "Variances
 * of Security Price Returns Based on High, Low, and Closing Prices". Volume grows with volatility and with the size of
 * the move: Clark (1973), "A Subordinated Stochastic Process Model"; Karpoff (1987).
 */
import { exp, log } from '../../numerics/elementary.ts'
import { roundHalfUp } from '../../numerics/exact.ts'
import type { Random } from '../../numerics/random.ts'
import type { AssetOptions, SimulatedDividend, SimulatedSplit } from './options.ts'
import { type AssetMoves, sessionsPerYear } from './returns.ts'

interface BarColumns {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

export interface PriceColumns extends BarColumns {
  readonly splits: readonly SimulatedSplit[]
  readonly dividends: readonly SimulatedDividend[]
}

/** Share of a session's variance that an exchange-traded asset makes overnight, and of its news. */
const OVERNIGHT_SHARE = 0.25
const NEWS_OVERNIGHT = 0.85
/** A share below one dollar is consolidated: exchanges delist what stays there. */
const CONSOLIDATE_BELOW = 1
const CONSOLIDATION = 10
/** A forward split waits until the price is high enough to make sense. */
const SPLIT_ABOVE = 60
const DIVIDENDS_PER_YEAR = 4
/** No raw price is lower than one tick. */
const TICK = 0.01

export function pricesOf(asset: AssetOptions, dates: Int32Array, path: AssetMoves, random: Random): PriceColumns {
  const length = dates.length
  const columns = {
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: volumesOf(asset, path, random.fork('volume')),
  }
  const splits: SimulatedSplit[] = []
  const dividends: SimulatedDividend[] = []
  const shape = random.fork('bars')
  const actions = corporateActions(asset, random)
  // the unrounded price in today's share units, and how many of today's shares one first share became
  let price = asset.price
  let shares = 1
  for (let session = 0; session < length; session += 1) {
    const split = actions.splitAt(session, price)
    if (split !== null) {
      splits.push({ date: dates[session]!, ...split })
      price = (price * split.denominator) / split.numerator
      shares = (shares * split.numerator) / split.denominator
    }
    const amount = actions.dividendAt(session, price)
    if (amount > 0) {
      dividends.push({ date: dates[session]!, amount })
      price -= amount
    }
    const gap = overnight(asset, path, session, shape)
    const open = price * exp(gap)
    const deviation = path.volatility[session]! * (asset.kind === 'crypto' ? 1 : Math.sqrt(1 - OVERNIGHT_SHARE))
    const travelled = path.moves[session]! - gap
    price = open * exp(travelled)
    writeBar(columns, session, { open, travelled, deviation, up: shape.uniform(), down: shape.uniform() })
    const traded = columns.volume[session]! * shares
    columns.volume[session] = asset.kind === 'crypto' ? toNearest(traded, 10_000) : Math.max(1, roundHalfUp(traded))
  }
  // a market that never closes opens where it closed
  if (asset.kind === 'crypto') joinSessions(columns)
  return { ...columns, splits, dividends }
}

/** How much of the session's move happens before the open: a bridge, plus most of the news. */
function overnight(asset: AssetOptions, path: AssetMoves, session: number, random: Random): number {
  if (asset.kind === 'crypto') return 0
  const jump = path.jumps[session]!
  const bridge = Math.sqrt(OVERNIGHT_SHARE * (1 - OVERNIGHT_SHARE)) * path.volatility[session]! * random.normal()
  return OVERNIGHT_SHARE * (path.moves[session]! - jump) + NEWS_OVERNIGHT * jump + bridge
}

interface Bar {
  readonly open: number
  /** Logarithmic move from open to close. */
  readonly travelled: number
  /** Deviation of that move. */
  readonly deviation: number
  /** Uniform draws that place the high and the low. */
  readonly up: number
  readonly down: number
}

function writeBar(columns: BarColumns, session: number, bar: Bar): void {
  const { travelled, deviation } = bar
  const square = travelled * travelled
  const variance = deviation * deviation
  const highest = (travelled + Math.sqrt(square - 2 * variance * log(1 - bar.up))) / 2
  const lowest = (travelled - Math.sqrt(square - 2 * variance * log(1 - bar.down))) / 2
  const open = toTick(bar.open)
  const close = toTick(bar.open * exp(travelled))
  columns.open[session] = open
  columns.close[session] = close
  columns.high[session] = Math.max(toTick(bar.open * exp(highest)), open, close)
  columns.low[session] = Math.min(toTick(bar.open * exp(lowest)), open, close)
}

function joinSessions(columns: BarColumns): void {
  for (let session = 1; session < columns.open.length; session += 1) {
    const open = columns.close[session - 1]!
    columns.open[session] = open
    columns.high[session] = Math.max(columns.high[session]!, open)
    columns.low[session] = Math.min(columns.low[session]!, open)
  }
}

interface CorporateActions {
  splitAt(session: number, price: number): { readonly numerator: number; readonly denominator: number } | null
  dividendAt(session: number, price: number): number
}

function corporateActions(asset: AssetOptions, random: Random): CorporateActions {
  const splitDraws = random.fork('splits')
  const perSession = (asset.splitProbability ?? 0) / sessionsPerYear(asset)
  const quarter = Math.floor(sessionsPerYear(asset) / DIVIDENDS_PER_YEAR)
  const offset = random.fork('dividends').integer(0, quarter - 1)
  const quarterly = asset.kind === 'crypto' ? 0 : (asset.dividendYield ?? 0) / DIVIDENDS_PER_YEAR
  let due = false
  return {
    splitAt(session, price) {
      if (asset.kind === 'crypto') return null
      due ||= splitDraws.uniform() < perSession
      if (session === 0) return null
      if (price < CONSOLIDATE_BELOW) return { numerator: 1, denominator: CONSOLIDATION }
      if (!due || price < SPLIT_ABOVE) return null
      due = false
      return { numerator: price > 400 ? 5 : price > 200 ? 4 : price > 120 ? 3 : 2, denominator: 1 }
    },
    dividendAt: (session, price) =>
      session > 0 && session % quarter === offset ? toNearest(price * quarterly, 100) : 0,
  }
}

/** Deviation and daily persistence of the part of the volume that nothing explains. */
const VOLUME_NOISE = 0.28
const VOLUME_MEMORY = 0.7

/** Volume in first-day units: more when volatility is high, when the day moved, and when a crowd looks on. */
function volumesOf(asset: AssetOptions, path: AssetMoves, random: Random): Float64Array {
  const length = path.moves.length
  const volume = new Float64Array(length)
  const usual = asset.volatility / Math.sqrt(sessionsPerYear(asset))
  const step = VOLUME_NOISE * Math.sqrt(1 - VOLUME_MEMORY * VOLUME_MEMORY)
  let noise = VOLUME_NOISE * random.normal()
  for (let session = 0; session < length; session += 1) {
    const expected = path.volatility[session]!
    const surprise = Math.min(6, Math.abs(path.moves[session]!) / expected)
    // the square root of relative volatility; sqrt keeps a crisis below a tenfold volume
    const activity = Math.sqrt(expected / usual) * (0.62 + 0.48 * surprise)
    volume[session] = asset.averageVolume * activity * path.crowd[session]! * exp(noise)
    noise = VOLUME_MEMORY * noise + step * random.normal()
  }
  return volume
}

/** Nearest tick, half up, never below one tick. */
function toTick(price: number): number {
  return Math.max(TICK, toNearest(price, 100))
}

/** Nearest multiple of 1 / `parts`, half up. */
function toNearest(value: number, parts: number): number {
  return roundHalfUp(value * parts) / parts
}
