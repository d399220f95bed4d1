import { describe, expect, it } from 'vitest'
import { capitalInput, capitalRun, EVERY_BAR, eventsOf, noise, swinger } from '../../../test/fixtures/capital-run.ts'
import type { LifecycleOverlay } from '../../domain/capital.ts'
import { sleeveId, type TradeDate } from '../../domain/units.ts'
import { STAGE_RULE } from '../../pipeline/allocation/stage-changes.ts'
import type { RunResult } from '../records/result.ts'
import { runBacktest } from '../run/run.ts'

const flat = (count: number): number[] => Array.from({ length: count }, () => 0)
const swingers = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, swinger]))

/** The portfolio day, counted from 0 at the first return, of the refusals by a rule. */
function refusedOn(result: RunResult, rule: string): number[] {
  const days = [...result.days]
  return result.refusals.filter((refusal) => refusal.rule === rule).map(({ tradeDate }) => days.indexOf(tradeDate) - 1)
}

/** Value of the entries into an instrument over the capital of its sleeve at the close on which they were sized. */
function sizesOf(result: RunResult, sleeve: number, instrument: string): Map<number, number> {
  const days = [...result.days]
  const sizes = new Map<number, number>()
  for (const { instrument: own, net, price, tradeDate } of result.orders) {
    if (own !== instrument || net <= 0) continue
    const sized = days.indexOf(tradeDate) - 1
    sizes.set(sized - 1, (net * price!) / result.sleeves[sleeve]!.equity[sized]!)
  }
  return sizes
}

describe('the correlation bench in a run', () => {
  const common = noise(420, 0.01, 11)
  const own = noise(420, 0.01, 12)
  const jump = 120
  const back = 300
  // The second moves with the first from one day on until another, and pays a little less.
  const close = common.map((value, at) => (at >= jump && at < back ? value - 0.0005 : own[at]!))
  const returns = { lead: common, copy: close, third: noise(420, 0.01, 13, 0.001) }
  const overlays = { bench: { threshold: 0.7, days: 30, window: 90 } }
  const allocation = { method: 'inverse_volatility' } as const
  const result = capitalRun({ returns, overlays, allocation, strategies: swingers('lead', 'copy', 'third') })
  const moves = eventsOf(result, 'bench', 'return').map((event) => event.split(' '))
  const [benched, returned] = [Number(moves[0]![0]), Number(moves[1]![0])]

  it('names one sleeve a window and thirty days after it began to follow, and takes it back', () => {
    expect(moves.map(([, cause, sleeve]) => `${cause} ${sleeve}`)).toEqual(['bench copy', 'return copy'])
    expect(benched).toBeGreaterThan(jump + 60)
    expect(benched).toBeLessThan(jump + 125)
    expect(returned).toBeGreaterThan(back + 30)
    const { reason } = result.capital!.records.find(({ cause }) => cause === 'bench')!
    expect(reason).toMatch(/^correlation 0\.\d{4} with lead, above 0\.7 for 30 days; the lower Sharpe ratio/)
  })

  it('shows how long a pair has been too close', () => {
    const cut = Object.fromEntries(Object.entries(returns).map(([name, all]) => [name, all.slice(0, benched - 4)]))
    const { closeness } = capitalRun({
      returns: cut,
      overlays,
      allocation,
      strategies: swingers('lead', 'copy', 'third'),
    }).capital!
    expect(closeness).toEqual([{ left: 'lead', right: 'copy', days: 25 }])
  })

  it('refuses its entries by name from that close until it returns', () => {
    const refused = refusedOn(result, 'bench')
    expect(refused[0]!).toBeLessThanOrEqual(benched + 1)
    expect(refused[0]!).toBeGreaterThanOrEqual(benched)
    expect(refused.at(-1)!).toBeLessThan(returned)
    expect(refused.at(-1)!).toBeGreaterThanOrEqual(returned - 2)
    expect(new Set(result.refusals.filter(({ rule }) => rule === 'bench').map(({ sleeve }) => sleeve))).toEqual(
      new Set(['copy']),
    )
  })

  it('takes its weight away at the next computation, and deals among the others', () => {
    const days = [...result.days]
    const computed = result.capital!.days.slice(1).map(({ tradeDate, weights }) => ({
      day: days.indexOf(tradeDate) - 1,
      copy: weights[1]!,
      sum: weights[0]! + weights[1]! + weights[2]!,
    }))
    for (const { day, copy, sum } of computed) {
      expect(sum).toBeCloseTo(1, 12)
      expect([day, copy === 0]).toEqual([day, day >= benched && day < returned])
    }
    expect(computed.some(({ copy }) => copy === 0)).toBe(true)
  })

  it('takes it back though another sleeve trades on paper only, of whom nothing is known', () => {
    const lifecycle: LifecycleOverlay = {
      stages: ['MATURE', 'MATURE', 'PAPER'],
      validatedDrawdown: [null, null, null],
      stageBase: {},
      stageMax: {},
      rule: STAGE_RULE,
      changes: 'proposed',
    }
    const papered = capitalRun({ returns, overlays: { ...overlays, lifecycle }, allocation })
    expect(eventsOf(papered, 'bench', 'return').map((event) => event.split(' ')[1])).toEqual(['bench', 'return'])
  })

  it('lets a position ride out', () => {
    const held = capitalRun({ returns, overlays, allocation })
    expect(eventsOf(held, 'bench')).toHaveLength(1)
    expect(held.orders.filter(({ instrument }) => instrument === 'COPY')).toHaveLength(1)
    expect(held.positions.map(({ sleeve }) => sleeve)).toContain('copy')
  })
})

