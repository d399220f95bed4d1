import { type ReactNode, useState } from 'react'
import type { ProblemDetail } from '../../../../src/api/contract/answers.ts'
import type { ConfigurationChange } from '../../../../src/api/contract/configuration.ts'
import { useRole } from '../../data/session.ts'
import { Icon } from '../../frame/Icon.tsx'
import { keepOwn, saveDraft, useCheck, useConfiguration, useEditing } from './draft.ts'

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'not set'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function Changes({ changes }: { readonly changes: readonly ConfigurationChange[] }): ReactNode {
  return (
    <ul className="changes">
      {changes.map(({ path, before, after, consequence, isDangerous }) => (
        <li key={path}>
          <p className="strong">
            {path}
            {isDangerous && <span className="warn"> needs a new proof</span>}
          </p>
          <p>
            <del>{shown(before)}</del> → <ins>{shown(after)}</ins>
          </p>
          {consequence !== '' && <p className="second">{consequence}</p>}
        </li>
      ))}
    </ul>
  )
}

function Problems({
  problems,
  isFault,
}: {
  readonly problems: readonly ProblemDetail[]
  readonly isFault: boolean
}): ReactNode {
  return (
    <ul className="changes">
      {problems.map(({ at, text }) => (
        <li key={`${at} ${text}`} className={isFault ? 'neg' : 'warn'}>
          <p className="strong">{at}</p>
          <p>{text}</p>
        </li>
      ))}
    </ul>
  )
}

function Conflict(): ReactNode {
  const { conflict, discard } = useEditing()
  if (conflict === null) return null
  return (
    <div className="conflict" role="alert">
      <p className="strong">Somebody else saved a change while you edited (event {conflict.version}).</p>
      <Changes changes={conflict.history[0]?.changes ?? []} />
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

function Unsaved(): ReactNode {
  const { discard, view } = useEditing()
  const { check, error, isCurrent } = useCheck()
  const [typed, setTyped] = useState('')
  const mayStore = useRole('admin')
  const removed = removedSleeve(check?.changes ?? [])
  const isReady =
    mayStore &&
    view?.readOnlyWhy === '' &&
    isCurrent &&
    check?.valid === true &&
    check.changes.length > 0 &&
    (removed === null || typed === removed)
  return (
    <>
      {error !== null && <p className="fault">Could not be checked: {error}</p>}
      {check === null && error === null && <p className="quiet">Checking.</p>}
      {check !== null && (
        <>
          <Problems problems={check.problems} isFault />
          <Problems problems={check.warnings} isFault={false} />
          {check.valid && check.changes.length === 0 && (
            <p className="quiet">It reads differently and means the same.</p>
          )}
          <Changes changes={check.changes} />
        </>
      )}
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
        <button type="button" className="button" onClick={discard}>
          Discard
        </button>
        <button type="button" className="button button-main" disabled={!isReady} onClick={() => void saveDraft(typed)}>
          Save changes
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
        {view !== null && !isChanged && why === '' && (
          <>
            <p className="quiet">Nothing yet. Edit on the left; nothing is saved before you say so.</p>
            {view.history.length > 0 && (
              <>
                <h3>Saved last</h3>
                <Changes changes={view.history[0]!.changes.slice(0, 8)} />
              </>
            )}
          </>
        )}
      </div>
    </section>
  )
}
