import { describe, expect, it } from 'vitest'
import { ORDER_STATES } from '../../domain/orders.ts'
import { isComplete, outcomeOf } from './order-state.ts'

describe('an order', () => {
  it('is complete when all its units are filled, on either side', () => {
    expect([isComplete(99, 100), isComplete(100, 100), isComplete(-99, -100), isComplete(-100, -100)]).toEqual([
      false,
      true,
      false,
      true,
    ])
  })

  it('is reported as filled whatever the broker said last, once it got all it wanted', () => {
    expect(ORDER_STATES.map((state) => outcomeOf(state, -5, -5))).toEqual(ORDER_STATES.map(() => 'filled'))
  })

  it('is reported as partial when it ended with less than it wanted', () => {
    expect(ORDER_STATES.map((state) => outcomeOf(state, 3, 5))).toEqual(ORDER_STATES.map(() => 'partial'))
  })

  it.each([
    ['rejected', 'rejected'],
    ['expired', 'expired'],
    ['cancelled', 'cancelled'],
    ['working', 'cancelled'],
    ['filled', 'cancelled'],
  ] as const)('without a fill, %s is reported as %s', (state, outcome) => {
    expect(outcomeOf(state, 0, 5)).toBe(outcome)
  })
})
