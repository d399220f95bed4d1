/** How soon a commit to a file is on the disk: before it is acknowledged, or with the next checkpoint of the log. */
import { type Kysely, sql } from 'kysely'

/**
 * `checkpoint`: a process that dies loses nothing, a machine that loses its power may lose the last commits. For what can be
 * made again, such as a history that is computed; everything else is `commit`, which a store has from the start.
 */
export async function writeThrough<Tables>(db: Kysely<Tables>, on: 'commit' | 'checkpoint'): Promise<void> {
  await sql`PRAGMA synchronous = ${sql.raw(on === 'commit' ? 'FULL' : 'NORMAL')}`.execute(db)
}
