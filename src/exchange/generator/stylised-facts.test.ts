/** The stylised facts of Cont (2001), measured on the generated prices of the channels' universe over 20 seeds. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fiveYears } from '../../../test/five-years.ts'
import type { SimulatedAsset } from './options.ts'
import { channelsAssets } from './presets.ts'
import { simulateMarket } from './simulate.ts'

const sessions = fiveYears()
const universe = channelsAssets({ exchange: 'exchange', crypto: 'always' })
const seeds = Array.from({ length: 20 }, (_, index) => index + 1)

const CLASSES = ['large caps', 'indices', 'coins', 'small caps'] as const
type ClassName = (typeof CLASSES)[number]
const classes: readonly ClassName[] = universe.map(({ symbol, kind }) => {
  if (kind === 'crypto') return 'coins'
  if (kind === 'etf') return 'indices'
  return symbol.startsWith('SIM') ? 'small caps' : 'large caps'
})

function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < values.length; index += 1) sum += values[index]!
  return sum / values.length
}

function correlation(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const [leftMean, rightMean] = [mean(left), mean(right)]
  let [product, leftSquares, rightSquares] = [0, 0, 0]
  for (let index = 0; index < left.length; index += 1) {
    const [x, y] = [left[index]! - leftMean, right[index]! - rightMean]
    product += x * y
    leftSquares += x * x
    rightSquares += y * y
  }
  return product / Math.sqrt(leftSquares * rightSquares)
}

function autocorrelation(values: Float64Array, lag: number): number {
  const center = mean(values)
  let [product, squares] = [0, 0]
  for (let index = 0; index < values.length; index += 1) {
    const deviation = values[index]! - center
    squares += deviation * deviation
    if (index >= lag) product += deviation * (values[index - lag]! - center)
  }
  return product / squares
}

function excessKurtosis(values: Float64Array): number {
  const center = mean(values)
  const squares = values.map((value) => (value - center) ** 2)
  return mean(squares.map((square) => square * square)) / mean(squares) ** 2 - 3
}

/** Log returns of who holds through splits and dividends. */
function returnsOf({ dates, close, splits, dividends }: SimulatedAsset): Float64Array {
  const ratios = new Map(splits.map(({ date, numerator, denominator }) => [date, numerator / denominator]))
  const amounts = new Map(dividends.map(({ date, amount }) => [date, amount]))
  return Float64Array.from({ length: close.length - 1 }, (_, index) => {
    const date = dates[index + 1]!
    return Math.log(((close[index + 1]! + (amounts.get(date) ?? 0)) * (ratios.get(date) ?? 1)) / close[index]!)
  })
}

function deepestFall(returns: Float64Array): number {
  let [wealth, peak, deepest] = [0, 0, 0]
  for (const move of returns) {
    wealth += move
    peak = Math.max(peak, wealth)
    deepest = Math.min(deepest, Math.exp(wealth - peak) - 1)
  }
  return deepest
}

/** Volume in units of the first day. */
function volumeOf({ dates, volume, splits }: SimulatedAsset): Float64Array {
  const ratios = new Map(splits.map(({ date, numerator, denominator }) => [date, numerator / denominator]))
  let shares = 1
  return volume.map((units, index) => {
    shares *= ratios.get(dates[index]!) ?? 1
    return units / shares
  })
}

interface Facts {
  readonly kurtosis: number
  readonly echo: number
  readonly echoOfSizes: number
  readonly echoOfSizes20: number
  readonly volumeWithSize: number
  readonly leverage: number
  readonly deepestFall: number
}

function factsOf(asset: SimulatedAsset): Facts {
  const returns = returnsOf(asset)
  const sizes = returns.map(Math.abs)
  return {
    kurtosis: excessKurtosis(returns),
    echo: autocorrelation(returns, 1),
    echoOfSizes: autocorrelation(sizes, 1),
    echoOfSizes20: autocorrelation(sizes, 20),
    volumeWithSize: correlation(sizes, volumeOf(asset).subarray(1)),
    leverage: correlation(returns.subarray(0, returns.length - 1), sizes.subarray(1)),
    deepestFall: deepestFall(returns),
  }
}

const markets = seeds.map((seed) => simulateMarket({ seed, sessions, assets: universe }))
/** By seed, then by asset. */
const facts = markets.map((market) => market.assets.map(factsOf))
const perSeed = (pick: (one: Facts) => number) => facts.map((list) => mean(list.map(pick)))
/** Over all seeds. */
const perClass = (pick: (one: Facts) => number) =>
  CLASSES.map((name) => mean(facts.flatMap((list) => list.filter((_, at) => classes[at] === name).map(pick))))

