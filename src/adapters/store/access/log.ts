/** The audit log of all chains in one list: what the API wrote, the command line, and engines. */
import { type Kysely, sql } from 'kysely'
import type { AccessKind, AccessLog, AccessQuery, AccessRow, Outcome } from '../../../domain/access.ts'
import type { Instant, Json } from '../../../domain/units.ts'
import { ACCESS_CHAIN, type AuditRow, appendEntries, witnessChain } from '../audit-chain.ts'
import { cursorOf, type Place, placeOf } from '../cursor.ts'
import type { Tables } from '../schema.ts'
import type { AccessPlace } from './place.ts'

export function sqlAccessLog(place: AccessPlace): AccessLog {
  return {
    async logAccess(rows) {
      if (rows.length === 0) return
      const entries = rows.map(({ user, portfolio, ...row }) => ({ ...row, actor: user, about: portfolio }))
      await place.db.transaction().execute((step) => appendEntries({ ...place, db: step }, ACCESS_CHAIN, entries))
      await witnessChain(place, ACCESS_CHAIN)
    },
    async accessLog(query) {
      const rows = await found(place.db, query)
      const [shown, more] = [rows.slice(0, query.limit), rows.length > query.limit]
      const last = shown.at(-1)
      const next = more && last !== undefined ? cursorOf([Number(last.at), last.portfolio, Number(last.number)]) : null
      return { rows: shown.map(rowOf), next }
    },
  }
}

/** One more than asked for: whether there are older ones. */
function found(db: Kysely<Tables>, query: AccessQuery): Promise<readonly AuditRow[]> {
  const { user, kind, portfolio, action, since, until, before, limit } = query
  let asked = db.selectFrom('audit').selectAll()
  if (user !== undefined) asked = asked.where('actor', '=', user)
  if (kind !== undefined) asked = asked.where(sql`coalesce(kind, 'did')`, '=', kind)
  if (portfolio !== undefined) asked = asked.where(sql`coalesce(about, portfolio)`, '=', portfolio)
  if (action !== undefined) asked = asked.where('action', '=', action)
  if (since !== undefined) asked = asked.where('at', '>=', since)
  if (until !== undefined) asked = asked.where('at', '<=', until)
  if (before !== undefined) {
    const [at, chain, number] = placeOf(before, ['number', 'string', 'number']) as [number, string, number] & Place
    asked = asked.where(sql<boolean>`(at, portfolio, number) < (${at}, ${chain}, ${number})`)
  }
  return asked
    .orderBy('at', 'desc')
    .orderBy('portfolio', 'desc')
    .orderBy('number', 'desc')
    .limit(limit + 1)
    .execute()
}

function rowOf(row: AuditRow): AccessRow {
  const after = JSON.parse(row.after) as Json
  return {
    chain: row.portfolio,
    number: Number(row.number),
    at: Number(row.at) as Instant,
    user: row.actor,
    kind: (row.kind ?? 'did') as AccessKind,
    action: row.action,
    portfolio: row.about ?? row.portfolio,
    subject: row.subject,
    before: JSON.parse(row.before) as Json,
    after,
    requestId: row.request_id,
    outcome: (row.outcome ?? outcomeOf(after)) as Outcome,
    address: row.address ?? '',
  }
}

/** An engine's answer says whether it was done. */
function outcomeOf(after: Json): Outcome {
  const state =
    after !== null && typeof after === 'object' && !Array.isArray(after)
      ? (after as { readonly state?: Json }).state
      : null
  return state === 'declined' ? 'refused' : 'done'
}
