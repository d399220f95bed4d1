/** Messages for others, and how far each bus has confirmed them. */
import type { Kysely } from 'kysely'
import type { Message } from '../../domain/bus.ts'
import type { Instant } from '../../domain/units.ts'
import type { Tables } from './schema.ts'

/** Rows that are read at a time. */
const PAGE = 1_000

export async function* messagesOf(db: Kysely<Tables>, portfolio: string, from: number): AsyncIterable<Message> {
  for (let next = from; ; ) {
    const page = await db
      .selectFrom('message')
      .select(['number', 'at', 'channel', 'body'])
      .where('portfolio', '=', portfolio)
      .where('number', '>=', next)
      .orderBy('number')
      .limit(PAGE)
      .execute()
    for (const { number, at, channel, body } of page) {
      yield {
        number: Number(number),
        at: Number(at) as Instant,
        channel: channel as Message['channel'],
        body: JSON.parse(body) as Message['body'],
      }
    }
    if (page.length < PAGE) return
    next = Number(page.at(-1)!.number) + 1
  }
}

/** 0: none was ever said. */
export async function lastMessageOf(db: Kysely<Tables>, portfolio: string): Promise<number> {
  const { last } = await db
    .selectFrom('message')
    .select(({ fn }) => fn.max('number').as('last'))
    .where('portfolio', '=', portfolio)
    .executeTakeFirstOrThrow()
  return Number(last ?? 0)
}

export async function deliveredOf(db: Kysely<Tables>, portfolio: string, bus: string): Promise<number> {
  const found = await db
    .selectFrom('delivery')
    .select('number')
    .where('portfolio', '=', portfolio)
    .where('bus', '=', bus)
    .executeTakeFirst()
  return Number(found?.number ?? 0)
}

export async function confirm(db: Kysely<Tables>, portfolio: string, bus: string, number: number): Promise<void> {
  await db
    .insertInto('delivery')
    .values({ portfolio, bus, number })
    .onConflict((one) => one.columns(['portfolio', 'bus']).doUpdateSet({ number }))
    .execute()
}
