/** What is wrong around an engine: seen by whoever supervises it, not by itself. */
import type { BackupState } from '../../adapters/store/backup-state.ts'
import type { Alert } from '../../domain/alerts.ts'
import type { Heartbeat, WaitingApproval } from '../../domain/control.ts'
import type { Instant } from '../../domain/units.ts'
import type { EngineExit } from '../serve/supervise.ts'

/** An engine speaks about once a second; a machine that is busy is given so long. */
const SILENT_MS = 60_000
const HOUR_MS = 3_600_000

export interface Surrounded {
  readonly portfolio: string
  /** Its engine's last word; null: it never spoke. */
  readonly beat: Heartbeat | null
  /** Since when this process has looked. */
  readonly since: number
  readonly backup: BackupState | null
  readonly now: Instant
}

/** All that is wrong now; the same cause has the same name for as long as it lasts. */
export function aroundOf({ portfolio, beat, since, backup, now }: Surrounded): readonly Alert[] {
  const alertFor = alertIn(portfolio, now)
  const found: Alert[] = []
  const silent = silence(beat, since, now)
  if (silent !== null) {
    const when = silent.at === null ? 'has not spoken yet' : `was last heard at ${momentOf(silent.at)}`
    found.push(
      alertFor('engine_silent', 'critical', silent.name, { text: `the engine ${when}: nobody watches the positions` }),
    )
  }
  if (beat !== null && beat.failure !== '' && silent === null)
    found.push(alertFor('cycle_failed', 'high', 'cycle', { text: beat.failure }))
  for (const approval of beat?.approvals ?? []) found.push(approvalAlert(alertFor, approval))
  if (backup?.isOverdue === true) {
    const text = `the daily copy of the store is overdue: the last one is ${Math.floor(backup.age / HOUR_MS)} hours old`
    found.push(alertFor('backup_overdue', 'high', 'backup', { text }))
  }
  return found
}

/** One that ended in order, or whose process said why, is not silent. */
function silence(beat: Heartbeat | null, since: number, now: number): { name: string; at: number | null } | null {
  if (beat === null) return now - since > SILENT_MS ? { name: `since ${since}`, at: null } : null
  if (beat.ended !== '') return null
  return now - Math.max(beat.at, since) > SILENT_MS ? { name: `since ${beat.at}`, at: beat.at } : null
}

/** The supervisor has started it again, or will. */
export function failureAlert(portfolio: string, { code, signal }: EngineExit, now: Instant): Alert {
  const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with code ${code}`
  const alert = alertIn(portfolio, now)('engine_failed', 'critical', 'failed', { text: `the engine ${how}` })
  return { ...alert, id: `${alert.id} ${now}`, incident: `engine failed ${portfolio}`, state: 'said' }
}

/** Nobody starts it again. */
export function endAlert(portfolio: string, end: 'refused' | 'givenUp', now: Instant): Alert {
  const why = end === 'refused' ? 'what it was given is wrong' : 'it failed again and again'
  const text = `the engine is not started any more: ${why}; its log says what`
  const alert = alertIn(portfolio, now)('engine_given_up', 'critical', 'given up', { text })
  return { ...alert, id: `${alert.id} ${now}`, incident: `engine given up ${portfolio}`, state: 'said' }
}

type AlertFor = (
  rule: string,
  severity: Alert['severity'],
  name: string,
  about: Pick<Alert, 'text'> & Partial<Alert>,
) => Alert

function alertIn(portfolio: string, at: Instant): AlertFor {
  return (rule, severity, name, about) => ({
    id: `${portfolio} ${rule} ${name}`,
    portfolio,
    at,
    severity,
    rule,
    subject: '',
    sleeve: null,
    value: null,
    limit: null,
    link: '/',
    incident: `around ${rule} ${name}`,
    state: 'raised',
    ...about,
  })
}

function approvalAlert(alertFor: AlertFor, approval: WaitingApproval): Alert {
  const { id, sleeve, instrument, quantity, reason, until } = approval
  const end = until === null ? '' : `, until ${momentOf(until)}`
  return alertFor('approval_waiting', 'medium', id, {
    subject: instrument,
    sleeve,
    text: `${sleeve} wants ${quantity} ${instrument} and waits for a word${end}: ${reason}`,
    value: approval.value,
    link: '/config',
  })
}

function momentOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