describe('the month-to-date ladder in a run', () => {
  const overlays = { ladder: { halfAt: 0.15, zeroAt: 0.25, sharpeRelease: 0.5, window: 90 } }
  // The fall is in February 2024, whose first session is day 22; March begins with day 43. On two days, because a swinging
  // sleeve is out on one of them.
  const fallsOf = (count: number, fall: number): number[] =>
    flat(count).map((_, at) => (at === 30 || at === 31 ? fall : 0))
  const swing = { one: swinger }

  it('halves the entries until the month is over', () => {
    const half = capitalRun({ returns: { one: fallsOf(70, -0.16) }, overlays, strategies: swing })
    const [halved, restored] = eventsOf(half, 'ladder')
    expect(halved).toMatch(/^3[01] ladder one 1\.0000 0\.5000$/)
    expect(restored).toBe('43 ladder one 0.5000 1.0000')
    const day = Number(halved!.split(' ')[0])
    const sizes = sizesOf(half, 0, 'ONE')
    expect(sizes.size).toBeGreaterThan(30)
    for (const [at, size] of sizes) expect([at, size]).toEqual([at, expect.closeTo(at >= day && at < 43 ? 0.5 : 1, 4)])
  })

  it('halves a fixed amount as well', () => {
    const sizing = { kind: 'notional', amount: 2_500_000 } as const
    const own = { returns: { one: fallsOf(70, -0.19) }, overlays, strategies: swing, capital: 3_000_000 }
    const run = capitalRun({ ...own, sizing })
    const [halved] = eventsOf(run, 'ladder')
    const day = Number(halved!.split(' ')[0])
    const bought = run.orders
      .filter(({ net }) => net > 0)
      .map(({ tradeDate, net, price }) => [[...run.days].indexOf(tradeDate) - 2, net * price!] as const)
    expect(bought.length).toBeGreaterThan(30)
    for (const [at, value] of bought)
      expect([at, value]).toEqual([at, expect.closeTo(at >= day && at < 43 ? 1_250_000 : 2_500_000, -3)])
  })

  it('shuts a sleeve that fell further until its shadow has recovered, through the end of the month', () => {
    const rise = fallsOf(260, -0.3).map((value, at) => (at > 31 ? 0.002 + (at % 4) * 0.001 : value))
    const result = capitalRun({ returns: { one: rise }, overlays, strategies: swing })
    const [shut, open, ...more] = eventsOf(result, 'ladder')
    expect(more).toEqual([])
    expect(shut).toMatch(/^3[01] ladder one 1\.0000 0\.0000$/)
    const [from, until] = [shut!, open!].map((event) => Number(event.split(' ')[0]))
    // The ninety days that hold the fall must be over.
    expect(until).toBe(from! + 90)
    const refused = refusedOn(result, 'ladder')
    expect(refused.length).toBeGreaterThan(80)
    for (const day of refused) expect(day >= from! && day < until!).toBe(true)
    expect(result.orders.some(({ tradeDate }) => tradeDate > result.days[until! + 2]!)).toBe(true)
  })
})

describe('the correlation reduction in a run', () => {
  const common = noise(200, 0.01, 21)
  const apart = noise(200, 0.01, 22)
  const returns = {
    lead: common,
    copy: common.map((value, at) => (at < 110 ? value + 0.004 * apart[at]! * 100 * 0.01 : apart[at]!)),
    third: noise(200, 0.01, 23),
  }
  const result = capitalRun({
    returns,
    overlays: { reduction: { threshold: 0.7, window: 90 } },
    rebalancing: EVERY_BAR,
  })

  it('shrinks both while it lasts, and gives nothing to the third', () => {
    const days = [...result.days]
    const first = result.capital!.days.find(({ tradeDate }) => days.indexOf(tradeDate) === 89)!
    expect(first.factors[0]).toBeCloseTo(first.factors[1]!, 12)
    expect(first.factors[0]!).toBeLessThan(0.75)
    expect(first.factors[2]).toBe(1)
    expect([...first.weights]).toEqual([...result.capital!.days[0]!.weights])
    const told = eventsOf(result, 'reduction').map((event) => event.split(' ').slice(1, 3).join(' '))
    expect(told).toEqual(['reduction lead', 'reduction copy', 'reduction lead', 'reduction copy'])
    expect([...result.capital!.days.at(-1)!.factors].slice(0, 3)).toEqual([1, 1, 1])
  })
})

