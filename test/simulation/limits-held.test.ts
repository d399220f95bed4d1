import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dealtOnce } from '../../bench/dealt-once.ts'
import type { LifecycleStage } from '../../src/domain/allocation.ts'
import type { AssetClass } from '../../src/domain/instruments.ts'
import type { Group, PortfolioLimits, SleeveLimits } from '../../src/domain/limits.ts'
import type { RuleName } from '../../src/domain/risk.ts'
import { instrumentId, type Price, quantity, sleeveId } from '../../src/domain/units.ts'
import { createKernel, type Kernel } from '../../src/engine/kernel.ts'
import type { Observer } from '../../src/engine/records/observer.ts'
import type { RefusalRecord } from '../../src/engine/records/result.ts'
import { STAGE_RULE } from '../../src/pipeline/allocation/stage-changes.ts'
import { propertyRuns } from '../profile.ts'
import { type Act, handRun, SHARE } from './hand-run.ts'
import { journalOf } from './journal.ts'

/*
 * Drawn portfolios under every limit at once. The sums that limits are about are computed anew here, from the state alone,
 * after every close: with the entries of that close and without them.
 */

const NAMES = ['A', 'B', 'C', 'D', 'E'] as const
const CLASSES: readonly AssetClass[] = ['equity', 'equity', 'commodity', 'commodity', 'bond']
const SECTORS = ['Energy', 'Technology', 'Technology', 'unknown', 'unknown']
const SLEEVES = ['one', 'two', 'three'] as const
const BARS = 9

interface Wish {
  readonly sleeve: number
  readonly bar: number
  readonly instrument: number
  /** Shares that the sleeve then wants to hold. */
  readonly target: number
  readonly resting: boolean
}

const wishes = fc.uniqueArray(
  fc.record<Wish>({
    sleeve: fc.nat(SLEEVES.length - 1),
    bar: fc.nat(BARS - 2),
    instrument: fc.nat(NAMES.length - 1),
    target: fc.integer({ min: -600, max: 600 }),
    resting: fc.boolean(),
  }),
  { minLength: 4, maxLength: 60, selector: ({ sleeve, bar, instrument }) => (sleeve * BARS + bar) * 8 + instrument },
)

const part = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 })

const portfolioLimits = fc.record({
  positionsMax: fc.option(fc.integer({ min: 1, max: 9 })),
  assetClassWeightMax: fc.option(part(0.1, 1)),
  positionWeightMax: fc.option(part(0.02, 0.5)),
  leverageMax: part(0.15, 1.5),
  leverageNetMax: maybe(part(0.05, 1)),
  exposureMax: maybe(part(0.1, 1.5)),
  sectorWeightMax: maybe(part(0.1, 1)),
  currencyWeightMax: maybe(part(0.2, 1)),
  concentration: maybe(fc.record({ positions: fc.integer({ min: 1, max: 4 }), weightMax: part(0.1, 0.8) })),
  cashMin: maybe(part(0.3, 0.95)),
})
const sleeveLimits = fc.record({
  positionsMax: fc.option(fc.integer({ min: 1, max: 4 })),
  positionWeightMax: fc.option(part(0.05, 0.8)),
  leverageMax: maybe(part(0.2, 2)),
  exposureMax: maybe(part(0.05, 0.6)),
  orderCap: maybe(part(0.1, 1.1)),
})
const lifecycle = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      exposureMax: part(0.02, 0.4),
      stageMax: fc.record({ MATURE: part(0.05, 0.5), VALIDATION: part(0.05, 0.5) }),
      assetMax: part(0.05, 0.5),
      cashMin: part(0, 0.3),
      dailyLossMax: fc.constant(null),
      positionsMax: fc.integer({ min: 1, max: 9 }),
      sizeMin: fc.integer({ min: 0, max: 3_000 }),
    }),
  },
)
const stages = fc.tuple(...SLEEVES.map(() => fc.constantFrom<LifecycleStage>('MATURE', 'VALIDATION', 'PAPER')))
const groupLimits = fc.record({
  weightMax: fc.constant(null),
  exposureMax: part(0.05, 1.5),
  positionsMax: fc.integer({ min: 1, max: 9 }),
})

