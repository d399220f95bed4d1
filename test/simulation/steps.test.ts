import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { awaitsStructure } from '../../src/engine/orders/batch.ts'
import { type RunInput, runAudited } from '../../src/engine/run/run.ts'
import type { RunState } from '../../src/engine/run/run-state.ts'
import { stepRun } from '../../src/engine/run/steps.ts'
import { propertyRuns } from '../profile.ts'
import { bookkeeper } from './bookkeeper.ts'
import { drawnMoves, withMoves } from './drawn-moves.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'
import { textOf } from './journal.ts'

/** The bytes of a run that was put away after each instant in `cuts`, as JSON, and taken up again by another one. */
function inPieces(input: RunInput, cuts: ReadonlySet<number>): { readonly bytes: string; readonly cut: number } {
  let steps = stepRun(input)
  let cut = 0
  for (let instant = 0; steps.advance(); instant += 1) {
    if (!cuts.has(instant) || awaitsStructure(steps.run.kernel.runtime)) continue
    cut += 1
    steps = stepRun(input, JSON.parse(JSON.stringify(steps.state())) as RunState)
  }
  return { bytes: textOf(steps.run.kernel), cut }
}

describe('a run that is put away between two instants', () => {
  it('ends with the same bytes as one that was never stopped', () => {
    let cut = 0
    const places = fc.uniqueArray(fc.nat(24), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(drawnPortfolio, drawnMoves, places, (drawn, moves, cuts) => {
        const played = runInputOf(drawn)
        const input = { ...played, config: withMoves(played.config, moves) }
        const books = bookkeeper()
        const whole = runAudited({ ...input, everyBar: true }, books, books.observer)
        const pieces = inPieces(input, new Set(cuts))
        cut += pieces.cut
        expect(pieces.bytes).toBe(textOf(whole.kernel))
      }),
      propertyRuns(100, 3_000),
    )
    expect(cut).toBeGreaterThan(100)
  })
})
