import type { SleeveConfig } from '../../src/domain/config.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import type { ClockBlock } from '../../src/domain/market.ts'
import { type ClockId, clockId } from '../../src/domain/units.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { createRandom, type Random } from '../../src/numerics/random.ts'

/** Shorter bars that a bar of a session is cut into. */
const PARTS = 3

const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'factor'] as const

const finerClock = (clock: ClockId): ClockId => clockId(`${clock}/finer`)

/** Every second instrument has a finer clock beside its own. */
const isFine = ({ index }: Instrument): boolean => index % 2 === 1

/**
 * The same run with a finer clock beside each: every second instrument is on both, and every second sleeve that trades such
 * instruments decides on the finer one. Put together again, the finer bars are the bars that were there before.
 *
 * @param decides whether any sleeve decides on the finer clock
 */
export function finer(input: RunInput, seed: number, decides = true): RunInput {
  const { market, config } = input
  const random = createRandom(seed)
  const fine = new Set(market.instruments.filter(isFine).map(({ id }) => id))
  const instruments = market.instruments.map((instrument) =>
    isFine(instrument)
      ? { ...instrument, clocks: [...instrument.clocks.map(finerClock), ...instrument.clocks] }
      : instrument,
  )
  const sleeves = config.sleeves.map((sleeve, ordinal): SleeveConfig => {
    const universe = sleeve.universe.filter((id) => fine.has(id))
    if (!decides || ordinal % 2 === 0 || universe.length === 0) return sleeve
    return { ...sleeve, universe, clock: finerClock(sleeve.clock) }
  })
  const blocks = market.blocks.flatMap((block) => {
    const columns = block.instruments.flatMap((id, column) => (fine.has(id) ? [column] : []))
    return columns.length === 0 ? [block] : [block, finerBlock(block, columns, random)]
  })
  return { ...input, market: { ...market, instruments, blocks }, config: { ...config, sleeves } }
}

function finerBlock(block: ClockBlock, columns: readonly number[], random: Random): ClockBlock {
  const rows = block.tradeDates.length
  const times = (part: number, row: number): number =>
    block.opens[row]! + ((block.closes[row]! - block.opens[row]!) * part) / PARTS
  const spread = (pick: (row: number, part: number) => number): Float64Array =>
    Float64Array.from({ length: rows * PARTS }, (_, at) => pick(Math.floor(at / PARTS), at % PARTS))
  const grid = Object.fromEntries(
    FIELDS.map((field) => [field, new Float64Array(rows * PARTS * columns.length)]),
  ) as Record<(typeof FIELDS)[number], Float64Array>
  for (let row = 0; row < rows; row += 1) {
    for (const [place, column] of columns.entries()) {
      const bar = (field: (typeof FIELDS)[number]): number => block[field][row * block.instruments.length + column]!
      for (const [part, values] of partsOf(bar, random).entries())
        for (const field of FIELDS) grid[field][(row * PARTS + part) * columns.length + place] = values[field]
    }
  }
  return {
    clock: finerClock(block.clock),
    calendar: block.calendar,
    instruments: columns.map((column) => block.instruments[column]!),
    tradeDates: Int32Array.from(spread((row) => block.tradeDates[row]!)),
    opens: spread((row, part) => times(part, row)),
    closes: spread((row, part) => times(part + 1, row)),
    ...grid,
  }
}

/** A bar in parts: a price between low and high at each border, the extremes in parts of their own. */
function partsOf(bar: (field: (typeof FIELDS)[number]) => number, random: Random) {
  const [open, high, low, close] = [bar('open'), bar('high'), bar('low'), bar('close')]
  const border = (): number => low + (high - low) * random.uniform()
  const knots = [open, border(), border(), close]
  const [top, bottom] = [random.integer(0, PARTS - 1), random.integer(0, PARTS - 1)]
  return Array.from({ length: PARTS }, (_, part) => {
    const [from, to] = [knots[part]!, knots[part + 1]!]
    return {
      open: from,
      high: part === top ? high : Math.max(from, to),
      low: part === bottom ? low : Math.min(from, to),
      close: to,
      volume: part === 0 ? bar('volume') - 2 * Math.floor(bar('volume') / 3) : Math.floor(bar('volume') / 3),
      factor: bar('factor'),
    }
  })
}
