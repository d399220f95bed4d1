import { adx } from './adx/adx.ts'
import { atr } from './atr/atr.ts'
import { bollinger } from './bollinger/bollinger.ts'
import { donchian, highest, lowest } from './donchian/donchian.ts'
import { ema } from './ema/ema.ts'
import type { IndicatorSpec } from './indicator.ts'
import { macd } from './macd/macd.ts'
import { obv } from './obv/obv.ts'
import { roc } from './roc/roc.ts'
import { rsi } from './rsi/rsi.ts'
import { sma } from './sma/sma.ts'
import { volatility } from './volatility/volatility.ts'
import { volumeAverage } from './volume-average/volume-average.ts'
import { vwap, vwapAnchored, vwapSession } from './vwap/vwap.ts'
import { wma } from './wma/wma.ts'
import { zScore } from './z-score/z-score.ts'

export interface CatalogueEntry {
  readonly name: string
  readonly meaning: string
  /** Typical settings and edge cases; the contract suite proves each of them. */
  readonly examples: readonly IndicatorSpec[]
}

/** Every indicator, listed by hand: a new one gets its line here and with it the contract suite. */
export const INDICATORS: readonly CatalogueEntry[] = [
  { name: 'sma', meaning: 'simple moving average', examples: [sma(1), sma(5), sma(20), sma(4, 'open')] },
  { name: 'ema', meaning: 'exponential moving average', examples: [ema(1), ema(12), ema(5, 'volume')] },
  { name: 'wma', meaning: 'linearly weighted moving average', examples: [wma(1), wma(10), wma(4, 'high')] },
  { name: 'rsi', meaning: 'relative strength index (Wilder)', examples: [rsi(1), rsi(14)] },
  {
    name: 'bollinger',
    meaning: 'Bollinger bands, %b and bandwidth',
    examples: [bollinger(20, 2), bollinger(5, 1.5, 'sample')],
  },
  {
    name: 'macd',
    meaning: 'moving average convergence divergence, both seedings',
    examples: [
      macd({ fast: 12, slow: 26, signal: 9 }, 'talib'),
      macd({ fast: 12, slow: 26, signal: 9 }, 'independent'),
      macd({ fast: 2, slow: 4, signal: 1 }, 'independent'),
    ],
  },
  { name: 'atr', meaning: 'average true range (Wilder)', examples: [atr(1), atr(14)] },
  { name: 'donchian', meaning: 'Donchian channel', examples: [donchian(10), donchian(10, { previous: true })] },
  { name: 'highest', meaning: 'highest value', examples: [highest(1), highest(7, 'high', { previous: true })] },
  { name: 'lowest', meaning: 'lowest value', examples: [lowest(6), lowest(3, 'close', { previous: true })] },
  { name: 'adx', meaning: 'average directional index (Wilder)', examples: [adx(1), adx(14)] },
  { name: 'roc', meaning: 'rate of change in percent', examples: [roc(1), roc(10)] },
  { name: 'zScore', meaning: 'rolling z-score', examples: [zScore(2), zScore(20)] },
  { name: 'volatility', meaning: 'rolling volatility of returns', examples: [volatility(2), volatility(20)] },
  {
    name: 'vwap',
    meaning: 'volume-weighted average price: rolling, by session, anchored',
    examples: [vwap(1), vwap(10), vwapSession(), vwapAnchored()],
  },
  { name: 'obv', meaning: 'on-balance volume', examples: [obv()] },
  {
    name: 'volumeAverage',
    meaning: 'mean volume',
    examples: [volumeAverage(20), volumeAverage(10, { previous: true })],
  },
]
