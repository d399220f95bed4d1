/** Where each chain of the audit log ends: whoever takes entries away at its end leaves this behind. */
import { type Kysely, type Migration, sql } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function auditHeadsStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const columns = { portfolio: 'text', number: 'whole', hash: 'bytes' } as const
      await createTable(db, types, 'audit_head', columns, ['portfolio'])
      await sql`INSERT INTO audit_head (portfolio, number, hash)
        SELECT a.portfolio, a.number, a.hash FROM audit a
        WHERE a.number = (SELECT max(b.number) FROM audit b WHERE b.portfolio = a.portfolio)`.execute(db)
    },
  }
}
