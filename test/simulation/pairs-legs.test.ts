import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, formatDate, tradeDate, weekday } from '../../src/domain/sessions.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import { type DayBar, marketByHand, type PortfolioByHand, portfolioByHand } from '../../src/engine/by-hand.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { SCHEDULES } from '../../src/exchange/schedules.ts'
import { pairs } from '../../src/pipeline/strategies/pairs/pairs.ts'
import { rigSymbol } from '../../src/research/contract/rig-records.ts'
import { drawnMarket, type RigMarket, withPair } from '../contracts/strategy-rig.ts'
import { FORMATION, tied } from '../fixtures/strategies/tied-pair.ts'
import { propertyRuns } from '../profile.ts'
import { strategyInput } from './strategy-run.ts'

/** A pair through the whole engine: what limits and markets do to one leg, the other does not outlive. */

const parameters = { formation: FORMATION, testEvery: FORMATION, halfLifeMin: 0, places: 1, gross: 0.9 }
const GAPS = [0, -0.03, -0.03, -0.03, -0.03, 0, 0, 0]
/** A tenth of a bar's volume at most. */
const THIN = { equity: { commission: SCHEDULES.none, slippage: { kind: 'none' }, participationMax: 0.1 } } as const

function days(count: number): string[] {
  const dates: string[] = []
  for (let date = tradeDate(20_240_102); dates.length < count; date = addDays(date, 1))
    if (weekday(date) !== 0 && weekday(date) !== 6) dates.push(formatDate(date))
  return dates
}

interface Given {
  readonly sleeveLimits?: PortfolioByHand['sleeves'][number]['limits']
  readonly costs?: PortfolioByHand['costs']
  /** Shares traded a day, by leg. */
  readonly volumes?: readonly [number, number]
  /** The last day, counted from the end of the formation, on which the second has a bar. */
  readonly secondUntil?: number
  readonly missing?: number
}

function play({ sleeveLimits, costs, volumes, secondUntil, missing }: Given): RunResult {
  const [first, second] = tied(GAPS)
  const dates = days(first.length)
  const bars = (closes: readonly number[], volume: number | undefined): DayBar[] =>
    closes.map((close, bar) => ({
      date: dates[bar]!,
      open: close,
      high: close,
      low: close,
      close,
      ...(volume === undefined ? {} : { volume }),
    }))
  const lastBars = bars(second, volumes?.[1]).filter(
    (_, bar) => bar - FORMATION <= (secondUntil ?? bar) && bar - FORMATION !== missing,
  )
  const market = marketByHand({ FIRST: bars(first, volumes?.[0]), SECOND: lastBars })
  const sleeve = {
    id: 'pairs',
    strategy: pairs,
    parameters,
    weight: 1,
    universe: ['FIRST', 'SECOND'],
    sizing: { kind: 'percent', fraction: 1, of: 'sleeve' },
    ...(sleeveLimits === undefined ? {} : { limits: sleeveLimits }),
  } as const
  const input = portfolioByHand({
    capital: 100_000,
    sleeves: [sleeve],
    ...(costs === undefined ? {} : { costs }),
  })
  const result = runBacktest({ ...input, market, checks: true })
  expect(result.invariants.violated).toEqual([])
  return result
}

/** Fills by the bar after the formation: instrument, side, reason. */
function fills(result: RunResult): string[] {
  const all = [...result.days]
  return result.attribution.map(
    ({ tradeDate: day, instrument, quantity, reason, kind }) =>
      `${all.indexOf(day) - FORMATION} ${instrument} ${quantity > 0 ? 'buys' : 'sells'} ${kind === 'fill' ? reason : kind}`,
  )
}