const drawnCase = fc.record({
  wishes,
  limits: portfolioLimits,
  lifecycle,
  stages,
  sleeveLimits,
  capitals: fc.tuple(...SLEEVES.map(() => fc.integer({ min: 20_000, max: 90_000 }))),
  groups: fc.tuple(groupLimits, groupLimits),
  steps: fc.array(fc.array(fc.integer({ min: -9, max: 10 }), { minLength: BARS, maxLength: BARS }), {
    minLength: NAMES.length,
    maxLength: NAMES.length,
  }),
})
type Drawn = typeof drawnCase extends fc.Arbitrary<infer T> ? T : never

function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never
}

function inputOf(drawn: Drawn) {
  const actOf =
    (sleeve: number): Act =>
    (view, out, bar) => {
      for (const wish of drawn.wishes) {
        if (wish.sleeve !== sleeve || wish.bar !== bar) continue
        const close = view.slice.close[wish.instrument]!
        const terms = { type: 'limit', limit: (close * (wish.target > 0 ? 0.9 : 1.1)) as Price, force: 'gtc' } as const
        out.target(wish.instrument, quantity(wish.target * SHARE), 'drawn', wish.resting ? { terms } : {})
      }
    }
  const own: SleeveLimits = { weekend: null, ...defined(drawn.sleeveLimits) }
  const limits: PortfolioLimits = {
    drawdown: null,
    ...defined(drawn.limits),
    ...(drawn.lifecycle === undefined ? {} : { lifecycle: drawn.lifecycle }),
  }
  const [first, second] = drawn.groups
  const groups: Record<string, Group> = {
    pair: { sleeves: [sleeveId('one'), sleeveId('two')], instruments: [], limits: first },
    some: { sleeves: [], instruments: [instrumentId('A'), instrumentId('C')], limits: second },
  }
  const input = handRun({
    prices: Object.fromEntries(
      NAMES.map((name, index) => {
        let price = 80 + index * 10
        return [
          name,
          drawn.steps[index]!.map((step) => {
            const open = price
            price = Math.max(20, price + step)
            return { open, close: price }
          }),
        ]
      }),
    ),
    instruments: Object.fromEntries(
      NAMES.map((name, index) => [name, { assetClass: CLASSES[index]!, sector: SECTORS[index]! }]),
    ),
    sleeves: Object.fromEntries(
      SLEEVES.map((name, index) => [name, { capital: drawn.capitals[index]!, act: actOf(index), limits: own }]),
    ),
    limits,
    groups,
  })
  if (drawn.lifecycle === undefined) return input
  const plan = dealtOnce(input.config, false)
  const staged = {
    stages: drawn.stages,
    validatedDrawdown: SLEEVES.map(() => null),
    stageBase: {},
    stageMax: {},
    rule: STAGE_RULE,
    changes: 'proposed' as const,
  }
  return {
    ...input,
    config: { ...input.config, capitalPlan: { ...plan, overlays: { ...plan.overlays, lifecycle: staged } } },
  }
}

/** One position at both its ends: what all its waiting buys, and all its waiting sells, would make of it. */
interface Ends {
  readonly high: number
  readonly low: number
}
const worse = ({ high, low }: Ends): number => Math.max(Math.abs(high), Math.abs(low))
const together = (ends: readonly Ends[]): Ends => ({
  high: ends.reduce((sum, { high }) => sum + high, 0),
  low: ends.reduce((sum, { low }) => sum + low, 0),
})

