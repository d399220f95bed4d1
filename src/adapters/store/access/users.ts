/** Accounts: hashes and sealed secrets go in, and come out for comparing alone. */
import type { Kysely } from 'kysely'
import type { Credentials, NewUser, Role, User, UserChange, Users } from '../../../domain/access.ts'
import type { Instant } from '../../../domain/units.ts'
import type { AccessTables } from '../access-tables.ts'
import type { Tables } from '../schema.ts'
import { type AccessPlace, momentOf, secretPlace } from './place.ts'

export function sqlUsers(place: AccessPlace): Users {
  const { db, secrets } = place
  return {
    async users() {
      const rows = await db.selectFrom('account').selectAll().orderBy('key').execute()
      return rows.map(userOf)
    },
    async credentials(name) {
      const row = await db
        .selectFrom('account')
        .selectAll()
        .where('key', '=', keyOf(name))
        .where('disabled_at', 'is', null)
        .executeTakeFirst()
      return row === undefined ? undefined : credentialsOf(place, row)
    },
    addUser: (user, at) => insertUser(place, db, user, at),
    async changeUser(name, change, at, keep) {
      const key = keyOf(name)
      return db.transaction().execute(async (step) => {
        const asked = step.selectFrom('account').selectAll().orderBy('key')
        // Two admins that take each other's role away: the second one sees what the first one did.
        const rows = await (place.isServer ? asked.forUpdate() : asked).execute()
        const user = rows.find((row) => row.key === key)
        if (user === undefined) return 'unknown'
        const managers = rows.filter(({ role, disabled_at }) => role === 'admin' && disabled_at === null)
        const loses = change.disabled === true || (change.role !== undefined && change.role !== 'admin')
        if (loses && managers.length === 1 && managers[0]!.key === key) return 'last-admin'
        await step
          .updateTable('account')
          .set({ ...changed(change, at, (text) => secrets.seal(text, secretPlace(key))), changed_at: at })
          .where('key', '=', key)
          .execute()
        await endSessions(step, key, at, keep)
        if (change.passphraseHash !== undefined)
          await step.deleteFrom('known_device').where('account', '=', key).execute()
        return 'changed'
      })
    },
    async takeCode(name, step) {
      const { numUpdatedRows } = await db
        .updateTable('account')
        .set({ totp_step: step })
        .where('key', '=', keyOf(name))
        .where('totp_step', '<', step)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
  }
}

/** Names differ by more than their case. */
export function keyOf(name: string): string {
  return name.toLowerCase()
}

/** False: the name is taken. */
export async function insertUser(
  { secrets }: AccessPlace,
  db: Kysely<Tables>,
  { name, role, passphraseHash, totpSecret }: NewUser,
  at: Instant,
): Promise<boolean> {
  const key = keyOf(name)
  const sealed = totpSecret === null ? null : secrets.seal(totpSecret, secretPlace(key))
  const never = { totp_step: 0, signed_in_at: null, disabled_at: null }
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('account')
    .values({
      ...never,
      key,
      name,
      role,
      passphrase_hash: passphraseHash,
      totp_secret: sealed,
      created_at: at,
      changed_at: at,
    })
    .onConflict((one) => one.column('key').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

async function endSessions(db: Kysely<Tables>, account: string, at: Instant, keep: string | undefined): Promise<void> {
  const own = db.updateTable('session').set({ revoked_at: at }).where('account', '=', account)
  const standing = own.where('revoked_at', 'is', null).where('hash', '<>', keep ?? '')
  await standing.execute()
}

function changed(
  { role, passphraseHash, totpSecret, disabled }: UserChange,
  at: Instant,
  seal: (text: string) => string,
) {
  const sealed = typeof totpSecret === 'string' ? seal(totpSecret) : totpSecret
  return {
    ...(role === undefined ? {} : { role }),
    ...(passphraseHash === undefined ? {} : { passphrase_hash: passphraseHash }),
    ...(sealed === undefined ? {} : { totp_secret: sealed, totp_step: 0 }),
    ...(disabled === undefined ? {} : { disabled_at: disabled ? at : null }),
  }
}

function userOf(row: AccessTables['account']): User {
  return {
    name: row.name,
    role: row.role as Role,
    hasTotp: row.totp_secret !== null,
    createdAt: Number(row.created_at) as Instant,
    changedAt: Number(row.changed_at) as Instant,
    signedInAt: momentOf(row.signed_in_at),
    disabledAt: momentOf(row.disabled_at),
  }
}

function credentialsOf({ secrets }: AccessPlace, row: AccessTables['account']): Credentials {
  const totpSecret = row.totp_secret === null ? null : secrets.open(row.totp_secret, secretPlace(row.key))
  return { passphraseHash: row.passphrase_hash, totpSecret, totpStep: Number(row.totp_step) }
}
