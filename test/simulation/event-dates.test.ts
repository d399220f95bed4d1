import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CapitalPlan, Overlays } from '../../src/domain/capital.ts'
import type { DrawdownBreaker } from '../../src/domain/limits.ts'
import { addDays, formatDate, tradeDate } from '../../src/domain/sessions.ts'
import type { TradeDate } from '../../src/domain/units.ts'
import { createKernel, type Kernel, restoreKernel } from '../../src/engine/kernel.ts'
import { type RunInput, runBacktest } from '../../src/engine/run/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { createRandom } from '../../src/numerics/random.ts'
import { uniformBounds } from '../../src/pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS, NO_RECORD } from '../../src/pipeline/allocation/input.ts'
import { walkWeights } from '../../src/research/weight-walk/walk.ts'
import type { WalkEvent, WalkInput } from '../../src/research/weight-walk/walk-input.ts'
import { readCase, tableReader } from '../cases/case-files.ts'
import { settingOf, walkInputOf } from '../cases/pipeline-setting.ts'
import { NO_OVERLAYS } from '../fixtures/capital-run.ts'
import { type StreamPortfolio, streamRun } from '../fixtures/stream-portfolio.ts'
import { casesFolder } from '../outside-data.ts'
import { propertyRuns } from '../profile.ts'
import { journalOf, textOf } from './journal.ts'

/*
 * On which dates the breaker, the ladder, the bench and the computation of weights act: in the walk, in a run of the kernel,
 * and in a kernel that is taken down and set up again before, on and after each of these dates.
 */

const EVERY_DAY = {
  triggers: ['periodic'],
  schedule: { kind: 'days', every: 1 },
  threshold: 0,
  by: 'transfer',
} as const

/** What stands between one close and the next that capital depends on. */
interface Standing {
  readonly halted: boolean
  readonly ladder: readonly number[]
  readonly benched: readonly boolean[]
  readonly weights: string
}

function standingOf({ runtime: { state } }: Kernel): Standing {
  const { capital, breaker } = state
  return {
    halted: breaker?.halted ?? false,
    ladder: [...(capital?.ladder?.factor ?? [])],
    benched: [...(capital?.bench?.benched ?? [])],
    weights: [...(capital?.weights ?? [])].join(' '),
  }
}

/** What changed at a close, as text. */
function happened(date: number, names: readonly string[], before: Standing, after: Standing): string[] {
  const day = formatDate(date as TradeDate)
  const told: string[] = []
  if (before.halted !== after.halted) told.push(`${day} ${after.halted ? 'halt' : 'resume'}`)
  after.benched.forEach((benched, sleeve) => {
    if (benched !== before.benched[sleeve]) told.push(`${day} ${benched ? 'bench' : 'return'} ${names[sleeve]}`)
  })
  after.ladder.forEach((factor, sleeve) => {
    if (factor !== before.ladder[sleeve]) told.push(`${day} ladder ${names[sleeve]} ${factor}`)
  })
  if (before.weights !== after.weights) told.push(`${day} weights`)
  return told
}

/** The same of a walk. A computation that gives the weights that there were changes nothing. */
function toldBy({ names, dates }: WalkInput, events: readonly WalkEvent[]): string[] {
  const order = ['halt', 'resume', 'bench', 'return', 'ladder', 'weights']
  return [...events]
    .sort((one, other) => one.row - other.row || order.indexOf(one.kind) - order.indexOf(other.kind))
    .flatMap((event) => {
      const day = formatDate(dates[event.row] as TradeDate)
      if (event.kind === 'ladder') return [`${day} ladder ${names[event.sleeve]} ${event.factor}`]
      if (event.kind === 'bench' || event.kind === 'return') return [`${day} ${event.kind} ${names[event.sleeve]}`]
      if (event.kind === 'weights') return event.outcome === 'first' ? [] : [`${day} weights`]
      return [`${day} ${event.kind}`]
    })
}

interface Played {
  readonly told: readonly string[]
  /** At the last close of each date. */
  readonly equity: ReadonlyMap<number, number>
  readonly bytes: string
  readonly cuts: number
}

/** Plays a run's events once more; before every close of a date in `cuts` the kernel is taken down and set up again. */
function replayed(input: RunInput, events: ReturnType<typeof journalOf>['events'], cuts: ReadonlySet<number>): Played {
  const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
  const names = input.config.sleeves.map(({ id }) => String(id))
  let kernel = createKernel({ strategies })
  let count = 0
  const told: string[] = []
  const equity = new Map<number, number>()
  for (const event of events) {
    const date = event.kind === 'slices' ? event.slices[0]!.tradeDate : 0
    if (cuts.has(date)) {
      const snapshot = JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot
      const text = textOf(kernel)
      kernel = restoreKernel(snapshot, { strategies })
      expect(textOf(kernel)).toBe(text)
      count += 1
    }
    const before = event.kind === 'slices' ? standingOf(kernel) : null
    kernel.apply(event)
    if (before === null) continue
    told.push(...happened(date, names, before, standingOf(kernel)))
    equity.set(date, kernel.runtime.equity)
  }
  return { told, equity, bytes: textOf(kernel), cuts: count }
}

