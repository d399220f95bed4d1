import { describe, expect, it } from 'vitest'
import { dealtOnce } from '../../bench/dealt-once.ts'
import type { LifecycleStage } from '../../src/domain/allocation.ts'
import type { CapitalPlan } from '../../src/domain/capital.ts'
import type { PortfolioLimits, PositionLimits, SleeveLimits } from '../../src/domain/limits.ts'
import type { RuleName } from '../../src/domain/risk.ts'
import type { Price } from '../../src/domain/units.ts'
import { instrumentId, quantity, sleeveId } from '../../src/domain/units.ts'
import type { ViolationRules } from '../../src/domain/violations.ts'
import { createKernel, restoreKernel } from '../../src/engine/kernel.ts'
import type { RunResult } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { STAGE_RULE } from '../../src/pipeline/allocation/stage-changes.ts'
import { type Act, dayOf, type HandBar, type HandRun, handRun, SHARE } from './hand-run.ts'
import { journalOf, textOf } from './journal.ts'

/* Every limit on what may be opened, through the whole kernel: what reaches it exactly passes, one share more is cut or
 * refused by its name, with what would have been held and what is allowed. */

const shares = (count: number) => quantity(count * SHARE)
const flat = (price: number, bars: number): HandBar[] => Array.from({ length: bars }, () => ({ open: price }))
const path = (...closes: readonly number[]): HandBar[] => closes.map((close) => ({ open: close, close }))

/** What a sleeve wants by bar: instrument -> shares it then wants to hold. */
type Plan = Readonly<Record<number, Readonly<Record<string, number>>>>
const NAMES = ['A', 'B', 'C', 'D', 'E', 'F'] as const

const holding =
  (plan: Plan, options: Parameters<Parameters<Act>[1]['target']>[3] = {}): Act =>
  (_, out, bar) => {
    for (const [name, count] of Object.entries(plan[bar] ?? {}))
      out.target(NAMES.indexOf(name as 'A'), shares(count), 'wanted', options)
  }

const IDLE: Act = () => undefined
const NO_POSITION_LIMITS: PositionLimits = {
  weightMax: null,
  of: 'sleeve',
  notionalMax: null,
  sizeMin: null,
  stop: null,
  volume: null,
}

interface Setting extends Partial<Omit<HandRun, 'sleeves'>> {
  readonly one?: Plan
  readonly two?: Plan
  readonly limits?: Partial<PortfolioLimits>
  readonly ofOne?: Partial<SleeveLimits>
  readonly position?: Partial<PositionLimits>
}

/** Sleeve `one` of 60,000 and `two` of 40,000 in six instruments at 100: 1,000 shares are the whole portfolio. */
function run({ one, two, ofOne = {}, position, ...rest }: Setting): RunResult {
  const limits = position === undefined ? ofOne : { ...ofOne, position: { ...NO_POSITION_LIMITS, ...position } }
  return runBacktest(
    handRun({
      prices: Object.fromEntries(NAMES.map((name) => [name, flat(100, 6)])),
      sleeves: {
        one: { capital: 60_000, act: one === undefined ? IDLE : holding(one), limits },
        two: { capital: 40_000, act: two === undefined ? IDLE : holding(two) },
      },
      ...rest,
    }),
  )
}

const cuts = ({ refusals }: RunResult) =>
  refusals.map(({ sleeve, instrument, end, rule, wanted, allowed }) => [sleeve, instrument, end, rule, wanted, allowed])
const held = ({ positions }: RunResult): Readonly<Record<string, number>> =>
  Object.fromEntries(positions.map(({ sleeve, instrument, quantity: count }) => [`${sleeve} ${instrument}`, count]))

