/** Servers that take alerts as the services do: same paths, same answers, same refusals. */
import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'

export interface Taken {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Sink {
  readonly url: string
  /** What was taken; what was refused is not in it. */
  readonly taken: readonly Taken[]
  readonly refused: readonly (Taken & { readonly why: string })[]
  /** The next requests get these answers instead, in their order. */
  answerNext(...answers: readonly (Answer | 'hang up')[]): void
  /** The next request is taken and not answered for as long as the server is there. */
  keepNextWaiting(): void
  stop(): Promise<void>
}

/** @param judge what the service says of a request */
async function sink(judge: (taken: Taken) => Answer): Promise<Sink> {
  const taken: Taken[] = []
  const refused: (Taken & { readonly why: string })[] = []
  const next: (Answer | 'hang up')[] = []
  let isKeeping = false
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const one: Taken = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      }
      const answer = next.shift() ?? judge(one)
      if (answer === 'hang up') {
        request.socket.destroy()
        return
      }
      if (answer.status < 300) taken.push(one)
      else refused.push({ ...one, why: answer.body })
      if (isKeeping) {
        isKeeping = false
        return
      }
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    taken,
    refused,
    answerNext: (...answers) => void next.push(...answers),
    keepNextWaiting() {
      isKeeping = true
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

type Body = Readonly<Record<string, unknown>>

function parsed(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Body) : null
  } catch {
    return null
  }
}

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= most

export const SLACK_PATH = '/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx'

/** Incoming webhooks: "ok", or a word for what is wrong. */
export function slackSink(): Promise<Sink> {
  return sink(({ path, headers, body }) => {
    if (path !== SLACK_PATH) return { status: 404, body: 'no_service' }
    const message = headers['content-type']?.startsWith('application/json') === true ? parsed(body) : null
    if (message === null) return { status: 400, body: 'invalid_payload' }
    if (!isText(message['text'], 40_000)) return { status: 400, body: 'no_text' }
    const blocks = (message['blocks'] ?? []) as readonly Body[]
    const areGood = blocks.every((block) => {
      const text = block['text'] as Body
      if (block['type'] === 'header') return text['type'] === 'plain_text' && isText(text['text'], 150)
      const raw = text['text']
      return text['type'] === 'mrkdwn' && isText(raw, 3_000) && !/[<>]|&(?!amp;|lt;|gt;)/.test(raw)
    })
    return areGood ? { status: 200, body: 'ok' } : { status: 400, body: 'invalid_blocks' }
  })
}

export const DISCORD_PATH = '/api/webhooks/100000000000000000/token-of-the-webhook-itself'

export function discordSink(): Promise<Sink> {
  return sink(({ path, body }) => {
    const { pathname, searchParams } = new URL(path, 'http://sink')
    if (pathname !== DISCORD_PATH) return { status: 404, body: '{"message":"Unknown Webhook","code":10015}' }
    const message = parsed(body)
    const embeds = (message?.['embeds'] ?? []) as readonly Body[]
    const isGood =
      embeds.length === 1 &&
      isText(embeds[0]!['title'], 256) &&
      isText(embeds[0]!['description'], 4_096) &&
      typeof embeds[0]!['color'] === 'number'
    if (!isGood) return { status: 400, body: '{"message":"Invalid Form Body","code":50035}' }
    const mentions = message?.['allowed_mentions'] as Body | undefined
    if (JSON.stringify(mentions) !== '{"parse":[]}') return { status: 400, body: 'it would call everyone' }
    return searchParams.get('wait') === 'true' ? { status: 200, body: '{"id":"1"}' } : { status: 204, body: '' }
  })
}

export const PAGERDUTY_KEY = 'e93facc04764012d7bfb002500d5d1a6'

export function pagerdutySink(): Promise<Sink> {
  return sink(({ path, body }) => {
    if (path !== '/v2/enqueue') return { status: 404, body: '' }
    const event = parsed(body)
    const errors: string[] = []
    if (event?.['routing_key'] !== PAGERDUTY_KEY) errors.push("'routing_key' is invalid")
    const action = event?.['event_action']
    if (action !== 'trigger' && action !== 'resolve') errors.push("'event_action' is invalid")
    if (!isText(event?.['dedup_key'], 255)) errors.push("'dedup_key' is missing")
    if (action === 'trigger') {
      const payload = (event?.['payload'] ?? {}) as Body
      if (!isText(payload['summary'], 1_024)) errors.push("'payload.summary' is missing or blank")
      if (!isText(payload['source'], 255)) errors.push("'payload.source' is missing or blank")
      if (!['critical', 'error', 'warning', 'info'].includes(String(payload['severity'])))
        errors.push("'payload.severity' is invalid")
    }
    if (errors.length > 0) return { status: 400, body: JSON.stringify({ status: 'invalid event', errors }) }
    const answer = { status: 'success', message: 'Event processed', dedup_key: event?.['dedup_key'] }
    return { status: 202, body: JSON.stringify(answer) }
  })
}

export const TELEGRAM_TOKEN = '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11'
export const TELEGRAM_CHAT = '-1001234567890'

