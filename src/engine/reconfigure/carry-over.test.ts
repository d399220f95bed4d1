import { describe, expect, it } from 'vitest'
import { buysOnce, steps, watchedRun } from '../../../test/fixtures/watched-run.ts'
import { type Act, handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { money } from '../../domain/units.ts'
import { sma } from '../../indicators/sma/sma.ts'
import { advanceClock, agoOf, askAnew, createClock, endAsking, requestIndicator, setColumns } from '../clock.ts'
import { give, type Run } from '../run/drive.ts'
import { takeInstant } from '../run/instant.ts'
import { RowOfBlock } from '../run/row.ts'
import { openBooks, type RunInput, startRun } from '../run/run.ts'
import { configInForce } from './in-force.ts'
import { refusals, refusalText, stateRefusals } from './refusals.ts'

/** Plays so many instants. */
function begun(input: RunInput, instants: number): Run {
  const run = startRun(input, undefined, null)
  openBooks(run, input)
  for (let instant = 0; instant < instants; instant += 1) takeInstant(run)
  return run
}

function changed(run: Run, change: (config: PortfolioConfig) => PortfolioConfig): void {
  const before = run.kernel.runtime.state.config!
  give(run, { kind: 'configured', config: configInForce(before, change(before)), codes: {} })
}

const FALL = watchedRun({
  closes: { A: steps(20, 100, { 3: 82 }), B: steps(20, 10) },
  sleeves: [
    {
      id: 'one',
      weight: 1,
      act: (view, out, bar) => {
        buysOnce({ 0: 100 })(view, out, bar)
        if (bar >= 4) out.enter(1, 1, 'more')
      },
    },
  ],
  limits: { drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: 3 } },
})
const looser = (config: PortfolioConfig): PortfolioConfig => ({
  ...config,
  limits: { ...config.limits, drawdown: { halt: 0.5, resume: 0.05, resetPeakAfter: 3 } },
})

describe('a state that is carried over', () => {
  it('keeps a halt, its peak and its open violation when the limit is loosened', () => {
    const run = begun(FALL, 9)
    const { state } = run.kernel.runtime
    const peak = state.breaker!.peak
    expect([state.breaker!.halted, state.violations.length]).toEqual([true, 1])
    changed(run, looser)
    expect(state.breaker).toMatchObject({ halted: true, peak })
    expect(state.violations[0]!.resolvedAt).toBeNull()
    expect(state.watch!.open).toHaveLength(1)
    for (let instant = 0; instant < 4; instant += 1) takeInstant(run)
    // Nothing of B was entered: the halt goes on until it is over by its own levels.
    expect(state.breaker!.halted).toBe(true)
    expect(state.books.accountQuantity[1]).toBe(0)
  })

  it('refuses to take a limit away whose breaker is halted', () => {
    const run = begun(FALL, 9)
    const { runtime } = run.kernel
    const none = { ...FALL.config, limits: { ...FALL.config.limits, drawdown: null } }
    const found = stateRefusals(runtime, none, FALL.market.instruments)
    expect(found.map(refusalText)).toEqual([
      'risk.drawdown: 0.15 -> none: a breaker is halted by it: change its levels, or leave it until the halt is over',
    ])
    expect(stateRefusals(begun(FALL, 3).kernel.runtime, none, FALL.market.instruments)).toEqual([])
  })

  it('begins a strategy anew where its parameters are others: its positions stay, and what others remember', () => {
    const trades: Act = (view, out, bar) => out.target(view.universe[0]!, ((1 + bar) * SHARE) as never, 'more')
    const input = handRun({
      prices: { A: Array.from({ length: 9 }, (_, bar) => ({ open: 100 + bar })) },
      sleeves: { one: { capital: 100_000, act: trades }, two: { capital: 100_000, act: trades } },
    })
    const run = begun(input, 9)
    const { state } = run.kernel.runtime
    const held = state.books.quantity.slice()
    expect(state.sleeves.map(({ memory }) => memory)).toEqual([{ bar: 4 }, { bar: 4 }])
    changed(run, (config) => ({
      ...config,
      sleeves: config.sleeves.map((sleeve, at) => (at === 0 ? { ...sleeve, parameters: { size: 2 } } : sleeve)),
    }))
    expect(state.sleeves.map(({ memory }) => memory)).toEqual([{ bar: 0 }, { bar: 4 }])
    expect(state.books.quantity).toEqual(held)
    expect(held.some((quantity) => quantity !== 0)).toBe(true)
  })
})

