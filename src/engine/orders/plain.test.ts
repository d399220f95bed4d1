import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dealtOnce } from '../../../bench/dealt-once.ts'
import { propertyRuns } from '../../../test/profile.ts'
import type { CostRules, PortfolioConfig } from '../../domain/config.ts'
import type { DatedAction, MarketData } from '../../domain/market.ts'
import { addDays, formatDate, tradeDate, WEEKDAY, weekday } from '../../domain/sessions.ts'
import { type Instant, instrumentId, quantity, type TradeDate } from '../../domain/units.ts'
import { createRandom } from '../../numerics/random.ts'
import { defineStrategy } from '../../pipeline/strategies/define.ts'
import { smaCrossover } from '../../pipeline/strategies/sma-crossover/sma-crossover.ts'
import { marketByHand, portfolioByHand } from '../by-hand.ts'
import type { Observer, OrderRow } from '../records/observer.ts'
import { runBare } from '../run/run.ts'
import type { Runtime } from '../runtime.ts'
import { batchRow } from './batch.ts'
import { plainEntries } from './plain.ts'

/** Wishes for everything that a sleeve may wish for, by the digits of the bar's volume. */
const fickle = defineStrategy({
  name: 'fickle',
  parameters: {},
  decide(view, out) {
    for (const column of view.universe) {
      const digit = view.slice.volume[column]! % 13
      const steps = ((view.slice.volume[column]! % 7) - 3) * 1_000_000
      if (digit < 4) out.enter(column, 1, 'enter')
      else if (digit < 6) out.exit(column, 'exit')
      else if (digit === 6) out.target(column, quantity(steps), 'target')
      else if (digit === 7) out.change(column, quantity(steps), 'change')
      else if (digit === 8) out.enter(column, 1, 'guarded', { protection: { stop: 0.02, bars: 3 } })
      else if (digit === 9) out.exit(column, 'late', { terms: { type: 'close', force: 'day' } })
      else if (digit === 10) out.enter(column, -1, 'short', { strength: 0.5 })
      if (digit === 3) out.change(column, quantity(1_000_000), 'again')
      // A column that had its turn already.
      if (digit === 2) out.exit(view.universe[0]!, 'behind')
      if (digit === 1) out.enter(view.universe[0]!, 1, 'behind')
    }
    return view.memory
  },
})

interface Case {
  readonly seed: number
  readonly symbols: number
  readonly days: number
  readonly gaps: number
  readonly isSplit: boolean
  readonly fraction: number
  readonly leverageMax: number
  readonly positionWeightMax: number | null
  readonly participationMax: number | null
  readonly roundLot: number
  readonly netting: boolean
  readonly account: 'margin' | 'cash'
  /** Sleeves of the fickle strategy beside the crossovers. */
  readonly fickle: number
  readonly pairs: readonly (readonly [number, number])[]
  /** A plan that adds shadows alone, or one that cuts all sizes on some days and on some does not. */
  readonly plan: 'none' | 'shadows' | 'target'
}

/** The first weekdays of 2024. */
function weekdays(count: number): string[] {
  const dates: string[] = []
  let date = tradeDate(20240102)
  for (; dates.length < count; date = addDays(date, 1)) {
    const day = weekday(date)
    if (day !== WEEKDAY.saturday && day !== WEEKDAY.sunday) dates.push(formatDate(date))
  }
  return dates
}

function marketOf({ seed, symbols, days, gaps, isSplit, roundLot }: Case): MarketData {
  const random = createRandom(seed)
  const dates = weekdays(days)
  const named = Array.from({ length: symbols }, (_, index) => `S${index}`)
  const market = marketByHand(
    Object.fromEntries(
      named.map((name) => {
        let price = 20 + 80 * random.uniform()
        const bars = dates.map((date) => {
          const open = Math.floor(price * (0.99 + 0.02 * random.uniform()) * 100) / 100
          price = Math.max(1, Math.floor(open * (0.95 + 0.1 * random.uniform()) * 100) / 100)
          const high = Math.max(open, price)
          return {
            date,
            open,
            high,
            low: Math.min(open, price),
            close: price,
            volume: Math.floor(40_000 * random.uniform()),
          }
        })
        return [name, bars]
      }),
    ),
  )
  const block = market.blocks[0]!
  for (let at = symbols; at < block.close.length; at += 1) {
    if (random.uniform() >= gaps) continue
    for (const column of [block.open, block.high, block.low, block.close, block.volume]) column[at] = Number.NaN
  }
  const actions: DatedAction[] = []
  if (isSplit && days > 20) {
    const action = { kind: 'split', instrument: instrumentId('S0'), numerator: 2, denominator: 1, priceAfter: null }
    const { opens, dates: tradeDates } = market.sessions[0]!
    actions.push({ at: opens[20] as Instant, tradeDate: tradeDates[20] as TradeDate, action: action as never })
    for (let row = 0; row < 20; row += 1) block.factor[row * symbols] = 0.5
  }
  const instruments = market.instruments.map((one) => ({
    ...one,
    roundLot: (one.step * roundLot) as typeof one.roundLot,
  }))
  return { ...market, instruments, actions }
}

