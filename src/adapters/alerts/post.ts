/** One request to a service, and what its answer means. */
import type { ChannelAnswer } from '../../domain/alerts.ts'

/** A service that is slower than this is asked again later. */
const ANSWER_MS = 10_000
/** What of an answer is read and kept: some services answer with whole pages. */
const BODY_MAX = 4_096
const TEXT_MAX = 200
/** A service that wants more patience than this is asked all the same. */
const PATIENCE_MAX_MS = 3_600_000
const SECOND_MS = 1_000
/** Codes by which a service says that it may take the same request later. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429])
const HIDDEN = '[hidden]'
/** Shorter secrets would stand in too many texts. */
const SECRET_LEAST = 6

interface Posted {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** What must not be in the answer that is kept. */
  readonly secrets: readonly string[]
}

/** What came back. */
export interface Reply {
  readonly status: number
  readonly body: string
}

interface PostOptions {
  /** Milliseconds to wait as a body asks for them; null: it does not. */
  readonly patienceOf?: (reply: Reply) => number | null
  /** Whether an answer with a good code is one; null: it is, else why not. */
  readonly objectionOf?: (reply: Reply) => string | null
}

export async function post(request: Posted, options: PostOptions = {}): Promise<ChannelAnswer> {
  // Of some services the path is the secret, and pages of errors repeat it.
  const path = URL.canParse(request.url) ? new URL(request.url).pathname : ''
  const hide = (text: string): string => hidden(text, [...request.secrets, request.url, path])
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const reply: Reply = { status: response.status, body: hide(await beginningOf(response)) }
    const text = hide(`${reply.status} ${reply.body.replace(/\s+/g, ' ').trim()}`.trim()).slice(0, TEXT_MAX)
    if (response.ok) {
      const objection = options.objectionOf?.(reply) ?? null
      return objection === null ? { kind: 'taken', text } : { kind: 'refused', text: hide(objection) }
    }
    if (!LATER.has(reply.status) && reply.status < 500) return { kind: 'refused', text }
    const asked = options.patienceOf?.(reply) ?? patienceOf(response.headers.get('retry-after'))
    return { kind: 'again', text, afterMs: asked === null ? null : Math.min(Math.max(asked, 0), PATIENCE_MAX_MS) }
  } catch (error) {
    return { kind: 'again', text: hide(reasonOf(error)).slice(0, TEXT_MAX), afterMs: null }
  }
}

/** Seconds, or a date. */
function patienceOf(header: string | null): number | null {
  if (header === null) return null
  const seconds = Number(header)
  if (header.trim() !== '' && Number.isFinite(seconds)) return seconds * SECOND_MS
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : date - Date.now()
}

async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true })
    if (text.length >= BODY_MAX) break
  }
  return text.slice(0, BODY_MAX)
}

/** Why there was no answer: the cause says more than "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_MS / SECOND_MS} seconds`
  const { cause } = error as { readonly cause?: unknown }
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message
}

export function hidden(text: string, secrets: readonly string[]): string {
  let shown = text
  for (const secret of secrets) if (secret.length >= SECRET_LEAST) shown = shown.replaceAll(secret, HIDDEN)
  return shown
}
