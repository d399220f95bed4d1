import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { Note, NoteAbout } from '../../../../src/api/contract/notes.ts'
import { newId } from '../../data/commands.ts'
import { type Notes, useNotes } from '../../data/notes.ts'
import { useRole } from '../../data/session.ts'
import { part } from '../../data/source.ts'
import { Icon } from '../../frame/Icon.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { fieldText } from '../../panels/forms.ts'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { stamp } from '../../times.ts'

/** What a new note is about: chosen elsewhere on the page, or the sleeve itself. */
export interface NoteSubject {
  readonly about: NoteAbout
  readonly subject: string
  readonly title: string
}

const NOTHING = { text: '', tags: [] } as const

/** Notes on the sleeve, and on its positions and trades. */
export function notesOfSleeve(notes: readonly Note[], sleeve: string): readonly Note[] {
  return notes.filter(
    ({ about, subject }) =>
      (about === 'sleeve' && subject === sleeve) ||
      ((about === 'position' || about === 'trade') && subject.startsWith(`${sleeve}/`)),
  )
}

/** Whether a note holds every word, in its text, its tags or its author. */
export function holdsWords({ text, tags, author, subject }: Note, words: string): boolean {
  const all = [text, author, subject, ...tags].join(' ').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}

export function tagsOf(text: string): readonly string[] {
  const found = text
    .split(/[\s,]+/)
    .map((tag) => tag.replace(/^#/, ''))
    .filter((tag) => tag !== '')
  return [...new Set(found)]
}

interface Written {
  readonly text: string
  readonly tags: readonly string[]
}

interface FormProps {
  readonly label: string
  readonly before: Written
  readonly verb: string
  readonly onSave: (written: Written) => Promise<void>
  readonly onDone: () => void
}

/** Writes a note or changes one; what the server refuses stays to be mended. */
function NoteForm({ label, before, verb, onSave, onDone }: FormProps): ReactNode {
  const text = useRef<HTMLTextAreaElement>(null)
  const [fault, setFault] = useState('')
  useEffect(() => text.current?.focus(), [])
  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const written = fieldText(form, 'text')
    if (written === '') return setFault('Write something first.')
    try {
      await onSave({ text: written, tags: tagsOf(fieldText(form, 'tags')) })
      onDone()
    } catch (cause) {
      setFault(cause instanceof Error ? cause.message : String(cause))
    }
  }
  return (
    <form className="note-form" onSubmit={(event) => void save(event)}>
      <label className="field">
        <span>{label}</span>
        <textarea ref={text} className="input" name="text" rows={3} maxLength={4000} defaultValue={before.text} />
      </label>
      <label className="field">
        <span>Tags</span>
        <input
          className="input"
          name="tags"
          placeholder="roll, watch"
          maxLength={200}
          defaultValue={before.tags.join(', ')}
        />
      </label>
      {fault !== '' && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <p className="own-buttons">
        <button type="submit" className="button button-main">
          {verb}
        </button>
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
      </p>
    </form>
  )
}

interface NoteItemProps {
  readonly note: Note
  readonly notes: Notes
  readonly canChange: boolean
}

function NoteItem({ note, notes, canChange }: NoteItemProps): ReactNode {
  const zone = useStore(preferences, ({ zone: chosen }) => chosen)
  const [isOpen, setOpen] = useState(false)
  if (isOpen)
    return (
      <li className="note">
        <NoteForm
          label={`Note of ${note.author}`}
          before={note}
          verb="Save note"
          onSave={(written) => notes.change(note.id, { seen: note.version, ...written })}
          onDone={() => setOpen(false)}
        />
      </li>
    )
  return (
    <li className="note">
      <p className="note-head">
        <b>{note.author}</b>
        <time dateTime={note.at}>{stamp(note.at, zone)}</time>
        {note.editedAt !== null && <span className="quiet">changed</span>}
        {note.about !== 'sleeve' && <span className="quiet">{`${note.about} ${note.subject}`}</span>}
        {canChange && (
          <span className="note-buttons">
            <button
              type="button"
              className="link"
              aria-label={`Edit the note of ${note.author}`}
              onClick={() => setOpen(true)}
            >
              Edit
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={`Delete the note of ${note.author}`}
              onClick={() => void notes.remove(note.id, note.version)}
            >
              <Icon name="close" />
            </button>
          </span>
        )}
      </p>
      <p className="note-text">{note.text}</p>
      {note.tags.length > 0 && (
        <p className="note-tags">
          {note.tags.map((tag) => (
            <span key={tag} className="tag">
              {tag}
            </span>
          ))}
        </p>
      )}
    </li>
  )
}

export interface NotesPanelProps {
  readonly sleeve: string
  readonly title: string
  /** What was chosen elsewhere to write about; null: nothing. */
  readonly asked: NoteSubject | null
  readonly onAsked: (subject: NoteSubject | null) => void
}

export function NotesPanel({ sleeve, title, asked, onAsked }: NotesPanelProps): ReactNode {
  const notes = useNotes({})
  const canWrite = useRole('operator')
  const [words, setWords] = useState('')
  const source = part(notes.source, (page) =>
    notesOfSleeve(page.rows, sleeve).filter((note) => holdsWords(note, words)),
  )
  const write = (): void => onAsked({ about: 'sleeve', subject: sleeve, title })
  return (
    <Panel
      title="Notes and tags"
      span={4}
      height={320}
      source={source}
      skeleton="table"
      controls={
        canWrite && (
          <button type="button" className="button button-small" onClick={write}>
            <Icon name="plus" />
            Add note
          </button>
        )
      }
    >
      {(rows) => (
        <div className="notes">
          {asked !== null && (
            <NoteForm
              key={asked.subject}
              label={`Note on ${asked.title}`}
              before={NOTHING}
              verb="Add note"
              onSave={(written) => notes.add({ id: newId(), about: asked.about, subject: asked.subject, ...written })}
              onDone={() => onAsked(null)}
            />
          )}
          <input
            className="select-small"
            type="search"
            aria-label="Search notes"
            placeholder="Search notes and tags"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          {rows.length === 0 ? (
            <p className="second">{words === '' ? `Nobody wrote about ${title} yet.` : 'No note holds these words.'}</p>
          ) : (
            <ul>
              {rows.map((note) => (
                <NoteItem key={note.id} note={note} notes={notes} canChange={canWrite} />
              ))}
            </ul>
          )}
        </div>
      )}
    </Panel>
  )
}
