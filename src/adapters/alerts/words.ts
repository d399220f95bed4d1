/** What a message says, in plain text: every service dresses the same words in its own way. */
import type { Alert, AlertNotice } from '../../domain/alerts.ts'

/** Alerts that one message lists; of those beyond it says how many. */
const LISTED_MAX = 20
const LINE_MAX = 500

/** At most so many characters, never half of one. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length > most - 1) break
    kept += character
  }
  return `${kept}…`
}

/** Without what would begin a new line or a new header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}

/** The first line: severity, portfolio and what it is about. */
export function subjectOf({ purpose, severity, portfolio, alerts }: AlertNotice): string {
  const first = alerts[0]
  const about = first === undefined ? 'nothing' : aboutOf(first)
  switch (purpose) {
    case 'alert':
      return oneLine(`[${severity}] ${portfolio}: ${about}`)
    case 'resolution':
      return oneLine(`[resolved] ${portfolio}: ${about}`)
    case 'digest':
      return oneLine(`[${severity}] ${portfolio}: ${alerts.length === 1 ? about : `${alerts.length} alerts`}`)
    case 'escalation':
      return oneLine(`[${severity}, still open] ${portfolio}: ${about}`)
    case 'test':
      return oneLine(`[test] ${portfolio}: this channel works`)
  }
}

function aboutOf({ rule, subject }: Alert): string {
  return subject === '' ? rule : `${rule} (${subject})`
}

/** What stands below the first line. */
export function linesOf(notice: AlertNotice): readonly string[] {
  const { alerts, purpose, unsaid, mayRepeat } = notice
  const lines =
    alerts.length === 1
      ? detailsOf(alerts[0]!)
      : [
          ...alerts.slice(0, LISTED_MAX).map(summaryOf),
          ...(alerts.length > LISTED_MAX ? [`and ${alerts.length - LISTED_MAX} more`] : []),
        ]
  return [
    ...(purpose === 'test' ? ['Sent to see whether messages arrive. Nothing is wrong.'] : lines),
    ...(unsaid > 0 ? [`${unsaid} more of the same since the last message`] : []),
    ...(mayRepeat ? ['You may have had this message before: the process was stopped while it was sent.'] : []),
    ...(purpose === 'test' ? [] : linkOf(notice)),
  ]
}

function detailsOf(alert: Alert): readonly string[] {
  const { sleeve, at } = alert
  return [
    clipped(oneLine(alert.text), LINE_MAX),
    ...(alert.value === null ? [] : [measureOf(alert)]),
    ...(sleeve === null ? [] : [`sleeve ${sleeve}`]),
    momentOf(at),
  ].filter((line) => line !== '')
}

function summaryOf(alert: Alert): string {
  const { severity, state, text, at } = alert
  const mark = state === 'resolved' ? 'resolved' : severity
  const said = text === '' ? '' : `: ${oneLine(text)}`
  return clipped(`${momentOf(at)} [${mark}] ${oneLine(aboutOf(alert))}${said}`, LINE_MAX)
}

function measureOf({ value, limit }: Alert): string {
  return limit === null ? `value ${figure(value!)}` : `value ${figure(value!)}, limit ${figure(limit)}`
}

/** Four significant digits are what a person reads in a message. */
function figure(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** Seconds of UTC. */
function momentOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Where more is to be seen; none without the address of a dashboard. */
function linkOf({ dashboard, alerts }: AlertNotice): readonly string[] {
  const first = alerts[0]
  return dashboard === '' || first === undefined ? [] : [`${dashboard.replace(/\/+$/, '')}${first.link}`]
}