export function telegramSink(): Promise<Sink> {
  const refusal = (code: number, description: string): Answer => ({
    status: code,
    body: JSON.stringify({ ok: false, error_code: code, description }),
  })
  return sink(({ path, body }) => {
    if (path !== `/bot${TELEGRAM_TOKEN}/sendMessage`) return refusal(401, 'Unauthorized')
    const message = parsed(body)
    if (message?.['chat_id'] !== TELEGRAM_CHAT) return refusal(400, 'Bad Request: chat not found')
    const text = String(message['text'])
    const read = text.replace(/<\/?(b|i|code)>/g, '')
    if (/[<>]|&(?!amp;|lt;|gt;|quot;)/.test(read)) return refusal(400, "Bad Request: can't parse entities")
    if (read.replace(/&\w+;/g, ' ').length > 4_096) return refusal(400, 'Bad Request: message is too long')
    return { status: 200, body: JSON.stringify({ ok: true, result: { message_id: 7 } }) }
  })
}

export const TWILIO_ACCOUNT = 'AC0123456789abcdef0123456789abcdef'
export const TWILIO_TOKEN = 'f0e1d2c3b4a5968778695a4b3c2d1e0f'

export function twilioSink(): Promise<Sink> {
  const refusal = (status: number, code: number, message: string): Answer => ({
    status,
    body: JSON.stringify({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }),
  })
  return sink(({ path, headers, body }) => {
    if (path !== `/2010-04-01/Accounts/${TWILIO_ACCOUNT}/Messages.json`)
      return refusal(404, 20404, 'The requested resource was not found')
    const credentials = Buffer.from(`${TWILIO_ACCOUNT}:${TWILIO_TOKEN}`).toString('base64')
    if (headers.authorization !== `Basic ${credentials}`) return refusal(401, 20003, 'Authenticate')
    const fields = new URLSearchParams(body)
    if (!/^\+[1-9]\d{6,14}$/.test(fields.get('To') ?? '')) return refusal(400, 21211, 'Invalid To Phone Number')
    if (fields.get('From') === null) return refusal(400, 21603, 'A From number is required')
    const length = fields.get('Body')?.length ?? 0
    if (length === 0) return refusal(400, 21602, 'Message body is required')
    if (length > 1_600) return refusal(400, 21617, 'The message body exceeds the 1600 character limit')
    return { status: 201, body: JSON.stringify({ sid: 'SM0123456789abcdef0123456789abcdef', status: 'queued' }) }
  })
}

export const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
/** Older messages are taken for ones that somebody says again. */
const TOLERANCE_SECONDS = 300

/** Checks the signature as a receiver would. @param now seconds that its clock shows */
export function webhookSink(now: () => number): Promise<Sink> {
  const key = Buffer.from(WEBHOOK_SECRET.slice('whsec_'.length), 'base64')
  return sink(({ headers, body }) => {
    const [id, moment, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
      String(headers[name]),
    )
    if (Math.abs(now() - Number(moment)) > TOLERANCE_SECONDS) return { status: 400, body: 'too old' }
    const expected = `v1,${createHmac('sha256', key).update(`${id}.${moment}.${body}`).digest('base64')}`
    if (signature !== expected) return { status: 401, body: 'wrong signature' }
    return { status: 200, body: '' }
  })
}

/** For the title of what is skipped without one. */
export const CERTIFICATE_NEED = '(needs openssl)'

/** A key and a certificate of this machine, as a mail server at home has one. Null without openssl. */
export function ownCertificate(): { readonly key: string; readonly certificate: string } | null {
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-certificate-'))
  try {
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')]
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const { status } = spawnSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        ...files,
        ...names,
      ],
      { stdio: 'ignore' },
    )
    if (status !== 0) return null
    return {
      key: readFileSync(join(folder, 'key.pem'), 'utf8'),
      certificate: readFileSync(join(folder, 'certificate.pem'), 'utf8'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
  readonly isEncrypted: boolean
}

export interface MailSink {
  readonly port: number
  readonly mails: readonly Mail[]
  /** The next mail is answered by this code. */
  refuseNext(code: number, words: string): void
  stop(): Promise<void>
}

export const MAIL_USER = 'alerts'
export const MAIL_PASSWORD = 'a-password-of-the-mail-server'

/** A mail server that wants a name and password. @param own null: without encryption */
export async function mailSink(own: { readonly key: string; readonly certificate: string } | null): Promise<MailSink> {
  const mails: Mail[] = []
  const refusals: (Error & { responseCode?: number })[] = []
  const server = new SMTPServer({
    ...(own === null ? { disabledCommands: ['STARTTLS'] } : { key: own.key, cert: own.certificate }),
    allowInsecureAuth: own === null,
    authOptional: false,
    logger: false,
    onAuth({ username, password }, _session, done) {
      if (username === MAIL_USER && password === MAIL_PASSWORD) done(null, { user: username })
      else done(Object.assign(new Error('Authentication credentials invalid'), { responseCode: 535 }))
    },
    onRcptTo({ address }, _session, done) {
      if (!address.startsWith('nobody@')) done()
      else done(Object.assign(new Error('No such user'), { responseCode: 550 }))
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const refusal = refusals.shift()
        if (refusal !== undefined) {
          done(refusal)
          return
        }
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(parts).toString('utf8'),
          isEncrypted: session.secure,
        })
        done()
      })
    },
  })
  server.on('error', () => {}) // a client that does not trust it hangs up
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    mails,
    refuseNext: (code, words) => void refusals.push(Object.assign(new Error(words), { responseCode: code })),
    stop: () => new Promise((done) => server.close(() => done())),
  }
}
