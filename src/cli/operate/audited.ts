/** What commands that speak to a store, and not to an engine, leave in its audit log. */
import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { sqlAudit } from '../../adapters/store/audit.ts'
import type { SqlStore } from '../../adapters/store/sql-store.ts'
import type { AuditLog } from '../../domain/audit.ts'
import type { Instant, Json } from '../../domain/units.ts'

export interface Deed {
  /** A word for what was done, such as `prune`. */
  readonly action: string
  /** What it was done to; left out: the whole portfolio. */
  readonly subject?: string
  /** The name of the user where left out. */
  readonly actor?: string
  /** How things were and are; null where there is nothing to say. */
  readonly before: Json
  readonly after: Json
}

export async function audited(audit: AuditLog, portfolio: string, deed: Deed): Promise<void> {
  const { action, subject = '', actor = userInfo().username, before, after } = deed
  const at = Date.now() as Instant
  await audit.record({ portfolio, at, actor, action, subject, before, after, requestId: randomUUID() })
}

/** What was done to all of a store stands in the log of each of its portfolios. */
export async function auditedOfAll(store: Pick<SqlStore, 'db' | 'isServer' | 'witness'>, deed: Deed): Promise<void> {
  const audit = sqlAudit(store)
  const known = await store.db.selectFrom('lease').select('portfolio').orderBy('portfolio').execute()
  for (const { portfolio } of known) await audited(audit, portfolio, deed)
}