/** Runs a portfolio of streams through everything, and returns what happened when, and the equity of each date. */
function playsAlike(portfolio: StreamPortfolio): Pick<Played, 'told' | 'equity'> {
  const input = { ...streamRun(portfolio), checks: true }
  const { events, bytes } = journalOf(input)
  const plain = replayed(input, events, new Set())
  expect(plain.bytes).toBe(bytes)
  const dates = portfolio.dates.map((date) => Number(date.replaceAll('-', '')))
  const cuts = new Set(
    plain.told.flatMap((line) => {
      const at = portfolio.dates.indexOf(line.slice(0, 10))
      return [dates[at - 1]!, dates[at]!, dates[at + 1]!]
    }),
  )
  const cut = replayed(input, events, cuts)
  expect(cut.cuts).toBeGreaterThanOrEqual(plain.told.length)
  expect(cut.told).toEqual(plain.told)
  expect(cut.bytes).toBe(bytes)
  return plain
}

function expectAgreement({ dates }: WalkInput, walked: Float64Array, played: ReadonlyMap<number, number>): void {
  const apart = Array.from(walked, (value, day) => Math.abs(played.get(dates[day]!)! / value - 1))
  expect(Math.max(...apart)).toBeLessThan(1e-8)
}

function planOf(
  count: number,
  overlays: Partial<Overlays>,
  allocation: Partial<CapitalPlan['allocation']> = {},
): CapitalPlan {
  return {
    allocation: {
      method: 'inverse_volatility',
      window: 60,
      observationsMin: 60,
      recompute: { kind: 'days', every: 60 },
      investable: 1,
      covariance: 'sample',
      bounds: uniformBounds(count, 0, 1),
      budget: null,
      records: Array.from({ length: count }, () => NO_RECORD),
      settings: ALLOCATION_SETTINGS,
      ...allocation,
    },
    overlays: { ...NO_OVERLAYS, ...overlays },
    rebalancing: EVERY_DAY,
    shadows: false,
  }
}

function walkOf({ names, dates, columns, capital, plan, drawdown }: StreamPortfolio): WalkInput {
  const values = Float64Array.from(
    { length: dates.length * names.length },
    (_, at) => columns[at % names.length]![Math.floor(at / names.length)]!,
  )
  return {
    names,
    dates: dates.map((date) => Number(date.replaceAll('-', ''))),
    returns: { rows: dates.length, columns: names.length, values },
    start: 0,
    capital,
    plan: {
      allocation: plan.allocation,
      rebalance: { kind: 'days', every: 1 },
      bench: plan.overlays.bench,
      reduction: plan.overlays.reduction,
      ladder: plan.overlays.ladder,
      drawdown,
      cost: 0,
      periods: 252,
      firstWeights: new Float64Array(names.length).fill(1 / names.length),
    },
  }
}

/** Two wild streams of which the second comes to follow the first, and a third one with months of falls. */
function drawnStreams(seed: number, drawdown: DrawdownBreaker | null): StreamPortfolio {
  const random = createRandom(seed)
  const days = 260
  const columns = [0, 1, 2].map(() => new Float64Array(days))
  for (let day = 0; day < days; day += 1) {
    const first = 0.03 * random.normal() + 0.001
    columns[0]![day] = first
    columns[1]![day] = (day > 70 && day < 170 ? 0.8 * first : 0) + 0.01 * random.normal()
    columns[2]![day] = 0.02 * random.normal() + (day % 90 > 60 ? -0.02 : 0.006)
  }
  const start = tradeDate(20_230_102)
  return {
    names: ['a', 'b', 'c'],
    dates: Array.from({ length: days }, (_, day) => formatDate(addDays(start, day))),
    columns,
    capital: 100_000,
    plan: planOf(
      3,
      {
        bench: { threshold: 0.7, days: 8, window: 20 },
        ladder: { halfAt: 0.08, zeroAt: 0.2, sharpeRelease: 0.5, window: 20 },
        reduction: { threshold: 0.7, window: 20 },
      },
      { window: 20, observationsMin: 20, recompute: { kind: 'days', every: 15 } },
    ),
    drawdown,
  }
}

