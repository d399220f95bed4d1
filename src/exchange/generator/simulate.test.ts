import { describe, expect, it } from 'vitest'
import { fiveYears } from '../../../test/five-years.ts'
import type { AssetOptions, SimulatedAsset } from './options.ts'
import { channelsAssets } from './presets.ts'
import { simulateMarket } from './simulate.ts'

const sessions = fiveYears()
const assets = channelsAssets({ exchange: 'exchange', crypto: 'always' })
const plain: AssetOptions = {
  symbol: 'ONE',
  kind: 'equity',
  calendar: 'exchange',
  price: 50,
  drift: 0.1,
  volatility: 0.3,
  averageVolume: 1e6,
  marketCorrelation: 0.6,
}

function simulate(seed: number | string, list: readonly AssetOptions[] = assets): readonly SimulatedAsset[] {
  return simulateMarket({ seed, sessions, assets: list }).assets
}

/** FNV-1a over every byte of every column, and over the records. */
function checksum(market: readonly SimulatedAsset[]): number {
  let hash = 0x811c9dc5
  const take = (bytes: Uint8Array): void => {
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  }
  for (const { dates, open, high, low, close, volume, iv, splits, dividends } of market) {
    for (const column of [dates, open, high, low, close, volume, ...(iv ? [iv] : [])])
      take(new Uint8Array(column.buffer))
    take(new TextEncoder().encode(JSON.stringify([splits, dividends])))
  }
  return hash >>> 0
}

const seeds = Array.from({ length: 20 }, (_, index) => index + 1)
const markets = new Map(seeds.map((seed) => [seed, simulate(seed)]))
const everyAsset = [...markets.values()].flat()

describe('determinism', () => {
  it('gives the same bytes for the same seed', () => {
    expect(checksum(simulate(1))).toBe(checksum(markets.get(1)!))
  })

  it('gives the same bytes on every Node version and from one release to the next', () => {
    expect(checksum(markets.get(1)!)).toMatchInlineSnapshot(`3706807898`)
  })

  it('gives another market for every other seed', () => {
    expect(new Set([...markets.values()].map(checksum)).size).toBe(seeds.length)
  })

  it('leaves every other asset as it was when one is added, removed or moved', () => {
    const bySymbol = (market: readonly SimulatedAsset[]) =>
      new Map(market.map((asset) => [asset.symbol, checksum([asset])]))
    const all = bySymbol(simulate(3))
    for (const fewer of [assets.slice(5), assets.filter((_, index) => index % 3 === 0), [...assets].reverse()]) {
      for (const [symbol, sum] of bySymbol(simulate(3, [plain, ...fewer]))) {
        if (symbol !== plain.symbol) expect(sum).toBe(all.get(symbol))
      }
    }
  })
})

describe('bars', () => {
  it('keep low <= open, close <= high, all positive and on the tick', () => {
    for (const { open, high, low, close } of everyAsset) {
      for (let index = 0; index < open.length; index += 1) {
        const [o, h, l, c] = [open[index]!, high[index]!, low[index]!, close[index]!]
        if (!(l > 0 && l <= Math.min(o, c) && h >= Math.max(o, c)))
          throw new Error(`bar ${index}: ${[o, h, l, c].join(' ')}`)
        for (const price of [o, h, l, c]) {
          if (Math.floor(price * 100 + 0.5) / 100 !== price) throw new Error(`off the tick: ${price}`)
        }
      }
    }
    expect(everyAsset).toHaveLength(35 * 20)
  })

  it('have whole volumes of at least one share; coins trade fractions', () => {
    for (const { kind, volume } of everyAsset) {
      expect(volume.every((units) => units > 0 && (kind === 'crypto' || Number.isInteger(units)))).toBe(true)
    }
    expect(markets.get(1)!.some(({ volume }) => volume.some((units) => !Number.isInteger(units)))).toBe(true)
  })

  it('gap over night on an exchange and never for a market that is always open', () => {
    for (const { kind, open, close } of everyAsset) {
      const gaps = open.filter((price, index) => index > 0 && price !== close[index - 1]).length
      if (kind === 'crypto') expect(gaps).toBe(0)
      else expect(gaps / open.length).toBeGreaterThan(0.8)
    }
  })

  it('cover exactly the sessions of their calendar between listing and end', () => {
    for (const [index, { dates, open, high, low, close, volume, iv }] of markets.get(1)!.entries()) {
      const { calendar, listed = 0, ends = 99_999_999, iv: wanted = false } = assets[index]!
      const list = calendar === 'always' ? sessions.always : sessions.exchange
      expect([...dates]).toEqual(list.map(({ date }) => date).filter((date) => date >= listed && date <= ends))
      for (const column of [open, high, low, close, volume]) expect(column).toHaveLength(dates.length)
      expect(iv?.length ?? 0).toBe(wanted ? dates.length : 0)
    }
  })

  it('start near the stated price', () => {
    const [first] = simulate(5, [{ ...plain, volatility: 0.01, drift: 0 }])
    expect(Math.abs(first!.open[0]! - 50)).toBeLessThan(0.5)
  })
})

