import fc from 'fast-check'
import { type CapitalPlan, REBALANCING_METHODS, type RebalancingRule } from '../../src/domain/capital.ts'
import type { PortfolioConfig } from '../../src/domain/config.ts'
import type { DatedFlow, DatedOperation } from '../../src/domain/money-moves.ts'
import { money, sleeveId } from '../../src/domain/units.ts'
import { capitalPlanOf } from '../fixtures/capital-plan.ts'
import { dayOf } from './hand-run.ts'

/** Everything that may happen to capital while a portfolio runs, drawn for the days of a run. */

const KINDS = ['deposit', 'withdraw', 'pause', 'resume', 'remove', 'transfer', 'scaling', 'liquidation'] as const

export interface DrawnMove {
  readonly bar: number
  readonly kind: (typeof KINDS)[number]
  readonly sleeve: number
  /** Of the portfolio's capital, in thousandths. */
  readonly size: number
  /** Dealt by the weights. */
  readonly isDealt: boolean
}

export interface DrawnMoves {
  readonly moves: readonly DrawnMove[]
  readonly every: number
  readonly threshold: number
  readonly by: RebalancingRule['by']
  readonly triggers: RebalancingRule['triggers']
  /** Weights by sleeve in thousandths; scaled down where they are more than a whole. */
  readonly weights: readonly number[]
  readonly awaited: boolean
}

export const drawnMoves: fc.Arbitrary<DrawnMoves> = fc.record({
  moves: fc.array(
    fc.record({
      bar: fc.integer({ min: 0, max: 15 }),
      kind: fc.constantFrom(...KINDS),
      sleeve: fc.nat(7),
      size: fc.integer({ min: 1, max: 400 }),
      isDealt: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  every: fc.integer({ min: 1, max: 5 }),
  threshold: fc.constantFrom(0.001, 0.02, 0.1),
  by: fc.constantFrom(...REBALANCING_METHODS),
  triggers: fc.subarray(['periodic', 'threshold'] as const, { minLength: 0 }),
  weights: fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 8, maxLength: 8 }),
  awaited: fc.boolean(),
})

/** The configuration with these moves in it. Without a reserve, what no sleeve gets stays where it is. */
export function withMoves(config: PortfolioConfig, drawn: DrawnMoves): PortfolioConfig {
  const allocated = config.sleeves.filter(({ strategy }) => strategy !== null)
  const raw = allocated.map((_, index) => drawn.weights[index % 8]! / 1_000)
  const sum = raw.reduce((total, weight) => total + weight, 0)
  const weights = raw.map((weight) => (sum > 1 ? weight / sum : weight))
  const reserve = config.sleeves.find(({ strategy }) => strategy === null)
  const last = allocated.length > 1 && drawn.awaited && reserve !== undefined ? allocated.at(-1)!.id : null
  const waiting = last === null ? 0 : allocated.at(-1)!.capital
  const sleeves = config.sleeves.map((sleeve) => {
    const weight = weights[allocated.indexOf(sleeve)] ?? 0
    if (sleeve.id === last) return { ...sleeve, weight, capital: money(0), awaited: true }
    return sleeve === reserve ? { ...sleeve, weight, capital: money(sleeve.capital + waiting) } : { ...sleeve, weight }
  })
  const nameOf = (move: DrawnMove) => sleeveId(allocated[move.sleeve % allocated.length]!.id)
  const flows = drawn.moves.flatMap((move): DatedFlow[] => {
    if (move.kind !== 'deposit' && move.kind !== 'withdraw') return []
    const amount = Math.floor((config.capital * move.size) / 1_000)
    const to = move.isDealt ? null : nameOf(move)
    return [{ date: dayOf(move.bar), amount: money(move.kind === 'deposit' ? amount : 0 - amount), to }]
  })
  const operations = drawn.moves.flatMap((move): DatedOperation[] => {
    const date = dayOf(move.bar)
    switch (move.kind) {
      case 'deposit':
      case 'withdraw':
        return []
      case 'pause':
      case 'resume':
      case 'remove':
        return [{ date, kind: move.kind, sleeve: nameOf(move) }]
      default:
        return [{ date, kind: 'rebalance', by: move.kind }]
    }
  })
  if (last !== null) operations.push({ date: dayOf(drawn.every), kind: 'add', sleeve: sleeveId(last) })
  const byDate = (one: { readonly date: number }, other: { readonly date: number }): number => one.date - other.date
  return {
    ...config,
    sleeves,
    flows: flows.sort(byDate),
    operations: operations.sort(byDate),
    ...(drawn.triggers.length === 0 ? {} : { capitalPlan: planOf(drawn, weights) }),
  }
}

function planOf(drawn: DrawnMoves, weights: readonly number[]): CapitalPlan {
  const rebalancing = {
    triggers: drawn.triggers,
    schedule: { kind: 'days', every: drawn.every } as const,
    threshold: drawn.threshold,
    by: drawn.by,
  }
  return capitalPlanOf(rebalancing, weights)
}