describe('events of capital over drawn streams', () => {
  it.each([
    [1, 'periodic'],
    [2, 'periodic'],
    [3, 'periodic'],
    [3, 'every_bar'],
  ] as const)('fall on the same dates in the walk, in a run and across restarts (%i, %s)', (seed, trigger) => {
    const drawn = drawnStreams(seed, { halt: 0.12, resume: 0.08, resetPeakAfter: null })
    const portfolio = {
      ...drawn,
      plan: { ...drawn.plan, rebalancing: { ...drawn.plan.rebalancing, triggers: [trigger] } },
    }
    const input = walkOf(portfolio)
    const walk = walkWeights(input)
    const { told, equity } = playsAlike(portfolio)
    expect(told).toEqual(toldBy(input, walk.events))
    const kinds = new Set(told.map((line) => line.split(' ')[1]))
    for (const kind of ['halt', 'bench', 'ladder', 'weights'])
      expect([seed, kind, kinds.has(kind)]).toEqual([seed, kind, true])
    expectAgreement(input, walk.equity, equity)
  })
})

interface DrawnRules {
  readonly seed: number
  readonly streams: number
  readonly wildness: number
  readonly every: number
  readonly method: CapitalPlan['allocation']['method']
  readonly isBenching: boolean
  readonly isReducing: boolean
  readonly isClimbing: boolean
  readonly isHalting: boolean
  readonly trigger: 'periodic' | 'every_bar'
}

const drawnRules: fc.Arbitrary<DrawnRules> = fc.record({
  seed: fc.nat(1_000_000),
  streams: fc.integer({ min: 1, max: 4 }),
  wildness: fc.constantFrom(0.005, 0.02, 0.05),
  every: fc.integer({ min: 1, max: 20 }),
  method: fc.constantFrom('equal', 'inverse_volatility', 'erc', 'hrp', 'min_variance', 'sharpe_weighted', 'kelly'),
  isBenching: fc.boolean(),
  isReducing: fc.boolean(),
  isClimbing: fc.boolean(),
  isHalting: fc.boolean(),
  trigger: fc.constantFrom('periodic', 'every_bar'),
})

/** Streams that share a common part, under the rules that were drawn. */
function drawnPortfolioOf(rules: DrawnRules): StreamPortfolio {
  const { seed, streams, wildness, every, method, trigger } = rules
  const random = createRandom(seed)
  const days = 70
  const columns = Array.from({ length: streams }, () => new Float64Array(days))
  for (let day = 0; day < days; day += 1) {
    const common = random.normal()
    for (const column of columns) column[day] = Math.max(-0.4, wildness * (0.8 * common + 0.6 * random.normal()))
  }
  const overlays = {
    bench: rules.isBenching ? { threshold: 0.6, days: 3, window: 8 } : null,
    reduction: rules.isReducing ? { threshold: 0.5, window: 8 } : null,
    ladder: rules.isClimbing ? { halfAt: 0.05, zeroAt: 0.12, sharpeRelease: 0.5, window: 8 } : null,
  }
  const plan = planOf(streams, overlays, {
    method,
    window: 20,
    observationsMin: 20,
    recompute: { kind: 'days', every },
  })
  return {
    names: columns.map((_, index) => `s${index}`),
    dates: Array.from({ length: days }, (_, day) => formatDate(addDays(tradeDate(20_240_102), day))),
    columns,
    capital: 1_000_000,
    plan: { ...plan, rebalancing: { ...plan.rebalancing, triggers: [trigger] } },
    drawdown: rules.isHalting ? { halt: 0.1, resume: 0.05, resetPeakAfter: null } : null,
  }
}

describe('the walk and the kernel', () => {
  it('come to the same equity every day, whatever the rules', () => {
    fc.assert(
      fc.property(drawnRules, (rules) => {
        const portfolio = drawnPortfolioOf(rules)
        const input = walkOf(portfolio)
        const { days, equity, invariants } = runBacktest({ ...streamRun(portfolio), checks: true })
        expect(invariants.violated).toEqual([])
        expectAgreement(input, walkWeights(input).equity, new Map([...days].map((day, index) => [day, equity[index]!])))
      }),
      propertyRuns(12, 1_000),
    )
  })
})

const cases = casesFolder()
const tableOf = (file: string) => tableReader(file, undefined)
const caseAt = (topic: string, name: string): string => join(cases ?? '', topic, `${name}.json`)

interface DatedEvent {
  readonly date: string
  readonly event: string
  readonly strategy?: string
  readonly weight_zero_at_recompute_index?: number
}

