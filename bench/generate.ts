/** Seeded price series, written once as raw little-endian float64 columns, symbol-major: the C loops read them too. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SeriesRecipe {
  /** Prefix of the files. */
  readonly name: string
  readonly symbols: number
  readonly bars: number
  readonly seed: number
  /** Volatility of a bar around which the symbols differ, and drift per bar. */
  readonly volatility: number
  readonly drift: number
}

/** One row per symbol. */
export interface Series {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

const FIELDS = { open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v' } as const
const NAMES = Object.keys(FIELDS) as (keyof Series)[]

/** The series of a recipe, from `folder` where they were written before. */
export function seriesOf(recipe: SeriesRecipe, folder: string): Series {
  const fileOf = (field: keyof Series): string => join(folder, `${recipe.name}_${FIELDS[field]}.f64`)
  const bytes = recipe.symbols * recipe.bars * 8
  if (!NAMES.every((field) => existsSync(fileOf(field)))) {
    mkdirSync(folder, { recursive: true })
    const made = generate(recipe)
    for (const field of NAMES) {
      writeFileSync(`${fileOf(field)}.part`, new Uint8Array(made[field].buffer))
      renameSync(`${fileOf(field)}.part`, fileOf(field))
    }
  }
  const read = (field: keyof Series): Float64Array => {
    const content = readFileSync(fileOf(field))
    if (content.length !== bytes)
      throw new Error(`"${fileOf(field)}" has ${content.length} bytes, not ${bytes}; delete "${folder}" and run again`)
    return new Float64Array(content.buffer.slice(content.byteOffset, content.byteOffset + bytes))
  }
  return { open: read('open'), high: read('high'), low: read('low'), close: read('close'), volume: read('volume') }
}

/** Small fast counter generator; uniform in [0, 1). */
function uniform(seed: number): () => number {
  let a = seed | 0
  let b = 0x9e3779b9 | 0
  let c = 0x243f6a88 | 0
  let counter = 0xb7e15162 | 0
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 4_294_967_296
  }
  for (let warm = 0; warm < 20; warm += 1) next()
  return next
}

/** Random walks with gaps overnight, ranges around open and close, and lognormal volume. Prices in cents, at least 1. */
function generate({ symbols, bars, seed, volatility, drift }: SeriesRecipe): Series {
  const draw = uniform(seed)
  let spare = Number.NaN
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const kept = spare
      spare = Number.NaN
      return kept
    }
    const radius = Math.sqrt(-2 * Math.log(Math.max(draw(), 1e-300)))
    const angle = 2 * Math.PI * draw()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
  const cents = (price: number): number => Math.round(price * 100) / 100
  const column = (): Float64Array => new Float64Array(symbols * bars)
  const series = { open: column(), high: column(), low: column(), close: column(), volume: column() }
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    let last = cents(20 + 180 * draw())
    const sigma = volatility * (0.5 + draw())
    for (let bar = 0; bar < bars; bar += 1) {
      const at = symbol * bars + bar
      const open = Math.max(1, cents(last * Math.exp(0.25 * sigma * normal())))
      const close = Math.max(1, cents(open * Math.exp(drift + 0.95 * sigma * normal())))
      series.open[at] = open
      series.close[at] = close
      series.high[at] = cents(Math.max(open, close) * (1 + 0.3 * sigma * Math.abs(normal())))
      series.low[at] = Math.max(0.5, cents(Math.min(open, close) * (1 - 0.3 * sigma * Math.abs(normal()))))
      series.volume[at] = Math.round(1e6 * Math.exp(0.4 * normal()))
      last = close
    }
  }
  return series
}

/** Symbol-major to time-major, as blocks of bars lie. */
export function byTime(column: Float64Array, symbols: number, bars: number): Float64Array {
  if (symbols === 1) return column
  const turned = new Float64Array(column.length)
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    for (let bar = 0; bar < bars; bar += 1) turned[bar * symbols + symbol] = column[symbol * bars + bar]!
  }
  return turned
}
