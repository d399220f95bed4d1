import type { ReactNode } from 'react'
import type { OpenAlert } from '../../../src/api/contract/alerting.ts'
import { seenBy, useAcknowledge } from '../data/alerts.ts'
import { useRole } from '../data/session.ts'
import { preferences } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { stamp } from '../times.ts'

interface AcknowledgeProps {
  readonly alerts: readonly OpenAlert[]
  /** What goes on, for who hears the button alone. */
  readonly what: string
}

/** Says that somebody has seen it, or who has; nothing where nobody is told of it. */
export function Acknowledge({ alerts, what }: AcknowledgeProps): ReactNode {
  const zone = useStore(preferences, (value) => value.zone)
  const acknowledge = useAcknowledge()
  const mayAct = useRole('operator')
  if (alerts.length === 0) return null
  const seen = seenBy(alerts)
  if (seen !== null) {
    return (
      <span className="quiet seen-by" title={[stamp(seen.at, zone), seen.note].filter(Boolean).join(': ')}>
        seen by {seen.by}
      </span>
    )
  }
  return (
    <button
      type="button"
      className="link"
      disabled={!mayAct || acknowledge.isPending}
      aria-label={`Acknowledge: ${what}`}
      onClick={() =>
        acknowledge.mutate(alerts.filter(({ acknowledged }) => acknowledged === null).map(({ id }) => ({ id })))
      }
    >
      Acknowledge
    </button>
  )
}