/** The limit, what of A reaches it exactly, and the figures of the record when one share more is asked. */
const SIZES: readonly (readonly [RuleName, string, number, number, number, Setting])[] = [
  ['leverage', '2.0 of equity', 2_000, 2.001, 2, { limits: { leverageMax: 2 } }],
  ['netLeverage', 'net of 0.5', 500, 0.501, 0.5, { limits: { leverageNetMax: 0.5 } }],
  ['exposure', 'half of equity', 500, 0.501, 0.5, { limits: { exposureMax: 0.5 } }],
  ['cashReserve', '30 % kept', 700, 0.299, 0.3, { limits: { cashMin: 0.3 } }],
  ['positionWeight', '10 % portfolio-wide', 100, 0.101, 0.1, { limits: { positionWeightMax: 0.1 } }],
  ['assetClassWeight', '40 % of a class', 400, 0.401, 0.4, { limits: { assetClassWeightMax: 0.4 } }],
  ['sectorWeight', '30 % of a sector', 300, 0.301, 0.3, { limits: { sectorWeightMax: 0.3 } }],
  ['currencyWeight', '60 % of a currency', 600, 0.601, 0.6, { limits: { currencyWeightMax: 0.6 } }],
  [
    'concentration',
    'top five of 40 %',
    400,
    0.401,
    0.4,
    { limits: { concentration: { positions: 5, weightMax: 0.4 } } },
  ],
  ['sleeveLeverage', '1.5 of the sleeve', 900, 901 / 600, 1.5, { ofOne: { leverageMax: 1.5 } }],
  ['sleeveExposure', '25 % of the portfolio', 250, 0.251, 0.25, { ofOne: { exposureMax: 0.25 } }],
  ['orderCap', '110 % of the allocation', 660, 661 / 600, 1.1, { ofOne: { orderCap: 1.1 } }],
  ['sleevePositionWeight', '5 % of strategy capital', 30, 31 / 600, 0.05, { position: { weightMax: 0.05 } }],
  ['sleevePositionWeight', '5 % of the portfolio', 50, 0.051, 0.05, { position: { weightMax: 0.05, of: 'portfolio' } }],
  ['positionNotional', '8,000 a position', 80, 8_100, 8_000, { position: { notionalMax: 8_000 } }],
  [
    'groupExposure',
    'a group of 20 %',
    200,
    0.201,
    0.2,
    {
      groups: {
        chips: {
          sleeves: [],
          instruments: [instrumentId('A'), instrumentId('B')],
          limits: { weightMax: null, exposureMax: 0.2, positionsMax: null },
        },
      },
    },
  ],
]

