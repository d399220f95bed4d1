import { describe, expect, it } from 'vitest'
import type { OptionLeg, Strategy } from '../../src/domain/strategy.ts'
import type { Memory, OrderId, TradeDate } from '../../src/domain/units.ts'
import { shutGates } from '../../src/engine/gates/gates.ts'
import { stopOf } from '../../src/engine/gates/leaving.ts'
import { drawnMarket } from '../contracts/strategy-rig.ts'
import { type GatedRun, gatedRun } from '../fixtures/gated-run.ts'
import { textOf } from './journal.ts'
import { restored } from './restarts.ts'
import { strategyInput } from './strategy-run.ts'

/* Orders of structures that a broker answers late, in parts, or not at all. */

type Out = Parameters<Strategy['decide']>[1]
type Seen = Parameters<Strategy['decide']>[0]

/** Bars until chains know their volatility. */
const WARM_UP = 25

/** A put spread under the market, so many of it. */
function spreadOf(view: Seen, quantity: number) {
  const chain = view.chain(0)!
  const expiry = chain.expiries().findLast((date) => date > chain.tradeDate)!
  const [bought, sold] = Array.from(chain.strikes(expiry, 'put').filter((strike) => strike < chain.spot)).slice(-2) as [
    number,
    number,
  ]
  const legs: OptionLeg[] = [
    { right: 'put', strike: sold, expiry: expiry as TradeDate, ratio: -1 },
    { right: 'put', strike: bought, expiry: expiry as TradeDate, ratio: 1 },
  ]
  return { legs, credit: 0.1, maximumLoss: (sold - bought) * 100, reason: 'spread', quantity }
}

interface Book {
  readonly gated: GatedRun
  readonly order: OrderId
  /** Contracts of the sold and of the bought leg. */
  readonly legs: readonly [number, number]
  readonly strategies: ReturnType<typeof strategyInput>['strategies']
  /** What the strategy was shown of its structures at each close. */
  readonly shown: readonly (readonly boolean[])[]
}

/** Spreads sent to a broker that hears nothing, and a cycle after that. */
function atWork(count = 4): Book {
  const shown: boolean[][] = []
  const strategy = {
    name: 'script',
    parameters: {},
    indicators: () => ({}),
    lookback: () => 0,
    start: () => ({ bar: 0 }),
    decide(view: Seen, out: Out): Memory {
      const { bar } = view.memory as { bar: number }
      if (bar === WARM_UP) out.openStructure(0, spreadOf(view, count))
      if (bar > WARM_UP) shown.push(view.structures().map(({ pending }) => pending))
      if (bar === WARM_UP + 1) out.target(1, 1_000_000 as never, 'share')
      return { bar: bar + 1 }
    },
  } as unknown as Strategy
  const input = strategyInput([strategy], drawnMarket(7, 3, WARM_UP + 12), [])
  const sleeves = input.config.sleeves.map((sleeve) => ({
    ...sleeve,
    sizing: { kind: 'maximumLoss', budget: 100_000, contractsMax: 100 } as const,
    limits: { ...sleeve.limits, positionWeightMax: null },
  }))
  const gated = gatedRun({ ...input, config: { ...input.config, sleeves } })
  const { state } = gated.run.kernel.runtime
  while (state.waitingStructures.length === 0) gated.next()
  const { contracts } = state.waitingStructures[0]!
  gated.sent()
  gated.deaf(() => gated.take(4))
  const [first] = gated.sent()
  return { gated, order: first!.order, legs: contracts as never, strategies: input.strategies, shown }
}

const CONTRACT = (instrument: number) => ({ instrument, unit: 1 })
const contractsOf = ({ gated, legs }: Book): readonly number[] => legs.map((leg) => gated.held(0, leg) * 1_000_000)

