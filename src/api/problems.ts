/** Whatever goes wrong is told as a problem: what whoever asked can do about it, and nothing of the inside. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { describeFault, FAULTS, FaultError } from '../domain/faults.ts'
import { networkOf } from './access/networks.ts'
import type { Problem, ProblemCode, ProblemDetail } from './contract/answers.ts'
import type { ApiLog } from './ports.ts'
import { problemOf, Refusal } from './refusal.ts'

/** What the server itself refuses, by its code. */
const OWN: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new Refusal('too_large', 'The body is too large.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Refusal('type_unknown', 'Send application/json.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: new Refusal('invalid', 'The body is empty; send a JSON document.'),
  FST_ERR_CTP_INVALID_JSON_BODY: new Refusal('invalid', 'The body is no JSON document.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Refusal('invalid', 'The body is not as long as its header says.'),
  FST_ERR_BAD_URL: new Refusal('invalid', 'The address cannot be read.'),
}

/** Exit code of faults of the input. */
const INPUT_WRONG = 2

/** Refusals of one kind and address are one line within this time, with how many there were before. */
const SAID_MS = 60_000
const SAID_MOST = 5_000
/** What anybody may run into who does nothing wrong. */
const USUAL: ReadonlySet<ProblemCode> = new Set([
  'sign_in_needed',
  'not_found',
  'stale',
  'confirm_needed',
  'unavailable',
])

export function answerProblems(app: FastifyInstance, log: ApiLog, now: () => number): void {
  const said = new Map<string, { readonly at: number; unsaid: number }>()
  const note = ({ code, status }: Refusal, request: FastifyRequest): void => {
    const key = `${code} ${networkOf(request.ip)}`
    const last = said.get(key)
    if (last !== undefined && now() - last.at < SAID_MS) {
      last.unsaid += 1
      return
    }
    said.delete(key)
    said.set(key, { at: now(), unsaid: 0 })
    if (said.size > SAID_MOST) said.delete(said.keys().next().value!)
    // Without what stands behind the question mark, which may be anything.
    const path = request.url.split('?')[0]!.slice(0, 200)
    const what = { code, status, method: request.method, path, address: request.ip, requestId: request.id }
    log.info('a request was refused', { ...what, ...(last === undefined ? {} : { before: last.unsaid }) })
  }
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal.status >= 500 && refusal.code === 'failed')
      log.error('a request failed', { error, path: request.url, requestId: request.id })
    else if (!USUAL.has(refusal.code)) note(refusal, request)
    return sendProblem(request, reply, refusal)
  })
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  const problem: Problem = problemOf(refusal, request.id)
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter))
  reply.code(problem.status).header('cache-control', 'no-store').type('application/problem+json')
  return reply.serializer((value: unknown) => JSON.stringify(value)).send(problem)
}

export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof FaultError) {
    // What is wrong with the input is the fault of whoever sent it.
    const isInput = FAULTS[error.fault.code].exit === INPUT_WRONG
    return new Refusal(isInput ? 'invalid' : 'unavailable', describeFault(error.fault))
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const place = (error as FastifyError).validationContext ?? 'body'
    const details = error.validation.map(({ instancePath, message }): ProblemDetail => {
      return { at: `${place}${instancePath.replace(/\//g, '.')}`, text: message ?? 'is wrong' }
    })
    return new Refusal('invalid', 'What was sent is not what this asks for.', { details: details.slice(0, 20) })
  }
  const { code, statusCode = 500 } = (error ?? {}) as Partial<FastifyError>
  const own = code === undefined ? undefined : OWN[code]
  if (own !== undefined) return own
  if (statusCode >= 400 && statusCode < 500) return new Refusal('invalid', 'The request cannot be read.')
  return new Refusal('failed', 'This cannot be done now. The log says why.')
}
