import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evenPoints, fromTop, pushApart, scaleOf, shapePoints, timeTicks } from './scale.ts'

describe('a scale', () => {
  it('has round ticks around its values', () => {
    expect(scaleOf(98_700, 181_000, 5).ticks).toEqual([80_000, 100_000, 120_000, 140_000, 160_000, 180_000, 200_000])
    expect(scaleOf(-0.15, 0, 2).ticks).toEqual([-0.2, -0.1, 0])
  })

  it('gives a flat line room on both sides', () => {
    const { low, high } = scaleOf(100, 100, 5)
    expect(low).toBeLessThan(100)
    expect(high).toBeGreaterThan(100)
    expect(scaleOf(0, 0, 5).high).toBeGreaterThan(0)
  })

  it('holds every value between its ends', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(value, value, fc.integer({ min: 1, max: 8 }), (one, other, wanted) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)]
        if (high - low > 0 && high - low < 1e-6 * Math.max(1, Math.abs(high))) return
        const scale = scaleOf(low, high, wanted)
        expect(fromTop(scale, high)).toBeGreaterThanOrEqual(-1e-9)
        expect(fromTop(scale, low)).toBeLessThanOrEqual(1 + 1e-9)
        expect(scale.ticks.length).toBeLessThanOrEqual(wanted + 3)
      }),
      { seed: 20240117, numRuns: 300 },
    )
  })
})

describe('fewer points', () => {
  it('keep the lowest and the highest, the first and the last', () => {
    const values = Array.from({ length: 5_000 }, (_, index) =>
      index === 1_234 ? -9 : index === 3_333 ? 9 : (index % 7) / 7,
    )
    const kept = shapePoints(values, 900)
    expect(kept.length).toBeLessThanOrEqual(900)
    for (const index of [0, 1_234, 3_333, 4_999]) expect(kept).toContain(index)
    expect(kept).toEqual([...new Set(kept)].sort((left, right) => left - right))
  })

  it('are all points of a short line', () => {
    expect(shapePoints([1, null, 2], 900)).toEqual([0, 1, 2])
    expect(evenPoints(3, 700)).toEqual([0, 1, 2])
    expect(evenPoints(1_000, 4)).toEqual([0, 333, 666, 999])
  })
})

describe('time ticks', () => {
  it('are years on long runs and months on short ones', () => {
    const months = Array.from({ length: 60 }, (_, index) => {
      const month = String((index % 12) + 1).padStart(2, '0')
      return `${2020 + Math.floor(index / 12)}-${month}-01`
    })
    expect(timeTicks(months, 10).map((tick) => tick.date.slice(0, 4))).toEqual(['2020', '2021', '2022', '2023', '2024'])
    expect(timeTicks(months.slice(0, 6), 10).every((tick) => tick.date.startsWith('2020-0'))).toBe(true)
    expect(timeTicks(['2020-01-02'], 10)).toHaveLength(1)
  })
})

describe('labels pushed apart', () => {
  it('keep their order and their gap inside the plot', () => {
    const placed = pushApart([0.5, 0.51, 0.49, 0.99, 1], 0.06)
    const sorted = [...placed].sort((left, right) => left - right)
    for (let rank = 1; rank < sorted.length; rank += 1)
      expect(sorted[rank]! - sorted[rank - 1]!).toBeGreaterThanOrEqual(0.06 - 1e-9)
    expect(placed[2]).toBeLessThan(placed[0]!)
    expect(Math.max(...placed)).toBeLessThanOrEqual(1)
  })
})
