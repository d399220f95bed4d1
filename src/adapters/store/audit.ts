/** The audit log and the notes beside it. */
import { createHash } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import type { Annotation, AuditEntry, AuditLog } from '../../domain/audit.ts'
import type { ControlAnswer } from '../../domain/control.ts'
import type { Instant, Json } from '../../domain/units.ts'
import type { AuditTables } from './audit-tables.ts'
import { isSame } from './chain.ts'
import type { Tables } from './schema.ts'

type Row = Selectable<AuditTables['audit']>

/** Two processes may write at once: whoever comes second takes the next number. */
const ATTEMPTS = 20

export function sqlAudit(db: Kysely<Tables>): AuditLog {
  return {
    async record(entry) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await db.transaction().execute((step) => appendEntry(step, entry))
          return
        } catch (error) {
          const isTaken = error instanceof Error && /UNIQUE constraint|duplicate key/.test(error.message)
          if (!isTaken || attempt === ATTEMPTS) throw error
        }
      }
    },
    entries: async (portfolio, from) => (await rowsFrom(db, portfolio, from)).map(entryOf),
    async broken(portfolio) {
      let [expected, hash] = [1, firstLink(portfolio)]
      for (const row of await rowsFrom(db, portfolio, 1)) {
        const number = Number(row.number)
        if (number !== expected) return `the audit log of "${portfolio}" goes from ${expected - 1} to ${number}`
        hash = linkOf(hash, row)
        if (!isSame(hash, row.hash)) return `entry ${number} of the audit log of "${portfolio}" was changed`
        expected += 1
      }
      return null
    },
    async annotate(portfolio, { id, at, actor, about, subject, text, tags }) {
      const words = { at, actor, about, subject, text, tags: JSON.stringify(tags), removed_at: null }
      await db
        .insertInto('annotation')
        .values({ portfolio, id, ...words })
        .onConflict((one) => one.columns(['portfolio', 'id']).doUpdateSet(words))
        .execute()
    },
    async removeAnnotation(portfolio, id, at) {
      const own = db.updateTable('annotation').set({ removed_at: at }).where('portfolio', '=', portfolio)
      await own.where('id', '=', id).where('removed_at', 'is', null).execute()
    },
    async annotations(portfolio, words = '') {
      const rows = await db
        .selectFrom('annotation')
        .selectAll()
        .where('portfolio', '=', portfolio)
        .where('removed_at', 'is', null)
        .orderBy('at')
        .orderBy('id')
        .execute()
      const asked = words.toLowerCase().split(/\s+/).filter(Boolean)
      return rows
        .filter(({ text, tags }) => asked.every((word) => `${text} ${tags}`.toLowerCase().includes(word)))
        .map(annotationOf)
    },
  }
}

/** What became of commands, within the transaction that makes it true. */
export async function auditAnswers(
  step: Kysely<Tables>,
  portfolio: string,
  answers: readonly ControlAnswer[],
): Promise<void> {
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
    await appendEntry(step, { portfolio, at: Date.now() as Instant, actor, ...what, requestId: id })
  }
}

/** How the engine last said that it stood; null where none ever spoke. */
async function standingOf(step: Kysely<Tables>, portfolio: string): Promise<Json> {
  const beat = await step.selectFrom('heartbeat').select('body').where('portfolio', '=', portfolio).executeTakeFirst()
  if (beat === undefined) return null
  const { at, mode, gates, armedUntil, liveFraction } = JSON.parse(beat.body) as Readonly<Record<string, Json>>
  return { at: at!, mode: mode!, gates: gates!, armedUntil: armedUntil ?? null, liveFraction: liveFraction ?? null }
}

async function appendEntry(step: Kysely<Tables>, entry: Omit<AuditEntry, 'number'>): Promise<void> {
  const { portfolio, at, actor, action, subject } = entry
  const last = await step
    .selectFrom('audit')
    .select(['number', 'hash'])
    .where('portfolio', '=', portfolio)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  const [before, after] = [JSON.stringify(entry.before), JSON.stringify(entry.after)]
  const number = Number(last?.number ?? 0) + 1
  const row = { portfolio, number, at, actor, action, subject, before, after, request_id: entry.requestId }
  const hash = Buffer.from(linkOf(last?.hash ?? firstLink(portfolio), row))
  await step
    .insertInto('audit')
    .values({ ...row, hash })
    .execute()
}

function firstLink(portfolio: string): Uint8Array {
  return createHash('sha256').update(`audit log of ${portfolio}`).digest()
}

function linkOf(link: Uint8Array, row: Omit<Row, 'hash'>): Uint8Array {
  const { number, at, actor, action, subject, before, after, request_id } = row
  const text = JSON.stringify([Number(number), Number(at), actor, action, subject, before, after, request_id])
  return createHash('sha256').update(link).update(text).digest()
}

function rowsFrom(db: Kysely<Tables>, portfolio: string, from: number): Promise<readonly Row[]> {
  return db
    .selectFrom('audit')
    .selectAll()
    .where('portfolio', '=', portfolio)
    .where('number', '>=', from)
    .orderBy('number')
    .execute()
}

function entryOf({ portfolio, number, at, actor, action, subject, before, after, request_id }: Row): AuditEntry {
  const said = { before: JSON.parse(before) as Json, after: JSON.parse(after) as Json }
  const what = { portfolio, actor, action, subject, requestId: request_id }
  return { ...what, number: Number(number), at: Number(at) as Instant, ...said }
}

function annotationOf({
  id,
  at,
  actor,
  about,
  subject,
  text,
  tags,
  removed_at,
}: AuditTables['annotation']): Annotation {
  const removedAt = removed_at === null ? null : (Number(removed_at) as Instant)
  const said = { about: about as Annotation['about'], tags: JSON.parse(tags) as readonly string[] }
  return { id, at: Number(at) as Instant, actor, subject, text, ...said, removedAt }
}
