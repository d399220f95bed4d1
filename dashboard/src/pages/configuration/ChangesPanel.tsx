import { type ReactNode, useState } from 'react'
import type { ProblemDetail } from '../../../../src/api/contract/answers.ts'
import type { ConfigurationChange } from '../../../../src/api/contract/configuration.ts'
import { useRole } from '../../data/session.ts'
import { Icon } from '../../frame/Icon.tsx'
import { Changes } from './Changes.tsx'
import { useChecked } from './checked.tsx'
import { saveDraft, useConfiguration, useEditing } from './draft.ts'
import { Versions } from './Versions.tsx'

function Problems({
  problems,
  isFault,
}: {
  readonly problems: readonly ProblemDetail[]
  readonly isFault: boolean
}): ReactNode {
  if (problems.length === 0) return null
  return (
    <ul className="changes" role={isFault ? 'alert' : undefined}>
      {problems.map(({ at, text }) => (
        <li key={`${at} ${text}`} className={isFault ? 'neg' : 'warn'}>
          <p className="strong">{at}</p>
          <p>{text}</p>
        </li>
      ))}
    </ul>
  )
}

/** Somebody else saved while this draft was written: theirs and the reader's own, one under the other. */
function Conflict(): ReactNode {
  const { conflict, discard, keepOwn, seen } = useEditing()
  const { check } = useChecked()
  if (conflict === null) return null
  const theirs = conflict.history.filter(({ seq }) => seq > seen)
  const by = [...new Set(theirs.map((version) => version.by).filter((name) => name !== ''))].join(', ')
  return (
    <div className="conflict" role="alert">
      <p className="strong">{by === '' ? 'Somebody else' : by} changed the configuration while you edited.</p>
      <h3>Theirs</h3>
      {theirs.length === 0 ? (
        <p className="quiet">The file itself was changed; the engine runs as before.</p>
      ) : (
        theirs.map(({ seq, changes }) => <Changes key={seq} changes={changes} />)
      )}
      <h3>Yours, against theirs</h3>
      {check === null ? <p className="quiet">Comparing.</p> : <Changes changes={check.changes} isDraft />}
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={discard}>
          Take theirs
        </button>
        <button type="button" className="button" onClick={keepOwn}>
          Go on with mine
        </button>
      </div>
    </div>
  )
}

/** A sleeve that the draft takes away: its name is to be typed. */
function removedSleeve(changes: readonly ConfigurationChange[]): string | null {
  const gone = changes.find(
    ({ path, after }) => /^sleeves\.[^.]+$/.test(path) && (after === undefined || after === null),
  )
  return gone === undefined ? null : gone.path.slice('sleeves.'.length)
}

function Findings(): ReactNode {
  const { refused } = useEditing()
  const { check, error } = useChecked()
  const known = new Set(check?.problems.map(({ at, text }) => `${at} ${text}`))
  return (
    <>
      {error !== null && <p className="fault">Could not be checked: {error}</p>}
      {check === null && error === null && <p className="quiet">Checking.</p>}
      <Problems problems={refused.filter(({ at, text }) => !known.has(`${at} ${text}`))} isFault />
      {check !== null && (
        <>
          <Problems problems={check.problems} isFault />
          <Problems problems={check.warnings} isFault={false} />
          {check.valid && check.changes.length === 0 && (
            <p className="quiet">It reads differently and means the same.</p>
          )}
          <Changes changes={check.changes} isDraft />
        </>
      )}
    </>
  )
}

function Unsaved(): ReactNode {
  const { discard, view, isSaving } = useEditing()
  const { check, isCurrent } = useChecked()
  const [typed, setTyped] = useState('')
  const mayStore = useRole('admin')
  const removed = removedSleeve(check?.changes ?? [])
  const isReady =
    mayStore &&
    !isSaving &&
    view?.readOnlyWhy === '' &&
    isCurrent &&
    check?.valid === true &&
    (removed === null || typed === removed)
  return (
    <>
      <Findings />
      {removed !== null && (
        <label className="field">
          <span>
            Type <b>{removed}</b> to take it away
          </span>
          <input
            className="input"
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      )}
      {!mayStore && <p className="hint">Only an admin may save changes.</p>}
      <div className="dialog-buttons">
        <button type="button" className="button" disabled={isSaving} onClick={discard}>
          Discard
        </button>
        <button type="button" className="button button-main" disabled={!isReady} onClick={() => void saveDraft(typed)}>
          {isSaving ? 'Saving' : 'Save changes'}
        </button>
      </div>
    </>
  )
}

/** What will change, what follows from it, and what is wrong with it; saved only when it is valid. */
export function ChangesPanel(): ReactNode {
  const { error } = useConfiguration()
  const { view, isChanged, conflict } = useEditing()
  const why = view?.readOnlyWhy ?? ''
  return (
    <section
      className="panel changes-panel"
      aria-label="What will change"
      style={{ '--span': 4 } as React.CSSProperties}
    >
      <header className="panel-head">
        <h2>What will change</h2>
      </header>
      <div className="changes-body">
        <Conflict />
        {why !== '' && (
          <p className="second">
            <Icon name="lock" /> {why}
          </p>
        )}
        {isChanged && conflict === null && <Unsaved />}
        {error !== null && view === null && <p className="fault">The configuration could not be read: {error}</p>}
        {view === null && error === null && <p className="quiet">Reading the configuration.</p>}
        {view !== null && !isChanged && why === '' && (
          <p className="quiet">Nothing yet. Edit on the left; nothing is saved before you say so.</p>
        )}
        {view !== null && <Versions history={view.history} />}
      </div>
    </section>
  )
}
