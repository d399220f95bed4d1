/** What may happen to the market from today on. Fractions: -0.2 is a fall of 20 %. */
export type StressScenario =
  /** The whole market moves within one day; every instrument by its beta. */
  | { readonly kind: 'move'; readonly name: string; readonly move: number }
  /** Every position opens against its holder by this much, beyond any stop in between. */
  | { readonly kind: 'gap'; readonly name: string; readonly move: number }
  /** A stretch of the past comes again, day by day. Dates as yyyymmdd. */
  | { readonly kind: 'window'; readonly name: string; readonly from: number; readonly to: number }
  /** The last days again, every move as many times as large. */
  | { readonly kind: 'volatility'; readonly name: string; readonly factor: number; readonly bars: number }
  /** The market's last days again, in which every instrument moves with it, each by its own volatility. */
  | { readonly kind: 'correlation'; readonly name: string; readonly bars: number }
  /** What one sleeve holds moves against it until it has lost this fraction of its equity. */
  | { readonly kind: 'sleeve'; readonly name: string; readonly sleeve: string; readonly loss: number }

/** Asked where nothing else is; every sleeve that trades gets a shock of its own beside them. */
export const STRESS_SCENARIOS: readonly StressScenario[] = [
  { kind: 'move', name: 'Market \u221210 %', move: -0.1 },
  { kind: 'move', name: 'Market \u221220 %', move: -0.2 },
  { kind: 'move', name: 'Market +10 %', move: 0.1 },
  { kind: 'gap', name: 'Gap of 10 % through stops', move: 0.1 },
  { kind: 'volatility', name: 'Volatility doubled, 20 days', factor: 2, bars: 20 },
  { kind: 'correlation', name: 'Correlations to one, 60 days', bars: 60 },
  { kind: 'window', name: '2000 to 2002, technology', from: 20_000_324, to: 20_021_009 },
  { kind: 'window', name: '2007 to 2009, banks', from: 20_071_009, to: 20_090_309 },
  { kind: 'window', name: '2020, pandemic', from: 20_200_219, to: 20_200_323 },
  { kind: 'window', name: '2022, rates', from: 20_220_103, to: 20_221_012 },
]

/** The shock to one sleeve that is asked by default. */
export const SLEEVE_LOSS = 0.2
