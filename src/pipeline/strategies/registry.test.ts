import { describe, expect, it } from 'vitest'
import { lookAheadOf, strategyContract } from '../../../test/contracts/strategy.ts'
import { drawnMarket } from '../../../test/contracts/strategy-rig.ts'
import { centred, peeking } from '../../../test/fixtures/strategies/peeking.ts'
import type { Parameter } from '../../domain/parameters.ts'
import { STRATEGIES } from './registry.ts'

for (const strategy of STRATEGIES) strategyContract(strategy)

describe('the look-ahead test', () => {
  it('catches a strategy that peeks one bar ahead', () => {
    expect(lookAheadOf(peeking, drawnMarket(7, 2, 120))).toMatch(/^bar \d+ decides .* when bars after \d+ are altered$/)
  })
  it('catches a centred average', () => {
    expect(lookAheadOf(centred, drawnMarket(7, 2, 120))).not.toBeNull()
  })
})

describe('STRATEGIES', () => {
  it('have names of their own', () => {
    expect(new Set(STRATEGIES.map(({ name }) => name)).size).toBe(STRATEGIES.length)
  })
  it('search exactly the parameters that are to be optimised', () => {
    const searched = STRATEGIES.map(({ name, parameters }) => [
      name,
      Object.entries<Parameter>(parameters)
        .filter(([, parameter]) => 'search' in parameter)
        .map(([key]) => key),
    ])
    expect(Object.fromEntries(searched)).toEqual({
      'mean-reversion': ['deviations', 'entryRsi', 'exitRsi', 'stop', 'size'],
      'momentum-breakout': ['breakoutPeriod', 'volumeFactor', 'trail', 'barsMax'],
      'theta-decay': ['shortDelta', 'longDelta', 'width', 'daysTarget', 'profitTarget'],
      'trend-following': ['trendPeriod', 'macdFast', 'macdSlow', 'macdSignal', 'exitPeriod', 'trail'],
      'sma-crossover': ['fast', 'slow'],
      'time-series-momentum': ['lookback', 'smaFilter', 'volatilityTarget'],
      'cross-sectional-momentum': ['lookback', 'skip', 'top', 'rebalanceBars'],
      pairs: ['formation', 'halfLifeMax', 'entryZ', 'exitZ'],
      'liquidity-sweep': [
        'period',
        'age',
        'depthMax',
        'location',
        'volumeFactor',
        'stopBuffer',
        'reward',
        'barsMax',
      ],
      'capitulation-reversal': [
        'fallPeriod',
        'fallAtr',
        'entryRsi',
        'climax',
        'location',
        'stopBuffer',
        'retrace',
        'barsMax',
      ],
      'failed-breakdown': ['period', 'reclaimBars', 'depthMax', 'location', 'stopBuffer', 'reward', 'barsMax'],
      'buy-and-hold': [],
    })
  })
})
