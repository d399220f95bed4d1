/** PagerDuty: events that open and close incidents, each under a key that makes a repetition harmless. */
import type { Alert, AlertNotice, AlertTransport, ChannelAnswer } from '../../domain/alerts.ts'
import type { Severity } from '../../domain/violations.ts'
import { post } from './post.ts'
import type { SettingsOf } from './settings.ts'
import { clipped, linesOf, subjectOf } from './words.ts'

const SUMMARY_MAX = 1_024
const KEY_MAX = 255
const SOURCE_MAX = 255
const LEVELS: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
}

type Event = Readonly<Record<string, unknown>>

export function pagerdutyTransport({ address, key }: SettingsOf<'pagerduty'>): AlertTransport {
  const url = `${address.replace(/\/+$/, '')}/v2/enqueue`
  return {
    async send(notice) {
      let answer: ChannelAnswer = { kind: 'refused', text: 'there was nothing to say' }
      for (const event of eventsOf(notice)) {
        const body = JSON.stringify({ routing_key: key, client: 'Polyfolio', ...event })
        answer = await post({ url, body, headers: { 'content-type': 'application/json' }, secrets: [key] })
        // What went before is under its own key: said again it changes nothing.
        if (answer.kind !== 'taken') return answer
      }
      return answer
    },
  }
}

/** A digest is no incident of its own: each of its alerts is one. A test is closed as soon as it was opened. */
function eventsOf(notice: AlertNotice): readonly Event[] {
  if (notice.purpose === 'test') {
    const key = clipped(`polyfolio test ${notice.id}`, KEY_MAX)
    return [triggered(notice, notice.alerts[0], key, subjectOf(notice)), { event_action: 'resolve', dedup_key: key }]
  }
  const isOne = notice.alerts.length === 1
  return notice.alerts.map((alert) => {
    const key = clipped(`polyfolio ${alert.incident}`, KEY_MAX)
    if (alert.state === 'resolved') return { event_action: 'resolve', dedup_key: key }
    const own: AlertNotice = {
      ...notice,
      purpose: notice.purpose === 'digest' ? 'alert' : notice.purpose,
      alerts: [alert],
    }
    return triggered(isOne ? notice : { ...own, severity: alert.severity }, alert, key, subjectOf(own))
  })
}

function triggered(notice: AlertNotice, alert: Alert | undefined, key: string, subject: string): Event {
  const text = alert === undefined || notice.purpose === 'test' ? '' : `: ${alert.text}`
  const link =
    notice.dashboard === '' || alert === undefined ? null : `${notice.dashboard.replace(/\/+$/, '')}${alert.link}`
  return {
    event_action: 'trigger',
    dedup_key: key,
    payload: {
      summary: clipped(`${subject}${text}`, SUMMARY_MAX),
      source: clipped(notice.portfolio, SOURCE_MAX),
      severity: LEVELS[notice.purpose === 'test' ? 'low' : (alert?.severity ?? notice.severity)],
      ...(alert === undefined ? {} : { timestamp: new Date(alert.at).toISOString(), class: alert.rule }),
      ...(alert?.subject === undefined || alert.subject === '' ? {} : { component: alert.subject }),
      custom_details: {
        lines: linesOf(notice),
        ...(alert === undefined ? {} : { value: alert.value, limit: alert.limit, sleeve: alert.sleeve }),
      },
    },
    ...(link === null ? {} : { links: [{ href: link, text: 'Dashboard' }] }),
  }
}
