/** A request that is not done, as whoever asked is told. */
import type { Problem, ProblemCode, ProblemDetail } from './contract/answers.ts'

const STATUS: Readonly<Record<ProblemCode, number>> = {
  invalid: 400,
  sign_in_needed: 401,
  sign_in_wrong: 401,
  role_needed: 403,
  step_up_needed: 403,
  confirm_needed: 403,
  origin_refused: 403,
  host_unknown: 421,
  not_found: 404,
  method_unknown: 405,
  stale: 409,
  id_reused: 409,
  too_large: 413,
  type_unknown: 415,
  throttled: 429,
  unavailable: 503,
  failed: 500,
}

export interface RefusalMore {
  readonly details?: readonly ProblemDetail[]
  readonly retryAfter?: number
  readonly conflict?: NonNullable<Problem['conflict']>
}

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ProblemCode
  readonly more: RefusalMore
  constructor(code: ProblemCode, title: string, more: RefusalMore = {}) {
    super(title)
    this.code = code
    this.more = more
  }
  get status(): number {
    return STATUS[this.code]
  }
}

export function problemOf({ code, status, message, more }: Refusal, requestId: string): Problem {
  return { status, code, title: message, requestId, ...more }
}