describe('a pair in an account', () => {
  it('opens and closes both legs at the same opens', () => {
    expect(fills(play({}))).toEqual([
      '2 FIRST buys spread low',
      '2 SECOND sells spread low',
      '6 FIRST sells mean',
      '6 SECOND buys mean',
    ])
  })
  it('closes a leg whose partner a limit refused, at the next open', () => {
    const result = play({ sleeveLimits: { positionsMax: 1 } })
    expect(result.refusals.map(({ rule, instrument }) => `${rule} ${instrument}`)).toEqual(['sleevePositions SECOND'])
    expect(fills(result)).toEqual(['2 FIRST buys spread low', '3 FIRST sells orphan'])
  })
  it('brings a leg down to the part that the other got', () => {
    const result = play({
      costs: THIN,
      volumes: [1_000_000, 4_000],
    })
    const [first, second, balance] = result.attribution
    expect(fills(result).slice(0, 3)).toEqual([
      '2 FIRST buys spread low',
      '2 SECOND sells spread low',
      '3 FIRST sells balance',
    ])
    expect(second!.quantity).toBe(-400)
    // What is left of the first leg is worth what the hedge asks for beside 400 of the second: 9 of 10 parts of 90,000.
    const left = first!.quantity + balance!.quantity
    const ratio = (400 * second!.price) / (left * first!.price)
    expect(ratio).toBeGreaterThan(0.9)
    expect(ratio).toBeLessThan(1.2)
    expect(left).toBeLessThan(first!.quantity / 1.5)
    expect(fills(result).slice(3)).toEqual(['6 FIRST sells mean', '6 SECOND buys mean'])
  })
  it('does not outlive a partner whose prices end', () => {
    const rows = fills(play({ secondUntil: 3 }))
    expect(rows.slice(0, 2)).toEqual(['2 FIRST buys spread low', '2 SECOND sells spread low'])
    expect(rows.slice(2)).toEqual(['3 SECOND buys ended', '5 FIRST sells orphan'])
  })
  it('takes no entry on a day that one leg lacks, and says so', () => {
    const result = play({ missing: 1 })
    expect(result.refusals.map(({ rule, instrument }) => `${rule} ${instrument}`)).toEqual(['legMissing SECOND'])
    expect(fills(result).slice(0, 2)).toEqual(['3 FIRST buys spread low', '3 SECOND sells spread low'])
  })
  it('closes what was filled when the other leg still waits for its market', () => {
    const rows = fills(play({ missing: 2 }))
    expect(rows).toEqual(['2 FIRST buys spread low', '3 FIRST sells orphan'])
  })
})

/** Days on whose close one leg is held without the other, although the session after the first such close had a bar for it. */
function lonelyDays(result: RunResult, market: RigMarket): string[] {
  const lonely: string[] = []
  for (let first = 0; first + 1 < market.columns; first += 2) {
    const held = [first, first + 1].map((column) => heldAtCloses(result, market, column))
    for (const [leg, column] of [first, first + 1].entries()) {
      let isDue = false
      for (let bar = 0; bar < market.bars; bar += 1) {
        const isAlone = held[leg]![bar] !== 0 && held[1 - leg]![bar] === 0
        const traded = !Number.isNaN(market.close[bar * market.columns + column]!)
        if (isAlone && isDue && traded) lonely.push(`${market.dates[bar]} column ${column}`)
        // Closed at the next open that it has.
        isDue = isAlone && (isDue || traded)
      }
    }
  }
  return lonely
}

function heldAtCloses({ attribution }: RunResult, market: RigMarket, column: number): Float64Array {
  const held = new Float64Array(market.bars)
  for (const { instrument, quantity: change, tradeDate: day } of attribution) {
    if (instrument !== rigSymbol(column)) continue
    for (let bar = market.dates.indexOf(day); bar < market.bars; bar += 1) held[bar] = held[bar]! + change
  }
  return held
}

describe('pairs on drawn markets', () => {
  it('never leave a leg alone for longer than it takes to close it', () => {
    let trades = 0
    let orphans = 0
    fc.assert(
      fc.property(
        fc.nat(9_999),
        fc.constantFrom(null, 1, 3),
        fc.constantFrom('ols', 'kalman'),
        (seed, places, hedge) => {
          const market = withPair(drawnMarket(seed, 4, 300), seed)
          const { config, ...rest } = strategyInput([pairs as unknown as Strategy], market, [])
          const own = { hedge, formation: 60, testEvery: 10, significance: '0.10', halfLifeMin: 0, places: 2 }
          const sleeves = config.sleeves.map((sleeve) => ({
            ...sleeve,
            parameters: { ...sleeve.parameters, ...own },
            limits: { ...sleeve.limits, positionsMax: places },
          }))
          const result = runBacktest({ ...rest, config: { ...config, sleeves } })
          expect(result.invariants.violated).toEqual([])
          expect(lonelyDays(result, market)).toEqual([])
          trades += result.trades.length
          orphans += result.trades.filter(({ exitReason }) => exitReason === 'orphan').length
        },
      ),
      propertyRuns(40, 2_000),
    )
    expect(trades).toBeGreaterThan(100)
    expect(orphans).toBeGreaterThan(10)
  })
})
