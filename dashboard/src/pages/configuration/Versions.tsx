import type { ReactNode } from 'react'
import type { ConfigurationVersion } from '../../../../src/api/contract/configuration.ts'
import { useRole } from '../../data/session.ts'
import { count } from '../../format.ts'
import { notify } from '../../state/notices.ts'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { stamp } from '../../times.ts'
import { Changes } from './Changes.tsx'
import { textOfVersion, useEditing } from './draft.ts'

const SHOWN = 12
const CHANGES_SHOWN = 20

function Version({
  version,
  isFirst,
}: {
  readonly version: ConfigurationVersion
  readonly isFirst: boolean
}): ReactNode {
  const { edit, view } = useEditing()
  const mayEdit = useRole('admin')
  const zone = useStore(preferences, (value) => value.zone)
  const { seq, at, by, savedAt, changes, isKept } = version
  const when = savedAt !== null ? stamp(savedAt, zone) : isFirst ? '' : `market time ${stamp(at, zone)}`
  const isNow = view?.version === seq
  async function restore(): Promise<void> {
    try {
      const text = await textOfVersion(seq)
      edit(() => text)
    } catch (error) {
      notify({ tone: 'bad', text: `Version ${seq}: ${error instanceof Error ? error.message : String(error)}` })
    }
  }
  return (
    <li>
      <p>
        <b>From event {count(seq)}</b>
        {isNow && ' (now)'}
        <span className="quiet">
          {' '}
          {when}
          {by !== '' && `, ${by}`}
        </span>
      </p>
      {isFirst ? (
        <p className="quiet">What it began with.</p>
      ) : (
        <details>
          <summary>
            {count(changes.length)} {changes.length === 1 ? 'change' : 'changes'}
          </summary>
          <Changes changes={changes.slice(0, CHANGES_SHOWN)} />
        </details>
      )}
      {isKept && !isNow && mayEdit && (
        <button
          type="button"
          className="button button-small"
          aria-label={`Make it a draft: the version from event ${seq}`}
          onClick={() => void restore()}
        >
          Make it a draft
        </button>
      )}
    </li>
  )
}

/** Every configuration that held: from when, by whom, what it changed; one that is kept can be a draft again. */
export function Versions({ history }: { readonly history: readonly ConfigurationVersion[] }): ReactNode {
  const first = history.at(-1)?.seq
  return (
    <>
      <h3>Versions</h3>
      {history.length === 0 ? (
        <p className="quiet">None yet: the first one begins with the first event.</p>
      ) : (
        <ol className="versions">
          {history.slice(0, SHOWN).map((version) => (
            <Version key={version.seq} version={version} isFirst={version.seq === first} />
          ))}
        </ol>
      )}
    </>
  )
}
