import { describe, expect, it } from 'vitest'
import { shares, steps, watchedRun } from '../../../test/fixtures/watched-run.ts'
import { journalOf } from '../../../test/simulation/journal.ts'
import { createKernel } from '../kernel.ts'
import type { Runtime } from '../runtime.ts'
import { shrink, trim } from './reduce.ts'
import type { OpenViolation } from './state.ts'
import { PORTFOLIO, positionSubject, sleeveSubject } from './subjects.ts'

/** Two sleeves that hold nothing but structures on A, each of 500 at most, oldest first. */
function withStructures(owners: readonly number[]): Runtime {
  const input = watchedRun({
    closes: { A: steps(3, 100), B: steps(3, 50) },
    sleeves: ['one', 'two'].map((id) => ({ id, weight: 0.5, act: () => undefined })),
  })
  const kernel = createKernel({ strategies: new Map(input.strategies.map((strategy) => [strategy.name, strategy])) })
  for (const event of journalOf(input).events.slice(0, 5)) kernel.apply(event)
  const { runtime } = kernel
  owners.forEach((sleeve, index) => {
    runtime.state.structures.push({
      id: index + 1,
      sleeve,
      underlying: 0,
      legs: [],
      contracts: [],
      quantity: 1,
      credit: 1,
      maximumLoss: 500,
      openedAt: 0,
      openedBar: 0,
      pending: false,
    })
  })
  return runtime
}

const open = (subject: OpenViolation['subject']): OpenViolation => ({
  id: 1,
  kind: 'portfolio_exposure',
  subject,
  beyond: true,
  liquidating: false,
})

const closing = ({ state }: Runtime): readonly number[] => state.waitingStructures.map(({ structure }) => structure)

describe('a reduction of structures', () => {
  it('closes whole ones, the oldest first, until what is left is within', () => {
    const runtime = withStructures([0, 1, 0, 1])
    shrink(runtime, open(PORTFOLIO), 0.6)
    expect(closing(runtime)).toEqual([1, 2])
    expect(runtime.state.waitingStructures.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 2 }, () => 'violation: portfolio_exposure'),
    )
  })

  it('counts those on their way, and closes none outside its subject', () => {
    const runtime = withStructures([0, 1, 0, 1])
    shrink(runtime, open(sleeveSubject(1)), 0.5)
    expect(closing(runtime)).toEqual([2])
    shrink(runtime, open(sleeveSubject(1)), 1)
    expect(closing(runtime)).toEqual([2])
    shrink(runtime, open(positionSubject(0, 1)), 0)
    expect(closing(runtime)).toEqual([2])
    shrink(runtime, open(positionSubject(0, 0)), 0)
    expect(closing(runtime)).toEqual([2, 1, 3])
  })

  it('trims the largest exposure first', () => {
    const runtime = withStructures([0])
    const at = runtime.state.books.width + 1
    runtime.state.books.quantity[at] = shares(6)
    trim(runtime, open(PORTFOLIO), 0.5)
    // 500 of structures on A and 300 of B: 400 must go, and a structure goes whole.
    expect(closing(runtime)).toEqual([1])
    expect(runtime.state.waiting).toEqual([])
  })
})