describe('a limit on size', () => {
  it.each(SIZES)('%s: %s takes %d shares and cuts one more', (rule, _, fitting, value, limit, setting) => {
    for (const side of [1, -1]) {
      const within = run({ ...setting, one: { 0: { A: fitting * side } } })
      expect([cuts(within), held(within)]).toEqual([[], { 'one A': fitting * side }])
      const beyond = run({ ...setting, one: { 0: { A: (fitting + 1) * side } } })
      expect(held(beyond)).toEqual({ 'one A': fitting * side })
      expect(beyond.refusals).toMatchObject([{ end: 'trimmed', rule, wanted: (fitting + 1) * side }])
      expect(beyond.refusals[0]!.value).toBeCloseTo(value, 9)
      expect(beyond.refusals[0]!.limit).toBeCloseTo(limit, 9)
    }
  })

  it.each(SIZES)(
    '%s: %s refuses the next entry once it is used up, and lets all of it go',
    (rule, _, fitting, __, ___, setting) => {
      const result = run({ ...setting, one: { 0: { A: fitting }, 2: { A: fitting + 1 }, 3: { A: 0 } } })
      expect(cuts(result)).toEqual([['one', 'A', 'refused', rule, 1, 0]])
      expect(held(result)).toEqual({})
    },
  )

  it('counts what waits at its worse end: a resting order holds its room', () => {
    const rests = { terms: { type: 'limit', limit: 50 as Price, force: 'gtc' } } as const
    const result = runBacktest(
      handRun({
        prices: { A: flat(100, 5), B: flat(100, 5) },
        sleeves: {
          one: { capital: 60_000, act: holding({ 0: { A: 400 } }, rests) },
          two: { capital: 40_000, act: holding({ 2: { B: 200 } }) },
        },
        limits: { exposureMax: 0.5 },
      }),
    )
    expect(cuts(result)).toEqual([['two', 'B', 'trimmed', 'exposure', 200, 100]])
    expect(held(result)).toEqual({ 'two B': 100 })
  })

  it('judges the account net: what is bought against a peer’s short takes no room of the ticker', () => {
    const limits = { positionWeightMax: 0.1, leverageMax: 0.1 }
    const result = run({ limits, one: { 0: { A: -100 } }, two: { 2: { A: 200 }, 4: { A: 201 } } })
    // Long 200 against short 100 leaves the account 100 long: exactly as much as it was short.
    expect(held(result)).toEqual({ 'one A': -100, 'two A': 200 })
    expect(cuts(result)).toEqual([['two', 'A', 'refused', 'positionWeight', 1, 0]])
  })

  it('keeps both sides of a turn: what closes passes, what opens is cut', () => {
    const result = run({ limits: { positionWeightMax: 0.1 }, one: { 0: { A: 100 }, 2: { A: -150 } } })
    expect(held(result)).toEqual({ 'one A': -100 })
    expect(cuts(result)).toEqual([['one', 'A', 'trimmed', 'positionWeight', -150, -100]])
  })

  it('of the largest positions lets small ones in beside them', () => {
    const result = run({
      limits: { concentration: { positions: 2, weightMax: 0.4 } },
      one: { 0: { A: 200, B: 200 }, 2: { C: 150, D: 250 } },
    })
    expect(held(result)).toEqual({ 'one A': 200, 'one B': 200, 'one C': 150, 'one D': 200 })
    expect(cuts(result)).toEqual([['one', 'D', 'trimmed', 'concentration', 250, 200]])
  })

  it('of a sector leaves other sectors alone, and instruments without one are a sector together', () => {
    const result = run({
      instruments: { A: { sector: 'Energy' }, B: { sector: 'Energy' } },
      limits: { sectorWeightMax: 0.2 },
      one: { 0: { A: 150, C: 150 }, 1: { B: 100, D: 100 } },
    })
    expect(held(result)).toEqual({ 'one A': 150, 'one B': 50, 'one C': 150, 'one D': 50 })
  })

  it('of a group of sleeves counts them netted, and no others', () => {
    const groups = {
      first: {
        sleeves: [sleeveId('one')],
        instruments: [],
        limits: { weightMax: null, exposureMax: 0.1, positionsMax: 1 },
      },
    }
    const result = run({ groups, one: { 0: { A: 60 }, 1: { B: 10 }, 2: { A: 120 } }, two: { 0: { A: 300 } } })
    expect(held(result)).toEqual({ 'one A': 100, 'two A': 300 })
    expect(cuts(result)).toEqual([
      ['one', 'B', 'refused', 'groupPositions', 10, 0],
      ['one', 'A', 'trimmed', 'groupExposure', 60, 40],
    ])
  })

  it('of a group of instruments counts those of all sleeves, and no others', () => {
    const groups = {
      chips: {
        sleeves: [],
        instruments: [instrumentId('A'), instrumentId('B')],
        limits: { weightMax: null, exposureMax: 0.2, positionsMax: 3 },
      },
    }
    const result = run({ groups, one: { 0: { A: 100, C: 400, D: 10, E: 10 } }, two: { 1: { A: 30, B: 90, C: 50 } } })
    expect(held(result)).toEqual({
      'one A': 100,
      'one C': 400,
      'one D': 10,
      'one E': 10,
      'two A': 25,
      'two B': 75,
      'two C': 50,
    })
    expect(cuts(result).map(([, instrument, , rule]) => [instrument, rule])).toEqual([
      ['A', 'groupExposure'],
      ['B', 'groupExposure'],
    ])
  })

  it('counts a structure by its maximum loss where loss is asked, with the sleeve of its underlying', () => {
    const spread: Act = (_, out, bar) => {
      const leg = (strike: number, ratio: number) => ({ right: 'put', strike, expiry: dayOf(30), ratio }) as const
      // 5 wide for a credit of 1: 400 at risk in each of the hundred that the sizing asks for.
      const wish = { legs: [leg(95, -1), leg(90, 1)], credit: 1, maximumLoss: 400, reason: 'spread' }
      if (bar !== 0) return
      out.openStructure(0, wish)
      for (const column of [1, 2]) out.target(column, shares(10), 'more')
    }
    const spreads = (limits: Partial<PortfolioLimits>, own: Partial<SleeveLimits> = {}) =>
      cuts(
        runBacktest(
          handRun({
            prices: { A: flat(100, 4), B: flat(100, 4), C: flat(100, 4) },
            instruments: { A: { sector: 'Energy' }, B: { sector: 'Energy' } },
            sleeves: {
              one: { capital: 60_000, act: spread, limits: own },
              two: { capital: 40_000, act: IDLE },
            },
            limits,
          }),
        ),
      ).filter(([, , end]) => end !== 'cancelled')
    expect(spreads({ positionWeightMax: 0.3 })).toEqual([['one', 'A', 'trimmed', 'positionWeight', 100, 75]])
    // Nothing is known of contracts without a chain: out of the money they do not move.
    expect(spreads({ sectorWeightMax: 0.3, leverageNetMax: 0.3 })).toEqual([])
    expect(spreads({}, { leverageMax: 0.5 })).toEqual([
      ['one', 'A', 'trimmed', 'sleeveLeverage', 100, 75],
      ['one', 'B', 'refused', 'sleeveLeverage', 10, 0],
      ['one', 'C', 'refused', 'sleeveLeverage', 10, 0],
    ])
  })

  it('of a group’s equity keeps its sleeves from entries while they are too large a part of the portfolio', () => {
    const limitedTo = (weightMax: number) =>
      run({
        groups: {
          first: {
            sleeves: [sleeveId('one')],
            instruments: [],
            limits: { weightMax, exposureMax: null, positionsMax: null },
          },
        },
        one: { 0: { A: 10 } },
        two: { 0: { A: 10 } },
      })
    expect(cuts(limitedTo(0.6))).toEqual([])
    const result = limitedTo(0.59)
    expect(cuts(result)).toEqual([['one', 'A', 'refused', 'groupWeight', 10, 0]])
    expect(result.refusals[0]).toMatchObject({ value: 0.6, limit: 0.59 })
  })

  it('of the average volume knows it only after enough bars', () => {
    const result = run({
      volume: 20_000,
      position: { volume: { fraction: 0.01, bars: 3 } },
      one: { 1: { A: 10 }, 2: { A: 200, B: 201 } },
    })
    expect(held(result)).toEqual({ 'one A': 200, 'one B': 200 })
    expect(cuts(result)).toEqual([
      ['one', 'A', 'refused', 'volumeParticipation', 10, 0],
      ['one', 'B', 'trimmed', 'volumeParticipation', 201, 200],
    ])
  })
})