describe('the volatility target in a run', () => {
  // Calm for a hundred days, then four times as wild.
  const wild = noise(240, 0.005, 31).map((value, at) => (at < 100 ? value : value * 4))
  const rule = { target: 0.1, window: 60, band: 0.1, scaleMax: 1 }
  const result = capitalRun({
    returns: { one: wild, two: flat(240) },
    weights: { one: 0.9, two: 0.1 },
    overlays: { volatilityTarget: rule },
    strategies: swingers('one'),
  })

  it('scales every entry to the target while the forecast is above it, in steps beyond the band', () => {
    const scales = result.capital!.records.filter(({ cause }) => cause === 'volatilityTarget')
    expect(scales.length).toBeGreaterThan(2)
    expect(scales.length).toBeLessThan(40)
    for (const { before, after } of scales) {
      expect(Math.abs(after! / before! - 1)).toBeGreaterThan(0.1)
      expect(after!).toBeLessThanOrEqual(1)
    }
    const last = scales.at(-1)!.after!
    const sizes = sizesOf(result, 0, 'ONE')
    expect([...sizes].at(-1)![1]).toBeCloseTo(last, 4)
    expect(last).toBeLessThan(0.75)
    expect(scales[0]!.reason).toMatch(/^expected volatility \d+\.\d\d %, target 10\.00 %$/)
  })

  it.each([true, false])('forgets a sleeve that was removed (shadows: %s)', (shadows) => {
    const overlays = { volatilityTarget: { ...rule, window: 20 } }
    const allocation = { recompute: { kind: 'never' } } as const
    const alone = capitalRun({ returns: { one: wild }, weights: { one: 0.6 }, overlays, allocation, shadows })
    const returns = { one: wild, gone: noise(240, 0.03, 33) }
    const input = capitalInput({ returns, weights: { one: 0.6, gone: 0.3 }, overlays, allocation, shadows })
    const date = input.market.blocks[0]!.tradeDates[5]! as TradeDate
    const remove = { date, kind: 'remove', sleeve: sleeveId('gone') } as const
    const result = runBacktest({ ...input, config: { ...input.config, operations: [remove] } })
    expect(eventsOf(alone, 'volatilityTarget').length).toBeGreaterThan(2)
    expect(eventsOf(result, 'volatilityTarget')).toEqual(eventsOf(alone, 'volatilityTarget'))
  })

  it('asks for more than there is only where the plan allows it', () => {
    const calm = { returns: { one: noise(100, 0.002, 32), two: flat(100) }, weights: { one: 0.9, two: 0.1 } }
    const capped = capitalRun({ ...calm, overlays: { volatilityTarget: rule } })
    expect(eventsOf(capped, 'volatilityTarget')).toEqual([])
    const levered = capitalRun({ ...calm, leverage: 2, overlays: { volatilityTarget: { ...rule, scaleMax: 2 } } })
    expect(eventsOf(levered, 'volatilityTarget')).toEqual(['58 volatilityTarget all 1.0000 2.0000'])
  })
})

describe('the correlation spike in a run', () => {
  const common = noise(120, 0.01, 41)
  const names = ['one', 'two', 'three'] as const
  const returns = Object.fromEntries(
    names.map((name, place) => {
      const own = noise(120, 0.01, 42 + place)
      return [name, common.map((value, at) => (at >= 40 && at < 70 ? value : own[at]!))]
    }),
  )
  const result = capitalRun({
    returns,
    overlays: { spike: { halt: 0.8, resume: 0.7, window: 20 } },
    strategies: swingers(...names),
  })

  it('halts the entries of all while everything moves together', () => {
    const days = eventsOf(result, 'spike').map((event) => Number(event.split(' ')[0]))
    expect(days).toHaveLength(2)
    const [halted, resumed] = [days[0]!, days[1]!]
    expect(halted).toBeGreaterThan(45)
    expect(halted).toBeLessThan(65)
    expect(resumed).toBeGreaterThan(70)
    expect(resumed).toBeLessThan(91)
    const refused = refusedOn(result, 'spike')
    expect(refused.length).toBeGreaterThan(3)
    for (const day of refused) expect(day >= halted && day < resumed).toBe(true)
    expect(new Set(result.refusals.map(({ sleeve }) => String(sleeve)))).toEqual(new Set(names))
  })
})