describe('an order of structures that outlives its cycle', () => {
  it('is kept, reserves its loss, is shown as pending, and completes by parts of legs at their average price', () => {
    const book = atWork()
    const { gated, order, legs, shown } = book
    const { state } = gated.run.kernel.runtime
    expect(state.workingStructures).toMatchObject([{ id: order, quantity: 4, filled: [0, 0] }])
    expect(shown.at(-1)).toEqual([true])
    gated.fill(order, -3, 2, CONTRACT(legs[0]))
    gated.fill(order, -1, 1.6, CONTRACT(legs[0]))
    gated.fill(order, 1, 1, CONTRACT(legs[1]))
    expect(state.structures).toEqual([])
    gated.fill(order, 3, 1, CONTRACT(legs[1]))
    expect(state.structures).toMatchObject([{ quantity: 4, sleeve: 0, pending: false }])
    expect(state.structures[0]!.credit).toBeCloseTo(0.9, 12)
    expect([contractsOf(book), state.workingStructures]).toEqual([[-4, 4], undefined])
  })

  it('that ends in parts leaves whole structures as positions, and closes the leg that came alone', () => {
    const book = atWork()
    const { gated, order, legs } = book
    const { state } = gated.run.kernel.runtime
    gated.fill(order, -2, 2, CONTRACT(legs[0]))
    gated.fill(order, 1, 1, CONTRACT(legs[1]))
    gated.deaf(() => gated.say({ kind: 'order', order, state: 'cancelled', evidence: 'told' }))
    expect(state.structures).toMatchObject([{ quantity: 1 }])
    expect(state.leftovers).toEqual([{ instrument: legs[0], sleeve: 0, quantity: -1, reason: 'unmatched leg' }])
    expect(gated.refused().at(-1)).toMatchObject({ end: 'cancelled', rule: 'told', wanted: 4, allowed: 1 })
    gated.deaf(() => gated.take(2))
    expect([state.leftovers, gated.sent().map(({ quantity }) => quantity * 1_000_000)]).toEqual([[], [1]])
  })

  it('that is unknown freezes its contracts alone, until its last leg is there', () => {
    const book = atWork()
    const { gated, order, legs } = book
    const { runtime } = gated.run.kernel
    gated.deaf(() => gated.say({ kind: 'order', order, state: 'unknown', evidence: 'timed out' }))
    expect(shutGates(runtime).map(({ gate, instrument }) => [gate, instrument])).toEqual(
      legs.map((leg) => ['unknown', runtime.state.instruments[leg]!.id]),
    )
    expect(stopOf(runtime, order)).toBeNull()
    gated.fill(order, -4, 2, CONTRACT(legs[0]))
    expect(shutGates(runtime)).toHaveLength(2)
    gated.fill(order, 4, 1, CONTRACT(legs[1]))
    expect([shutGates(runtime), runtime.state.structures.length]).toEqual([[], 1])
  })

  it('is asked back where its sleeve is paused or the account is killed', () => {
    const killed = atWork()
    killed.gated.deaf(() => killed.gated.order({ kind: 'kill', reason: 'x' }))
    expect(killed.gated.cancelled()).toContain(killed.order)
    const paused = atWork()
    const { id } = paused.gated.run.kernel.runtime.sleeves[0]!.config
    paused.gated.deaf(() => paused.gated.order({ kind: 'pause', sleeve: id }))
    expect(paused.gated.cancelled()).toContain(paused.order)
  })

  it('is in every snapshot', () => {
    const { gated, order, legs, strategies } = atWork()
    gated.fill(order, -3, 2, CONTRACT(legs[0]))
    const twin = restored(gated.run.kernel, strategies)
    expect(textOf(twin)).toBe(textOf(gated.run.kernel))
    const event = {
      seq: gated.run.seq,
      at: gated.run.at,
      kind: 'order',
      order,
      state: 'cancelled',
      evidence: '',
    } as const
    gated.run.kernel.apply(event)
    twin.apply(event)
    expect(textOf(twin)).toBe(textOf(gated.run.kernel))
    expect(twin.runtime.state.leftovers).toHaveLength(1)
  })
})

/** What one sleeve does on the bars after the warm-up, on drawn prices with chains of options on each. */
function scripted(script: Readonly<Record<number, (out: Out, view: Seen) => void>>): GatedRun {
  const strategy = {
    name: 'script',
    parameters: {},
    indicators: () => ({}),
    lookback: () => 0,
    start: () => ({ bar: 0 }),
    decide(view: Seen, out: Out): Memory {
      const { bar } = view.memory as { bar: number }
      script[bar - WARM_UP]?.(out, view)
      return { bar: bar + 1 }
    },
  } as unknown as Strategy
  const input = strategyInput([strategy], drawnMarket(7, 3, WARM_UP + 14), [])
  const sleeves = input.config.sleeves.map((sleeve) => ({
    ...sleeve,
    sizing: { kind: 'maximumLoss', budget: 100_000, contractsMax: 100 } as const,
    limits: { ...sleeve.limits, positionWeightMax: null },
  }))
  const gated = gatedRun({ ...input, config: { ...input.config, sleeves } })
  gated.take(2 * WARM_UP)
  return gated
}

