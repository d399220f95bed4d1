import { describe, expect, it } from 'vitest'
import type { ExecutionRecord, OrderRecord } from '../../domain/order-records.ts'
import type { InstrumentId } from '../../domain/units.ts'
import { openShares } from './open-shares.ts'

const SPY = 'SPY' as InstrumentId

const order = (shares: readonly (readonly [sleeve: string, wanted: number, crossed: number])[], ratio = 1) =>
  ({
    legs:
      ratio === 1
        ? [{ instrument: SPY, ratio }]
        : [
            { instrument: SPY, ratio },
            { instrument: 'other', ratio: 1 },
          ],
    shares: shares.map(([sleeve, wanted, crossed]) => ({ intent: 1, sleeve, wanted, crossed })),
  }) as unknown as OrderRecord

const execution = (id: string, got: Readonly<Record<string, number>>, corrects: string | null = null) =>
  ({
    id,
    corrects,
    instrument: SPY,
    shares: Object.entries(got).map(([sleeve, quantity]) => ({ sleeve, quantity })),
  }) as unknown as ExecutionRecord

describe('what the shares of an order still want', () => {
  it('is what they wanted less what crossed and what its executions gave', () => {
    const executions = [execution('e1', { a: 20, b: 10 }), execution('e2', { a: 5 })]
    expect(
      openShares(
        order([
          ['a', 100, 30],
          ['b', 50, 0],
        ]),
        executions,
        SPY,
      ),
    ).toEqual([
      { sleeve: 'a', open: 45 },
      { sleeve: 'b', open: 40 },
    ])
  })

  it('takes the last word of a correction, and nothing of a bust', () => {
    const corrected = [execution('e1', { a: 20 }), execution('e1.2', { a: 12 }, 'e1')]
    expect(openShares(order([['a', 100, 0]]), corrected, SPY)).toEqual([{ sleeve: 'a', open: 88 }])
    const busted = [execution('e1', { a: 20 }), execution('e1.2', {}, 'e1')]
    expect(openShares(order([['a', 100, 0]]), busted, SPY)).toEqual([{ sleeve: 'a', open: 100 }])
  })

  it('adds up the wishes of one sleeve, and leaves out what went to nobody who asked', () => {
    const executions = [execution('e1', { a: 3, external: 9 })]
    expect(
      openShares(
        order([
          ['a', 4, 0],
          ['a', 6, 0],
        ]),
        executions,
        SPY,
      ),
    ).toEqual([{ sleeve: 'a', open: 7 }])
  })

  it('counts the contracts of a leg', () => {
    expect(openShares(order([['a', 5, 1]], -2), [], SPY)).toEqual([{ sleeve: 'a', open: -8 }])
  })

  it('does not count a fee in kind as filled any less', () => {
    const kept = {
      ...execution('e1', { a: 20 }),
      shares: [
        { sleeve: 'a', quantity: 20 },
        { sleeve: 'a', quantity: -1, isFee: true },
      ],
    } as unknown as ExecutionRecord
    expect(openShares(order([['a', 100, 0]]), [kept], SPY)).toEqual([{ sleeve: 'a', open: 80 }])
  })
})
