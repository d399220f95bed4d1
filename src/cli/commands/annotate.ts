import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import { ANNOTATED, type Annotation } from '../../domain/audit.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { ProjectedTable } from '../../domain/projections.ts'
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

type Subject = Pick<Annotation, 'about' | 'subject'>

/** `polyfolio annotate`: a note on a position, a trade, an order, a violation or a day. */
export async function annotate(text: string, options: AnnotateOptions): Promise<void> {
  const { about, subject } = subjectOf(text)
  await withPortfolio(options, async ({ store, portfolio }) => {
    if (!(await isThere(store, portfolio, { about, subject })))
      throw invalid(text, `"${portfolio}" has no ${about} ${subject}`)
    const note = {
      id: randomUUID(),
      at: Date.now() as Instant,
      actor: options.actor ?? userInfo().username,
      about,
      subject,
      text: options.note,
      tags: options.tag,
    }
    await store.audit.annotate(portfolio, note)
    const what = { action: 'annotate', subject: `${about}:${subject}`, actor: note.actor }
    await audited(store.audit, portfolio, {
      ...what,
      before: null,
      after: { id: note.id, text: note.text, tags: note.tags },
    })
    if (options.json === true) printJson({ portfolio, ...documentOf({ ...note, removedAt: null }) })
    else print(`${portfolio}: noted on ${about} ${subject} as ${note.id}`)
  })
}

/** `polyfolio annotations`: notes that hold all the words; `--remove` takes one away. */
export async function annotations(words: readonly string[], options: AnnotationsOptions): Promise<void> {
  await withPortfolio(options, async ({ store, portfolio }) => {
    const { remove } = options
    if (remove !== undefined) await take(store, portfolio, remove, options.actor)
    const found = await store.audit.annotations(portfolio, words.join(' '))
    if (options.json === true) printJson({ portfolio, annotations: found.map(documentOf) })
    else if (found.length === 0) print('No note.')
    else {
      const rows = found.map(({ id, at, actor, about, subject, text, tags }) => [
        new Date(at).toISOString().replace('T', ' ').slice(0, 16),
        actor,
        `${about}:${subject}`,
        text,
        tags.join(', '),
        id,
      ])
      print(textTable(['When', 'By', 'About', 'Note', 'Tags', 'Id'], rows))
    }
  })
}

async function take(store: OpenedStore, portfolio: string, id: string, actor: string | undefined): Promise<void> {
  const note = (await store.audit.annotations(portfolio)).find((one) => one.id === id)
  if (note === undefined) throw invalid(id, `"${portfolio}" has no note of that id`, '--remove')
  await store.audit.removeAnnotation(portfolio, id, Date.now() as Instant)
  const { about, subject, text, tags } = note
  const what = { action: 'removeAnnotation', subject: `${about}:${subject}`, ...(actor === undefined ? {} : { actor }) }
  await audited(store.audit, portfolio, { ...what, before: { id, text, tags }, after: null })
}

function subjectOf(text: string): Subject {
  const end = text.indexOf(':')
  const about = ANNOTATED.find((one) => one === text.slice(0, Math.max(0, end)))
  const subject = text.slice(end + 1).trim()
  if (about !== undefined && subject !== '') return { about, subject }
  throw invalid(text, `write ${ANNOTATED.map((one) => `${one}:...`).join(', ')}`)
}

function invalid(text: string, reason: string, option = 'SUBJECT'): FaultError {
  return new FaultError(fault('OPTION_INVALID', { option, reason: `${text}: ${reason}` }))
}

/** The table that holds what a note may be about, and how its rows are named there. */
const NAMED: {
  readonly [About in Exclude<Subject['about'], 'day'>]: readonly [ProjectedTable, readonly string[], join: string]
} = {
  position: ['holding', ['sleeve', 'instrument'], '/'],
  trade: ['posting', ['seq', 'place'], '-'],
  order: ['netOrder', ['order'], ''],
  violation: ['violation', ['id'], ''],
}

async function isThere(store: OpenedStore, portfolio: string, { about, subject }: Subject): Promise<boolean> {
  if (about === 'day') return isDate(subject)
  const [table, columns, join] = NAMED[about]
  for await (const row of store.projections.projectedRows(portfolio, table))
    if (columns.map((column) => String(row[column])).join(join) === subject) return true
  return false
}

/** Written `yyyymmdd`, as the readable tables do. */
function isDate(text: string): boolean {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(text)?.slice(1).join('-')
  return day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) === day
}

function documentOf({ id, at, actor, about, subject, text, tags }: Annotation) {
  return { id, at: new Date(at).toISOString(), actor, about, subject, text, tags }
}
