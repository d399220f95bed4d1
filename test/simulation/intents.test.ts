import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runBare } from '../../src/engine/run/run.ts'
import { projectionWriter } from '../../src/live/projections/writer.ts'
import { propertyRuns } from '../profile.ts'
import { drawnMoves, withMoves } from './drawn-moves.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'

it('names every wish that did not get all that it wanted, each once', () => {
  let ended = 0
  fc.assert(
    fc.property(drawnPortfolio, drawnMoves, (drawn, moves) => {
      const writer = projectionWriter()
      const input = runInputOf(drawn)
      const config = withMoves(input.config, moves)
      const { kernel } = runBare({ ...input, config, journal: (event) => writer.event(event) }, writer.observer)
      const { intentEnd = [], intent = [] } = writer.take()
      const { state } = kernel.runtime
      const numbers = intentEnd.map((row) => row.intent!)
      expect(new Set(numbers).size).toBe(numbers.length)
      for (const number of numbers) {
        expect(number).toBeGreaterThan(0)
        expect(number).toBeLessThan(state.nextIntent)
      }
      // Wishes of one sleeve that are summed, and what a split leaves nothing of, are counted and are no refusals.
      for (const how of ['refused', 'trimmed', 'cancelled', 'expired'] as const)
        expect(intentEnd.filter((row) => row.how === how).length, how).toBe(state.ended[how])
      // What got nothing at all, and what was cut off, is in no order; what an order left over is.
      const ordered = new Set(intent.map((row) => row.intent))
      for (const { how, allowed, intent: number } of intentEnd) {
        if (how === 'trimmed' || how === 'superseded') expect(ordered.has(number!)).toBe(false)
        if (how !== 'trimmed' && allowed !== 0) expect(ordered.has(number!)).toBe(true)
      }
      ended += numbers.length
    }),
    propertyRuns(80),
  )
  expect(ended).toBeGreaterThan(50)
}, 120_000)
