import { describe, expect, it } from 'vitest'
import {
  type CapitalRun,
  capitalInput,
  capitalRun,
  eventsOf,
  noise,
  swinger,
} from '../../../test/fixtures/capital-run.ts'
import type { LifecycleStage } from '../../domain/allocation.ts'
import type { LifecycleOverlay } from '../../domain/capital.ts'
import { sleeveId, type TradeDate } from '../../domain/units.ts'
import { STAGE_RULE } from '../../pipeline/allocation/stage-changes.ts'
import type { RunResult } from '../records/result.ts'
import { runBacktest } from '../run/run.ts'

const overlay = (stages: readonly LifecycleStage[], more: Partial<LifecycleOverlay> = {}): LifecycleOverlay => ({
  stages,
  validatedDrawdown: stages.map(() => null),
  stageBase: { MATURE: 0.1, VALIDATION: 0.05, DISCOVERY: 0.02, DECAY: 0.03, PAPER: 0 },
  stageMax: { MATURE: 0.15 },
  rule: STAGE_RULE,
  changes: 'applied',
  ...more,
})
const gaining = (count: number, seed: number): number[] => noise(count, 0.003, seed, 0.004)
const losing = (count: number, seed: number): number[] => noise(count, 0.003, seed, -0.004)
const changesOf = (result: RunResult): string[] =>
  result
    .capital!.records.filter(({ cause, before }) => cause === 'lifecycle' && before === null)
    .map(({ reason }) => reason)

describe('what a stage may have', () => {
  const returns = { one: gaining(20, 1), two: gaining(20, 2), young: gaining(20, 3), paper: gaining(20, 4) }
  const strategies = { one: swinger, two: swinger, young: swinger, paper: swinger }
  const run: CapitalRun = {
    returns,
    strategies,
    allocation: { method: 'equal', observationsMin: 2, recompute: { kind: 'days', every: 5 } },
    overlays: { lifecycle: overlay(['MATURE', 'MATURE', 'DISCOVERY', 'PAPER']) },
  }
  const result = capitalRun(run)

  it('is its base, and a part of what all of the stage may have; the rest is given to nobody', () => {
    // Equal weights of the three that are in are 1/3 each; two bases of 0.1 are more than the total of 0.15.
    const [, computed] = result.capital!.days
    expect([...computed!.weights]).toEqual([0.075, 0.075, 0.02, 0].map((weight) => expect.closeTo(weight, 12)))
    expect(eventsOf(result, 'lifecycle').slice(3, 6)).toEqual([
      '3 lifecycle one 0.3333 0.0750',
      '3 lifecycle two 0.3333 0.0750',
      '3 lifecycle young 0.3333 0.0200',
    ])
  })

  it('holds from the start: before weights are computed for the first time nobody has more', () => {
    const [start] = result.capital!.days
    expect(start!.tradeDate).toBe(0)
    expect([...start!.weights]).toEqual([0.075, 0.075, 0.02, 0].map((weight) => expect.closeTo(weight, 12)))
    expect(eventsOf(result, 'lifecycle').slice(0, 3)).toEqual([
      '-1 lifecycle one 0.2500 0.0750',
      '-1 lifecycle two 0.2500 0.0750',
      '-1 lifecycle young 0.2500 0.0200',
    ])
  })

  it('is nothing on paper: its entries are refused by that name, and its shadow goes on', () => {
    expect(result.orders.filter(({ instrument }) => instrument === 'PAPER')).toEqual([])
    const refused = result.refusals.filter(({ sleeve }) => sleeve === 'paper')
    expect(refused.length).toBeGreaterThan(5)
    expect(new Set(refused.map(({ rule }) => rule))).toEqual(new Set(['lifecycle']))
  })
})

