/** What people write beside what happened. */
import { z } from 'zod'
import type { Note as StoredNote } from '../../domain/notes.ts'
import type { Instant } from '../../domain/units.ts'
import type { Note } from '../contract/notes.ts'
import { Refusal } from '../refusal.ts'
import { commandId, limit, page, portfolioName } from '../schemas/answers.ts'
import { newNote, note, noteAbout, noteChange } from '../schemas/commands.ts'
import { moment, momentOrNull } from '../views/moments.ts'
import { basisOf, type Context } from './context.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

const params = z.object({ portfolio: portfolioName })
const one = z.object({ portfolio: portfolioName, id: commandId })

export function noteRoutes(context: Context): readonly Endpoint[] {
  const { notes } = context.ports.store
  return [
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/notes',
      name: 'notes',
      seen: 'notes',
      summary: 'Notes, newest first: of one subject, with a tag, or that hold words',
      tag: 'notes',
      who: 'viewer',
      params,
      query: z.object({
        about: noteAbout.exactOptional(),
        subject: z.string().max(200).exactOptional(),
        tag: z.string().max(40).exactOptional(),
        q: z.string().max(200).exactOptional(),
        offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
        limit: limit(500, 100),
      }),
      answer: page(note),
      async run({ params: { portfolio }, query }) {
        await basisOf(context, portfolio)
        const { q, ...asked } = query
        const found = await notes.findNotes(portfolio, { ...asked, ...(q === undefined ? {} : { words: q }) })
        const end = query.offset + found.notes.length
        return { rows: found.notes.map(noteView), total: found.total, next: end < found.total ? String(end) : null }
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/p/:portfolio/notes',
      name: 'addNote',
      summary: 'Write a note; the same id again is the same note',
      tag: 'notes',
      who: 'operator',
      params,
      body: newNote,
      answer: note,
      status: 201,
      async run({ params: { portfolio }, body, caller, now }) {
        if (!(await notes.isNoted(portfolio, body.about, body.subject))) {
          throw new Refusal('not_found', `There is no ${body.about} "${body.subject}" in ${portfolio}.`)
        }
        return noteView(await notes.addNote(portfolio, { ...body, author: caller!.user, at: now as Instant }))
      },
    }),
    endpoint({
      method: 'PATCH',
      path: '/api/v1/p/:portfolio/notes/:id',
      name: 'changeNote',
      summary: 'Change a note; what it said before is kept',
      tag: 'notes',
      who: 'operator',
      params: one,
      body: noteChange,
      answer: note,
      standing,
      async run({ params: { portfolio, id }, body, caller, now }) {
        const standing = await noteOf(portfolio, id)
        const { text = standing.text, tags = standing.tags, seen } = body
        const edit = { text, tags, seen, author: caller!.user, at: now as Instant }
        return settled(id, body.seen, await notes.editNote(portfolio, id, edit))
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/v1/p/:portfolio/notes/:id',
      name: 'removeNote',
      summary: 'Take a note away; it is kept with the moment',
      tag: 'notes',
      who: 'operator',
      params: one,
      body: z.strictObject({ seen: z.int().min(1) }),
      answer: note,
      standing,
      async run({ params: { portfolio, id }, body: { seen }, caller, now }) {
        return settled(
          id,
          seen,
          await notes.removeNote(portfolio, id, { seen, author: caller!.user, at: now as Instant }),
        )
      },
    }),
  ]

  /** What it says is kept with its versions. */
  async function standing({ params: { portfolio, id } }: { readonly params: z.output<typeof one> }) {
    const found = (await notes.versions(portfolio, id)).at(-1)
    if (found === undefined) return null
    const { about, subject, tags, version, author, editor } = found
    return { about, subject, tags, version, author, editor }
  }

  async function noteOf(portfolio: string, id: string): Promise<StoredNote> {
    const found = (await notes.versions(portfolio, id)).at(-1)
    if (found === undefined) throw new Refusal('not_found', `There is no note ${id}.`)
    return found
  }

  function settled(
    id: string,
    seen: number,
    answer: { readonly state: 'done' | 'stale' | 'unknown'; readonly note: StoredNote | null },
  ): Note {
    if (answer.note === null) throw new Refusal('not_found', `There is no note ${id}.`)
    if (answer.state === 'done') return noteView(answer.note)
    const conflict = { seen, changedAt: answer.note.version, what: `note ${id}`, now: noteView(answer.note) }
    throw new Refusal('stale', `${answer.note.editor} has changed this note since.`, { conflict })
  }
}

function noteView({ id, at, author, about, subject, text, tags, version, editedAt }: StoredNote): Note {
  return { id, at: moment(at), author, about, subject, text, tags, version, editedAt: momentOrNull(editedAt) }
}
