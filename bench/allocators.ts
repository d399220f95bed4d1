/** Every allocator walk-forward over drawn return streams, in the sizes of months of styles and of days of factors. */
import { fromDays, toDays, tradeDate } from '../src/domain/sessions.ts'
import { createRandom } from '../src/numerics/random.ts'
import { uniformBounds } from '../src/pipeline/allocation/bounds.ts'
import { ALLOCATION_SETTINGS, NO_RECORD } from '../src/pipeline/allocation/input.ts'
import { type TrialInput, tryAllocators } from '../src/research/weight-walk/compare-allocators.ts'

interface Size {
  readonly name: string
  readonly series: number
  readonly rows: number
  readonly periods: number
  readonly every: number
}

const SIZES: readonly Size[] = [
  { name: '13 x 293 months', series: 13, rows: 293, periods: 12, every: 1 },
  { name: '7 x 8720 days', series: 7, rows: 8_720, periods: 252, every: 21 },
]
const WINDOW = 60
const SEED = 26
const FIRST = toDays(tradeDate(19_900_102))

function trialOf({ series, rows, periods, every }: Size): TrialInput {
  const random = createRandom(SEED)
  const deviation = 0.15 / Math.sqrt(periods)
  const values = new Float64Array(rows * series)
  for (let row = 0; row < rows; row += 1) {
    const common = random.normal()
    for (let column = 0; column < series; column += 1) {
      const own = random.normal()
      values[row * series + column] = deviation * (0.5 * common + (0.5 + column / series) * own + 0.02)
    }
  }
  return {
    names: Array.from({ length: series }, (_, column) => `stream ${column + 1}`),
    dates: Array.from({ length: rows }, (_, row) => fromDays(FIRST + row)),
    returns: { rows, columns: series, values },
    rule: {
      window: WINDOW,
      observationsMin: 2,
      recompute: { kind: 'days', every },
      investable: 1,
      covariance: 'sample',
      bounds: uniformBounds(series, 0, 1),
      budget: null,
      records: Array.from({ length: series }, () => ({ ...NO_RECORD, weight: 1 / series, stage: 'MATURE' as const })),
      settings: { ...ALLOCATION_SETTINGS, periods },
    },
    cost: 0.001,
    periods,
  }
}

export interface AllocatorsMeasured {
  readonly variant: string
  readonly seconds: number
  /** Mean of the final equities of all methods. */
  readonly final: number
  /** Times that weights were computed, all methods together. */
  readonly computed: number
}

/** One timed round of each size, after one that warms up. */
export function measureAllocators(): readonly AllocatorsMeasured[] {
  return SIZES.map((size) => {
    const input = trialOf(size)
    tryAllocators(input)
    const start = process.hrtime.bigint()
    const trials = tryAllocators(input)
    const seconds = Number(process.hrtime.bigint() - start) / 1e9
    const finals = trials.flatMap(({ walk }) => (walk === null ? [] : [walk.equity.at(-1)!]))
    return {
      variant: size.name,
      seconds,
      final: finals.reduce((sum, final) => sum + final, 0) / finals.length,
      computed: trials.reduce((sum, { computed }) => sum + computed, 0),
    }
  })
}
