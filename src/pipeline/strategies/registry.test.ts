import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lookAheadOf, strategyContract } from '../../../test/contracts/strategy.ts'
import { drawnMarket } from '../../../test/contracts/strategy-rig.ts'
import { centred, peeking } from '../../../test/fixtures/strategies/peeking.ts'
import type { Parameter } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'
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
  it('search exactly what is to be optimised in each channel', () => {
    // What a channel is optimised over, in its author's words, and the parameters that say it.
    const channels: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
      'mean-reversion': {
        'RSI thresholds': ['entryRsi', 'exitRsi'],
        'BB std': ['deviations'],
        'stop loss': ['stop'],
        'position size': ['size'],
      },
      'momentum-breakout': {
        'breakout period': ['breakoutPeriod'],
        'volume filter': ['volumeFactor'],
        'trailing stop': ['trail'],
        'holding period': ['barsMax'],
      },
      'theta-decay': {
        'delta selection': ['shortDelta', 'longDelta'],
        DTE: ['daysTarget'],
        'spread width': ['width'],
        'profit target': ['profitTarget'],
      },
      'trend-following': {
        'SMA periods': ['trendPeriod', 'exitPeriod'],
        'MACD settings': ['macdFast', 'macdSlow', 'macdSignal'],
        'trailing stop': ['trail'],
      },
    }
    for (const [name, named] of Object.entries(channels)) {
      const strategy = STRATEGIES.find((one) => one.name === name)!
      expect([name, searchedBy(strategy).toSorted()]).toEqual([name, Object.values(named).flat().toSorted()])
    }
  })
  it.each(STRATEGIES.map((strategy) => [strategy.name, strategy] as const))(
    '%s: its page names what is searched',
    (name, strategy) => {
      const page = readFileSync(new URL(`./${name}/README.md`, import.meta.url), 'utf8')
      const line = /^Searched: (.*(?:\n\S.*)*)/m.exec(page)?.[1] ?? ''
      const named = [...line.matchAll(/`(\w+)`/g)].map(([, word]) => word!)
      expect(named.toSorted()).toEqual(searchedBy(strategy).map(snakeCase).toSorted())
    },
  )
  it('have a row each in the table of strategies', () => {
    const table = readFileSync(new URL('./README.md', import.meta.url), 'utf8')
    for (const { name } of STRATEGIES) expect(table).toContain(`| [${name}](${name}/README.md) |`)
  })
})

function searchedBy({ parameters }: Strategy): string[] {
  return Object.entries<Parameter>(parameters)
    .filter(([, parameter]) => 'search' in parameter)
    .map(([name]) => name)
}

/** 'entryRsi' as a page writes it. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
