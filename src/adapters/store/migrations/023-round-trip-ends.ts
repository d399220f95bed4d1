/** Round trips that go on change with every booking: what lists of those that are over are found by leaves them out. */
import { type Kysely, type Migration, sql } from 'kysely'

/** Of those that are over. */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  round_trip_closed: ['closed_at', 'id', 'sleeve', 'instrument'],
  round_trip_sleeve: ['sleeve', 'closed_at', 'id'],
  round_trip_sleeves: ['sleeve', 'id', 'instrument'],
  round_trip_opened: ['opened_at', 'id', 'sleeve', 'instrument'],
  round_trip_profit: ['profit', 'id', 'sleeve', 'instrument'],
  round_trip_held: ['held', 'id', 'sleeve', 'instrument'],
  round_trip_label: ['label', 'id', 'sleeve', 'instrument'],
  round_trip_entered: ['entered', 'id', 'sleeve', 'instrument'],
}

export function roundTripEndsStep(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of Object.entries(CLOSED)) {
        await db.schema.dropIndex(name).execute()
        await indexOf(db, name, columns, 'closed')
      }
      await indexOf(db, 'round_trip_open', ['opened_at', 'id', 'sleeve', 'instrument'], 'open')
    },
  }
}

async function indexOf(db: Kysely<unknown>, name: string, columns: readonly string[], state: string): Promise<void> {
  // The state is the same in all of them, and a reason to choose one of them all the same.
  const list = ['portfolio', 'state', ...columns].join(', ')
  await sql.raw(`CREATE INDEX ${name} ON round_trip (${list}) WHERE state = '${state}'`).execute(db)
}
