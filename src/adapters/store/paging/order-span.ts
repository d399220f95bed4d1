/** Which events an order is in, and a moment, as the tables have it. */
import { type Kysely, sql } from 'kysely'
import type { OrderSpan } from '../../../domain/paging.ts'
import { toldTo } from '../journal-rows.ts'
import type { Tables } from '../schema.ts'

interface Found {
  readonly first: number | null
  readonly ended: number | null
  readonly last: number | null
  readonly written: number | null
}

/** Null where no order has that number, or the tables are not that far. */
export async function orderSpan(db: Kysely<Tables>, portfolio: string, order: number): Promise<OrderSpan | null> {
  const of = sql`portfolio = ${portfolio} AND "order" = ${order}`
  const { rows } = await sql<Found>`SELECT (SELECT seq FROM net_order WHERE ${of}) AS first,
    (SELECT max(seq) FROM order_end WHERE ${of}) AS ended, (SELECT max(seq) FROM posting WHERE ${of}) AS last,
    (SELECT max(seq) FROM journal WHERE portfolio = ${portfolio}) AS written`.execute(db)
  const { first, ended, last, written } = rows[0]!
  if (first === null) return null
  // What is not over, or not told yet, may go on to the journal's end.
  const isOver = ended !== null && Number(written) === (await toldTo(db, portfolio))
  const to = isOver ? Math.max(Number(first), Number(ended), Number(last ?? 0)) : Number.MAX_SAFE_INTEGER
  return { first: Number(first), last: to }
}

/** Null where no event was at that moment. */
export async function momentSpan(db: Kysely<Tables>, portfolio: string, at: number): Promise<OrderSpan | null> {
  const row = await db
    .selectFrom('journal')
    .select([(of) => of.fn.min('seq').as('first'), (of) => of.fn.max('seq').as('last')])
    .where('portfolio', '=', portfolio)
    .where('at', '=', at)
    .executeTakeFirstOrThrow()
  return row.first === null ? null : { first: Number(row.first), last: Number(row.last) }
}
