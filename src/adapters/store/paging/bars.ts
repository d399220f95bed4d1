/** Bars of one instrument, as coarse as is enough for whoever draws them. */
import type { Kysely } from 'kysely'
import type { PriceBar } from '../../../domain/paging.ts'
import type { EquityRange } from '../../../domain/projections.ts'
import { barLength, TIMEFRAMES } from '../../../domain/timeframes.ts'
import type { Tables } from '../schema.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** By length; a session counts as a day, and stands before the day that shorter bars add up to. */
const LENGTHS: ReadonlyMap<string, number> = new Map([
  ...TIMEFRAMES.map((timeframe) => [timeframe, barLength(timeframe) ?? DAY] as const),
  ['hour', HOUR],
  ['day', DAY],
])

export async function priceBars(
  db: Kysely<Tables>,
  portfolio: string,
  instrument: string,
  range: EquityRange,
): Promise<readonly PriceBar[]> {
  const grain = await grainFor(db, portfolio, instrument, range)
  if (grain === null) return []
  const rows = await db
    .selectFrom('price_bar')
    .selectAll()
    .where('portfolio', '=', portfolio)
    .where('instrument', '=', instrument)
    .where('grain', '=', grain)
    .where('at', '>=', range.from)
    .where('bucket', '<=', range.to)
    .orderBy('bucket')
    .execute()
  return merged(rows.map(barOf), range.points)
}

/** The coarsest with as many bars as are asked for; where none has as many, the one with the most. */
async function grainFor(
  db: Kysely<Tables>,
  portfolio: string,
  instrument: string,
  { from, to, points }: EquityRange,
): Promise<string | null> {
  const rows = await db
    .selectFrom('price_bar')
    .select(({ fn }) => ['grain', fn.countAll<number>().as('count')])
    .where('portfolio', '=', portfolio)
    .where('instrument', '=', instrument)
    .where('at', '>=', from)
    .where('bucket', '<=', to)
    .groupBy('grain')
    .execute()
  const finest = rows.map(({ grain, count }) => ({ grain, count: Number(count), length: LENGTHS.get(grain) ?? DAY }))
  finest.sort((one, other) => one.length - other.length || one.grain.length - other.grain.length)
  const enough = finest.findLast(({ count }) => count >= points)
  return (enough ?? finest.toSorted((one, other) => other.count - one.count)[0])?.grain ?? null
}

/** Neighbours become one where there are more than can be shown. */
function merged(bars: readonly PriceBar[], points: number): readonly PriceBar[] {
  const size = Math.ceil(bars.length / Math.max(1, points))
  if (size <= 1) return bars
  const all: PriceBar[] = []
  for (let from = 0; from < bars.length; from += size) {
    const some = bars.slice(from, from + size)
    const [first, last] = [some[0]!, some.at(-1)!]
    all.push({
      ...last,
      bucket: first.bucket,
      open: first.open,
      high: Math.max(...some.map(({ high }) => high)),
      low: Math.min(...some.map(({ low }) => low)),
      volume: some.reduce((sum, { volume }) => sum + volume, 0),
    })
  }
  return all
}

function barOf({ bucket, at, trade_date, open, high, low, close, volume }: Tables['price_bar']): PriceBar {
  return { bucket: Number(bucket), at: Number(at), tradeDate: Number(trade_date), open, high, low, close, volume }
}
