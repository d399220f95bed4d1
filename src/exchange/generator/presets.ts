/**
 * Presets: the assets that the four channels trade, with characters like those of their real namesakes in 2020-2024.
 * The numbers are rounded by hand; the names SIM01 to SIM20 belong to no company.
 */
import type { AssetOptions } from './options.ts'

/** The names of the two calendars that the presets' assets trade on, as keys of `sessions`. */
export interface PresetCalendars {
  readonly exchange: string
  readonly crypto: string
}

type Character = Omit<AssetOptions, 'calendar'>

/** Large, volatile shares of the mean-reversion channel: they fall for a week now and then, and mostly come back. */
const LARGE_CAPS: readonly Character[] = [
  largeCap({
    symbol: 'TSLA',
    price: 96,
    drift: 0.14,
    volatility: 0.6,
    averageVolume: 96e6,
    family: 'vehicles',
    splitProbability: 0.4,
    iv: true,
  }),
  largeCap({
    symbol: 'GME',
    price: 22,
    drift: 0.02,
    volatility: 0.85,
    averageVolume: 14e6,
    family: 'crowd',
    marketCorrelation: 0.36,
    familyCorrelation: 0.5,
  }),
  largeCap({
    symbol: 'PLTR',
    price: 18,
    drift: 0.12,
    volatility: 0.66,
    averageVolume: 52e6,
    family: 'technology',
    familyCorrelation: 0.3,
    listed: 20200930,
  }),
  largeCap({
    symbol: 'RIOT',
    price: 14,
    drift: 0.04,
    volatility: 0.95,
    averageVolume: 17e6,
    family: 'digital',
    marketCorrelation: 0.4,
    familyCorrelation: 0.6,
  }),
  largeCap({
    symbol: 'AMC',
    price: 19,
    drift: -0.04,
    volatility: 0.9,
    averageVolume: 22e6,
    family: 'crowd',
    marketCorrelation: 0.36,
    familyCorrelation: 0.5,
  }),
  largeCap({
    symbol: 'NIO',
    price: 21,
    drift: 0.02,
    volatility: 0.72,
    averageVolume: 58e6,
    family: 'vehicles',
    marketCorrelation: 0.4,
  }),
  largeCap({
    symbol: 'SOFI',
    price: 15,
    drift: 0.06,
    volatility: 0.65,
    averageVolume: 38e6,
    family: 'finance',
    familyCorrelation: 0.25,
    listed: 20210104,
  }),
  largeCap({
    symbol: 'COIN',
    price: 120,
    drift: 0.08,
    volatility: 0.8,
    averageVolume: 11e6,
    family: 'digital',
    familyCorrelation: 0.55,
    listed: 20210414,
  }),
  largeCap({
    symbol: 'MARA',
    price: 13,
    drift: 0.04,
    volatility: 1,
    averageVolume: 28e6,
    family: 'digital',
    marketCorrelation: 0.4,
    familyCorrelation: 0.62,
  }),
  largeCap({
    symbol: 'NVDA',
    price: 120,
    drift: 0.24,
    volatility: 0.5,
    averageVolume: 48e6,
    family: 'technology',
    marketCorrelation: 0.66,
    familyCorrelation: 0.3,
    dividendYield: 0.001,
    splitProbability: 0.5,
    iv: true,
  }),
]

/** What options are written on, beside TSLA and NVDA. */
const OPTIONABLE: readonly Character[] = [
  {
    symbol: 'AAPL',
    kind: 'equity',
    price: 150,
    drift: 0.14,
    volatility: 0.3,
    averageVolume: 70e6,
    marketCorrelation: 0.72,
    family: 'technology',
    familyCorrelation: 0.3,
    dividendYield: 0.006,
    splitProbability: 0.25,
    jumpsPerYear: 3,
    selloffsPerYear: 0.6,
    iv: true,
    ivSkew: 0.14,
  },
  {
    symbol: 'SPY',
    kind: 'etf',
    price: 320,
    drift: 0.1,
    volatility: 0.19,
    averageVolume: 80e6,
    marketCorrelation: 0.98,
    dividendYield: 0.015,
    iv: true,
    ivSkew: 0.2,
  },
  {
    symbol: 'QQQ',
    kind: 'etf',
    price: 215,
    drift: 0.13,
    volatility: 0.24,
    averageVolume: 45e6,
    marketCorrelation: 0.91,
    family: 'technology',
    familyCorrelation: 0.33,
    dividendYield: 0.006,
    iv: true,
    ivSkew: 0.18,
  },
]

