/** A channel by its kind. Nothing is connected to before something is sent. */
import type { AlertTransport, ChannelSettings } from '../../domain/alerts.ts'
import { discordTransport } from './discord.ts'
import { emailTransport } from './email.ts'
import { pagerdutyTransport } from './pagerduty.ts'
import { slackTransport } from './slack.ts'
import { smsTransport } from './sms.ts'
import { telegramTransport } from './telegram.ts'
import { webhookTransport } from './webhook.ts'

export function openTransport(settings: ChannelSettings): AlertTransport {
  switch (settings.kind) {
    case 'email':
      return emailTransport(settings)
    case 'sms':
      return smsTransport(settings)
    case 'slack':
      return slackTransport(settings)
    case 'discord':
      return discordTransport(settings)
    case 'pagerduty':
      return pagerdutyTransport(settings)
    case 'telegram':
      return telegramTransport(settings)
    case 'webhook':
      return webhookTransport(settings)
  }
}