describe('entries of one cycle that meet at one limit', () => {
  it('share a ticker in proportion to what each wants, by whichever order they are declared', () => {
    const limits = { positionWeightMax: 0.1 }
    const result = run({ limits, one: { 0: { A: 120 } }, two: { 0: { A: 80 } } })
    expect(held(result)).toEqual({ 'one A': 60, 'two A': 40 })
    expect(cuts(result)).toEqual([
      ['one', 'A', 'trimmed', 'positionWeight', 120, 60],
      ['two', 'A', 'trimmed', 'positionWeight', 80, 40],
    ])
    expect(held(run({ limits, one: { 0: { A: 80 } }, two: { 0: { A: 120 } } }))).toEqual({ 'one A': 40, 'two A': 60 })
  })
  it('share what those that already hold leave over', () =>
    expect(
      held(run({ limits: { positionWeightMax: 0.1 }, one: { 0: { A: 50 }, 2: { A: 110 } }, two: { 2: { A: 40 } } })),
    ).toEqual({ 'one A': 80, 'two A': 20 }))
  it('share a sector between instruments', () =>
    expect(held(run({ limits: { sectorWeightMax: 0.3 }, one: { 0: { A: 300 } }, two: { 0: { B: 100 } } }))).toEqual({
      'one A': 225,
      'two B': 75,
    }))
  it('are served in turn where places are counted', () => {
    const result = run({ limits: { positionsMax: 1 }, one: { 0: { A: 10 } }, two: { 0: { B: 10 } } })
    expect(cuts(result)).toEqual([['two', 'B', 'refused', 'portfolioPositions', 10, 0]])
  })
})

