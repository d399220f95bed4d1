/** Drawn records of every kind on drawn bars, so that strategies which read them find something to do. */
import type { MarketRecord } from '../../domain/market-records.ts'
import { startOfDay, utcDate } from '../../domain/sessions.ts'
import { type Instant, type InstrumentId, instrumentId, type TradeDate } from '../../domain/units.ts'
import { createRandom } from '../../numerics/random.ts'

const HOUR_MS = 3_600_000
/** When the rig's sessions close. */
export const MS_OF_CLOSE = 21 * HOUR_MS
const BARS_OF_A_QUARTER = 63

export const rigSymbol = (column: number): string => `I${column}`

type Draw = ReturnType<typeof createRandom>

/** Sorted by publication: some within the session, some after its close, so that the next bar is the first to know. */
export function drawnRecords(seed: number, dates: readonly TradeDate[], columns: number): readonly MarketRecord[] {
  const random = createRandom(seed + 1)
  const records: MarketRecord[] = []
  for (const [bar, date] of dates.entries()) {
    for (let column = 0; column < columns; column += 1) {
      const head = headOf(random, bar, date, column)
      if (bar % BARS_OF_A_QUARTER === (7 * column) % BARS_OF_A_QUARTER) records.push(earningsOf(random, head))
      if (random.uniform() < 0.12) records.push(newsOf(random, head))
      if (random.uniform() < 0.05) records.push(flowOf(random, head))
      if (column === 0)
        records.push({ ...head, id: `${head.id} funding`, kind: 'funding', rate: 0.0003 * random.normal() })
      if (bar % 20 === column)
        records.push({
          ...head,
          id: `${head.id} borrow`,
          kind: 'borrow',
          rate: 0.02 * random.uniform(),
          available: random.uniform() < 0.9,
        })
    }
  }
  return records.sort((one, other) => one.publishedAt - other.publishedAt)
}

type Head = Pick<MarketRecord, 'id' | 'instrument' | 'eventAt' | 'publishedAt' | 'origin'>

function headOf(random: Draw, bar: number, date: TradeDate, column: number): Head {
  const hour = random.uniform() < 0.5 ? random.integer(14, 20) : random.integer(21, 23)
  const publishedAt = (startOfDay(date) + hour * HOUR_MS) as Instant
  const instrument: InstrumentId = instrumentId(rigSymbol(column))
  return { id: `${bar} ${column}`, instrument, eventAt: publishedAt, publishedAt, origin: 'synthetic' }
}

function earningsOf(random: Draw, head: Head): MarketRecord {
  const surprise = 1.5 * random.normal()
  const isAfter = head.publishedAt >= startOfDay(utcDate(head.publishedAt)) + MS_OF_CLOSE
  return {
    ...head,
    id: `${head.id} earnings`,
    kind: 'earnings',
    actual: 1 + 0.05 * surprise,
    estimate: 1,
    surprise,
    session: isAfter ? 'after_close' : 'during',
  }
}

function newsOf(random: Draw, head: Head): MarketRecord {
  return {
    ...head,
    id: `${head.id} news`,
    kind: 'news',
    source: random.uniform() < 0.5 ? 'wire' : 'paper',
    sentiment: Math.max(-1, Math.min(1, 0.6 * random.normal())),
    relevance: 0.5 + 0.5 * random.uniform(),
    novelty: random.uniform(),
    topic: 'company',
  }
}

function flowOf(random: Draw, head: Head): MarketRecord {
  const measure = random.uniform() < 0.5 ? 'volume' : 'options'
  return {
    ...head,
    id: `${head.id} flow`,
    kind: 'flow',
    measure,
    ratio: 2 + 6 * random.uniform(),
    side: random.uniform() < 0.5 ? 1 : -1,
    premium: measure === 'options' ? 100_000 * random.uniform() : null,
  }
}

/** The same records, those that are published after an instant with another content: half of them gone, the rest turned around. */
export function recordsAlteredAfter(records: readonly MarketRecord[], at: Instant): readonly MarketRecord[] {
  return records.flatMap((record, place) => {
    if (record.publishedAt <= at) return [record]
    return place % 2 === 0 ? [] : [turned(record)]
  })
}

function turned(record: MarketRecord): MarketRecord {
  switch (record.kind) {
    case 'earnings':
      return { ...record, surprise: record.surprise === null ? null : 0 - record.surprise }
    case 'news':
      return { ...record, sentiment: 0 - record.sentiment }
    case 'flow':
      return { ...record, side: record.side === 1 ? -1 : 1 }
    case 'funding':
      return { ...record, rate: 0 - record.rate }
    case 'borrow':
      return { ...record, available: !record.available }
    default:
      return record
  }
}
