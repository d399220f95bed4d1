import { describe, expect, it } from 'vitest'
import { type Instant, instrumentId } from '../../domain/units.ts'
import { unusualVolume } from './unusual-volume.ts'

const flowOf = (volume: readonly number[], close: readonly number[], ratioMin = 2) =>
  unusualVolume(
    {
      instrument: instrumentId('X'),
      closes: volume.map((_, bar) => (1_000 + bar) as Instant),
      close: Float64Array.from(close),
      volume: Float64Array.from(volume),
    },
    { bars: 3, ratioMin },
  ).map(({ publishedAt, ratio, side }) => [publishedAt, ratio, side])

describe('unusualVolume', () => {
  it('measures a bar by the mean of those before it, known at its own close', () => {
    // means before bars 3 to 5: 2, 3, 12/3
    expect(flowOf([1, 2, 3, 4, 12, 8], [5, 5, 5, 6, 5, 6])).toEqual([
      [1_003, 2, 1],
      [1_004, 4, -1],
    ])
    expect(flowOf([1, 2, 3, 4, 12, 8], [5, 5, 5, 6, 5, 6], 4)).toEqual([[1_004, 4, -1]])
  })
  it('says nothing before enough bars are known, of a bar without a move, and skips bars without volume', () => {
    expect(flowOf([1, 1, 9], [5, 6, 7])).toEqual([])
    expect(flowOf([1, 1, 1, 9], [5, 6, 7, 7])).toEqual([])
    expect(flowOf([1, 1, Number.NaN, 1, 0, 9], [5, 6, 7, 8, 9, 10])).toEqual([[1_005, 9, 1]])
  })
})
