/**
 * A server of the user's own. Every message is signed as Standard Webhooks has it: whoever knows the secret can tell that
 * it is ours, that nobody changed it, and, by its moment and its id, that it is not an old one said again.
 */
import { createHash, createHmac } from 'node:crypto'
import type { AlertTransport } from '../../domain/alerts.ts'
import { post } from './post.ts'
import type { SettingsOf } from './settings.ts'
import { linesOf, subjectOf } from './words.ts'

const SECOND_MS = 1_000
const ENCODED = 'whsec_'
/** Ids are short and of plain characters: they go into a header. */
const ID_DIGITS = 32

export function webhookTransport({ url, secret }: SettingsOf<'webhook'>): AlertTransport {
  return {
    send(notice, at) {
      const { portfolio, purpose, severity, alerts, unsaid, mayRepeat, dashboard } = notice
      const id = `msg_${createHash('sha256').update(notice.id).digest('hex').slice(0, ID_DIGITS)}`
      const timestamp = String(Math.floor(at / SECOND_MS))
      const body = JSON.stringify({
        type: `polyfolio.${purpose}`,
        timestamp: new Date(at).toISOString(),
        data: {
          portfolio,
          severity,
          subject: subjectOf(notice),
          lines: linesOf(notice),
          unsaid,
          mayRepeat,
          alerts: alerts.map((alert) => ({
            ...alert,
            at: new Date(alert.at).toISOString(),
            link: dashboard === '' ? alert.link : `${dashboard.replace(/\/+$/, '')}${alert.link}`,
          })),
        },
      })
      return post({
        url,
        body,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': signatureOf({ secret, id, timestamp, body }),
        },
        secrets: [secret],
      })
    },
  }
}

interface Signed {
  readonly secret: string
  readonly id: string
  readonly timestamp: string
  readonly body: string
}

function signatureOf({ secret, id, timestamp, body }: Signed): string {
  const key = secret.startsWith(ENCODED) ? Buffer.from(secret.slice(ENCODED.length), 'base64') : Buffer.from(secret)
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