describe('stops and small entries', () => {
  const withStop = (stop: number): Parameters<typeof holding>[1] => ({ protection: { stop } })
  const falling = { A: path(100, 100, 100, 95, 91, 88, 85) }
  const stopped = (stop: PositionLimits['stop'], options: Parameters<typeof holding>[1] = {}) => {
    const limits = { position: { ...NO_POSITION_LIMITS, stop } }
    const act = holding({ 0: { A: 100 } }, options)
    const result = runBacktest(handRun({ prices: falling, sleeves: { one: { capital: 60_000, act, limits } } }))
    return { refused: result.refusals.map(({ rule }) => rule), exits: result.trades.map(({ exitPrice }) => exitPrice) }
  }
  it('a stop that is missing refuses, one that is there passes', () => {
    const required = { required: true, standard: null, widest: null }
    expect(stopped(required)).toEqual({ refused: ['stopMissing'], exits: [] })
    expect(stopped(required, withStop(0.1))).toEqual({ refused: [], exits: [88] })
    expect(stopped(required, { protection: { trail: { fraction: 0.1, intrabar: false } } }).refused).toEqual([])
  })
  it('an entry that brings none gets the usual one, and a wide one is drawn in', () => {
    expect(stopped({ required: true, standard: 0.04, widest: null })).toEqual({ refused: [], exits: [95] })
    expect(stopped({ required: false, standard: null, widest: 0.08 }, withStop(0.5)).exits).toEqual([91])
    expect(stopped({ required: false, standard: null, widest: 0.08 }, withStop(0.03)).exits).toEqual([95])
    expect(stopped(null, withStop(0.5)).exits).toEqual([])
  })
  it('an entry that is not worth its costs is refused, also when another limit made it so', () => {
    const small = { sizeMin: 1_000 }
    expect(cuts(run({ position: small, one: { 0: { A: 10, B: 9 } } }))).toEqual([
      ['one', 'B', 'refused', 'minimumSize', 9, 0],
    ])
    const result = run({ position: small, limits: { positionWeightMax: 0.005 }, one: { 0: { A: 10 } } })
    expect(cuts(result)).toEqual([['one', 'A', 'refused', 'positionWeight', 10, 0]])
  })
})

describe('orders of a sleeve', () => {
  it('are counted by day, exits included, and only entries are refused', () => {
    const result = run({
      ofOne: { orders: { perDay: 2, perMinute: null } },
      one: { 0: { A: 10, B: 10, C: 10 }, 1: { A: 0, B: 0, D: 10 }, 2: { D: 10, E: 10 } },
    })
    expect(cuts(result)).toEqual([
      ['one', 'C', 'refused', 'orderRate', 10, 0],
      ['one', 'D', 'refused', 'orderRate', 10, 0],
    ])
    expect(held(result)).toEqual({ 'one D': 10, 'one E': 10 })
  })
  it('are counted by minute of event time', () => {
    const result = run({
      ofOne: { orders: { perDay: null, perMinute: 1 } },
      one: { 0: { A: 10, B: 10 }, 1: { B: 10 } },
    })
    expect(cuts(result)).toEqual([['one', 'B', 'refused', 'orderRate', 10, 0]])
    expect(result.refusals[0]).toMatchObject({ value: 2, limit: 1 })
  })
})

/** A holds the loss; B is what is wished for afterwards. */
const fallTo = (close: number): HandRun['prices'] => ({
  A: path(100, 100, close, close, close, close),
  B: flat(100, 6),
})

/** A limit of a sleeve keeps entries out instead of pausing it. */
const HALTING: ViolationRules = {
  actions: { medium: 'halt_entries' },
  rules: {},
  reentry: null,
  correlation: { level: 0.7, move: 0.3, days: 30 },
}

