/** Discord: a webhook that takes an embedded text with a coloured edge. */
import type { AlertTransport } from '../../domain/alerts.ts'
import type { Severity } from '../../domain/violations.ts'
import { post, type Reply } from './post.ts'
import type { SettingsOf } from './settings.ts'
import { clipped, linesOf, subjectOf } from './words.ts'

const TITLE_MAX = 256
const TEXT_MAX = 4_096
const SECOND_MS = 1_000
const COLOURS: Readonly<Record<Severity, number>> = {
  critical: 0xb3261e,
  high: 0xc2571a,
  medium: 0x9a7200,
  low: 0x5f6b7a,
}
const RESOLVED = 0x1f7a4d

export function discordTransport({ url }: SettingsOf<'discord'>): AlertTransport {
  return {
    send(notice) {
      const target = new URL(url)
      target.searchParams.set('wait', 'true') // else it answers before it knows
      const embed = {
        title: clipped(plain(subjectOf(notice)), TITLE_MAX),
        description: clipped(plain(linesOf(notice).join('\n')), TEXT_MAX),
        color: notice.purpose === 'resolution' ? RESOLVED : COLOURS[notice.severity],
      }
      return post(
        {
          url: target.toString(),
          // A subject that names everyone calls nobody.
          body: JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } }),
          headers: { 'content-type': 'application/json' },
          secrets: [url],
        },
        { patienceOf },
      )
    },
  }
}

/** Names of rules hold underlines, which Discord would take as slanted letters. */
function plain(text: string): string {
  return text.replace(/([\\*_~`|>])/g, '\\$1')
}

function patienceOf({ status, body }: Reply): number | null {
  if (status !== 429) return null
  const seconds = /"retry_after"\s*:\s*([\d.]+)/.exec(body)?.[1]
  return seconds === undefined ? null : Number(seconds) * SECOND_MS
}