describe('what cannot be changed', () => {
  const { config } = FALL
  const [first] = config.sleeves
  const texts = (after: PortfolioConfig): readonly string[] => refusals(config, after).map(({ path }) => path)

  it('is named with what it is and would be', () => {
    expect(texts(config)).toEqual([])
    expect(texts({ ...config, name: 'other', capital: money(config.capital + 1_000_000) })).toEqual(['name', 'capital'])
    expect(texts({ ...config, account: { ...config.account, initialMargin: 0.4 } })).toEqual(['account.initialMargin'])
    const slower = { ...config, sleeves: [{ ...first!, clock: 'weeks' as never }] }
    expect(texts(slower)).toEqual(['sleeves.one.timeframe'])
    const finer = { ...config, sleeves: [{ ...first!, watch: 'minutes' as never }] }
    expect(texts(finer)).toEqual(['sleeves.one.watch'])
    expect(texts({ ...config, sleeves: [{ ...first!, awaited: true }] })).toEqual(['sleeves.one.awaited'])
  })

  it('is a flow that was made, and none that is to come', () => {
    const flow = (date: number) => ({ date: date as never, amount: money(5), to: null })
    const dated = { ...config, flows: [flow(20_240_103), flow(20_240_203)] }
    const moved = { ...config, flows: [flow(20_240_103), flow(20_240_303)] }
    expect(refusals(dated, moved, { flows: 1, operations: 0 })).toEqual([])
    expect(refusals(dated, moved, { flows: 0, operations: 0 }).map(({ path }) => path)).toEqual(['flows.1'])
    expect(refusals(dated, config, { flows: 1, operations: 0 }).map(({ path }) => path)).toEqual(['flows.0'])
  })
})

describe('the indicators of a clock that are asked for anew', () => {
  it('go on where somebody still wants them, with more past rows from then on; the others are forgotten', () => {
    const clock = createClock('days')
    setColumns(clock, Int32Array.of(0))
    const [wanted, other] = [sma(2), sma(3)]
    requestIndicator(clock, wanted, 1)
    requestIndicator(clock, other, 0)
    const close = Float64Array.of(1, 2, 3, 4, 5)
    const ones = new Float64Array(5).fill(1)
    const block = { instruments: ['A'], tradeDates: Int32Array.of(1, 2, 3, 4, 5), closes: close, opens: close }
    const prices = { open: close, high: close, low: close, close, volume: ones, factor: ones }
    const row = new RowOfBlock({ ...block, ...prices, clock: 'days', calendar: 'days' } as never, Int32Array.of(0))
    const close3 = (at: number): void => {
      row.aim(at)
      advanceClock(clock, row)
    }
    for (const at of [0, 1, 2]) close3(at)
    askAnew(clock)
    const again = requestIndicator(clock, wanted, 3)
    endAsking(clock)
    expect([...clock.indicators.keys()]).toEqual([wanted.key])
    expect([0, 1].map((bars) => agoOf(clock, again, 0, 0, bars))).toEqual([2.5, 1.5])
    for (const at of [3, 4]) close3(at)
    expect([0, 1, 2, 3].map((bars) => agoOf(clock, again, 0, 0, bars))).toEqual([4.5, 3.5, 2.5, 1.5])
  })
})