describe('losses and drawdowns', () => {
  const loses = (limits: Setting): RunResult => run({ ...limits, one: { 0: { A: 200 }, 2: { B: 10 }, 3: { B: 10 } } })
  it('a daily loss of exactly the limit lets entries pass; one beyond it stops them for the day', () => {
    const limits = { dailyLossMax: 0.02 }
    expect(cuts(loses({ limits, prices: fallTo(90) }))).toEqual([])
    const result = loses({ limits, prices: fallTo(89) })
    expect(result.refusals[0]).toMatchObject({ sleeve: 'one', instrument: 'B', rule: 'dailyLoss', limit: 0.02 })
    expect(result.refusals[0]!.value).toBeCloseTo(0.022, 12)
  })
  it('so does a sleeve’s', () => {
    const ofOne = { dailyLossMax: 0.02 }
    expect(cuts(loses({ ofOne, prices: fallTo(94) }))).toEqual([])
    const result = loses({ ofOne, violations: HALTING, prices: fallTo(93) })
    expect(result.refusals[0]).toMatchObject({ sleeve: 'one', rule: 'sleeveDailyLoss', limit: 0.02 })
    expect(run({ ofOne, prices: fallTo(93), one: { 0: { A: 200 } }, two: { 2: { B: 10 } } }).refusals).toEqual([])
  })
  it('a portfolio 15 % below its peak takes no entry, at exactly 15 % it does', () => {
    const limits = { drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: null } }
    const plan = { one: { 0: { A: 500 }, 2: { B: 10 } } }
    expect(run({ limits, ...plan, prices: fallTo(70) }).refusals).toEqual([])
    const [refused] = run({ limits, ...plan, prices: fallTo(69) }).refusals
    expect(refused).toMatchObject({ rule: 'drawdownBreaker', limit: 0.15 })
    expect(refused!.value).toBeCloseTo(0.155, 12)
  })
  it('a sleeve 10 % below its peak takes none, and others do', () => {
    const ofOne = { drawdown: { halt: 0.1, resume: 0.05, resetPeakAfter: null } }
    const plan = { one: { 0: { A: 300 }, 2: { B: 10 } }, two: { 2: { B: 10 } } }
    expect(run({ ofOne, ...plan, prices: fallTo(80) }).refusals).toEqual([])
    const result = run({ ofOne, violations: HALTING, ...plan, prices: fallTo(79) })
    expect(cuts(result)).toEqual([['one', 'B', 'refused', 'sleeveDrawdown', 10, 0]])
    expect(result.refusals[0]!.value).toBeCloseTo(0.105, 12)
  })
})

describe('what a day’s end measured', () => {
  /** Alternates between two prices, so that volatility over a window of four is plain to see. */
  const swings = (size: number): HandRun['prices'] => ({
    A: path(100, 100, 100 + size, 100, 100 + size, 100, 100 + size, 100),
    B: path(100, 100, 100, 100 + size, 100, 100 + size, 100, 100 + size),
    C: flat(100, 8),
  })
  const later = { 0: { A: 300 }, 6: { C: 10 } }
  const refusedBy = (result: RunResult): readonly (readonly [string, string])[] =>
    result.refusals.map(({ sleeve, rule }) => [sleeve, rule] as const)

  it('keeps entries out while the portfolio’s volatility is above 20 %', () => {
    const limits = { volatility: { limit: 0.2, window: 4 } }
    expect(refusedBy(run({ limits, prices: swings(1), one: later }))).toEqual([])
    expect(refusedBy(run({ limits, prices: swings(10), one: later }))).toEqual([['one', 'volatility']])
  })
  it('and while a sleeve’s is, that sleeve’s', () => {
    const ofOne = { volatility: { limit: 0.24, window: 4 } }
    expect(refusedBy(run({ ofOne, prices: swings(1), one: later }))).toEqual([])
    const result = run({ ofOne, violations: HALTING, prices: swings(10), one: later, two: { 6: { C: 10 } } })
    expect(refusedBy(result)).toEqual([['one', 'sleeveVolatility']])
  })
  it('and while value at risk is above its limit', () => {
    const limits = { valueAtRisk: { limit: 0.02, window: 4, confidence: 0.95 } }
    expect(refusedBy(run({ limits, prices: swings(2), one: later }))).toEqual([])
    expect(refusedBy(run({ limits, prices: swings(10), one: later }))).toEqual([['one', 'valueAtRisk']])
  })
  it('and while the sleeves diversify too little', () => {
    const limits = { diversification: { limit: 1.2, window: 4 } }
    const same = run({ limits, prices: swings(5), one: later, two: { 0: { A: 200 } } })
    expect(refusedBy(same)).toEqual([['one', 'diversification']])
    const opposite = run({ limits, prices: swings(5), one: later, two: { 0: { B: 200 } } })
    expect(refusedBy(opposite)).toEqual([])
  })
  it('and of two sleeves that move together those of the one that earns less for its risk, or of equals the later one', () => {
    const limits = { correlation: { limit: 0.8, window: 4 } }
    const rising = { A: path(100, 100, 104, 103, 108, 106, 111, 110), B: flat(100, 8), C: flat(100, 8) }
    const violations = { ...HALTING, correlation: { level: 0.7, move: 0.3, days: 1 } }
    const opens = { 6: { C: 10 } }
    const together = run({
      limits,
      violations,
      prices: rising,
      one: { 0: { A: 300 }, ...opens },
      two: { 0: { A: -200 }, ...opens },
    })
    expect(refusedBy(together)).toEqual([])
    const same = run({
      limits,
      violations,
      prices: rising,
      one: { 0: { A: 300 }, ...opens },
      two: { 0: { A: 200 }, ...opens },
    })
    expect(refusedBy(same)).toEqual([['two', 'strategyCorrelation']])
  })
})

