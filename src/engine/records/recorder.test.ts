import { describe, expect, it } from 'vitest'
import { sampleConfig } from '../../../test/fixtures/sample-run.ts'
import type { EngineEvent } from '../../domain/events.ts'
import { type CashCause, isEarned } from '../../domain/risk.ts'
import { currencyCode, type Instant, money, type TradeDate } from '../../domain/units.ts'
import { createKernel } from '../kernel.ts'
import { createRecorder } from './recorder.ts'

const M = 1_000_000
const sample = sampleConfig()
const config = { ...sample, sleeves: sample.sleeves.map((sleeve) => ({ ...sleeve, strategy: null })) }
const [first] = config.sleeves.map(({ id }) => id)

/** A kernel with its recorder, and money for one sleeve that comes for a cause. */
function given(cause: CashCause, amount: number) {
  const recorder = createRecorder()
  const kernel = createKernel({ strategies: new Map(), observer: recorder })
  recorder.attach(kernel.runtime)
  const opened: EngineEvent = { seq: 0, at: 0 as Instant, kind: 'configured', config, codes: {} }
  kernel.apply(opened)
  const { state } = kernel.runtime
  const before = { equity: kernel.runtime.equity, previous: state.previousEquity[0]! }
  kernel.apply({
    seq: 1,
    at: 1 as Instant,
    kind: 'cash',
    account: config.account.id,
    currency: currencyCode('USD'),
    amount: money(amount * M),
    cause,
    sleeve: first!,
  })
  kernel.apply({ seq: 2, at: 2 as Instant, kind: 'rates', tradeDate: 20_240_102 as TradeDate, rates: [] })
  recorder.day(20_240_102, 2)
  return {
    gained: kernel.runtime.equity - before.equity,
    shifted: state.previousEquity[0]! - before.previous,
    flow: recorder.days.series.sleeves[0]!.flows[0]!,
    financing: recorder.financing[0] ?? 0,
  }
}

describe('money that moves without a trade', () => {
  it.each([
    ['interest', 12.5],
    ['borrow', -3.25],
    ['funding', -1],
    ['fee', -10],
  ] as const)('is a result where it is %s: no flow, and the next return holds it', (cause, amount) => {
    expect(isEarned(cause)).toBe(true)
    expect(given(cause, amount)).toEqual({ gained: amount, shifted: 0, flow: 0, financing: amount })
  })
  it.each([
    ['deposit', 500],
    ['withdrawal', -500],
  ] as const)('is a flow where it is a %s: no result, and the next return is measured from it', (cause, amount) => {
    expect(isEarned(cause)).toBe(false)
    expect(given(cause, amount)).toEqual({ gained: amount, shifted: amount, flow: amount, financing: 0 })
  })
})