describe('splits', () => {
  const split = everyAsset.filter((asset) => asset.splits.length > 0)

  it('happen now and then, forward for dear shares and in reverse for those below a dollar', () => {
    const forward = split.flatMap((asset) => asset.splits).filter((record) => record.numerator > record.denominator)
    const reverse = split.flatMap((asset) => asset.splits).filter((record) => record.numerator < record.denominator)
    expect(forward.length).toBeGreaterThan(20)
    expect(reverse.length).toBeGreaterThan(20)
    expect(reverse.every((record) => record.numerator === 1 && record.denominator === 10)).toBe(true)
  })

  it('change the scale of price and volume and leave the wealth of the holder continuous', () => {
    let checked = 0
    for (const { symbol, dates, close, open, volume, splits } of split) {
      const usual = assets.find((asset) => asset.symbol === symbol)!
      for (const { date, numerator, denominator } of splits) {
        const at = dates.indexOf(date)
        const ratio = numerator / denominator
        const kept = (open[at]! * ratio) / close[at - 1]!
        // an overnight gap stays within some daily deviations, a forgotten ratio of 2, 5 or 1/10 does not
        expect(Math.abs(Math.log(kept))).toBeLessThan(0.69)
        expect(Math.abs(Math.log(kept))).toBeLessThan((usual.volatility / Math.sqrt(252)) * 12)
        const [before, after] = [volume.slice(Math.max(0, at - 10), at), volume.slice(at, at + 10)]
        const growth =
          after.reduce((a, b) => a + b, 0) / after.length / (before.reduce((a, b) => a + b, 0) / before.length)
        if (at >= 10 && at + 10 <= volume.length) expect(Math.abs(Math.log(growth / ratio))).toBeLessThan(1.6)
        checked += 1
      }
    }
    expect(checked).toBeGreaterThan(40)
  })

  it('never happen to coins', () => {
    expect(everyAsset.some((asset) => asset.kind === 'crypto' && asset.splits.length > 0)).toBe(false)
  })
})

describe('dividends', () => {
  it('come once a quarter and add up to the stated yield', () => {
    for (const market of markets.values()) {
      const spy = market.find((asset) => asset.symbol === 'SPY')!
      expect(spy.dividends.length).toBeGreaterThanOrEqual(19)
      expect(spy.dividends.length).toBeLessThanOrEqual(21)
      const paid = spy.dividends.reduce((sum, record) => sum + record.amount, 0)
      const mean = spy.close.reduce((sum, close) => sum + close, 0) / spy.close.length
      expect(Math.abs(paid / 5 / mean - 0.015)).toBeLessThan(0.002)
    }
  })

  it('lower the price on the ex-date by their amount', () => {
    const still = { ...plain, volatility: 0.0001, drift: 0, price: 100 }
    const [paying] = simulate(1, [{ ...still, dividendYield: 0.08 }])
    for (const { date, amount } of paying!.dividends) {
      const at = paying!.dates.indexOf(date)
      expect(amount).toBeCloseTo(paying!.close[at - 1]! * 0.02, 1)
      expect(Math.abs(paying!.close[at - 1]! - amount - paying!.open[at]!)).toBeLessThan(0.1)
    }
    expect(paying!.dividends.length).toBeGreaterThan(18)
  })
})

describe('implied volatility', () => {
  it('lies above what is realised over the next 30 days, on average, and by no more than a half', () => {
    for (const market of markets.values()) {
      const ratios = market.flatMap(({ iv, close, splits }) => (iv && splits.length === 0 ? [premium(iv, close)] : []))
      const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
      expect(mean).toBeGreaterThan(1.02)
      expect(mean).toBeLessThan(1.5)
    }
  })

  it('rises in a crisis and comes back', () => {
    for (const seed of seeds) {
      const { regimes, assets: simulated } = simulateMarket({ seed, sessions, assets })
      const spy = simulated.find((asset) => asset.symbol === 'SPY')!
      const inRegime = (name: string) => {
        const spells = regimes.filter((spell) => spell.name === name)
        const levels = spy.iv!.filter((_, at) =>
          spells.some((spell) => spy.dates[at]! >= spell.from && spy.dates[at]! <= spell.to),
        )
        return levels.reduce((sum, level) => sum + level, 0) / levels.length
      }
      if (regimes.some((spell) => spell.name === 'crisis')) expect(inRegime('crisis')).toBeGreaterThan(inRegime('calm'))
    }
  })

  it('is given for optionable assets only, with a skew', () => {
    const optionable = markets.get(1)!.filter((asset) => asset.iv !== undefined)
    expect(optionable.map((asset) => asset.symbol)).toEqual(['TSLA', 'NVDA', 'AAPL', 'SPY', 'QQQ'])
    expect(optionable.every((asset) => asset.ivSkew! > 0)).toBe(true)
  })
})