describe('a lifecycle portfolio', () => {
  const LIMITS = {
    exposureMax: 0.5,
    stageMax: { MATURE: 0.3, VALIDATION: 0.15, DISCOVERY: 0.05, DECAY: 0.1 },
    assetMax: 0.2,
    cashMin: 0.3,
    dailyLossMax: 0.02,
    positionsMax: 3,
    sizeMin: 100,
  }
  const planOf = (input: ReturnType<typeof handRun>, stages: readonly LifecycleStage[]): CapitalPlan => {
    const plan = dealtOnce(input.config, false)
    const lifecycle = {
      stages,
      validatedDrawdown: stages.map(() => null),
      stageBase: {},
      stageMax: {},
      rule: STAGE_RULE,
      changes: 'proposed' as const,
    }
    return { ...plan, overlays: { ...plan.overlays, lifecycle } }
  }
  function staged(
    stages: readonly [LifecycleStage, LifecycleStage],
    one: Plan,
    two: Plan = {},
    own: { readonly limits?: object; readonly prices?: HandRun['prices'] } = {},
  ): RunResult {
    const input = handRun({
      prices: own.prices ?? Object.fromEntries(NAMES.map((name) => [name, flat(100, 5)])),
      sleeves: { one: { capital: 60_000, act: holding(one) }, two: { capital: 40_000, act: holding(two) } },
      limits: { lifecycle: { ...LIMITS, ...own.limits } },
    })
    return runBacktest({ ...input, config: { ...input.config, capitalPlan: planOf(input, stages) } })
  }
  const both: readonly [LifecycleStage, LifecycleStage] = ['MATURE', 'VALIDATION']

  it('takes what reaches each limit, and refuses or cuts what is beyond by its name, with value and limit', () => {
    const wide = { stageMax: {}, assetMax: 1 }
    const cases: readonly (readonly [RuleName, number, number, Plan, Plan, object])[] = [
      ['exposure', 50.1, 50, { 0: { A: 500 }, 1: { B: 1 } }, {}, wide],
      ['stageTotal', 30.1, 30, { 0: { A: 200, B: 100 }, 1: { B: 101 } }, {}, {}],
      ['stageTotal', 15.1, 15, {}, { 0: { A: 150 }, 1: { A: 151 } }, {}],
      ['positionWeight', 20.1, 20, { 0: { A: 200 }, 1: { A: 201 } }, {}, {}],
      ['cashReserve', 29.9, 30, { 0: { A: 700 }, 1: { B: 1 } }, {}, { ...wide, exposureMax: 0.9 }],
    ]
    for (const [rule, value, limit, one, two, limits] of cases) {
      const { refusals } = staged(both, one, two, { limits })
      expect(refusals).toMatchObject([{ end: 'refused', rule, allowed: 0 }])
      expect(refusals[0]!.value).toBeCloseTo(value / 100, 9)
      expect(refusals[0]!.limit).toBeCloseTo(limit / 100, 9)
    }
  })
  it('counts places, smallest sizes and days', () => {
    const result = staged(both, { 0: { A: 10, B: 10, C: 10 }, 1: { D: 10 } })
    expect(result.refusals).toMatchObject([{ instrument: 'D', rule: 'portfolioPositions', value: 4, limit: 3 }])
    expect(staged(both, { 0: { A: 1 } }).refusals).toEqual([])
    expect(staged(both, { 0: { A: 1 } }, {}, { limits: { sizeMin: 101 } }).refusals).toMatchObject([
      { rule: 'minimumSize', limit: 101 },
    ])
    const loses = (close: number) =>
      staged(both, { 0: { A: 200 }, 2: { B: 10 } }, {}, { prices: fallTo(close) }).refusals
    expect(loses(90)).toEqual([])
    expect(loses(89)).toMatchObject([{ instrument: 'B', rule: 'dailyLoss', limit: 0.02 }])
  })
  it('trades no money on paper', () => {
    const { refusals } = staged(['PAPER', 'MATURE'], { 0: { A: 10 } }, { 0: { A: 10 } })
    expect(refusals).toMatchObject([{ sleeve: 'one', rule: 'paper' }])
  })
  it('serves the more trusted stage first, whichever is declared first', () => {
    const result = staged(['DISCOVERY', 'MATURE'], { 0: { A: 50 } }, { 0: { A: 180 } })
    expect(cuts(result)).toEqual([['one', 'A', 'trimmed', 'positionWeight', 50, 20]])
  })
  it('asks in its own order: the day’s loss before exposure, the asset before size, PAPER before places', () => {
    const late = (stage: LifecycleStage, plan: Plan, limits: object) =>
      staged([stage, 'MATURE'], plan, { 0: { A: 100, B: 100, C: 100 } }, { limits }).refusals.map(({ rule }) => rule)
    expect(late('PAPER', { 1: { D: 10 } }, {})).toEqual(['paper'])
    expect(late('MATURE', { 1: { D: 10 } }, { stageMax: {} })).toEqual(['portfolioPositions'])
    expect(late('MATURE', { 1: { D: 10 } }, {})).toEqual(['stageTotal'])
    expect(late('PAPER', { 1: { D: 10 } }, { sizeMin: 2_000 })).toEqual(['minimumSize'])
  })
})

