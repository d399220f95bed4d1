import { describe, expect, it } from 'vitest'
import * as surface from './index.ts'

describe('the package', () => {
  it('exports exactly this', () => {
    expect(Object.keys(surface).sort().join(' ')).toMatchInlineSnapshot(
      `"AssertionError FaultError METRICS SCHEDULES STRATEGIES above accountId adx allMetrics atLeast atr below bollinger calendarId choice clockId computeMetric currencyCode defineStrategy describeFault donchian ema flag formatDate highest instant instrumentId integer lowest macd marketByHand metricInput metricNames money obv optional parseDate perInstrument portfolioByHand previous price quantity real roc rsi runBacktest sleeveId sma summariseReturns summariseTrades tradeDate volatility volumeAverage vwap wma zScore"`,
    )
  })

  it('offers every strategy and indicator by a name of its own', () => {
    expect(surface.STRATEGIES.length).toBeGreaterThan(4)
    expect(surface.sma(20).key).not.toBe(surface.ema(20).key)
  })
})