/** Realised minus target correlation of each pair with `commonMin` common sessions or more, close to close. */
function correlationErrors(market: (typeof markets)[number], commonMin: number): number[] {
  const wealth = market.assets.map((asset) => {
    let sum = 0
    const returns = returnsOf(asset)
    const known = new Map([[asset.dates[0]!, 0]])
    for (const [at, move] of returns.entries()) {
      sum += move
      known.set(asset.dates[at + 1]!, sum)
    }
    return known
  })
  // every pair is measured on the exchange's dates, so a coin's weekend falls into its Monday
  const levels = wealth.map((known) =>
    Float64Array.from(sessions.exchange, ({ date }) => known.get(date) ?? Number.NaN),
  )
  const moves = levels.map((level) => level.subarray(1).map((now, at) => now - level[at]!))
  const errors: number[] = []
  for (let left = 0; left < moves.length; left += 1) {
    for (let right = 0; right < left; right += 1) {
      const both = moves[left]!.map((move, at) => (Number.isNaN(move + moves[right]![at]!) ? 0 : 1))
      const keep = (_: number, at: number) => both[at] === 1
      if (both.reduce((sum, one) => sum + one, 0) < commonMin) continue
      const realised = correlation(moves[left]!.filter(keep), moves[right]!.filter(keep))
      errors.push(realised - market.targetCorrelations[left]![right]!)
    }
  }
  return errors
}

const FULL_LIFE = sessions.exchange.length - 1
const wholeErrors = markets.map((market) => correlationErrors(market, FULL_LIFE))
const worst = (errors: readonly number[]) => errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0)

describe('stylised facts', () => {
  it('heavy tails: excess kurtosis above 1 for every seed and every class', () => {
    for (const value of [...perSeed((one) => one.kurtosis), ...perClass((one) => one.kurtosis)]) {
      expect(value).toBeGreaterThan(1)
    }
  })

  it('no echo: returns have autocorrelation within 0.05 of zero for every seed and every class', () => {
    for (const value of [...perSeed((one) => one.echo), ...perClass((one) => one.echo)]) {
      expect(Math.abs(value)).toBeLessThan(0.05)
    }
  })

  it('volatility clusters: sizes of returns echo above 0.1 after a day and above 0.02 after twenty', () => {
    for (const value of [...perSeed((one) => one.echoOfSizes), ...perClass((one) => one.echoOfSizes)]) {
      expect(value).toBeGreaterThan(0.1)
    }
    for (const value of [...perSeed((one) => one.echoOfSizes20), ...perClass((one) => one.echoOfSizes20)]) {
      expect(value).toBeGreaterThan(0.02)
    }
  })

  it('volume goes with volatility: correlation above 0.2 for every asset', () => {
    for (const value of facts.flat().map((one) => one.volumeWithSize)) expect(value).toBeGreaterThan(0.2)
  })

  it('falls raise volatility: the leverage effect shows in the indices', () => {
    expect(perClass((one) => one.leverage)[1]!).toBeLessThan(-0.02)
  })

  it('correlations come within 0.1 of their targets for every pair that lives through all sessions', () => {
    for (const errors of wholeErrors) {
      expect(errors.length).toBe(378)
      expect(worst(errors)).toBeLessThan(0.1)
    }
  })

  it('correlations of pairs that share a year or more miss by little, and to neither side', () => {
    const errors = markets.map((market) => correlationErrors(market, 252))
    for (const list of errors) expect(mean(list.map(Math.abs))).toBeLessThan(0.03)
    expect(Math.abs(mean(errors.flat()))).toBeLessThan(0.01)
  })

  it('drawdowns beyond 30 % happen for every seed', () => {
    for (const list of facts) {
      expect(list.filter((one) => one.deepestFall < -0.3).length).toBeGreaterThan(10)
      expect(list.every((one) => one.deepestFall < -0.08)).toBe(true)
    }
  })

  it('volatility per asset is the stated one', () => {
    for (const market of markets) {
      for (const [index, asset] of market.assets.entries()) {
        const returns = returnsOf(asset)
        const center = mean(returns)
        const variance = mean(returns.map((move) => (move - center) ** 2))
        const perYear = asset.kind === 'crypto' ? 365 : 252
        expect(Math.abs(Math.sqrt(variance * perYear) / universe[index]!.volatility - 1)).toBeLessThan(0.05)
      }
    }
  })
})

