/** Notes of people, beside the tables that they are about. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Note, NoteAnswer, Noted, NoteEdit, NoteQuery, Notes } from '../../domain/notes.ts'
import type { Instant } from '../../domain/units.ts'
import type { AuditTables } from './audit-tables.ts'
import type { Tables } from './schema.ts'

type Row = AuditTables['annotation']
type Change = Pick<NoteEdit, 'at' | 'author' | 'seen'>

export function sqlNotes(db: Kysely<Tables>): Notes {
  return {
    isNoted: (portfolio, about, subject) => isNoted(db, portfolio, about, subject),
    addNote: (portfolio, { id, at, author, about, subject, text, tags }) =>
      db.transaction().execute(async (step) => {
        const words = { text, tags: JSON.stringify(tags) }
        const row = { portfolio, id, at, actor: author, about, subject, ...words, version: 1, edited_at: null }
        const { numInsertedOrUpdatedRows } = await step
          .insertInto('annotation')
          .values({ ...row, editor: '', removed_at: null })
          .onConflict((one) => one.columns(['portfolio', 'id']).doNothing())
          .executeTakeFirst()
        if (numInsertedOrUpdatedRows === 1n) await keepVersion(step, portfolio, id, { at, author, isRemoved: false })
        return (await found(step, portfolio, id))!
      }),
    editNote: (portfolio, id, { text, tags, ...by }) =>
      changed(db, portfolio, id, by, { text, tags: JSON.stringify(tags) }),
    removeNote: (portfolio, id, by) => changed(db, portfolio, id, by, { removed_at: by.at }),
    async findNotes(portfolio, query) {
      const { offset = 0, limit } = query
      const notes = (await candidates(db, portfolio, query)).map(noteOf).filter((note) => fits(note, query))
      return { notes: notes.slice(offset, offset + limit), total: notes.length }
    },
    async versions(portfolio, id) {
      const first = await found(db, portfolio, id)
      if (first === undefined) return []
      const rows = await db
        .selectFrom('annotation_version')
        .selectAll()
        .where('portfolio', '=', portfolio)
        .where('id', '=', id)
        .orderBy('version')
        .execute()
      return rows.map(({ version, at, author, text, tags, removed }) => {
        const isFirst = Number(version) === 1
        const moment = Number(at) as Instant
        return {
          ...first,
          text,
          tags: JSON.parse(tags) as readonly string[],
          version: Number(version),
          editedAt: isFirst ? null : moment,
          editor: isFirst ? '' : author,
          removedAt: removed === 1 ? moment : null,
        }
      })
    },
  }
}

/** Only what stands as it was seen is changed. */
async function changed(
  db: Kysely<Tables>,
  portfolio: string,
  id: string,
  { at, author, seen }: Change,
  values: { readonly text: string; readonly tags: string } | { readonly removed_at: number },
): Promise<NoteAnswer> {
  return db.transaction().execute(async (step) => {
    const { numUpdatedRows } = await step
      .updateTable('annotation')
      .set({ ...values, version: seen + 1, edited_at: at, editor: author })
      .where('portfolio', '=', portfolio)
      .where('id', '=', id)
      .where('version', '=', seen)
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 1n) await keepVersion(step, portfolio, id, { at, author, isRemoved: 'removed_at' in values })
    const note = await found(step, portfolio, id)
    if (note === undefined) return { state: 'unknown', note: null }
    return { state: numUpdatedRows === 1n ? 'done' : 'stale', note }
  })
}

async function keepVersion(
  step: Transaction<Tables>,
  portfolio: string,
  id: string,
  { at, author, isRemoved }: { readonly at: number; readonly author: string; readonly isRemoved: boolean },
): Promise<void> {
  const own = step.selectFrom('annotation').select(['version', 'text', 'tags']).where('portfolio', '=', portfolio)
  const { version, text, tags } = await own.where('id', '=', id).executeTakeFirstOrThrow()
  const row = { portfolio, id, version, at, author, text, tags, removed: isRemoved ? 1 : 0 }
  await step.insertInto('annotation_version').values(row).execute()
}

