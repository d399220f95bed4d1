import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { NOTED, type Note } from '../../domain/notes.ts'
import type { Instant } from '../../domain/units.ts'
import { audited } from '../operate/audited.ts'
import { type StoreOptions, withPortfolio } from '../operate/portfolio-of.ts'
import { print, printJson } from '../output.ts'
import { textTable } from '../text-table.ts'

interface AnnotateOptions extends StoreOptions {
  readonly note: string
  readonly tag: readonly string[]
  readonly actor?: string
  readonly json?: boolean
}

interface AnnotationsOptions extends StoreOptions {
  readonly remove?: string
  readonly actor?: string
  readonly json?: boolean
}

type Subject = Pick<Note, 'about' | 'subject'>

/** All that match. */
const EVERY = Number.MAX_SAFE_INTEGER

/** `polyfolio annotate`: a note on a sleeve, a position, a trade, an order, a violation or a day. */
export async function annotate(text: string, options: AnnotateOptions): Promise<void> {
  const { about, subject } = subjectOf(text)
  await withPortfolio(options, async ({ store, portfolio }) => {
    if (!(await store.notes.isNoted(portfolio, about, subject)))
      throw invalid(text, `"${portfolio}" has no ${about} ${subject}`)
    const note = await store.notes.addNote(portfolio, {
      id: randomUUID(),
      at: Date.now() as Instant,
      author: options.actor ?? userInfo().username,
      about,
      subject,
      text: options.note,
      tags: options.tag,
    })
    const what = { action: 'annotate', subject: `${about}:${subject}`, actor: note.author }
    await audited(store.audit, portfolio, {
      ...what,
      before: null,
      after: { id: note.id, text: note.text, tags: note.tags },
    })
    if (options.json === true) printJson({ portfolio, ...documentOf(note) })
    else print(`${portfolio}: noted on ${about} ${subject} as ${note.id}`)
  })
}

/** `polyfolio annotations`: notes that hold all the words, oldest first; `--remove` takes one away. */
export async function annotations(words: readonly string[], options: AnnotationsOptions): Promise<void> {
  await withPortfolio(options, async ({ store, portfolio }) => {
    const { remove } = options
    if (remove !== undefined) await take(store, portfolio, remove, options.actor)
    const { notes } = await store.notes.findNotes(portfolio, { words: words.join(' '), limit: EVERY })
    const found = notes.toReversed()
    if (options.json === true) printJson({ portfolio, annotations: found.map(documentOf) })
    else if (found.length === 0) print('No note.')
    else {
      const rows = found.map(({ id, at, author, about, subject, text, tags }) => [
        new Date(at).toISOString().replace('T', ' ').slice(0, 16),
        author,
        `${about}:${subject}`,
        text,
        tags.join(', '),
        id,
      ])
      print(textTable(['When', 'By', 'About', 'Note', 'Tags', 'Id'], rows))
    }
  })
}

async function take(
  store: OpenedStore,
  portfolio: string,
  id: string,
  author: string = userInfo().username,
): Promise<void> {
  const { notes } = await store.notes.findNotes(portfolio, { limit: EVERY })
  const note = notes.find((one) => one.id === id)
  if (note === undefined) throw invalid(id, `"${portfolio}" has no note of that id`, '--remove')
  const by = { at: Date.now() as Instant, author, seen: note.version }
  const { state } = await store.notes.removeNote(portfolio, id, by)
  if (state !== 'done') throw invalid(id, 'somebody has changed it meanwhile; look at it again', '--remove')
  const { about, subject, text, tags } = note
  const what = { action: 'removeAnnotation', subject: `${about}:${subject}`, actor: author }
  await audited(store.audit, portfolio, { ...what, before: { id, text, tags }, after: null })
}

function subjectOf(text: string): Subject {
  const end = text.indexOf(':')
  const about = NOTED.find((one) => one === text.slice(0, Math.max(0, end)))
  const subject = text.slice(end + 1).trim()
  if (about !== undefined && subject !== '') return { about, subject }
  throw invalid(text, `write ${NOTED.map((one) => `${one}:...`).join(', ')}`)
}

function invalid(text: string, reason: string, option = 'SUBJECT'): FaultError {
  return new FaultError(fault('OPTION_INVALID', { option, reason: `${text}: ${reason}` }))
}

function documentOf({ id, at, author, about, subject, text, tags }: Note) {
  return { id, at: new Date(at).toISOString(), actor: author, about, subject, text, tags }
}
