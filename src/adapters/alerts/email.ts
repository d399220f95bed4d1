/** Mail, through any server that speaks SMTP. */
import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import type { AlertNotice, AlertTransport, ChannelAnswer } from '../../domain/alerts.ts'
import { hidden } from './post.ts'
import type { SettingsOf } from './settings.ts'
import { clipped, linesOf, subjectOf } from './words.ts'

/** A line of a header has 998 characters at most; what is shown of a subject is far less. */
const SUBJECT_MAX = 200
const CONNECT_MS = 10_000
const SILENT_MS = 20_000
const ANSWER_MAX = 200

export function emailTransport(settings: SettingsOf<'email'>): AlertTransport {
  const { host, port, security, user, password, from, to, certificate } = settings
  return {
    async send(notice, at) {
      const transport = createTransport({
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        connectionTimeout: CONNECT_MS,
        greetingTimeout: CONNECT_MS,
        socketTimeout: SILENT_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
        tls: { minVersion: 'TLSv1.2', ...(certificate === '' ? {} : { ca: certificate }) },
        ...(user === '' ? {} : { auth: { user, pass: password } }),
      })
      try {
        const { response, rejected } = await transport.sendMail({
          from,
          to: [...to],
          date: new Date(at),
          subject: clipped(subjectOf(notice), SUBJECT_MAX),
          text: `${linesOf(notice).join('\n')}\n`,
          html: pageOf(notice),
          ...marksOf(notice),
        })
        const refused = rejected.length === 0 ? '' : `; refused for ${rejected.map(String).join(', ')}`
        return { kind: 'taken', text: `${response}${refused}`.slice(0, ANSWER_MAX) }
      } catch (error) {
        return meaningOf(error, [password])
      } finally {
        transport.close()
      }
    },
  }
}

/** A name that follows from what is said: servers and readers drop a second mail of the same, and show one thread. */
function marksOf({ id, alerts, severity, purpose, portfolio }: AlertNotice) {
  const first = alerts[0]
  const thread = nameOf(first === undefined ? portfolio : `${portfolio} ${first.incident}`)
  return {
    messageId: nameOf(`${portfolio} ${id}`),
    ...(purpose === 'test' || purpose === 'digest' ? {} : { references: thread, inReplyTo: thread }),
    priority: severity === 'critical' && purpose !== 'resolution' ? ('high' as const) : ('normal' as const),
    headers: { 'auto-submitted': 'auto-generated' },
  }
}

function nameOf(text: string): string {
  return `<${createHash('sha256').update(text).digest('hex').slice(0, 40)}@polyfolio>`
}

function pageOf(notice: AlertNotice): string {
  const lines = linesOf(notice).map((line) => `<p>${linked(escaped(line))}</p>`)
  return `<!doctype html><html lang="en"><body><h2>${escaped(subjectOf(notice))}</h2>${lines.join('')}</body></html>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** The last line is an address where the dashboard has one. */
function linked(line: string): string {
  return /^https?:\/\/\S+$/.test(line) ? `<a href="${line}">${line}</a>` : line
}

/** Codes of 5xx are for ever, those of 4xx for now; where there was no code, nobody was reached. */
function meaningOf(error: unknown, secrets: readonly string[]): ChannelAnswer {
  const { responseCode, message } = error as { readonly responseCode?: number; readonly message?: string }
  const text = hidden((message ?? String(error)).replace(/\s+/g, ' '), secrets).slice(0, ANSWER_MAX)
  if (responseCode !== undefined && responseCode >= 500) return { kind: 'refused', text }
  return { kind: 'again', text, afterMs: null }
}
