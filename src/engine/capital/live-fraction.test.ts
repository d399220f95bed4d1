import { describe, expect, it } from 'vitest'
import { type GatedRun, gatedRun } from '../../../test/fixtures/gated-run.ts'
import { type Act, handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import { quantity } from '../../domain/units.ts'

const shares = (count: number) => quantity(count * SHARE)

/** A sleeve of 100,000 that does as it says on bars, of which a tenth trades from the first. */
function tenth(act: Act, from: { readonly targets?: 'capital' } = {}): GatedRun {
  const input = handRun({
    prices: { A: Array.from({ length: 20 }, () => ({ open: 100 })) },
    sleeves: { one: { capital: 100_000, act } },
  })
  const strategies = input.strategies.map((strategy) => ({ ...strategy, ...from }))
  const gated = gatedRun({ ...input, strategies })
  gated.order({ kind: 'fraction', fraction: 0.1 })
  return gated
}

const heldAfter = (gated: GatedRun, bars: number): number => {
  gated.take(2 * bars)
  return gated.held(0, 0)
}

describe('a part of the allocation that trades', () => {
  it('scales targets that stand for themselves, in whole steps, and lets go of what is let go of', () => {
    const gated = tenth((_, out, bar) => {
      if (bar === 0) out.target(0, shares(105), 'in')
      if (bar === 4) out.target(0, shares(-57), 'turned')
      if (bar === 8) out.target(0, shares(0), 'out')
    })
    expect(heldAfter(gated, 3)).toBe(10)
    expect(heldAfter(gated, 4)).toBe(-5)
    expect(heldAfter(gated, 4)).toBe(0)
    expect(gated.problems()).toEqual([])
  })

  it('scales what a change adds; what it takes away is taken, and nothing beyond', () => {
    const gated = tenth((_, out, bar) => {
      if (bar === 0) out.change(0, shares(100), 'in')
      if (bar === 3) out.change(0, shares(50), 'more')
      if (bar === 6) out.change(0, shares(-4), 'some')
      if (bar === 9) out.change(0, shares(-100), 'all of it')
    })
    expect(heldAfter(gated, 3)).toBe(10)
    expect(heldAfter(gated, 3)).toBe(15)
    expect(heldAfter(gated, 3)).toBe(11)
    expect(heldAfter(gated, 3)).toBe(0)
    expect(gated.problems()).toEqual([])
  })

  it('scales a sized entry once, and takes quantities that follow from the capital as they are', () => {
    const act: Act = (view, out, bar) => {
      if (bar === 0) out.target(0, shares(Math.floor(view.capital / 100)), 'all of its capital')
    }
    expect(heldAfter(tenth(act, { targets: 'capital' }), 3)).toBe(100)
    const sized = tenth((_, out, bar) => {
      if (bar === 0) out.enter(0, 1, 'in')
    })
    // The sizing of the sleeve says 100 shares.
    expect(heldAfter(sized, 3)).toBe(10)
  })

  it('is followed by targets when an operator raises it, and no longer when all of it trades', () => {
    const gated = tenth((_, out) => out.target(0, shares(100), 'always'))
    expect(heldAfter(gated, 3)).toBe(10)
    gated.order({ kind: 'fraction', fraction: 0.25 })
    expect(heldAfter(gated, 3)).toBe(25)
    gated.order({ kind: 'fraction', fraction: 1 })
    expect(heldAfter(gated, 3)).toBe(100)
    expect(gated.run.kernel.runtime.state.liveFraction).toBeUndefined()
    expect(gated.problems()).toEqual([])
  })
})