describe('opportunities', () => {
  it('every seed offers the channels enough dips, breakouts and trends', () => {
    for (const market of markets) {
      const counts = { dips: 0, breakouts: 0, trends: 0 }
      for (const [index, asset] of market.assets.entries()) {
        const found = signalsOf(asset)
        if (index < 10) counts.dips += found.dips
        if (classes[index] === 'small caps') counts.breakouts += found.breakouts
        if (classes[index] === 'coins') counts.trends += found.trends
      }
      expect(counts.dips).toBeGreaterThanOrEqual(20)
      expect(counts.breakouts).toBeGreaterThanOrEqual(100)
      expect(counts.trends).toBeGreaterThanOrEqual(20)
    }
  })
})

/**
 * Entries of the channels' rules, at least as many sessions apart as a position is held at most: below the lower
 * Bollinger band with RSI < 27; above the high of 20 sessions on twice the volume with RSI > 50; above the mean of 50
 * with MACD crossing up on more than the usual volume.
 */
function signalsOf(asset: SimulatedAsset): { dips: number; breakouts: number; trends: number } {
  const volume = volumeOf(asset)
  const growth = returnsOf(asset)
  const close = new Float64Array(asset.close.length).fill(100)
  for (let at = 1; at < close.length; at += 1) close[at] = close[at - 1]! * Math.exp(growth[at - 1]!)
  const high = close.map((level, at) => (level * asset.high[at]!) / asset.close[at]!)
  const found = { dips: 0, breakouts: 0, trends: 0 }
  let [up, down, fast, slow, signal, wasBelow] = [0, 0, 100, 100, 0, false]
  let [nextDip, nextBreakout] = [60, 60]
  for (let at = 1; at < close.length; at += 1) {
    const move = close[at]! - close[at - 1]!
    const weight = at <= 14 ? 1 / at : 1 / 14
    up += (Math.max(move, 0) - up) * weight
    down += (Math.max(-move, 0) - down) * weight
    const rsi = (100 * up) / (up + down)
    fast += (close[at]! - fast) * (2 / 13)
    slow += (close[at]! - slow) * (2 / 27)
    signal += (fast - slow - signal) * (2 / 10)
    const isBelow = fast - slow <= signal
    if (at >= 60) {
      const window = close.subarray(at - 19, at + 1)
      const center = mean(window)
      const band = center - 2 * Math.sqrt(mean(window.map((level) => (level - center) ** 2)))
      const usual = mean(volume.subarray(at - 20, at))
      if (at >= nextDip && close[at]! < band && rsi < 27) {
        found.dips += 1
        nextDip = at + 6
      }
      if (
        at >= nextBreakout &&
        close[at]! > Math.max(...high.subarray(at - 20, at)) &&
        volume[at]! > 2 * usual &&
        rsi > 50
      ) {
        found.breakouts += 1
        nextBreakout = at + 11
      }
      if (wasBelow && !isBelow && close[at]! > mean(close.subarray(at - 49, at + 1)) && volume[at]! > usual)
        found.trends += 1
    }
    wasBelow = isBelow
  }
  return found
}

describe('docs/simulated-market.md', () => {
  it('shows the figures measured here', () => {
    const row = (label: string, wanted: string, pick: (one: Facts) => number, digits: number) => {
      const values = perSeed(pick)
      const figures = [...perClass(pick), mean(values), Math.min(...values), Math.max(...values)]
      return `| ${label} | ${wanted} | ${figures.map((figure) => (figure + 0).toFixed(digits)).join(' | ')} |`
    }
    const worsts = wholeErrors.map(worst)
    const rows = [
      row('Excess kurtosis', '> 1', (one) => one.kurtosis, 1),
      row('Autocorrelation of returns, lag 1', '±0.05', (one) => one.echo, 3),
      row('Autocorrelation of absolute returns, lag 1', '> 0.1', (one) => one.echoOfSizes, 3),
      row('The same, lag 20', '> 0.02', (one) => one.echoOfSizes20, 3),
      row('Correlation of volume and absolute return', '> 0.2', (one) => one.volumeWithSize, 2),
      row('Correlation of a return and the next absolute return', '< 0 in indices', (one) => one.leverage, 3),
      row('Deepest drawdown', '-', (one) => one.deepestFall, 2),
      `| Largest miss of a target correlation | < 0.1 | | | | | ${mean(worsts).toFixed(3)} | ${Math.min(...worsts).toFixed(3)} | ${Math.max(...worsts).toFixed(3)} |`,
    ]
    const page = readFileSync(new URL('../../../docs/simulated-market.md', import.meta.url), 'utf8')
    expect(page.split('\n').filter((line) => rows.some((wanted) => line.startsWith(wanted.slice(0, 14))))).toEqual(rows)
  })
})
