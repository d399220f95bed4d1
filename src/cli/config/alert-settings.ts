/** `alert_settings` of the other layout: blocks by service, each switched on by itself. */
import type { Path } from './document.ts'

type Block = Readonly<Record<string, unknown>>

interface Moved {
  readonly alerts: Block
  readonly moves: readonly { readonly to: Path; readonly from: Path }[]
}

/** By service: what its settings are called here. What has no other name keeps its own. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  email: {
    smtp_server: 'host',
    smtp_port: 'port',
    smtp_user: 'user',
    smtp_password: 'password',
    sender: 'from',
    recipients: 'to',
  },
  slack: { webhook_url: 'url' },
  discord: { webhook_url: 'url' },
  sms: { twilio_sid: 'account', twilio_token: 'token', from_number: 'from', phone_number: 'to' },
  pagerduty: { integration_key: 'key' },
  telegram: { bot_token: 'token', chat_id: 'chat' },
  webhook: { webhook_url: 'url' },
}

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What is switched on becomes a channel that everything is told through; what is not may still wait to be filled in, and
 * is left out. Null: nothing is switched on.
 */
export function alertsFrom(settings: unknown): Moved | null {
  if (!isBlock(settings)) return null
  const channels: Record<string, Block> = {}
  const moves: { to: Path; from: Path }[] = []
  for (const [service, block] of Object.entries(settings)) {
    if (!isBlock(block) || block['enabled'] !== true) continue
    const to = ['alerts', 'channels', service]
    const from = ['alert_settings', service]
    const channel: Record<string, unknown> = { kind: service }
    moves.push({ to, from })
    for (const [key, value] of Object.entries(block)) {
      const name = NAMES[service]?.[key] ?? key
      channel[name] = service === 'sms' && name === 'to' && typeof value === 'string' ? [value] : value
      moves.push({ to: [...to, name], from: [...from, key] })
    }
    // Mail has a sender; where none is named it is the first who reads.
    const readers = channel['to']
    if (service === 'email' && channel['from'] === undefined && Array.isArray(readers)) channel['from'] = readers[0]
    channels[service] = channel
  }
  const names = Object.keys(channels)
  if (names.length === 0) return null
  return { alerts: { channels, rules: [{ name: 'alert_settings', to: names }] }, moves }
}
