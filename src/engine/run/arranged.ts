/** A market in the columns that a run knows already: what it has listed keeps its column, what is new comes behind. */
import type { Instrument } from '../../domain/instruments.ts'
import type { ClockBlock, MarketData } from '../../domain/market.ts'
import type { ClockId, InstrumentId } from '../../domain/units.ts'

/** What a run knows of its market. */
export interface KnownColumns {
  /** By index. */
  readonly instruments: readonly Instrument[]
  /** Indices of the instruments on each clock that has closed yet. */
  readonly clocks: ReadonlyMap<ClockId, ArrayLike<number>>
}

const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'factor'] as const

/**
 * The same prices, actions and publications, numbered as the run numbers them; the market itself where it is so already. An
 * instrument that the market does not have any more keeps its columns, without a bar.
 *
 * @param hasNew whether instruments and clocks that the run does not know are in it
 */
export function arrangedMarket(market: MarketData, known: KnownColumns, hasNew: boolean): MarketData {
  if (hasNew && isArranged(market, known)) return market
  const byId = new Map<InstrumentId, Instrument>()
  const indices = new Map(known.instruments.map(({ id, index }) => [id, index]))
  let next = known.instruments.length
  for (const instrument of market.instruments) {
    const index = indices.get(instrument.id)
    if (index !== undefined) byId.set(instrument.id, { ...instrument, index })
    else if (hasNew) byId.set(instrument.id, { ...instrument, index: next++ })
  }
  // What is gone is listed still where bars of its clock have a column for it.
  for (const columns of known.clocks.values())
    for (const index of Array.from(columns)) {
      const instrument = known.instruments[index]!
      if (!byId.has(instrument.id)) byId.set(instrument.id, instrument)
    }
  const { records } = market
  return {
    ...market,
    instruments: [...byId.values()].sort((one, other) => one.index - other.index),
    blocks: market.blocks
      .filter(({ clock, instruments }) => hasNew || known.clocks.has(clock) || instruments.some((id) => byId.has(id)))
      .map((block) => arrangedBlock(block, columnsOf(block, known, byId))),
    actions: market.actions.filter(({ action }) => byId.has(action.instrument)),
    ...(records === undefined ? {} : { records: records.filter(({ instrument }) => byId.has(instrument)) }),
  }
}

function isArranged({ instruments, blocks }: MarketData, known: KnownColumns): boolean {
  const indices = new Map(known.instruments.map(({ id, index }) => [id, index]))
  let next = known.instruments.length
  for (const { id, index } of instruments) {
    const own = indices.get(id) ?? next
    if (own !== index) return false
    if (own === next) next += 1
  }
  return blocks.every(({ clock, instruments: ids }) =>
    Array.from(known.clocks.get(clock) ?? []).every((index, column) => known.instruments[index]!.id === ids[column]),
  )
}

/** What the clock has already, then what is new on it. */
function columnsOf(
  { clock, instruments }: ClockBlock,
  known: KnownColumns,
  byId: ReadonlyMap<InstrumentId, Instrument>,
): readonly InstrumentId[] {
  const own = Array.from(known.clocks.get(clock) ?? [], (index) => known.instruments[index]!.id)
  const has = new Set(own)
  return [...own, ...instruments.filter((id) => byId.has(id) && !has.has(id))]
}

function arrangedBlock(block: ClockBlock, instruments: readonly InstrumentId[]): ClockBlock {
  if (
    instruments.length === block.instruments.length &&
    instruments.every((id, column) => id === block.instruments[column])
  )
    return block
  const from = instruments.map((id) => block.instruments.indexOf(id))
  const [rows, width] = [block.closes.length, block.instruments.length]
  const fields = FIELDS.map((field) => {
    const values = new Float64Array(rows * from.length).fill(field === 'factor' ? 1 : Number.NaN)
    for (let row = 0; row < rows; row += 1)
      from.forEach((column, place) => {
        if (column >= 0) values[row * from.length + place] = block[field][row * width + column]!
      })
    return [field, values] as const
  })
  return { ...block, instruments, ...(Object.fromEntries(fields) as Pick<ClockBlock, (typeof FIELDS)[number]>) }
}
