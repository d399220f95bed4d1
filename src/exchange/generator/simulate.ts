/**
 * Simulated market: a seeded history of many assets that behaves as markets do, for runs without any data.
 * In:    seed, sessions per calendar, assets   Out: raw bars, splits, dividends, implied volatility per asset
 * Keeps: the same options give the same bytes; an asset added or removed changes no other
 *
 * The stylised facts it imitates: Cont (2001), "Empirical Properties of Asset Returns: Stylized Facts and Statistical
 * Issues", Quantitative Finance 1. What is modelled and how well it holds: docs/simulated-market.md.
 */
import { assert } from '../../domain/assert.ts'
import { createRandom, type Random } from '../../numerics/random.ts'
import { factorsOf } from './factors.ts'
import { DEFAULT_IV_SKEW, impliedVolatility } from './implied.ts'
import type { AssetOptions, MarketOptions, MarketSession, SimulatedAsset, SimulatedMarket } from './options.ts'
import { pricesOf } from './prices.ts'
import { DEFAULT_REGIMES, regimePath, regimeSpells } from './regimes.ts'
import { assetMoves, type Life, type MarketState } from './returns.ts'
import { timelineOf } from './timeline.ts'

/**
 * @throws AssertionError for options that contradict themselves: an unknown calendar, a symbol given twice, sessions
 *   out of order, correlations that leave an asset nothing of its own, a life without any session
 */
export function simulateMarket(options: MarketOptions): SimulatedMarket {
  const random = createRandom(options.seed)
  const timeline = timelineOf(options.sessions)
  const regimes = options.regimes ?? DEFAULT_REGIMES
  const regimeOfDay = regimePath(random.fork('regimes'), regimes, timeline.length)
  const factors = factorsOf(random, timeline, regimes, regimeOfDay)
  const market: MarketState = { timeline, factors, regimes, regimeOfDay }
  const symbols = new Set<string>()
  const assets = options.assets.map((asset) => {
    assert(!symbols.has(asset.symbol), `asset "${asset.symbol}" is given twice`)
    symbols.add(asset.symbol)
    const sessions = options.sessions[asset.calendar]
    assert(sessions !== undefined, `asset "${asset.symbol}" trades on "${asset.calendar}", which has no sessions`)
    return simulateAsset(asset, sessions, market, random.fork(`asset/${asset.symbol}`))
  })
  return {
    assets,
    regimes: regimeSpells(regimeOfDay, regimes, timeline),
    targetCorrelations: targetCorrelations(options.assets),
  }
}

function simulateAsset(
  asset: AssetOptions,
  sessions: readonly MarketSession[],
  market: MarketState,
  random: Random,
): SimulatedAsset {
  checkNumbers(asset)
  const life = lifeOf(asset, sessions)
  assert(life.length > 0, `asset "${asset.symbol}" has no session from ${asset.listed} to ${asset.ends}`)
  const dates = Int32Array.from({ length: life.length }, (_, index) => sessions[life.start + index]!.date)
  const path = assetMoves(asset, life, market, random)
  const { symbol, kind, calendar } = asset
  const history = { symbol, kind, calendar, dates, ...pricesOf(asset, dates, path, random) }
  if (asset.iv !== true) return history
  const iv = impliedVolatility(asset, path, random.fork('implied'))
  return { ...history, iv, ivSkew: asset.ivSkew ?? DEFAULT_IV_SKEW }
}

function checkNumbers(asset: AssetOptions): void {
  const { symbol, price, volatility, averageVolume, drift } = asset
  assert(price >= 0.01, `"${symbol}": price must be at least 0.01, was "${price}"`)
  assert(volatility > 0 && volatility < 5, `"${symbol}": volatility must be between 0 and 5, was "${volatility}"`)
  assert(averageVolume > 0, `"${symbol}": averageVolume must be above 0, was "${averageVolume}"`)
  assert(Number.isFinite(drift), `"${symbol}": drift must be a finite number, was "${drift}"`)
}

/** The sessions from `listed` to `ends`, both included. */
function lifeOf(asset: AssetOptions, sessions: readonly MarketSession[]): Life {
  const { listed, ends } = asset
  const first = listed === undefined ? 0 : sessions.findIndex((session) => session.date >= listed)
  const after = ends === undefined ? -1 : sessions.findIndex((session) => session.date > ends)
  const start = first === -1 ? sessions.length : first
  return { start, length: Math.max(0, (after === -1 ? sessions.length : after) - start) }
}

/** Correlations that the factors imply: the product of the market's, plus that of the family's within one family. */
function targetCorrelations(assets: readonly AssetOptions[]): Float64Array[] {
  return assets.map((left, row) =>
    Float64Array.from(assets, (right, column) => {
      if (row === column) return 1
      const related = left.family !== undefined && left.family === right.family
      const family = related ? (left.familyCorrelation ?? 0) * (right.familyCorrelation ?? 0) : 0
      return left.marketCorrelation * right.marketCorrelation + family
    }),
  )
}