const COINS: readonly Character[] = [
  {
    symbol: 'BTC',
    kind: 'crypto',
    price: 9_000,
    drift: 0.28,
    volatility: 0.6,
    averageVolume: 38_000,
    marketCorrelation: 0.35,
    family: 'digital',
    familyCorrelation: 0.75,
    jumpsPerYear: 5,
  },
  {
    symbol: 'ETH',
    kind: 'crypto',
    price: 210,
    drift: 0.3,
    volatility: 0.78,
    averageVolume: 420_000,
    marketCorrelation: 0.36,
    family: 'digital',
    familyCorrelation: 0.72,
    jumpsPerYear: 5,
  },
]

/** Invented small companies: price, thousand shares a session, volatility, family, and a first or last date. */
const SMALL_CAPS: readonly (readonly [number, number, number, string, Partial<AssetOptions>?])[] = [
  [8.4, 620, 0.78, 'health'],
  [3.2, 1_450, 0.95, 'health'],
  [12.5, 480, 0.7, 'technology'],
  [5.6, 900, 0.88, 'vehicles'],
  [17.8, 390, 0.62, 'technology'],
  [2.4, 1_900, 1.02, 'health'],
  [6.9, 740, 0.82, 'energy'],
  [9.7, 560, 0.75, 'technology'],
  [4.1, 1_200, 0.92, 'vehicles', { ends: 20230915 }],
  [14.2, 430, 0.66, 'health'],
  [7.5, 830, 0.85, 'energy'],
  [11.3, 510, 0.72, 'technology', { listed: 20210601 }],
  [3.8, 1_350, 0.96, 'health'],
  [19.6, 310, 0.6, 'finance'],
  [6.2, 680, 0.8, 'vehicles'],
  [5.1, 1_050, 0.9, 'technology'],
  [10.4, 540, 0.74, 'health', { listed: 20220214 }],
  [8.9, 600, 0.79, 'energy'],
  [4.7, 1_100, 0.87, 'finance', { ends: 20220630 }],
  [13.1, 450, 0.69, 'technology'],
]

/** The universe of the channels portfolio: 10 large caps, AAPL, SPY, QQQ, 2 coins and 20 small caps. */
export function channelsAssets(calendars: PresetCalendars): AssetOptions[] {
  const small = SMALL_CAPS.map(([price, thousands, volatility, family, dates], index) => ({
    symbol: `SIM${String(index + 1).padStart(2, '0')}`,
    kind: 'equity' as const,
    price,
    drift: 0.04,
    volatility,
    averageVolume: thousands * 1_000,
    marketCorrelation: 0.42,
    family,
    familyCorrelation: 0.3,
    jumpsPerYear: 3,
    burstsPerYear: 2.5,
    ...dates,
  }))
  return [...LARGE_CAPS, ...OPTIONABLE, ...COINS, ...small].map((character) => ({
    ...character,
    calendar: character.kind === 'crypto' ? calendars.crypto : calendars.exchange,
  }))
}

type LargeCap = Omit<Character, 'kind' | 'marketCorrelation'> & { readonly marketCorrelation?: number }

function largeCap(character: LargeCap): Character {
  return {
    kind: 'equity',
    marketCorrelation: 0.5,
    familyCorrelation: 0.35,
    jumpsPerYear: 3,
    selloffsPerYear: 3,
    ivSkew: 0.12,
    ...character,
  }
}
