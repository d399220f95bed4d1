import type { Problem, ProblemCode } from '../../../src/api/contract/answers.ts'
import type { SessionView } from '../../../src/api/contract/session.ts'
import { isAttended } from './attended.ts'
import { heardServer } from './clock.ts'
import { kept, keptResponse } from './kept.ts'

/** What the server refused, or that it could not be reached (`status` 0). */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem | null

  constructor(status: number, text: string, problem: Problem | null) {
    super(text)
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
  }

  get code(): ProblemCode | 'unreachable' {
    return this.problem?.code ?? (this.status === 0 ? 'unreachable' : 'failed')
  }
}

const TIMEOUT_MS = 30_000
const CSRF_HEADER = 'x-polyfolio-csrf'
const ATTENDED_HEADER = 'x-polyfolio-attended'

let csrf: string | null = null

/** Kept in memory alone: of the session that is signed in. */
export function keepCsrf(token: string | null): void {
  csrf = token
}

let whenSignedOut: () => void = () => undefined

/** Called when the server says that nobody is signed in any more. */
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

function headersOf(method: Method, body: unknown): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (method !== 'GET' && csrf !== null) headers[CSRF_HEADER] = csrf
  if (isAttended()) headers[ATTENDED_HEADER] = '1'
  return headers
}

async function answerOf(path: string, method: Method, body: unknown, signal?: AbortSignal): Promise<Response> {
  if (kept !== null) return keptResponse(kept, method, path)
  const limit = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await fetch(path, {
      method,
      headers: headersOf(method, body),
      credentials: 'same-origin',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    throw new ApiError(0, limit.aborted ? 'timed out' : 'no connection', null)
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => null)) as Problem | null
  const isProblem = problem !== null && typeof problem.title === 'string'
  const text = isProblem ? problem.title : `the server answered ${response.status}`
  return new ApiError(response.status, text, isProblem ? problem : null)
}

/** Asks the API; what it answers is as its contract says, what it refuses is thrown as ApiError. */
export async function ask<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const sent = csrf
  try {
    return await askOnce<T>(method, path, body, signal)
  } catch (error) {
    if (method === 'GET' || !(error instanceof ApiError) || error.code !== 'origin_refused') throw error
    // A proof that was given in another tab gave the session another value: a kill must not fail for that.
    const session = await askOnce<SessionView>('GET', '/api/v1/session')
    keepCsrf(session.csrf)
    if (session.csrf === null || session.csrf === sent) throw error
    return askOnce<T>(method, path, body, signal)
  }
}

async function askOnce<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await answerOf(path, method, body, signal)
  const date = response.headers.get('date')
  if (date !== null) heardServer(Date.parse(date), 1000)
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  const error = await refusal(response)
  if (error.code === 'sign_in_needed') whenSignedOut()
  throw error
}

/** An address below a portfolio. */
export function ofPortfolio(portfolio: string, rest: string): string {
  return `/api/v1/p/${encodeURIComponent(portfolio)}/${rest}`
}

/** Query text of what is given; undefined and null are left out. */
export function queryOf(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '') parameters.set(key, String(value))
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
