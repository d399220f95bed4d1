import { type ReactNode, useState } from 'react'
import type { Note, NoteAbout } from '../../../../src/api/contract/notes.ts'
import { newId } from '../../data/commands.ts'
import { type Notes, useNotes } from '../../data/notes.ts'
import { useLive } from '../../data/readings.ts'
import { useRole } from '../../data/session.ts'
import { part } from '../../data/source.ts'
import { Icon } from '../../frame/Icon.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { NoteForm } from '../../panels/NoteForm.tsx'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { stamp, tradeDate } from '../../times.ts'

/** What a new note is about: chosen elsewhere on the page, or the sleeve itself. */
export interface NoteSubject {
  readonly about: NoteAbout
  readonly subject: string
  readonly title: string
}

const NOTHING = { text: '', tags: [] } as const

/** Notes on the sleeve, on its positions and trades, and on days. */
export function notesOfSleeve(notes: readonly Note[], sleeve: string): readonly Note[] {
  return notes.filter(
    ({ about, subject }) =>
      about === 'day' ||
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

interface SubjectProps {
  readonly sleeve: string
  readonly title: string
  /** The last one, `YYYY-MM-DD`. */
  readonly day: string
  readonly asked: NoteSubject
  readonly onAsked: (subject: NoteSubject) => void
}

const subjectOfDay = (day: string): NoteSubject => ({
  about: 'day',
  subject: day.replaceAll('-', ''),
  title: tradeDate(day),
})

/** A note is about the strategy, about what was chosen elsewhere on the page, or about a day. */
function Subject({ sleeve, title, day, asked, onAsked }: SubjectProps): ReactNode {
  const isDay = asked.about === 'day'
  const shown = isDay ? `${asked.subject.slice(0, 4)}-${asked.subject.slice(4, 6)}-${asked.subject.slice(6)}` : day
  return (
    <p className="note-subject">
      <select
        className="select-small"
        aria-label="The note is about"
        value={asked.about}
        onChange={({ target }) =>
          onAsked(target.value === 'day' ? subjectOfDay(day) : { about: 'sleeve', subject: sleeve, title })
        }
      >
        <option value="sleeve">{title}</option>
        <option value="day">A day</option>
        {asked.about !== 'sleeve' && !isDay && <option value={asked.about}>{asked.title}</option>}
      </select>
      {isDay && (
        <input
          className="select-small"
          type="date"
          aria-label="Day of the note"
          value={shown}
          max={day}
          required
          onChange={({ target }) => target.value !== '' && onAsked(subjectOfDay(target.value))}
        />
      )}
    </p>
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
  const day = useLive('figures').data?.tradeDate ?? null
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
          {asked !== null && day !== null && (
            <Subject sleeve={sleeve} title={title} day={day} asked={asked} onAsked={onAsked} />
          )}
          {asked !== null && (
            <NoteForm
              key={asked.about}
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
