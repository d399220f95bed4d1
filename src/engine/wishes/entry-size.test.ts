import { describe, expect, it } from 'vitest'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import type { WishColumns } from '../view.ts'
import { structureSize } from './entry-size.ts'

/** A sleeve of 50,000 in a portfolio of 100,000 whose capital is worked with at a part. */
function countAt(factor: number): number {
  const runtime = {
    equity: 100_000,
    sleeves: [{ equity: 50_000, config: { kind: 'strategy' } }],
    state: { config: {}, capital: { factor: Float64Array.of(factor), weights: Float64Array.of(0.5) } },
  } as unknown as Runtime
  const sleeve = {
    ordinal: 0,
    config: { sizing: { kind: 'maximumLoss', budget: 2_500, contractsMax: 10 } },
  } as unknown as SleeveRuntime
  const wishes = {
    factor: Float64Array.of(1),
    instrument: Int32Array.of(0),
    structure: [{ credit: 1, maximumLoss: 400 }],
  } as unknown as WishColumns
  return structureSize(runtime, sleeve, wishes, 0)
}

describe('the count of a structure', () => {
  it('is what the budget affords, and the budget is halved with the sleeve', () => {
    expect(countAt(1)).toBe(6)
    expect(countAt(0.5)).toBe(3)
  })
  it('stays one where the budget affords none: the position limit judges that one', () => {
    expect(countAt(0.1)).toBe(1)
  })
})