describe('changes of stage in a run', () => {
  const rule = {
    ...STAGE_RULE,
    validation: { trades: 10, probability: 0.9 },
    mature: { trades: 30, days: 50, probability: 0.95 },
    decay: { days: 20, sharpe: 0, drawdownMultiple: 1.5 },
    paper: { days: 15 },
  }
  const returns = { rises: gaining(140, 5), falls: losing(140, 6) }
  const strategies = { rises: swinger, falls: swinger }
  const given = (changes: LifecycleOverlay['changes']): CapitalRun => ({
    returns,
    strategies,
    allocation: { method: 'fixed', recompute: { kind: 'days', every: 10 } },
    overlays: { lifecycle: overlay(['DISCOVERY', 'VALIDATION'], { rule, changes, stageMax: {} }) },
  })

  it('are applied one stage at a time, each with what decided', () => {
    const result = capitalRun(given('applied'))
    const steps = changesOf(result).map((reason) => reason.replace(/:.*/, ''))
    expect(steps.filter((step) => !step.includes('PAPER') && !step.includes('DECAY'))).toEqual([
      'DISCOVERY to VALIDATION',
      'VALIDATION to MATURE',
    ])
    expect(steps.filter((step) => step.includes('DECAY'))).toEqual(['VALIDATION to DECAY', 'DECAY to PAPER'])
    expect(changesOf(result)[0]).toMatch(/Sharpe ratio/)
    const last = result.capital!.days.at(-1)!.weights
    expect([...last]).toEqual([0.1, 0])
  })

  it('hold a sleeve to a smaller stage at once, and give it more at the next computation only', () => {
    const run = { ...given('applied'), allocation: { method: 'fixed', recompute: { kind: 'never' } } } as const
    const result = capitalRun(run)
    const dayOf = (stage: string): number =>
      result.capital!.records.find(({ reason }) => reason.startsWith(stage))!.tradeDate
    const from = (date: number): readonly number[] => [
      ...result.capital!.days.find(({ tradeDate }) => tradeDate === date)!.weights,
    ]
    expect(from(0)).toEqual([0.02, 0.05])
    expect(from(dayOf('VALIDATION to DECAY'))).toEqual([0.02, 0.03])
    expect(from(dayOf('DECAY to PAPER'))).toEqual([0.02, 0])
    expect(result.capital!.days).toHaveLength(3)
  })

  it('wait for an operator where they are only proposed, with an alert that ends when he has spoken', () => {
    const input = capitalInput(given('proposed'))
    const alone = runBacktest(input)
    expect(changesOf(alone).filter((reason) => reason.startsWith('proposed'))).toHaveLength(2)
    expect(alone.violations.map(({ rule: name, subject, resolvedAt }) => [name, subject, resolvedAt])).toEqual([
      ['lifecycleProposal', 'falls', null],
      ['lifecycleProposal', 'rises', null],
    ])
    const proposed = alone.capital!.records.find(
      ({ reason, sleeve }) => sleeve === 'rises' && reason.startsWith('proposed'),
    )!
    const [next] = [...alone.days].filter((day) => day > proposed.tradeDate)
    const confirmed = runBacktest({
      ...input,
      config: {
        ...input.config,
        operations: [{ date: next as TradeDate, kind: 'confirmStage', sleeve: sleeveId('rises'), stage: 'VALIDATION' }],
      },
    })
    expect(changesOf(confirmed)).toContain('DISCOVERY to VALIDATION: confirmed by the operator')
    const ended = confirmed.violations.find(({ subject }) => subject === 'rises')!
    expect(ended.resolution?.how).toBe('operator')
    expect(alone.capital!.stages).toEqual([
      { sleeve: 'rises', stage: 'DISCOVERY', proposed: 'VALIDATION' },
      { sleeve: 'falls', stage: 'VALIDATION', proposed: 'DECAY' },
    ])
    expect(confirmed.capital!.stages[0]).toMatchObject({ stage: 'VALIDATION' })
    // The next computation gives it what the stage may have.
    expect(confirmed.capital!.days.at(-1)!.weights[0]).toBeCloseTo(0.05, 12)
    expect(alone.capital!.days.at(-1)!.weights[0]).toBeCloseTo(0.02, 12)
  })
})

describe('records of own trades', () => {
  it('give Kelly a win rate and a payoff, before which it uses what is stated', () => {
    // In on one bar, out on the next: every second return is a trade. Two of three win 2 %, one loses 1 %.
    const returns = Array.from({ length: 120 }, (_, at) => (at % 6 < 4 ? 0.02 : -0.01))
    const run = (known: { winRate: number | null; payoff: number | null }): RunResult =>
      capitalRun({
        returns: { one: returns },
        strategies: { one: swinger },
        allocation: {
          method: 'kelly',
          observationsMin: 2,
          recompute: { kind: 'days', every: 50 },
          records: [{ weight: 1, stage: null, sharpe: null, strength: null, ...known }],
        },
      })
    const weight = (result: RunResult): number => result.capital!.days.at(-1)!.weights[0]!
    const trades = run({ winRate: null, payoff: null })
    const winners = trades.trades.filter(({ pnl }) => pnl > 0)
    const losers = trades.trades.filter(({ pnl }) => pnl <= 0)
    expect(winners.length).toBeGreaterThan(10)
    expect(losers.length).toBeGreaterThan(5)
    expect(weight(trades)).toBeGreaterThan(0)
    expect(weight(run({ winRate: 0.1, payoff: 1 }))).toBe(weight(trades))
  })
})
