/**
 * A client of the API, for programs and pages: what can be asked stands in operations.ts, which is made from the document
 * of the API.
 *
 *   const api = connect({ url: 'http://127.0.0.1:8420', token: process.env.POLYFOLIO_TOKEN })
 *   const { data } = await api.figures('Six bots')
 */
import type { Problem } from '../contract/answers.ts'
import { type Ask, type Operations, operations } from './operations.ts'

export interface ConnectOptions {
  /** `https://portfolio.example.org`; a page leaves it out: its own server. */
  readonly url?: string
  /** Of a program; a page has its cookie. */
  readonly token?: string
  /** Of the session, read anew for each change: what `session()` says. */
  readonly csrf?: () => string | null
  readonly fetch?: typeof fetch
  readonly signal?: AbortSignal
}

/** A refusal: `problem.code` stays the same while words may change. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.title)
    this.problem = problem
  }
}

/** @returns a function for each operation; they reject with an ApiError where they are refused */
export function connect(options: ConnectOptions = {}): Operations {
  const { url = '', token, csrf, signal } = options
  const send = options.fetch ?? fetch
  const ask: Ask = async (method, path, { query, body } = {}) => {
    const value = method === 'GET' ? null : (csrf?.() ?? null)
    const answered = await send(`${url}${path}${queryText(query)}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(value === null ? {} : { 'x-polyfolio-csrf': value }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    const isJson = /\bjson\b/.test(answered.headers.get('content-type') ?? '')
    if (isJson && (answered.ok || answered.status === UNREADY)) {
      const document = (await answered.json()) as { readonly code?: unknown }
      if (answered.ok || document.code === undefined) return document as never
      throw new ApiError(document as Problem)
    }
    if (answered.ok) return (await answered.blob()) as never
    throw new ApiError(isJson ? ((await answered.json()) as Problem) : unreadable(answered.status))
  }
  return operations(ask)
}

/** Status of a document that says what is not ready. */
const UNREADY = 503

function queryText(query: Readonly<Record<string, unknown>> = {}): string {
  const named = Object.entries(query).filter(([, value]) => value !== undefined)
  if (named.length === 0) return ''
  return `?${named.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`
}

function unreadable(status: number): Problem {
  return { status, code: 'failed', title: `The server answered ${status} without a reason.`, requestId: '' }
}
