/** Sessions of people and keys of programs: only hashes of what they hold are kept. */
import type { Kysely } from 'kysely'
import { type ApiToken, type ApiTokens, ROLES, type Role, type Session, type Sessions } from '../../../domain/access.ts'
import type { Instant } from '../../../domain/units.ts'
import type { AccessTables } from '../access-tables.ts'
import type { Tables } from '../schema.ts'
import { type AccessPlace, momentOf } from './place.ts'
import { keyOf } from './users.ts'

/** The use of a key is remembered to the minute: not every request writes. */
const USED_MS = 60_000

type SessionRow = AccessTables['session'] & Of
type TokenRow = AccessTables['api_token'] & Of

/** The account behind it as it is now; null: none of that name. */
interface Of {
  readonly account_name: string | null
  readonly account_role: string | null
  readonly disabled_at: number | null
}

export function sqlSessions({ db }: AccessPlace): Sessions {
  return {
    async openSession({ hash, id, user, linkRole, at, idleUntil, until, stepUpUntil, agent, address }) {
      const moments = { created_at: at, seen_at: at, idle_until: idleUntil, ends_at: until, step_up_until: stepUpUntil }
      await db.transaction().execute(async (step) => {
        const row = {
          hash,
          id,
          account: keyOf(user),
          link_role: linkRole,
          ...moments,
          agent,
          address,
          revoked_at: null,
        }
        await step.insertInto('session').values(row).execute()
        if (linkRole !== null) return
        await step.updateTable('account').set({ signed_in_at: at }).where('key', '=', keyOf(user)).execute()
      })
    },
    async findSession(hash, at) {
      const row = await standing(db, at).where('session.hash', '=', hash).executeTakeFirst()
      return row === undefined ? undefined : sessionOf(row)
    },
    async touchSession(hash, at, idleUntil) {
      await db.updateTable('session').set({ seen_at: at, idle_until: idleUntil }).where('hash', '=', hash).execute()
    },
    async rotateSession(hash, next, at) {
      const own = db.updateTable('session').set({ hash: next, seen_at: at }).where('hash', '=', hash)
      const { numUpdatedRows } = await own.where('revoked_at', 'is', null).executeTakeFirst()
      return numUpdatedRows === 1n
    },
    async stepUp(hash, until) {
      await db.updateTable('session').set({ step_up_until: until }).where('hash', '=', hash).execute()
    },
    async sessions(at, user) {
      const all = standing(db, at).orderBy('session.created_at', 'desc').orderBy('session.id')
      const rows = await (user === undefined ? all : all.where('session.account', '=', keyOf(user))).execute()
      return rows.flatMap((row) => sessionOf(row) ?? [])
    },
    async revokeSession(id, at) {
      const own = db.updateTable('session').set({ revoked_at: at }).where('id', '=', id)
      return (await own.where('revoked_at', 'is', null).executeTakeFirst()).numUpdatedRows === 1n
    },
  }
}

function standing(db: Kysely<Tables>, at: Instant) {
  return db
    .selectFrom('session')
    .leftJoin('account', 'account.key', 'session.account')
    .selectAll('session')
    .select(['account.name as account_name', 'account.role as account_role', 'account.disabled_at as disabled_at'])
    .where('session.revoked_at', 'is', null)
    .where('session.idle_until', '>', at)
    .where('session.ends_at', '>', at)
}

/** Undefined where nobody stands behind it any more. */
function sessionOf(row: SessionRow): Session | undefined {
  const role = row.link_role ?? (row.disabled_at === null ? row.account_role : null)
  if (role === null) return undefined
  return {
    id: row.id,
    user: row.account_name ?? row.account,
    role: role as Role,
    isLink: row.link_role !== null,
    createdAt: Number(row.created_at) as Instant,
    seenAt: Number(row.seen_at) as Instant,
    idleUntil: Number(row.idle_until) as Instant,
    until: Number(row.ends_at) as Instant,
    stepUpUntil: momentOf(row.step_up_until),
    agent: row.agent,
    address: row.address,
  }
}

export function sqlTokens({ db }: AccessPlace): ApiTokens {
  return {
    async addToken({ lastFour, user, at, expiresAt, ...token }) {
      const moments = { created_at: at, expires_at: expiresAt, used_at: null, revoked_at: null }
      await db
        .insertInto('api_token')
        .values({ ...token, ...moments, last_four: lastFour, account: keyOf(user) })
        .execute()
    },
    async useToken(hash, at) {
      const row = await tokenRows(db).where('api_token.hash', '=', hash).executeTakeFirst()
      if (row === undefined || row.revoked_at !== null || !isGood(row, at)) return undefined
      if (row.used_at === null || at - Number(row.used_at) >= USED_MS)
        await db.updateTable('api_token').set({ used_at: at }).where('hash', '=', hash).execute()
      return { ...tokenOf(row), usedAt: at }
    },
    async tokens() {
      const rows = await tokenRows(db).orderBy('api_token.created_at', 'desc').orderBy('api_token.id').execute()
      return rows.map(tokenOf)
    },
    async revokeToken(id, at) {
      const own = db.updateTable('api_token').set({ revoked_at: at }).where('id', '=', id)
      return (await own.where('revoked_at', 'is', null).executeTakeFirst()).numUpdatedRows === 1n
    },
  }
}

function tokenRows(db: Kysely<Tables>) {
  return db
    .selectFrom('api_token')
    .leftJoin('account', 'account.key', 'api_token.account')
    .selectAll('api_token')
    .select(['account.name as account_name', 'account.role as account_role', 'account.disabled_at as disabled_at'])
}

function isGood({ expires_at, account_role, disabled_at }: TokenRow, at: Instant): boolean {
  return (expires_at === null || Number(expires_at) > at) && account_role !== null && disabled_at === null
}

function tokenOf(row: TokenRow): ApiToken {
  const { id, name, last_four: lastFour } = row
  const user = row.account_name ?? row.account
  const lesser = ROLES.find((role) => role === row.role || role === row.account_role) ?? ROLES[0]
  const [expiresAt, usedAt, revokedAt] = [momentOf(row.expires_at), momentOf(row.used_at), momentOf(row.revoked_at)]
  return {
    id,
    name,
    lastFour,
    role: lesser,
    user,
    createdAt: Number(row.created_at) as Instant,
    expiresAt,
    usedAt,
    revokedAt,
  }
}
