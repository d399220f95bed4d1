/** Browsers that users have signed in with. */
import type { Devices } from '../../../domain/access.ts'
import type { AccessPlace } from './place.ts'
import { keyOf } from './users.ts'

export function sqlDevices({ db }: AccessPlace): Devices {
  return {
    async rememberDevice(hash, user, at) {
      await db
        .insertInto('known_device')
        .values({ hash, account: keyOf(user), seen_at: at })
        .onConflict((one) => one.columns(['hash', 'account']).doUpdateSet({ seen_at: at }))
        .execute()
    },
    async isKnownDevice(hash, user) {
      const own = db.selectFrom('known_device').select('hash').where('hash', '=', hash)
      return (await own.where('account', '=', keyOf(user)).executeTakeFirst()) !== undefined
    },
  }
}