/** Mean of implied over realised volatility of the 21 sessions that follow. */
function premium(iv: Float64Array, close: Float64Array): number {
  const ratios: number[] = []
  for (let at = 0; at + 21 < close.length; at += 21) {
    let squares = 0
    for (let next = at + 1; next <= at + 21; next += 1) squares += Math.log(close[next]! / close[next - 1]!) ** 2
    ratios.push(iv[at]! / Math.sqrt((squares / 21) * 252))
  }
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
}

describe('refusals', () => {
  const tries: [string, readonly AssetOptions[], string][] = [
    ['an unknown calendar', [{ ...plain, calendar: 'LSE' }], '"ONE" trades on "LSE", which has no sessions'],
    ['a symbol given twice', [plain, plain], '"ONE" is given twice'],
    ['a life outside the sessions', [{ ...plain, listed: 20300101 }], 'no session from 20300101'],
    ['a life that ends before it starts', [{ ...plain, listed: 20220101, ends: 20210101 }], 'no session'],
    ['correlations that leave nothing', [{ ...plain, marketCorrelation: 1 }], 'nothing of its own'],
    ['a price of nothing', [{ ...plain, price: 0 }], 'price must be at least 0.01, was "0"'],
    ['a negative volatility', [{ ...plain, volatility: -1 }], 'volatility must be between 0 and 5'],
    ['a volume of nothing', [{ ...plain, averageVolume: 0 }], 'averageVolume'],
    ['a drift that is no number', [{ ...plain, drift: Number.NaN }], 'drift'],
  ]
  it.each(tries)('names %s', (_, list, text) => expect(() => simulate(1, list)).toThrow(text))

  it('names sessions out of order', () => {
    const wrong = { exchange: [{ date: 20200103 }, { date: 20200102 }] }
    expect(() => simulateMarket({ seed: 1, sessions: wrong, assets: [plain] })).toThrow(
      '20200102 does not follow 20200103',
    )
  })

  it('names a regime that leads nowhere', () => {
    const regimes = [{ name: 'a', days: 1, volatility: 1, ownVolatility: 1, drift: 0, next: { b: 1 } }]
    expect(() => simulateMarket({ seed: 1, sessions, assets: [plain], regimes })).toThrow('followed by "b"')
  })

  it('copes with a life of one session', () => {
    const [brief] = simulate(1, [{ ...plain, listed: 20240102, ends: 20240102 }])
    expect(brief!.dates).toEqual(Int32Array.of(20240102))
    expect(brief!.close[0]).toBeGreaterThan(0)
  })
})

describe('regimes', () => {
  it('cover every day without a gap and obey the given chain', () => {
    const regimes = [
      { name: 'up', days: 20, volatility: 0.5, ownVolatility: 1, drift: 0.1, next: { down: 1 } },
      { name: 'down', days: 10, volatility: 2, ownVolatility: 1, drift: -0.1, next: { up: 1 } },
    ]
    const market = simulateMarket({ seed: 1, sessions, assets: [plain], regimes })
    expect(market.regimes[0]!.from).toBe(20200101)
    expect(market.regimes.at(-1)!.to).toBe(20241231)
    expect(market.regimes.length).toBeGreaterThan(60)
    expect(market.regimes.every((spell, index) => spell.name === (index % 2 === 0 ? 'up' : 'down'))).toBe(true)
  })

  it('raise the correlation between assets in a crisis', () => {
    const pair = ['A', 'B'].map((symbol) => ({ ...plain, symbol }))
    const results = seeds.map((seed) => {
      const market = simulateMarket({ seed, sessions, assets: pair })
      const [a, b] = market.assets
      const inside = (date: number) =>
        market.regimes.some((spell) => spell.name === 'crisis' && date >= spell.from && date <= spell.to)
      const products = { crisis: [0, 0, 0], calm: [0, 0, 0] }
      for (let at = 1; at < a!.dates.length; at += 1) {
        const x = Math.log(a!.close[at]! / a!.close[at - 1]!)
        const y = Math.log(b!.close[at]! / b!.close[at - 1]!)
        const sums = inside(a!.dates[at]!) ? products.crisis : products.calm
        sums[0]! += x * y
        sums[1]! += x * x
        sums[2]! += y * y
      }
      const correlation = ([xy, xx, yy]: number[]) => xy! / Math.sqrt(xx! * yy!)
      return correlation(products.crisis) - correlation(products.calm)
    })
    const known = results.filter((gap) => !Number.isNaN(gap)).sort((left, right) => left - right)
    expect(known.length).toBeGreaterThan(12)
    expect(known[Math.floor(known.length / 2)]!).toBeGreaterThan(0.1)
  })
})
