import { assert } from '../../domain/assert.ts'
import type { Random } from '../../numerics/random.ts'

export interface BlockDraws {
  readonly random: Random
  readonly draws: number
  /** Rows that follow each other in every draw. */
  readonly block: number
}

/**
 * Histories of `count` rows, put together from blocks of rows that followed each other; after the last row comes the
 * first. Each is given as the rows it is made of, in the same lane, which the taker must not keep.
 *
 * @see Politis and Romano (1992), "A Circular Block-Resampling Procedure for Stationary Data"
 */
export function* blockDraws(count: number, { random, draws, block }: BlockDraws): Generator<Int32Array> {
  assert(block >= 1, `a block must be at least one row long, was "${block}"`)
  if (count === 0) return
  const rows = new Int32Array(count)
  for (let draw = 0; draw < draws; draw += 1) {
    for (let at = 0; at < count; at += block) {
      const from = random.integer(0, count - 1)
      const end = Math.min(block, count - at)
      for (let step = 0; step < end; step += 1) rows[at + step] = (from + step) % count
    }
    yield rows
  }
}
