/** Secrets that let in once. */
import type { Kysely } from 'kysely'
import type { OneTimeSecret, OneTimeSecrets, Role } from '../../../domain/access.ts'
import type { Instant } from '../../../domain/units.ts'
import type { Tables } from '../schema.ts'
import type { AccessPlace } from './place.ts'
import { insertUser } from './users.ts'

export function sqlOneTimeSecrets(place: AccessPlace): OneTimeSecrets {
  const { db } = place
  return {
    async offerSecret({ user, expiresAt, ...secret }) {
      await db.transaction().execute(async (step) => {
        await step.deleteFrom('one_time_secret').where('kind', '=', secret.kind).where('used_at', 'is', null).execute()
        const row = { ...secret, account: user, expires_at: expiresAt, used_at: null }
        await step.insertInto('one_time_secret').values(row).execute()
      })
    },
    takeSecret: (kind, hash, at) => take(db, kind, hash, at),
    async setUp(hash, user, at) {
      try {
        await db.transaction().execute(async (step) => {
          const isOffered = (await take(step, 'setup', hash, at)) !== undefined
          if (!isOffered || !(await hasNoUser(step)) || !(await insertUser(place, step, user, at))) throw new NotSetUp()
        })
        return true
      } catch (error) {
        if (error instanceof NotSetUp) return false
        throw error
      }
    },
    needsSetUp: () => hasNoUser(db),
  }
}

/** Undoes what was done of it. */
class NotSetUp extends Error {}

async function hasNoUser(db: Kysely<Tables>): Promise<boolean> {
  return (await db.selectFrom('account').select('key').limit(1).executeTakeFirst()) === undefined
}

async function take(
  db: Kysely<Tables>,
  kind: OneTimeSecret['kind'],
  hash: string,
  at: Instant,
): Promise<OneTimeSecret | undefined> {
  const row = await db
    .updateTable('one_time_secret')
    .set({ used_at: at })
    .where('hash', '=', hash)
    .where('kind', '=', kind)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { account: user, role } = row
  return {
    kind,
    hash,
    user,
    role: role as Role,
    at: Number(row.at) as Instant,
    expiresAt: Number(row.expires_at) as Instant,
  }
}
