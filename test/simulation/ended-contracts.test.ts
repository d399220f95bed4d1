import { describe, expect, it } from 'vitest'
import type { PortfolioConfig } from '../../src/domain/config.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import { type Auditor, createAuditor } from '../../src/engine/invariants.ts'
import type { Kernel } from '../../src/engine/kernel.ts'
import { type Roster, recall } from '../../src/engine/positions/roster.ts'
import { valueAll } from '../../src/engine/positions/valuation.ts'
import { type RunInput, runAudited } from '../../src/engine/run/run.ts'
import { ironCondor } from '../../src/pipeline/strategies/iron-condor/iron-condor.ts'
import { drawnMarket } from '../contracts/strategy-rig.ts'
import { bookkeeper } from './bookkeeper.ts'
import { strategyInput } from './strategy-run.ts'

/*
 * Contracts end by the hundred and keep their columns. What looks through the books leaves them out, which may change
 * nothing: they are empty, and the checker still comes by.
 */

function condors(): RunInput {
  const input = strategyInput([ironCondor as unknown as Strategy], drawnMarket(7, 3, 300), [])
  const sleeves = input.config.sleeves.map((sleeve) => ({
    ...sleeve,
    sizing: { kind: 'maximumLoss', budget: 2_500, contractsMax: 2 } as const,
    limits: { ...sleeve.limits, positionWeightMax: null },
  }))
  return { ...input, config: { ...input.config, sleeves } as PortfolioConfig }
}

/** Runs under the engine's checker; `plant` may spoil the books once, as soon as contracts have been struck off. */
function checked(plant: (kernel: Kernel) => void) {
  const checker = createAuditor()
  let done = false
  const auditor: Auditor = {
    ...checker,
    check(kernel, broker) {
      if (!done && kernel.runtime.roster.over.length > 20) {
        done = true
        plant(kernel)
      }
      checker.check(kernel, broker)
    },
  }
  const { runtime } = runAudited(condors(), auditor, bookkeeper().observer).kernel
  expect(done).toBe(true)
  return { runtime, broken: new Set(checker.violated.map((line) => line.split(' ')[0])) }
}

describe('the roster', () => {
  it('names every column once: what lives in the order of listing, and what is over', () => {
    const { runtime, broken } = checked(() => {})
    const { roster, state, tradeDate } = runtime
    expect([...broken]).toEqual([])
    expect(roster.live).toEqual([...roster.live].sort((left, right) => left - right))
    expect(roster.contracts).toEqual(roster.live.filter((index) => runtime.isOption[index] === 1))
    expect([...roster.live, ...roster.over].sort((left, right) => left - right)).toEqual([...state.instruments.keys()])
    for (const index of roster.over) expect(state.instruments[index]!.option!.expiry).toBeLessThan(tradeDate)
    for (const index of roster.live)
      expect(state.instruments[index]!.option?.expiry ?? tradeDate).toBeGreaterThanOrEqual(tradeDate)
  })
  it('holds nothing that is over, and takes back what is wished for again at its place', () => {
    const { runtime } = checked(() => {})
    const { roster, state } = runtime
    for (const index of roster.over) {
      expect(state.books.accountQuantity[index]).toBe(0)
      for (let sleeve = 0; sleeve < state.books.sleeves; sleeve += 1)
        expect(state.books.quantity[sleeve * state.books.width + index]).toBe(0)
    }
    const [index] = roster.over
    recall(runtime, index!)
    expect(roster.over).not.toContain(index)
    for (const indices of [roster.live, roster.contracts]) {
      expect(indices).toContain(index)
      expect(indices).toEqual([...indices].sort((left, right) => left - right))
    }
  })
  it('changes no value: what is over counts nothing in whichever lane of the sum', () => {
    const { runtime } = checked(() => {})
    const { roster, state } = runtime
    const all = [...state.instruments.keys()]
    const live = all.filter((index) => index % 3 > 0)
    const over = all.filter((index) => index % 3 === 0)
    const valued = (of: Pick<Roster, 'live' | 'over'>) => {
      Object.assign(roster, of)
      valueAll(runtime)
      return runtime.equity
    }
    for (let trial = 0; trial < 30; trial += 1) {
      state.books.quantity.fill(0)
      for (const index of live) {
        runtime.unitValue[index] = 1 / (3 + index)
        state.books.quantity[index] = 1e6 / (7 + trial + index)
      }
      expect(valued({ live, over })).toBe(valued({ live: all, over: [] }))
    }
  })
  it('hides nothing from the checker: whatever comes into any column that is over is found', () => {
    for (const place of [0, 10, 20]) {
      const { broken } = checked(({ runtime: { roster, state } }) => {
        state.books.quantity[roster.over[place]!]! += 1
      })
      expect([...broken]).toEqual(['1'])
    }
  })
})
