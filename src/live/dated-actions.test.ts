import { describe, expect, it } from 'vitest'
import type { CorporateAction } from '../domain/market.ts'
import type { OrderRecord } from '../domain/order-records.ts'
import type { Run } from '../engine/run/drive.ts'
import { actionsAhead, isBehind, recallsOver } from './dated-actions.ts'

const split = { kind: 'split', instrument: 'ACME', numerator: 2, denominator: 1, priceAfter: null } as CorporateAction
const dividend = { kind: 'dividend', instrument: 'ACME', amount: 1 } as CorporateAction

function order(number: number, instruments: readonly string[], isCancelling = false): OrderRecord {
  const legs = instruments.map((instrument) => ({ instrument, ratio: 1 }))
  return { order: number, legs, isCancelling } as unknown as OrderRecord
}

/** Two bars, of which the first has closed, and what is dated for the opening of the second. */
function runBefore(at: number, ...actions: readonly CorporateAction[]): Run {
  const block = { tradeDates: [1, 2], opens: [0, 100], closes: [50, 150] }
  return {
    market: { actions: actions.map((action) => ({ at, action })) },
    nextAction: 0,
    kernel: { runtime: { state: {} } },
    cursors: [{ block, row: 1, isOpen: false }],
  } as unknown as Run
}

describe('orders before a split', () => {
  it('are asked back, once each, those of its instrument and no others', () => {
    const open = [order(1, ['ACME']), order(2, ['OTHER']), order(3, ['PUT', 'ACME']), order(4, ['ACME'], true)]
    expect(recallsOver(open, [split])).toEqual([
      { kind: 'cancel', order: 1 },
      { kind: 'cancel', order: 3 },
    ])
    expect(recallsOver(open, [dividend])).toEqual([])
  })

  it('are asked back behind the last bar before it', () => {
    expect(actionsAhead(runBefore(100, split, dividend))).toEqual([split, dividend])
    expect(actionsAhead(runBefore(101, split))).toEqual([])
  })
})

it('books that have not been through what is dated are behind; by a clock in doubt, what is dated for the next day', () => {
  const run = runBefore(100, split)
  expect([isBehind(run, 99), isBehind(run, 100), isBehind(runBefore(0), 100)]).toEqual([false, true, false])
  const { state } = run.kernel.runtime
  Object.assign(state, { gates: { shut: [{ gate: 'clock' }] } })
  expect([isBehind(run, 99), isBehind(run, 99 - 86_400_000)]).toEqual([true, false])
})
