/** Who may look and act, in the same database as everything else. */
import type { Access, Preferences } from '../../../domain/access.ts'
import type { Json } from '../../../domain/units.ts'
import { sqlAccessLog } from './log.ts'
import { sqlOneTimeSecrets } from './one-time.ts'
import type { AccessPlace } from './place.ts'
import { sqlSessions, sqlTokens } from './sessions.ts'
import { sqlThrottle } from './throttle.ts'
import { keyOf, sqlUsers } from './users.ts'

export function sqlAccess(place: AccessPlace): Access {
  const { db } = place
  return {
    ...sqlUsers(place),
    ...sqlOneTimeSecrets(place),
    ...sqlSessions(place),
    ...sqlTokens(place),
    ...sqlThrottle(place),
    ...sqlAccessLog(place),
    ...preferences(place),
    async forget(before) {
      await db.deleteFrom('session').where('ends_at', '<', before).execute()
      await db.deleteFrom('session').where('idle_until', '<', before).execute()
      await db.deleteFrom('session').where('revoked_at', '<', before).execute()
      await db.deleteFrom('one_time_secret').where('expires_at', '<', before).execute()
      await db
        .deleteFrom('failed_attempt')
        .where('last_at', '<', before)
        .where((one) => one.or([one('blocked_until', 'is', null), one('blocked_until', '<', before)]))
        .execute()
    },
  }
}

function preferences({ db }: AccessPlace): Preferences {
  return {
    async preferences(user) {
      const own = db.selectFrom('preference').select('body').where('account', '=', keyOf(user))
      const row = await own.executeTakeFirst()
      return row === undefined ? null : (JSON.parse(row.body) as Json)
    },
    async setPreferences(user, values, at) {
      const said = { body: JSON.stringify(values), changed_at: at }
      await db
        .insertInto('preference')
        .values({ account: keyOf(user), ...said })
        .onConflict((one) => one.column('account').doUpdateSet(said))
        .execute()
    },
  }
}