describe.skipIf(cases === null)('events of capital in worked cases (needs the folder of POLYFOLIO_CASES)', () => {
  it.each(['pipeline_rp_only', 'pipeline_mtd_x3', 'pipeline_levered_x8_dd'])('%s', (name) => {
    const file = caseAt('pipeline', name)
    const given = readCase(file)!
    const setting = settingOf(given.input, tableOf(file))
    const { allocation, overlays } = setting
    const portfolio = { ...setting, plan: { allocation, overlays, rebalancing: EVERY_DAY, shadows: false } }
    const { told, equity } = playsAlike(portfolio)
    const expected = given.expected as {
      readonly events: readonly DatedEvent[]
      readonly days_multiplier_below_1: Readonly<Record<string, number>>
    }
    const moves = told.filter((line) => /halt|resume|bench|return/.test(line))
    expect(moves).toEqual(expected.events.map(({ date, event }) => `${date} ${event.toLowerCase()}`))
    const recomputed = setting.dates.filter((_, day) => (day + 1) % 60 === 0)
    expect(told.filter((line) => line.endsWith('weights'))).toEqual(recomputed.map((date) => `${date} weights`))
    expect(told.some((line) => line.includes('ladder'))).toBe(
      Object.values(expected.days_multiplier_below_1).some((days) => days > 0),
    )
    const input = walkInputOf(setting)
    expectAgreement(input, walkWeights(input).equity, equity)
  })

  it.each([
    'mtd_breaker_crypto_volatile',
    'mtd_breaker_half_then_month_reset',
    'mtd_breaker_recovers_within_month',
    'mtd_breaker_zero_survives_month_end',
  ])('%s: the ladder of one stream', (name) => {
    const file = caseAt('seed_rules', name)
    const { input, expected } = readCase(file)!
    const table = tableOf(file)(String(input['file']))
    const { told } = playsAlike({
      names: ['stream'],
      dates: table.columns.get('date') as readonly string[],
      columns: [Float64Array.from(table.columns.get('ret')!, Number)],
      capital: Number(input['start_equity']),
      plan: planOf(
        1,
        { ladder: { halfAt: 0.15, zeroAt: 0.25, sharpeRelease: 0.5, window: 90 } },
        { recompute: { kind: 'never' } },
      ),
      drawdown: null,
    })
    const { recommended } = expected as { recommended: readonly { date: string; multiplier: number }[] }
    expect(told).toEqual(recommended.slice(1).map(({ date, multiplier }) => `${date} ladder stream ${multiplier}`))
  })

  it.each(['corr_rule_regime', 'corr_rule_short_spike'])('%s: the bench, and weights without the benched', (name) => {
    const file = caseAt('seed_rules', name)
    const { input, expected } = readCase(file)!
    const names = input['names'] as readonly string[]
    const table = tableOf(file)(String(input['file']))
    const dates = table.columns.get('date') as readonly string[]
    const portfolio: StreamPortfolio = {
      names,
      dates,
      columns: names.map((stream) => Float64Array.from(table.columns.get(stream)!, Number)),
      capital: 100_000,
      plan: planOf(3, { bench: { threshold: 0.7, days: 30, window: 90 } }),
      drawdown: null,
    }
    const { told } = playsAlike(portfolio)
    const { events } = expected as { events: readonly DatedEvent[] }
    expect(told.filter((line) => !line.endsWith('weights'))).toEqual(
      events.map(({ date, event, strategy }) => `${date} ${event.toLowerCase()} ${strategy}`),
    )
    const { weights } = walkWeights(walkOf(portfolio))
    const { capital } = runBacktest({ ...streamRun(portfolio), checks: true })
    for (const { strategy, weight_zero_at_recompute_index: from } of events) {
      if (from === undefined) continue
      const sleeve = names.indexOf(strategy!)
      // Computed at the close before the row that earns it.
      const day = capital!.days.findLast((one) => one.tradeDate <= Number(dates[from - 1]!.replaceAll('-', '')))!
      expect([day.isComputed, day.weights[sleeve]]).toEqual([true, 0])
      expect(weights[(from - 1) * 3 + sleeve]).toBe(0)
      expect(weights[(from - 2) * 3 + sleeve]).toBeGreaterThan(0)
    }
  })

  it.each(['dd_breaker_walk_1', 'dd_breaker_walk_2', 'dd_breaker_walk_4'])(
    '%s: the breaker over one stream',
    (name) => {
      const file = caseAt('seed_rules', name)
      if (!existsSync(file)) throw new Error(`no case "${name}"`)
      const { input, expected } = readCase(file)!
      const table = tableOf(file)(String(input['file']))
      const equity = table.columns.get('equity') as readonly number[]
      const { told } = playsAlike({
        names: ['stream'],
        dates: table.columns.get('date') as readonly string[],
        columns: [Float64Array.from(equity, (value, day) => (day === 0 ? 0 : value / equity[day - 1]! - 1))],
        capital: equity[0]!,
        plan: planOf(1, {}, { recompute: { kind: 'never' } }),
        drawdown: { halt: Number(input['halt']), resume: Number(input['resume']), resetPeakAfter: null },
      })
      const { events } = expected as { events: readonly DatedEvent[] }
      expect(told).toEqual(events.map(({ date, event }) => `${date} ${event.toLowerCase()}`))
    },
  )
})
