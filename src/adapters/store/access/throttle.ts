/** Failed attempts to sign in. */
import { sql } from 'kysely'
import type { FailedAttempts, Throttle } from '../../../domain/access.ts'
import type { Instant } from '../../../domain/units.ts'
import type { AccessTables } from '../access-tables.ts'
import { type AccessPlace, momentOf } from './place.ts'

export function sqlThrottle({ db }: AccessPlace): Throttle {
  return {
    async attempts(keys) {
      if (keys.length === 0) return []
      const rows = await db
        .selectFrom('failed_attempt')
        .selectAll()
        .where('key', 'in', [...keys])
        .orderBy('key')
        .execute()
      return rows.map(attemptsOf)
    },
    countFailure: (key, at, forgetMs, blocked) =>
      db.transaction().execute(async (step) => {
        const row = await step
          .insertInto('failed_attempt')
          .values({ key, count: 1, last_at: at, blocked_until: null })
          .onConflict((one) =>
            one.column('key').doUpdateSet({
              count: sql`CASE WHEN failed_attempt.last_at < ${at - forgetMs} THEN 1 ELSE failed_attempt.count + 1 END`,
              last_at: at,
            }),
          )
          .returningAll()
          .executeTakeFirstOrThrow()
        const blockedUntil = blocked(Number(row.count))
        await step.updateTable('failed_attempt').set({ blocked_until: blockedUntil }).where('key', '=', key).execute()
        return { ...attemptsOf(row), blockedUntil }
      }),
    async forgive(keys) {
      if (keys.length > 0)
        await db
          .deleteFrom('failed_attempt')
          .where('key', 'in', [...keys])
          .execute()
    },
  }
}

function attemptsOf({ key, count, last_at, blocked_until }: AccessTables['failed_attempt']): FailedAttempts {
  return { key, count: Number(count), lastAt: Number(last_at) as Instant, blockedUntil: momentOf(blocked_until) }
}
