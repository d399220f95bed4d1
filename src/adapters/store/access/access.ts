/** Who may look and act, in the same database as everything else. */
import type { Access } from '../../../domain/access.ts'
import { sqlDevices } from './devices.ts'
import { sqlAccessLog } from './log.ts'
import { sqlOneTimeSecrets } from './one-time.ts'
import type { AccessPlace } from './place.ts'
import { sqlSessions, sqlTokens } from './sessions.ts'
import { sqlThrottle } from './throttle.ts'
import { sqlUsers } from './users.ts'

const YEAR_MS = 365 * 86_400_000

export function sqlAccess(place: AccessPlace): Access {
  const { db } = place
  return {
    ...sqlUsers(place),
    ...sqlOneTimeSecrets(place),
    ...sqlSessions(place),
    ...sqlTokens(place),
    ...sqlThrottle(place),
    ...sqlDevices(place),
    ...sqlAccessLog(place),
    async forget(before) {
      await db
        .deleteFrom('known_device')
        .where('seen_at', '<', before - YEAR_MS)
        .execute()
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
