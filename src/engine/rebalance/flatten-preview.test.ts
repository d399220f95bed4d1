import { describe, expect, it } from 'vitest'
import { gatedRun } from '../../../test/fixtures/gated-run.ts'
import { type Act, handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import type { ApprovalRules } from '../../domain/approvals.ts'
import { quantity, sleeveId } from '../../domain/units.ts'
import { previewFlatten } from './flatten-preview.ts'
import { previewRebalance } from './preview.ts'

const holds =
  (wanted: number): Act =>
  (_, out, bar) => {
    if (bar === 0) out.target(0, quantity(wanted * SHARE), 'own')
  }
const LARGE: ApprovalRules = { all: false, above: 5_000, stages: [], sleeves: [], expiresAfter: { bars: 30 } }

/** Two sleeves hold 10 and 20 shares at 100; what a third one wants waits for an operator. */
function standing() {
  const input = handRun({
    prices: { A: Array.from({ length: 9 }, () => ({ open: 100 })) },
    sleeves: {
      one: { capital: 100_000, act: holds(10) },
      two: { capital: 100_000, act: holds(20) },
      three: { capital: 100_000, act: holds(70) },
    },
  })
  const gated = gatedRun({ ...input, config: { ...input.config, approvals: LARGE } })
  gated.take(6)
  return gated
}

describe('closing everything, tried on a copy', () => {
  it('closes what is held, gives up what waits for an operator, and changes nothing', () => {
    const gated = standing()
    const { kernel, exchange } = gated.run
    expect(gated.approvals().map(({ state }) => state)).toEqual(['asked'])
    const before = kernel.canonical()
    const whole = previewFlatten(kernel, exchange, null)
    expect(whole.orders.map((order) => [order.instrument, order.quantity, order.sleeves])).toEqual([
      [
        'A',
        -30,
        [
          { sleeve: 'one', quantity: -10 },
          { sleeve: 'two', quantity: -20 },
        ],
      ],
    ])
    expect(whole.orders[0]!.value).toBeCloseTo(-3_000, 9)
    expect([whole.left, kernel.canonical()]).toEqual([[], before])
    const own = previewFlatten(kernel, exchange, sleeveId('two'))
    expect(own.orders.map(({ instrument, quantity: units }) => [instrument, units])).toEqual([['A', -20]])
    // A rebalancing leaves the wish where it waits.
    expect(() => previewRebalance(kernel, exchange, 'scaling')).not.toThrow()
    expect([kernel.canonical(), gated.problems()]).toEqual([before, []])
  })
})
