import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exchangeStage, play, type Said, venueOf, venueStage } from '../../../../test/fixtures/paper-play.ts'
import { TAPE } from '../../../../test/fixtures/paper-tape.ts'
import { propertyRuns } from '../../../../test/profile.ts'

describe('the paper venue', () => {
  it('gives orders that are sent one by one the fills, fees and ends that one submission of all gives them', async () => {
    await fc.assert(
      fc.asyncProperty(TAPE, async (tape) => {
        const expected: Said[] = []
        const stage = exchangeStage(tape, expected)
        await play(tape, stage)
        const said: Said[] = []
        const venue = venueOf(tape)
        await play(
          tape,
          venueStage(() => venue, said),
        )
        expect(said).toEqual(expected)
        expect(venue.market.state()).toEqual(stage.exchange.state())
      }),
      propertyRuns(300),
    )
  })

  it('goes on from its state as if it had never stopped', async () => {
    await fc.assert(
      fc.asyncProperty(TAPE, fc.nat(7), async (tape, stop) => {
        const expected: Said[] = []
        const whole = venueOf(tape)
        await play(
          tape,
          venueStage(() => whole, expected),
        )
        const said: Said[] = []
        let venue = venueOf(tape)
        const restart = (day: number): void => {
          if (day === stop) venue = venueOf(tape, { from: structuredClone(venue.state()) })
        }
        await play(
          tape,
          venueStage(() => venue, said),
          restart,
        )
        expect(said).toEqual(expected)
        expect(venue.state()).toEqual(whole.state())
      }),
      propertyRuns(100),
    )
  })
})
