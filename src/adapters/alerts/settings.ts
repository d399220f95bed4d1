/** What each kind of channel must be told before it can send; what is wrong is said in the words of whoever wrote it. */
import { z } from 'zod'
import { type ChannelKind, type ChannelSettings, EMAIL_SECURITY } from '../../domain/alerts.ts'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Messages tell what a portfolio holds: they leave this machine encrypted or not at all. */
function isPrivate(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username } = new URL(text)
  if (username !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))
}

const address = z
  .string()
  .refine(isPrivate, 'must be an address that begins with https://, without a name and password in it')
const text = z.string().trim().min(1, 'must not be empty')
const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number such as +15550100999')
const mail = z.string().regex(/^[^\s@<>]+@[^\s@<>]+$/, 'must be a mail address')
const sender = z
  .string()
  .regex(/^[^\r\n<>]*<[^\s@<>]+@[^\s@<>]+>$|^[^\s@<>]+@[^\s@<>]+$/, 'must be a mail address, or Name <address>')
const RECIPIENTS_MAX = 20
const many = <Item extends z.ZodType>(item: Item) => z.array(item).min(1, 'names nobody').max(RECIPIENTS_MAX)

/** `password` and the like are of those who read a channel for sending; where it is shown they are ''. */
const email = z
  .strictObject({
    kind: z.literal('email'),
    host: text.describe('of the mail server'),
    port: z.int('must be a whole number').min(1).max(65_535).default(587),
    security: z
      .enum(EMAIL_SECURITY)
      .default('starttls')
      .describe('how the connection is encrypted; none: to this machine alone'),
    user: z.string().default('').describe('name at the mail server; none where left out'),
    password: z.string().default(''),
    from: sender,
    to: many(mail),
    certificate: z
      .string()
      .default('')
      .describe('of an authority of your own that signed the server (PEM); those of the system where left out'),
  })
  .refine(({ security, host }) => security !== 'none' || LOOPBACK.test(host), {
    path: ['security'],
    error: 'must be starttls or tls: passwords and positions would travel readable',
  })

const sms = z.strictObject({
  kind: z.literal('sms'),
  account: z.string().regex(/^AC[0-9a-zA-Z]{32}$/, 'must be the account SID: AC and 32 characters'),
  token: text,
  from: z.union([phone, z.string().regex(/^MG[0-9a-zA-Z]{32}$/)], {
    error: 'must be a number such as +15550100999, or the SID of a messaging service',
  }),
  to: many(phone),
  address: address.default('https://api.twilio.com'),
})

const telegram = z.strictObject({
  kind: z.literal('telegram'),
  token: z.string().regex(/^\d+:[\w-]{20,}$/, 'must be the token of a bot, such as 123456:ABC...'),
  chat: z.string().regex(/^-?\d+$|^@\w{5,}$/, 'must be the number of a chat, or @name of a channel'),
  address: address.default('https://api.telegram.org'),
})

/** What each kind of channel is told, secrets included. */
const channelSettingsSchema = z.discriminatedUnion('kind', [
  email,
  sms,
  z.strictObject({ kind: z.literal('slack'), url: address.describe('of the incoming webhook') }),
  z.strictObject({ kind: z.literal('discord'), url: address.describe('of the webhook') }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    key: text.describe('integration key of the Events API v2'),
    address: address.default('https://events.pagerduty.com'),
  }),
  telegram,
  z.strictObject({
    kind: z.literal('webhook'),
    url: address,
    secret: z.string().min(16, 'must have at least 16 characters').describe('with which messages are signed'),
  }),
]) satisfies z.ZodType<ChannelSettings>

export type SettingsOf<Kind extends ChannelKind> = Extract<ChannelSettings, { readonly kind: Kind }>

/** What is wrong with settings, and where in them. */
export interface SettingsProblem {
  readonly path: readonly (string | number)[]
  readonly reason: string
}

/** Judges settings as somebody wrote them, with defaults for what was left out. */
export function readSettings(
  given: unknown,
):
  | { readonly ok: true; readonly settings: ChannelSettings }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] } {
  const { success, data, error } = channelSettingsSchema.safeParse(given)
  if (success) return { ok: true, settings: data }
  return {
    ok: false,
    problems: error.issues.map(({ path, message }) => ({
      path: path.filter((step) => typeof step !== 'symbol'),
      reason: message,
    })),
  }
}