function configOf(given: Case): PortfolioConfig {
  const commission = { perShare: 0, perContract: 0, bps: 10, minimumPerOrder: 0, maximumFraction: null, tiers: [] }
  const costs: CostRules = {
    commission: { name: 'ten', ...commission, saleFraction: 0, salePerShare: 0, salePerShareMax: 0, step: 0.01 },
    slippage: { kind: 'bps', bps: 3 },
    participationMax: given.participationMax,
  }
  const { config } = portfolioByHand({
    capital: 1_000_000,
    sleeves: [...given.pairs, ...Array.from({ length: given.fickle }, () => null)].map((pair, index) => ({
      id: `s${index}`,
      ...(pair === null
        ? { strategy: fickle, parameters: {} }
        : { strategy: smaCrossover, parameters: { fast: pair[0], slow: pair[1] } }),
      weight: Math.floor(10_000 / (given.pairs.length + given.fickle)) / 10_000,
      universe: Array.from({ length: given.symbols }, (_, symbol) => `S${symbol}`),
      sizing: { kind: 'percent', fraction: given.fraction, of: 'sleeve' },
    })),
    limits: { leverageMax: given.leverageMax, positionWeightMax: given.positionWeightMax },
    costs: { equity: costs },
  })
  const drawn = { ...config, netting: given.netting, account: { ...config.account, kind: given.account } }
  if (given.plan === 'none') return drawn
  const plan = dealtOnce(drawn, given.plan === 'shadows')
  const volatilityTarget = { target: 0.15, window: 5, band: 0.1, scaleMax: 1 }
  const overlays = given.plan === 'target' ? { ...plan.overlays, volatilityTarget } : plan.overlays
  return { ...drawn, capitalPlan: { ...plan, overlays } }
}

/** Everything that a run leaves behind and tells on its way. */
function playedBy(given: Case, everyBar: boolean) {
  const told: unknown[] = []
  let kernel: Runtime | null = null
  const tell =
    (what: string) =>
    (...said: unknown[]): void => {
      told.push([what, ...said])
    }
  const observer: Observer & { attach(runtime: Runtime): void } = {
    attach: (runtime) => {
      kernel = runtime
    },
    posting: ({ ...posting }) => told.push(posting),
    ordered: (row: OrderRow) => {
      const { sleeves, wanted, crosses, reasons, start, count, ...rest } = row
      const parts = Array.from({ length: count }, (_, at) => [
        sleeves[start + at],
        wanted[start + at],
        crosses[start + at],
        reasons[start + at],
      ])
      told.push({ ...rest, label: row.label, parts })
    },
    day: tell('day'),
    allocated: (weights, correlation) => told.push([...weights, ...correlation]),
    executed: tell('executed'),
    reduced: tell('reduced'),
    orderFilled: (order, ...said) => {
      told.push(['filled', order, ...said, kernel!.batch.reducing[batchRow(kernel!, order)]])
    },
    orderEnded: tell('ended'),
    refused: tell('refused'),
    structureOpened: tell('opened'),
    structureClosed: tell('closed'),
  }
  const input = {
    config: configOf(given),
    market: marketOf(given),
    strategies: [smaCrossover as never, fickle as never],
    everyBar,
  }
  const run = runBare(input, observer)
  const { account } = run.exchange
  const { equity, cash } = run.kernel.runtime
  return {
    told,
    snapshot: run.kernel.snapshot(),
    run: { seq: run.seq, cycle: run.cycle, at: run.at, equity, cash },
    account: { cash: account.cash, positions: [...account.positions] },
    entries: plainEntries(kernel!),
    isUsed: kernel!.plain.reason.length > 0,
  }
}

const CASE: fc.Arbitrary<Case> = fc.record({
  plan: fc.constantFrom('none' as const, 'none' as const, 'shadows' as const, 'target' as const),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  symbols: fc.integer({ min: 1, max: 9 }),
  days: fc.integer({ min: 5, max: 90 }),
  gaps: fc.constantFrom(0, 0, 0.02, 0.2),
  isSplit: fc.boolean(),
  // The smallest buys one share of a cheap symbol and none of a dear one.
  fraction: fc.constantFrom(0.0002, 0.05, 0.3, 0.99),
  leverageMax: fc.constantFrom(0.5, 1.5, 4),
  positionWeightMax: fc.constantFrom(null, 0.05, 0.3),
  participationMax: fc.constantFrom(null, 0.01, 0.5),
  roundLot: fc.constantFrom(1, 1, 100),
  netting: fc.constantFrom(true, true, true, false),
  account: fc.constantFrom('margin' as const, 'margin' as const, 'cash' as const),
  fickle: fc.constantFrom(0, 0, 1, 3),
  pairs: fc.constantFrom<Case['pairs']>(
    [[2, 5]],
    [
      [1, 2],
      [2, 3],
      [1, 4],
    ],
    [
      [1, 2],
      [1, 3],
      [2, 4],
      [3, 5],
      [2, 7],
    ],
  ),
})

describe('the plain lane', () => {
  it('leaves the very state and tells the very story of the general way', () => {
    let booked = 0
    let plain = 0
    fc.assert(
      fc.property(CASE, (given) => {
        const { entries: _, isUsed: never, ...general } = playedBy(given, true)
        const { entries, isUsed, ...short } = playedBy(given, false)
        expect(short).toEqual(general)
        expect(never).toBe(false)
        booked += general.told.length
        if (isUsed && entries.some((sleeve) => sleeve !== null)) plain += 1
      }),
      propertyRuns(75, 3_000),
    )
    expect(booked).toBeGreaterThan(5_000)
    expect(plain).toBeGreaterThan(25)
  })
})
