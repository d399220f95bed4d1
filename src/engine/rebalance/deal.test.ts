import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { deal, type Standing } from './deal.ts'

const dealt = ({ equity }: Standing, transfers: ReturnType<typeof deal>['transfers']): number[] => {
  const counts = Array.from(equity)
  for (const { from, to, amount } of transfers) {
    counts[from]! -= amount
    counts[to]! += amount
  }
  return counts
}

const standing: fc.Arbitrary<Standing> = fc
  .array(fc.record({ equity: fc.nat(2 ** 40), target: fc.nat(2 ** 40), free: fc.nat(2 ** 40) }), {
    minLength: 1,
    maxLength: 8,
  })
  .chain((rows) =>
    fc.integer({ min: -1, max: rows.length - 1 }).map((reserve) => ({
      equity: rows.map(({ equity }) => equity),
      target: rows.map(({ target }) => target),
      free: rows.map(({ free }) => free),
      reserve,
    })),
  )

describe('a deal', () => {
  it('brings every sleeve to its target where the money is free', () => {
    const given = { equity: [700, 100, 200], target: [500, 300, 200], free: [700, 100, 200], reserve: 2 }
    const { transfers, unfunded } = deal(given)
    expect(transfers).toEqual([{ from: 0, to: 1, amount: 200 }])
    expect(unfunded).toEqual([0, 0, 0])
  })

  it('shares what is free in proportion to what is lacked, and says what could not be given', () => {
    const given = { equity: [900, 50, 50], target: [200, 500, 300], free: [70, 0, 0], reserve: -1 }
    const { transfers, unfunded } = deal(given)
    expect(transfers).toEqual([
      { from: 0, to: 1, amount: 45 },
      { from: 0, to: 2, amount: 25 },
    ])
    expect(unfunded).toEqual([630, 0, 0])
  })

  it('gives the reserve what is over, and without a reserve leaves it where it is', () => {
    const given = { equity: [600, 400], target: [300, 300], free: [600, 400] }
    expect(dealt({ ...given, reserve: 1 }, deal({ ...given, reserve: 1 }).transfers)).toEqual([300, 700])
    expect(deal({ ...given, reserve: -1 }).transfers).toEqual([])
  })

  it('makes and loses nothing, takes nobody more than is over and free, and gives nobody more than is lacked', () => {
    fc.assert(
      fc.property(standing, (given) => {
        const { transfers, unfunded } = deal(given)
        const now = dealt(given, transfers)
        expect(now.reduce((sum, counts) => sum + BigInt(counts), 0n)).toBe(
          Array.from(given.equity).reduce((sum, counts) => sum + BigInt(counts), 0n),
        )
        now.forEach((counts, sleeve) => {
          const [had, target, free] = [given.equity[sleeve]!, given.target[sleeve]!, given.free[sleeve]!]
          const over = Math.max(0, had - target)
          if (counts < had) expect(had - counts).toBeLessThanOrEqual(Math.min(over, free))
          if (counts > had && sleeve !== given.reserve) expect(counts).toBeLessThanOrEqual(target)
          expect(unfunded[sleeve]).toBe(over - Math.min(over, free))
        })
      }),
      propertyRuns(1_000),
    )
  })
})