/** Every sum that a limit is about, as [name, amount, limit]. `counted` says which waiting wishes are in it. */
function sumsOf(kernel: Kernel, counted: (intent: number) => boolean): readonly (readonly [string, number, number])[] {
  const { state, unitValue, equity, sleeves } = kernel.runtime
  const { limits } = state.config!
  const endsOf = (sleeve: number, instrument: number): Ends => {
    const at = sleeve * state.books.width + instrument
    const value = unitValue[instrument]!
    let high = state.books.quantity[at]! + state.pendingBuys[at]!
    let low = state.books.quantity[at]! - state.pendingSells[at]!
    for (const wish of state.waiting) {
      if (wish.sleeve !== sleeve || wish.instrument !== instrument || counted(wish.intent)) continue
      if (wish.quantity > 0) high -= wish.quantity
      else low -= wish.quantity
    }
    return { high: high * value, low: low * value }
  }
  const all = sleeves.map((_, sleeve) => sleeve)
  const columns = NAMES.map((_, instrument) => instrument)
  const account = columns.map((instrument) => together(all.map((sleeve) => endsOf(sleeve, instrument))))
  const gross = (instruments: readonly number[]): number =>
    instruments.reduce((sum, instrument) => sum + worse(account[instrument]!), 0)
  const opened = (ordinals: readonly number[], instruments: readonly number[]): number =>
    ordinals.reduce(
      (sum, sleeve) =>
        sum +
        instruments.filter((instrument) => {
          const { high, low } = endsOf(sleeve, instrument)
          return high !== 0 || low !== 0
        }).length,
      0,
    )
  const sums: [string, number, number | null | undefined][] = [
    ['gross', gross(columns), limits.leverageMax * equity],
    ['exposure', gross(columns), limits.exposureMax === undefined ? null : limits.exposureMax * equity],
    ['cash', gross(columns), limits.cashMin === undefined ? null : (1 - limits.cashMin) * equity],
    ['currency', gross(columns), limits.currencyWeightMax === undefined ? null : limits.currencyWeightMax * equity],
    ['places', opened(all, columns), limits.positionsMax],
  ]
  const total = together(account)
  if (limits.leverageNetMax !== undefined) {
    sums.push(['net long', total.high, limits.leverageNetMax * equity])
    sums.push(['net short', 0 - total.low, limits.leverageNetMax * equity])
  }
  for (const name of new Set(SECTORS)) {
    const own = columns.filter((instrument) => SECTORS[instrument] === name)
    sums.push([
      `sector ${name}`,
      gross(own),
      limits.sectorWeightMax === undefined ? null : limits.sectorWeightMax * equity,
    ])
  }
  for (const name of new Set(CLASSES)) {
    const own = columns.filter((instrument) => CLASSES[instrument] === name)
    sums.push([
      `class ${name}`,
      gross(own),
      limits.assetClassWeightMax === null ? null : limits.assetClassWeightMax * equity,
    ])
  }
  for (const instrument of columns)
    sums.push([
      `ticker ${NAMES[instrument]}`,
      worse(account[instrument]!),
      limits.positionWeightMax === null ? null : limits.positionWeightMax * equity,
    ])
  if (limits.concentration !== undefined) {
    const largest = account.map(worse).sort((one, other) => other - one)
    const { positions, weightMax } = limits.concentration
    const top = largest.slice(0, positions).reduce((sum, amount) => sum + amount, 0)
    sums.push(['largest', top, weightMax * equity])
  }
  for (const sleeve of all) {
    const { limits: own } = sleeves[sleeve]!.config
    const money = sleeves[sleeve]!.equity
    const ends = columns.map((instrument) => endsOf(sleeve, instrument))
    const whole = ends.reduce((sum, one) => sum + worse(one), 0)
    sums.push([`leverage ${sleeve}`, whole, own.leverageMax === undefined ? null : own.leverageMax * money])
    sums.push([`exposure ${sleeve}`, whole, own.exposureMax === undefined ? null : own.exposureMax * equity])
    sums.push([`places ${sleeve}`, opened([sleeve], columns), own.positionsMax])
    for (const instrument of columns) {
      const amount = worse(ends[instrument]!)
      sums.push([
        `position ${sleeve} ${instrument}`,
        amount,
        own.positionWeightMax === null ? null : own.positionWeightMax * money,
      ])
      sums.push([`cap ${sleeve} ${instrument}`, amount, own.orderCap === undefined ? null : own.orderCap * money])
    }
  }
  const { lifecycle: staged } = limits
  if (staged !== undefined) {
    const stageOf = (sleeve: number) => state.config!.capitalPlan!.overlays.lifecycle!.stages[sleeve]!
    for (const stage of ['MATURE', 'VALIDATION'] as const) {
      const members = all.filter((sleeve) => stageOf(sleeve) === stage)
      const amount = members.reduce(
        (sum, sleeve) => sum + columns.reduce((own, instrument) => own + worse(endsOf(sleeve, instrument)), 0),
        0,
      )
      sums.push([`stage ${stage}`, amount, staged.stageMax[stage]! * equity])
    }
    sums.push(['staged exposure', gross(columns), staged.exposureMax * equity])
    sums.push(['staged cash', gross(columns), (1 - staged.cashMin) * equity])
    sums.push(['staged places', opened(all, columns), staged.positionsMax])
    for (const instrument of columns)
      sums.push([`asset ${NAMES[instrument]}`, worse(account[instrument]!), staged.assetMax * equity])
  }
  const groupOf = (name: string, ordinals: readonly number[], instruments: readonly number[], group: Group): void => {
    const amount = instruments.reduce(
      (sum, instrument) => sum + worse(together(ordinals.map((sleeve) => endsOf(sleeve, instrument)))),
      0,
    )
    sums.push([`group ${name}`, amount, group.limits.exposureMax! * equity])
    sums.push([`places ${name}`, opened(ordinals, instruments), group.limits.positionsMax])
  }
  const { pair, some } = state.config!.groups
  groupOf('pair', [0, 1], columns, pair!)
  groupOf('some', all, [0, 2], some!)
  return sums.flatMap(([name, amount, limit]) => (limit === null || limit === undefined ? [] : [[name, amount, limit]]))
}

