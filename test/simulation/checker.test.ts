import { describe, expect, it } from 'vitest'
import { quantity } from '../../src/domain/units.ts'
import { type Auditor, createAuditor } from '../../src/engine/invariants.ts'
import type { Kernel } from '../../src/engine/kernel.ts'
import { runAudited } from '../../src/engine/run/run.ts'
import { bookkeeper } from './bookkeeper.ts'
import { type Act, handRun, SHARE } from './hand-run.ts'

/*
 * The checker that every run carries must itself report what is wrong: each breach is planted into the books of a
 * running kernel, once, and looked for under its own number.
 */

const buys: Act = (_, out, bar) => {
  if (bar < 3) out.change(0, quantity(10 * SHARE), 'in', { terms: { type: 'limit', force: 'gtc', limit: 50 as never } })
  if (bar < 3) out.change(1, quantity(5 * SHARE), 'in')
}

/** Runs with the engine's checker, and spoils the books after the event that fills the first order. */
function spoiled(plant: (kernel: Kernel, auditor: Auditor) => void): readonly string[] {
  const checker = createAuditor()
  const { observer } = bookkeeper()
  let done = false
  const auditor: Auditor = {
    ...checker,
    check(kernel, broker) {
      if (!done && kernel.runtime.state.executions > 0) {
        done = true
        plant(kernel, checker)
      }
      checker.check(kernel, broker)
    },
  }
  const bars = Array.from({ length: 6 }, () => ({ open: 100 }))
  runAudited(
    handRun({
      prices: { A: bars, B: bars },
      instruments: { B: { shortable: false } },
      sleeves: { one: { capital: 50_000, act: buys }, two: { capital: 50_000, act: buys } },
    }),
    auditor,
    observer,
  )
  return [...new Set(checker.violated.map((line) => line.split(' ')[0]!))]
}

describe("the engine's own checker", () => {
  it('finds nothing in a sound run', () => {
    expect(spoiled(() => {})).toEqual([])
  })
  it('reports a unit that one sleeve has too many', () => {
    expect(
      spoiled(({ runtime }) => {
        runtime.state.books.quantity[1]! += 1
      }),
    ).toEqual(['1'])
  })
  it('reports a position that the broker does not know', () => {
    expect(
      spoiled(({ runtime }) => {
        const { books } = runtime.state
        books.quantity[1]! += 1
        books.accountQuantity[1]! += 1
      }),
    ).toEqual(['1'])
  })
  it('reports a money count that one sleeve has too many', () => {
    expect(
      spoiled(({ runtime }) => {
        runtime.state.books.cash[0]! += 1
      }),
    ).toEqual(['2'])
  })
  it('reports money that the broker does not know', () => {
    expect(
      spoiled(({ runtime }) => {
        runtime.state.books.cash[0]! += 1
        runtime.state.books.accountCash[0]! += 1
      }),
    ).toEqual(['2'])
  })
  it('reports a fill whose parts do not add up, signs included', () => {
    expect(spoiled((_, auditor) => auditor.fill(10, 9))).toEqual(['3'])
    expect(spoiled((_, auditor) => auditor.fill(10, -10))).toEqual(['3'])
  })
  it('reports an intent that was lost', () => {
    expect(
      spoiled(({ runtime }) => {
        runtime.state.nextIntent += 1
      }),
    ).toEqual(['4'])
    expect(
      spoiled(({ runtime }) => {
        runtime.state.ended.filled += 1
      }),
    ).toEqual(['4'])
  })
  it('reports a transfer that loses a count', () => {
    expect(spoiled((_, auditor) => auditor.transferred(100, 99))).toEqual(['5'])
  })
  it('reports a reducing change that was cut', () => {
    expect(spoiled((_, auditor) => auditor.reducingJudged(-100, -50))).toEqual(['6'])
  })
  it('reports a fault that paused nobody', () => {
    expect(spoiled((_, auditor) => auditor.faultIsolated(false, true))).toEqual(['12'])
  })
  it('reports weights that hand out more than there is', () => {
    expect(spoiled((_, auditor) => auditor.weights([0.7, 0.4], -0.1))).toEqual(['13'])
    expect(spoiled((_, auditor) => auditor.weights([0.5, 0.4], 0))).toEqual(['13'])
  })
  it('reports a sleeve that is short what cannot be borrowed, while the account is not', () => {
    expect(
      spoiled(({ runtime }) => {
        const { books } = runtime.state
        books.quantity[1]! -= 50 * SHARE
        books.quantity[books.width + 1]! += 50 * SHARE
      }),
    ).toEqual(['14'])
  })
})
