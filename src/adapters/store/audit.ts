/** The audit log. */
import type { Kysely } from 'kysely'
import type { AuditEntry, AuditLog } from '../../domain/audit.ts'
import type { ControlAnswer } from '../../domain/control.ts'
import type { Instant, Json } from '../../domain/units.ts'
import {
  type AuditRow,
  appendEntries,
  brokenChain,
  type ChainPlace,
  chainHead,
  rowsFrom,
  witnessChain,
} from './audit-chain.ts'
import { hexOf } from './chain.ts'
import type { Tables } from './schema.ts'

export function sqlAudit(place: ChainPlace): AuditLog {
  const { db } = place
  return {
    async record({ portfolio, ...entry }) {
      await db.transaction().execute((step) => appendEntries({ ...place, db: step }, portfolio, [entry]))
      await witnessChain(place, portfolio)
    },
    entries: async (portfolio, from) => (await rowsFrom(db, portfolio, from)).map(entryOf),
    broken: (portfolio) => brokenChain(place, portfolio),
    async head(portfolio) {
      const head = await chainHead(db, portfolio)
      return head === null ? null : { number: head.number, hash: hexOf(head.hash) }
    },
    async link(portfolio, number) {
      const [row] = await rowsFrom(db, portfolio, number, 1)
      return row === undefined || Number(row.number) !== number ? null : hexOf(row.hash)
    },
    async chains() {
      const rows = await db.selectFrom('audit').select('portfolio').distinct().orderBy('portfolio').execute()
      const heads = await db.selectFrom('audit_head').select('portfolio').execute()
      return [...new Set([...rows, ...heads].map(({ portfolio }) => portfolio))].sort(byCode)
    },
  }
}

function byCode(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** What became of commands, within the transaction that makes it true. */
export async function auditAnswers(
  place: ChainPlace,
  portfolio: string,
  answers: readonly ControlAnswer[],
): Promise<void> {
  const { db: step } = place
  const standing = answers.length === 0 ? null : await standingOf(step, portfolio)
  for (const { id, state, answer } of answers) {
    const asked = step
      .selectFrom('control_command')
      .select(['actor', 'body', 'seen'])
      .where('portfolio', '=', portfolio)
    const { actor, body, seen } = await asked.where('id', '=', id).executeTakeFirstOrThrow()
    const { kind, ...rest } = JSON.parse(body) as { readonly kind: string } & Readonly<Record<string, Json>>
    const what = {
      action: kind,
      subject: '',
      before: { asked: rest, seen: Number(seen), standing },
      after: { state, answer },
    }
    await appendEntries(place, portfolio, [{ at: Date.now() as Instant, actor, ...what, requestId: id }])
  }
}

/** How the engine last said that it stood; null where none ever spoke. */
async function standingOf(step: Kysely<Tables>, portfolio: string): Promise<Json> {
  const beat = await step.selectFrom('heartbeat').select('body').where('portfolio', '=', portfolio).executeTakeFirst()
  if (beat === undefined) return null
  const { at, mode, gates, armedUntil, liveFraction } = JSON.parse(beat.body) as Readonly<Record<string, Json>>
  return { at: at!, mode: mode!, gates: gates!, armedUntil: armedUntil ?? null, liveFraction: liveFraction ?? null }
}

function entryOf({ portfolio, number, at, actor, action, subject, before, after, request_id }: AuditRow): AuditEntry {
  const said = { before: JSON.parse(before) as Json, after: JSON.parse(after) as Json }
  const what = { portfolio, actor, action, subject, requestId: request_id }
  return { ...what, number: Number(number), at: Number(at) as Instant, ...said }
}
