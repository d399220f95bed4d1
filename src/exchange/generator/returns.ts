/**
 * Returns: one asset's logarithmic moves, from the shared factors and a story of its own.
 * In:    options, factors, the asset's random stream   Out: per session the move, its volatility, its jump, its crowd
 * Keeps: over the asset's life the stated volatility and correlations with its factors hold in sample
 *
 * Because the paths are scaled in sample, a longer period is another history, not the same one continued.
 */
import { assert } from '../../domain/assert.ts'
import { exp } from '../../numerics/elementary.ts'
import type { Random } from '../../numerics/random.ts'
import { addBursts, addJumps, addSelloffs } from './episodes.ts'
import { type Factors, WEEKEND_VOLATILITY } from './factors.ts'
import type { AssetOptions, RegimeOptions } from './options.ts'
import { removeEcho, removeShadow, type SessionFactor, standardise } from './sample.ts'
import { isWeekend, type Timeline } from './timeline.ts'
import { type VolatilityShape, volatilityPath } from './volatility.ts'

/** One asset's sessions: columns of equal length. */
export interface AssetMoves {
  /** Logarithmic total return of the session, dividends included. */
  readonly moves: Float64Array
  /** Deviation that the session's move had before it was drawn, in the same unit. */
  readonly volatility: Float64Array
  /** The part of the move that came as sudden news. */
  readonly jumps: Float64Array
  /** Multiplies the volume: how many more people than usual look at the asset. */
  readonly crowd: Float64Array
}

/** A life of the asset on its calendar: sessions from `start`, `length` of them. */
export interface Life {
  readonly start: number
  readonly length: number
}

export interface MarketState {
  readonly timeline: Timeline
  readonly factors: Factors
  readonly regimes: readonly RegimeOptions[]
  readonly regimeOfDay: Uint8Array
}

const OWN_SHAPE: VolatilityShape = { deviation: 0.52, slowShare: 0.6, leverage: -0.1, degrees: 8 }
/** How far an asset's own volatility follows the market's (Herskovic et al. 2016, "The Common Factor in Idiosyncratic Volatility"). */
const COMMON_VOLATILITY = 0.25
/** What is left of a path's sample mean, so that few years of luck do not bury the stated drift. */
const MARKET_MEAN_KEPT = 0.6
const OWN_MEAN_KEPT = 0.35

export function sessionsPerYear(asset: AssetOptions): number {
  return asset.kind === 'crypto' ? 365 : 252
}

export function assetMoves(asset: AssetOptions, life: Life, market: MarketState, random: Random): AssetMoves {
  const { marketCorrelation, familyCorrelation = 0 } = asset
  const ownShare = 1 - marketCorrelation * marketCorrelation - familyCorrelation * familyCorrelation
  assert(
    ownShare > 0.01,
    `"${asset.symbol}": the correlations ${marketCorrelation} and ${familyCorrelation} leave nothing of its own`,
  )
  const shared = window(market.factors.market(asset.calendar), life)
  standardise(shared, MARKET_MEAN_KEPT)
  const family = asset.family === undefined ? null : window(market.factors.family(asset.family, asset.calendar), life)
  if (family !== null) {
    removeShadow(family.moves, shared.moves)
    standardise(family, MARKET_MEAN_KEPT)
  }
  const own = ownStory(asset, life, market, random)
  removeEcho(own.moves)
  removeShadow(own.moves, shared.moves)
  if (family !== null) removeShadow(own.moves, family.moves)
  const ownScale = standardise(own, OWN_MEAN_KEPT)

  const daily = asset.volatility / Math.sqrt(sessionsPerYear(asset))
  const drift = asset.drift / sessionsPerYear(asset)
  const ownWeight = daily * Math.sqrt(ownShare)
  const moves = new Float64Array(life.length)
  const volatility = new Float64Array(life.length)
  for (let session = 0; session < life.length; session += 1) {
    const fromMarket = marketCorrelation * shared.volatility[session]!
    const fromFamily = familyCorrelation * (family?.volatility[session] ?? 0)
    const fromOwn = own.volatility[session]!
    moves[session] =
      drift +
      daily * (marketCorrelation * shared.moves[session]! + familyCorrelation * (family?.moves[session] ?? 0)) +
      ownWeight * own.moves[session]!
    volatility[session] =
      daily * Math.sqrt(fromMarket * fromMarket + fromFamily * fromFamily + ownShare * fromOwn * fromOwn)
  }
  return { moves, volatility, jumps: own.jumps.map((jump) => jump * ownScale * ownWeight), crowd: own.crowd }
}

interface OwnStory extends SessionFactor {
  readonly jumps: Float64Array
  readonly crowd: Float64Array
}

/** What happens to this asset alone, before it is scaled. */
function ownStory(asset: AssetOptions, life: Life, market: MarketState, random: Random): OwnStory {
  const { shocks, logVolatility } = volatilityPath(random.fork('volatility'), life.length, OWN_SHAPE)
  const days = market.timeline.sessionDays.get(asset.calendar)!
  const moves = new Float64Array(life.length)
  const volatility = new Float64Array(life.length)
  const jumps = new Float64Array(life.length)
  const crowd = new Float64Array(life.length).fill(1)
  for (let session = 0; session < life.length; session += 1) {
    const day = days[life.start + session]!
    const regime = market.regimes[market.regimeOfDay[day]!]!
    const quiet = isWeekend(market.timeline.firstDay + day) ? WEEKEND_VOLATILITY : 1
    const level =
      exp(logVolatility[session]! + COMMON_VOLATILITY * market.factors.mood[day]!) * regime.ownVolatility * quiet
    volatility[session] = level
    moves[session] = level * shocks[session]!
  }
  const perSession = 1 / sessionsPerYear(asset)
  const story = { moves, jumps, crowd }
  addJumps(story, (asset.jumpsPerYear ?? 0) * perSession, random.fork('jumps'))
  addSelloffs(story, (asset.selloffsPerYear ?? 0) * perSession, random.fork('selloffs'))
  addBursts(story, (asset.burstsPerYear ?? 0) * perSession, random.fork('bursts'))
  return { moves, volatility, jumps, crowd }
}

function window(factor: SessionFactor, life: Life): SessionFactor {
  const end = life.start + life.length
  return { moves: factor.moves.slice(life.start, end), volatility: factor.volatility.slice(life.start, end) }
}
