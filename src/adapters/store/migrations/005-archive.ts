/** Payloads may be kept elsewhere under their hash: links are made of hashes of payloads, no longer of payloads. */
import { type Kysely, type Migration, sql } from 'kysely'
import { firstLink, link } from '../chain.ts'

/** Rows that are linked anew at a time. */
const PAGE = 500

interface Row {
  readonly portfolio: string
  readonly seq: number
  readonly at: number
  readonly kind: string
  readonly version: number
  readonly payload: Uint8Array
}

export function archiveStep(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('journal')
        .addColumn('archived', 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
      const { rows } = await sql<{ portfolio: string }>`SELECT DISTINCT portfolio FROM journal`.execute(db)
      for (const { portfolio } of rows) await linkAnew(db, portfolio)
    },
  }
}

async function linkAnew(db: Kysely<unknown>, portfolio: string): Promise<void> {
  let hash = firstLink(portfolio)
  for (let after = -1; ; ) {
    const { rows } = await sql<Row>`
      SELECT portfolio, seq, at, kind, version, payload FROM journal
      WHERE portfolio = ${portfolio} AND seq > ${after} ORDER BY seq LIMIT ${PAGE}`.execute(db)
    for (const row of rows) {
      const [seq, at] = [Number(row.seq), Number(row.at)]
      hash = link(hash, { ...row, seq, at: at as never })
      await sql`UPDATE journal SET hash = ${Buffer.from(hash)}
        WHERE portfolio = ${portfolio} AND seq = ${seq}`.execute(db)
      after = seq
    }
    if (rows.length < PAGE) return
  }
}