function observer(on: {
  readonly reduced: (asked: number, moved: number) => void
  readonly refused: (record: RefusalRecord) => void
}): Observer {
  const silent = (): void => undefined
  const nothing = {
    posting: silent,
    executed: silent,
    ordered: silent,
    orderFilled: silent,
    orderEnded: silent,
    structureOpened: silent,
    structureClosed: silent,
    day: silent,
    allocated: silent,
  }
  return { ...nothing, ...on }
}

/** Each must have cut something, or the draws say nothing of it. */
const MONEY_AND_PLACES: readonly RuleName[] = [
  'assetClassWeight',
  'cashReserve',
  'concentration',
  'currencyWeight',
  'exposure',
  'groupExposure',
  'groupPositions',
  'leverage',
  'minimumSize',
  'netLeverage',
  'orderCap',
  'paper',
  'portfolioPositions',
  'positionWeight',
  'sectorWeight',
  'sleeveExposure',
  'sleeveLeverage',
  'sleevePositions',
  'sleevePositionWeight',
  'stageTotal',
]

describe('under every limit at once', () => {
  it('no entry takes any sum beyond its limit, or further beyond; what reduces passes whole; a trim keeps its side', () => {
    const seen = { closes: 0, entries: 0, reduced: 0, rules: new Set<string>() }
    fc.assert(
      fc.property(drawnCase, (drawn) => {
        const input = inputOf(drawn)
        const { events } = journalOf(input)
        const kernel = createKernel({
          strategies: new Map(input.strategies.map((strategy) => [strategy.name, strategy])),
          observer: observer({
            reduced: (asked, moved) => {
              if (moved !== asked) expect.fail(`${asked} asked to reduce, ${moved} moved`)
              seen.reduced += 1
            },
            refused: ({ end, rule, wanted, allowed, value, limit }) => {
              if (end !== 'trimmed' && end !== 'refused') return
              seen.rules.add(rule)
              expect(Math.abs(allowed)).toBeLessThanOrEqual(Math.abs(wanted))
              expect(allowed * wanted).toBeGreaterThanOrEqual(0)
              expect(end === 'refused').toBe(allowed === 0)
              expect(value).not.toBeNull()
              expect(limit).not.toBeNull()
            },
          }),
        })
        for (const event of events) {
          const first = kernel.runtime.state.nextIntent
          kernel.apply(event)
          if (event.kind !== 'slices') continue
          const entries = kernel.runtime.state.waiting.filter(({ intent, reducing }) => intent >= first && !reducing)
          expect(kernel.runtime.plain.count).toBe(0)
          if (entries.length === 0) continue
          const own = new Set(entries.map(({ intent }) => intent))
          const before = sumsOf(kernel, (intent) => !own.has(intent))
          for (const [at, [name, amount, limit]] of sumsOf(kernel, () => true).entries()) {
            const most = Math.max(limit, before[at]![1])
            if (amount > most * (1 + 1e-9) + 1e-6)
              expect.fail(`${name}: ${amount} is beyond ${most}; its limit is ${limit}`)
          }
          seen.closes += 1
          seen.entries += entries.length
        }
      }),
      propertyRuns(300, 3_000),
    )
    expect(seen.closes).toBeGreaterThan(100)
    expect(seen.entries).toBeGreaterThan(200)
    expect(seen.reduced).toBeGreaterThan(20)
    for (const rule of MONEY_AND_PLACES) expect(seen.rules).toContain(rule)
  })
})
