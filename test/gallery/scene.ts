import type { Sizing } from '../../src/domain/config.ts'
import { defaultsOf, type Parameter, type Parameters } from '../../src/domain/parameters.ts'
import { addDays, formatDate, tradeDate, weekday } from '../../src/domain/sessions.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import type { TradeDate } from '../../src/domain/units.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import type { AssetOptions } from '../../src/exchange/generator/options.ts'
import { simulateMarket } from '../../src/exchange/generator/simulate.ts'
import { drawnRecords, rigSymbol } from '../../src/research/contract/rig-records.ts'
import { type RigMarket, withPair } from '../contracts/strategy-rig.ts'
import { strategyInput } from '../simulation/strategy-run.ts'

/** One strategy's life on the simulated market, as its picture shows it. */

/** Bars simulated, and how many of them at the end a picture shows: the others are for averages to begin. */
const BARS = 900
const SHOWN = 504

const SEED = 26
const FIRST = tradeDate(20_200_102)

const CHARACTERS: readonly Pick<
  AssetOptions,
  'price' | 'volatility' | 'drift' | 'selloffsPerYear' | 'burstsPerYear'
>[] = [
  { price: 120, volatility: 0.26, drift: 0.1, selloffsPerYear: 5, burstsPerYear: 2 },
  { price: 48, volatility: 0.42, drift: 0.1, selloffsPerYear: 4, burstsPerYear: 8 },
  { price: 85, volatility: 0.24, drift: 0.06, selloffsPerYear: 3, burstsPerYear: 3 },
  { price: 85, volatility: 0.24, drift: 0.06, selloffsPerYear: 3, burstsPerYear: 3 },
]

/** A quarter of the capital for each instrument; structures lose a twentieth of it at the most. */
const PLAIN: Sizing = { kind: 'percent', fraction: 0.25, of: 'sleeve' }
const BY_LOSS: Sizing = { kind: 'maximumLoss', budget: 10_000, contractsMax: 10 }
const NO_LIMITS = { positionsMax: null, positionWeightMax: null, weekend: null }

export interface Scene {
  readonly strategy: Strategy
  readonly parameters: Parameters
  /** Whole: panels read indicators from its first bar on. */
  readonly market: RigMarket
  /** First bar that is shown, and the first one after them. */
  readonly from: number
  readonly until: number
  /** Of every shown bar, as 2021-03-31. */
  readonly days: readonly string[]
  readonly result: RunResult
  /** The strategy's memory after each bar. */
  readonly memories: readonly unknown[]
}

/** Four instruments of the simulated market on weekdays; the fourth follows the third, as pairs do. */
function simulated(): RigMarket {
  const dates: TradeDate[] = []
  for (let date = FIRST; dates.length < BARS; date = addDays(date, 1))
    if (weekday(date) !== 0 && weekday(date) !== 6) dates.push(date)
  const columns = CHARACTERS.length
  const assets = CHARACTERS.map((character, column) => ({
    ...character,
    symbol: rigSymbol(column),
    kind: 'equity' as const,
    calendar: 'days',
    averageVolume: 3_000_000,
    marketCorrelation: 0.45,
    jumpsPerYear: 1,
  }))
  const simulation = simulateMarket({ seed: SEED, sessions: { days: dates.map((date) => ({ date })) }, assets })
  const field = (name: 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array =>
    Float64Array.from(
      { length: BARS * columns },
      (_, at) => simulation.assets[at % columns]![name][Math.floor(at / columns)]!,
    )
  const market: RigMarket = {
    columns,
    bars: BARS,
    dates,
    open: field('open'),
    high: field('high'),
    low: field('low'),
    close: field('close'),
    volume: field('volume'),
    factor: new Float64Array(BARS * columns).fill(1),
    records: drawnRecords(SEED, dates, columns),
  }
  return withPair(market, SEED)
}

const market = simulated()

export function sceneOf(strategy: Strategy): Scene {
  const memories: unknown[] = []
  const watched: Strategy = {
    ...strategy,
    decide(view, out) {
      const memory = strategy.decide(view, out)
      memories.push(memory)
      return memory
    },
  }
  const played = (sizing: Sizing): RunResult => {
    memories.length = 0
    const input = strategyInput([watched], market, [])
    const sleeves = input.config.sleeves.map((sleeve) => ({ ...sleeve, sizing, limits: NO_LIMITS }))
    const limits = { ...input.config.limits, positionWeightMax: null, drawdown: null }
    return runBacktest({ ...input, config: { ...input.config, sleeves, limits } })
  }
  const plain = played(PLAIN)
  const result = plain.trades.some(({ kind }) => kind === 'structure') ? played(BY_LOSS) : plain
  // What only acts at the beginning is shown from there.
  const isEarly = !result.attribution.some(({ tradeDate: day }) => day >= market.dates[BARS - SHOWN]!)
  const from = isEarly ? 0 : BARS - SHOWN
  return {
    strategy,
    parameters: defaultsOf(strategy.parameters as Readonly<Record<string, Parameter>>) as Parameters,
    market,
    from,
    until: from + SHOWN,
    days: market.dates.slice(from, from + SHOWN).map(formatDate),
    result,
    memories,
  }
}

/** Closes of an instrument over the shown bars. */
export function closesOf({ market: { close, columns }, from, until }: Scene, column: number): number[] {
  return Array.from({ length: until - from }, (_, bar) => close[(from + bar) * columns + column]!)
}

/** One change of a position of shares. */
export interface Change {
  /** Shown bar. */
  readonly bar: number
  readonly before: number
  readonly after: number
  readonly price: number
  readonly reason: string
}

/** What a sleeve did in an instrument, by its bookings: the shown part, and what it held when that began. */
export function changesOf({ result, market, from }: Scene, column: number): readonly Change[] {
  const changes: Change[] = []
  let held = 0
  for (const { instrument, kind, quantity, price, reason, tradeDate: day } of result.attribution) {
    if (instrument !== rigSymbol(column) || quantity === 0) continue
    const before = held
    held += quantity
    const bar = market.dates.indexOf(day) - from
    if (bar >= 0) changes.push({ bar, before, after: held, price, reason: kind === 'fill' ? reason : kind })
  }
  return changes
}

/** Shares held at each shown bar's close. */
export function heldOf(scene: Scene, column: number): number[] {
  const { market, from, until, result } = scene
  const held = Array.from({ length: until - from }, () => 0)
  for (const { instrument, quantity, tradeDate: day } of result.attribution) {
    if (instrument !== rigSymbol(column)) continue
    const first = Math.max(0, market.dates.indexOf(day) - from)
    for (let bar = first; bar < held.length; bar += 1) held[bar] = held[bar]! + quantity
  }
  return held
}
