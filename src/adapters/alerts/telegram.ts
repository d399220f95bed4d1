/** Telegram: a bot that writes to a chat. */
import type { AlertTransport } from '../../domain/alerts.ts'
import { post, type Reply } from './post.ts'
import type { SettingsOf } from './settings.ts'
import { clipped, linesOf, subjectOf } from './words.ts'

/** Of the text as it is read, without marks; some room is left for the way Telegram counts. */
const TEXT_MAX = 4_000
const TITLE_MAX = 300
const SECOND_MS = 1_000

export function telegramTransport({ address, token, chat }: SettingsOf<'telegram'>): AlertTransport {
  const url = `${address.replace(/\/+$/, '')}/bot${token}/sendMessage`
  return {
    send(notice) {
      const title = clipped(subjectOf(notice), TITLE_MAX)
      const body = clipped(linesOf(notice).join('\n'), TEXT_MAX - title.length - 1)
      const message = {
        chat_id: chat,
        text: `<b>${escaped(title)}</b>\n${escaped(body)}`,
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
        disable_notification: notice.severity === 'low',
      }
      return post(
        {
          url,
          body: JSON.stringify(message),
          headers: { 'content-type': 'application/json' },
          secrets: [token],
        },
        { patienceOf, objectionOf },
      )
    },
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function patienceOf({ status, body }: Reply): number | null {
  if (status !== 429) return null
  const seconds = /"retry_after"\s*:\s*(\d+)/.exec(body)?.[1]
  return seconds === undefined ? null : Number(seconds) * SECOND_MS
}

/** It says "ok": a page that some proxy answers in its place does not. */
function objectionOf({ status, body }: Reply): string | null {
  return /"ok"\s*:\s*true/.test(body) ? null : `${status} without "ok": ${body.slice(0, 100)}`
}