const days = (gated: GatedRun, count: number): void => gated.take(2 * count)

describe('gates before structures', () => {
  it('hold one back whose underlying or contract is shut, and let it go once that is open', () => {
    const gated = scripted({ 0: (out, view) => out.openStructure(0, spreadOf(view, 2)) })
    const { state } = gated.run.kernel.runtime
    const [underlying] = state.instruments
    gated.gate('frozen', false, underlying!.id)
    days(gated, 3)
    expect([state.structures, state.waitingStructures.length]).toEqual([[], 1])
    const contract = state.instruments[state.waitingStructures[0]!.contracts[0]!]!.id
    gated.gate('frozen', false, contract)
    gated.gate('frozen', true, underlying!.id)
    days(gated, 1)
    expect([state.structures, state.waitingStructures.length]).toEqual([[], 1])
    gated.gate('frozen', true, contract)
    days(gated, 1)
    expect(state.structures).toMatchObject([{ quantity: 2 }])
    expect(gated.problems()).toEqual([])
  })

  it('keep shares that cover a call whose contract cannot be bought back', () => {
    const gated = scripted({
      0: (out) => out.target(0, 300_000_000 as never, 'shares'),
      2: (out, view) => {
        const chain = view.chain(0)!
        const expiry = chain.expiries().findLast((date) => date > chain.tradeDate)! as TradeDate
        const strike = Array.from(chain.strikes(expiry, 'call')).find((one) => one > chain.spot * 1.05)!
        const legs: OptionLeg[] = [{ right: 'call', strike, expiry, ratio: -1 }]
        out.openStructure(0, { legs, credit: 0.1, maximumLoss: 0, reason: 'call', quantity: 3, coveredByShares: true })
      },
      5: (out) => out.exit(0, 'enough'),
    })
    const { state } = gated.run.kernel.runtime
    days(gated, 5)
    expect([gated.held(0, 0), state.structures.length]).toEqual([300, 1])
    gated.gate('fresh', false, state.instruments[state.structures[0]!.contracts[0]!]!.id)
    days(gated, 3)
    expect([gated.held(0, 0), state.structures.length]).toEqual([300, 1])
    gated.gate('fresh', true, state.instruments[state.structures[0]!.contracts[0]!]!.id)
    days(gated, 2)
    expect([gated.held(0, 0), state.structures.length]).toEqual([0, 0])
    expect(gated.problems()).toEqual([])
  })

  it('let a flatten close them though the account is killed', () => {
    const gated = scripted({ 0: (out, view) => out.openStructure(0, spreadOf(view, 2)) })
    const { state } = gated.run.kernel.runtime
    days(gated, 2)
    expect(state.structures).toHaveLength(1)
    gated.order({ kind: 'kill', reason: 'x' })
    gated.order({ kind: 'flatten', sleeve: null, reason: 'leave' })
    days(gated, 1)
    expect([state.structures, state.flattening]).toEqual([[], undefined])
    expect(gated.problems()).toEqual([])
  })

  it('ask about one by its largest loss, and withdraw the question where the account is killed', () => {
    const gated = scripted({ 0: (out, view) => out.openStructure(0, spreadOf(view, 2)) })
    Object.assign(gated.run.kernel.runtime.state.config!, {
      approvals: { all: false, above: 1, stages: [], sleeves: [], expiresAfter: { bars: 5 } },
    })
    days(gated, 2)
    const { state } = gated.run.kernel.runtime
    const [asked] = gated.approvals()
    expect(asked).toMatchObject({ state: 'asked', quantity: 2, value: 2 * state.waitingStructures[0]!.maximumLoss })
    gated.order({ kind: 'approve', id: asked!.id, decision: 'reduce', quantity: 1 as never })
    days(gated, 1)
    expect(state.structures).toMatchObject([{ quantity: 1 }])
    expect(gated.refused()).toMatchObject([{ end: 'trimmed', rule: 'approval', wanted: 2, allowed: 1 }])
    expect(gated.problems()).toEqual([])
  })
})
