/** Slack: an incoming webhook that takes blocks of text. */
import type { AlertTransport } from '../../domain/alerts.ts'
import { post } from './post.ts'
import type { SettingsOf } from './settings.ts'
import { clipped, linesOf, subjectOf } from './words.ts'

/** What Slack takes of a heading, of a section, and of the line that stands in notifications. */
const HEADING_MAX = 150
const SECTION_MAX = 3_000
const LINE_MAX = 4_000

export function slackTransport({ url }: SettingsOf<'slack'>): AlertTransport {
  return {
    send(notice) {
      const subject = subjectOf(notice)
      const blocks = [
        { type: 'header', text: { type: 'plain_text', text: clipped(subject, HEADING_MAX), emoji: false } },
        { type: 'section', text: { type: 'mrkdwn', text: escapedWithin(linesOf(notice).join('\n'), SECTION_MAX) } },
      ]
      return post({
        url,
        body: JSON.stringify({ text: escapedWithin(subject, LINE_MAX), blocks }),
        headers: { 'content-type': 'application/json; charset=utf-8' },
        secrets: [url],
      })
    },
  }
}

/** Slack reads & < > as its own; a text that would be too long with them written out is cut before that. */
function escapedWithin(text: string, most: number): string {
  for (let length = most; ; length -= Math.ceil(most / 10)) {
    const written = escaped(clipped(text, length))
    if (written.length <= most) return written
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