describe('a kernel that is taken up from its snapshot', () => {
  it('goes on counting orders, volumes and places as if nothing had happened', () => {
    const plan = { 0: { A: 10, B: 10 }, 1: { C: 10 }, 2: { D: 100, E: 300 }, 3: { A: 0, F: 10 }, 4: { B: 50 } }
    const input = handRun({
      prices: Object.fromEntries(NAMES.map((name) => [name, flat(100, 6)])),
      volume: 20_000,
      sleeves: {
        one: {
          capital: 60_000,
          act: holding(plan),
          limits: {
            orders: { perDay: 2, perMinute: null },
            positionsMax: 4,
            position: { ...NO_POSITION_LIMITS, volume: { fraction: 0.005, bars: 2 } },
          },
        },
        two: { capital: 40_000, act: holding({ 2: { D: 200 }, 4: { A: 20 } }) },
      },
      limits: { positionWeightMax: 0.2, sectorWeightMax: 0.5, dailyLossMax: 0.02 },
    })
    const { events, bytes } = journalOf(input)
    const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
    let kernel = createKernel({ strategies })
    let refused = 0
    for (const event of events) {
      kernel.apply(event)
      refused = Math.max(refused, kernel.runtime.state.ended.refused)
      kernel = restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot, { strategies })
    }
    expect(textOf(kernel)).toBe(bytes)
    expect(refused).toBeGreaterThan(2)
  })
})