async function found(db: Kysely<Tables>, portfolio: string, id: string): Promise<Note | undefined> {
  const own = db.selectFrom('annotation').selectAll().where('portfolio', '=', portfolio).where('id', '=', id)
  const row = await own.executeTakeFirst()
  return row === undefined ? undefined : noteOf(row)
}

/** By what the database can tell; newest first. */
function candidates(
  db: Kysely<Tables>,
  portfolio: string,
  { about, subject, from, to }: NoteQuery,
): Promise<readonly Row[]> {
  let asked = db.selectFrom('annotation').selectAll().where('portfolio', '=', portfolio).where('removed_at', 'is', null)
  if (about !== undefined) asked = asked.where('about', '=', about)
  if (subject !== undefined) asked = asked.where('subject', '=', subject)
  if (from !== undefined) asked = asked.where('at', '>=', from)
  if (to !== undefined) asked = asked.where('at', '<=', to)
  return asked.orderBy('at', 'desc').orderBy('id', 'desc').execute()
}

/** Small and capital letters of every alphabet, which the databases do not all know. */
function fits({ text, tags, subject, author }: Note, { words = '', tag }: NoteQuery): boolean {
  if (tag !== undefined && !tags.some((one) => one.toLowerCase() === tag.toLowerCase())) return false
  const all = [text, ...tags, subject, author].join('\n').toLowerCase()
  const asked = words.toLowerCase().split(/\s+/).filter(Boolean)
  return asked.every((word) => all.includes(word))
}

function noteOf(row: Row): Note {
  const { id, at, actor: author, about, subject, text, tags, version, edited_at, editor, removed_at } = row
  return {
    id,
    at: Number(at) as Instant,
    author,
    about: about as Noted,
    subject,
    text,
    tags: JSON.parse(tags) as readonly string[],
    version: Number(version),
    editedAt: edited_at === null ? null : (Number(edited_at) as Instant),
    editor,
    removedAt: removed_at === null ? null : (Number(removed_at) as Instant),
  }
}

/** Whether one of the readable tables has a row of that name. */
async function isNoted(db: Kysely<Tables>, portfolio: string, about: Noted, subject: string): Promise<boolean> {
  if (about === 'day') return isDate(subject)
  const [table, condition] = conditionOf(about, subject)
  const { rows } = await sql`SELECT 1 FROM ${sql.table(table)} WHERE portfolio = ${portfolio} AND ${condition}
    LIMIT 1`.execute(db)
  if (rows.length > 0) return true
  // A round trip has a name of its own, beside those of its bookings.
  if (about !== 'trade') return false
  const trip = db.selectFrom('round_trip').select('id').where('portfolio', '=', portfolio).where('id', '=', subject)
  return (await trip.executeTakeFirst()) !== undefined
}

function conditionOf(about: Exclude<Noted, 'day'>, subject: string) {
  switch (about) {
    case 'sleeve':
      return ['sleeve', sql`sleeve = ${subject}`] as const
    case 'position':
      return ['holding', sql`sleeve || '/' || instrument = ${subject}`] as const
    case 'trade': {
      const [seq = '', place = ''] = subject.split('-')
      return ['posting', sql`seq = ${numberOf(seq)} AND place = ${numberOf(place)}`] as const
    }
    case 'order':
      return ['net_order', sql`${sql.ref('order')} = ${numberOf(subject)}`] as const
    case 'violation':
      return ['violation', sql`id = ${numberOf(subject)}`] as const
  }
}

/** -1 for what is no number: nothing has that one. */
function numberOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1
}

/** Written `yyyymmdd`, as the readable tables do. */
function isDate(text: string): boolean {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(text)?.slice(1).join('-')
  return day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) === day
}
