/** Every endpoint, behind the gate and on record. */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Json } from '../../domain/units.ts'
import { userOf } from '../access/callers.ts'
import type { Gate } from '../gate.ts'
import { refusalOf } from '../problems.ts'
import { problem } from '../schemas/answers.ts'
import { besideRoutes } from './beside.ts'
import { commandRoutes } from './commands.ts'
import type { Context } from './context.ts'
import { deskRoutes } from './desks.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { listRoutes } from './lists.ts'
import { liveRoutes } from './live.ts'
import { noteRoutes } from './notes.ts'
import { ownAccountRoutes } from './own-account.ts'
import { sessionRoutes } from './session.ts'
import { statusRoutes, vitalRoutes } from './status.ts'
import { updateRoutes } from './update.ts'
import { userRoutes } from './users.ts'

function allEndpoints(context: Context): readonly Endpoint[] {
  if (!context.options.isApi) return vitalRoutes(context)
  return [
    ...vitalRoutes(context),
    ...statusRoutes(context),
    ...updateRoutes(context),
    ...sessionRoutes(context),
    ...ownAccountRoutes(context),
    ...userRoutes(context),
    ...liveRoutes(context),
    ...listRoutes(context),
    ...commandRoutes(context),
    ...noteRoutes(context),
    ...deskRoutes(context),
    ...besideRoutes(context),
  ]
}

/** @returns what an address can be asked by; nothing where it is none of these */
export function addEndpoints(app: FastifyInstance, context: Context, gate: Gate): (path: string) => readonly string[] {
  const endpoints = allEndpoints(context)
  for (const one of endpoints) add(app, context, gate, one)
  const patterns = endpoints.map(({ path, method }) => {
    const text = path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')
    return { method, pattern: new RegExp(`^${text}$`) }
  })
  return (path) => patterns.flatMap(({ method, pattern }) => (pattern.test(path) ? [method] : []))
}

function add(app: FastifyInstance, context: Context, gate: Gate, one: Endpoint): void {
  const { ports, trail, options, changes, rooms } = context
  const { method, path, params, query, body, answer, status = 200, bodyMost } = one
  const isRead = method === 'GET'
  app.route({
    method,
    url: path,
    ...(bodyMost === undefined ? {} : { bodyLimit: bodyMost }),
    schema: {
      operationId: one.name,
      summary: one.summary,
      tags: [one.tag],
      'x-role': one.who,
      ...(one.isDangerous === true ? { 'x-step-up': true } : {}),
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { querystring: query }),
      ...(body === undefined ? {} : { body }),
      ...(answer === null ? {} : { response: responsesOf(one, answer) }),
    } as never,
    config: { who: one.who, isDangerous: one.isDangerous === true } as never,
    onRequest: async (request) => {
      const caller = await gate.pass(request, one)
      // Commands are counted once it is known which: a kill is never too many.
      if (!isRead && one.tag !== 'session' && one.tag !== 'commands') changes.demand(userOf(caller), ports.now())
    },
    // Whoever is refused to change something is on record too.
    onError: async (request, _, error) => {
      if (isRead || one.tag === 'session') return
      const { code, status: refused } = refusalOf(error)
      const outcome = refused >= 500 ? 'failed' : 'refused'
      // Of a command also what it was that was refused; bodies of others may be of any shape, and hold secrets anywhere.
      const asked = one.tag === 'commands' ? { asked: saidOf(request) } : {}
      trail.noted(gate.rowOf(request, { kind: 'did', action: one.name, outcome, after: { code, ...asked } }))
    },
    handler: async (request, reply) => {
      const call = { ...partsOf(request), caller: request.caller, now: ports.now(), request, reply }
      reply.code(status)
      if (one.rooms !== undefined) {
        const leave = rooms.enter(one.rooms, userOf(request.caller))
        reply.raw.once('close', leave)
      }
      const before = (await one.standing?.(call as Call)) ?? null
      const answered = await one.run(call as Call)
      if (one.seen !== undefined) trail.saw(gate.rowOf(request, { kind: 'saw', action: one.seen, outcome: 'done' }))
      if (!isRead && one.tag !== 'session') {
        const said = { before: before as Json, after: saidOf(request) }
        await trail.did(gate.rowOf(request, { kind: 'did', action: one.name, outcome: 'done', ...said }))
      }
      return isRead && answer !== null ? tagged(request, reply, answered, options.checksAnswers === true) : answered
    },
  })
}

function responsesOf({ status = 200, mayBeUnready }: Endpoint, answer: NonNullable<Endpoint['answer']>) {
  return { [status]: answer, ...(mayBeUnready === true ? { 503: answer } : {}), default: problem }
}

function partsOf({ params, query, body }: FastifyRequest) {
  return { params, query, body }
}

const SECRET = /(passphrase|secret|token|code|password|text|document)/i

/** What was asked for, without what is secret or long. */
function saidOf({ body }: FastifyRequest): never {
  const copy = (value: unknown, depth: number): unknown => {
    if (value === null || typeof value !== 'object') return typeof value === 'string' ? value.slice(0, 500) : value
    if (depth > 4) return '…'
    if (Array.isArray(value)) return value.slice(0, 20).map((item) => copy(item, depth + 1))
    // What was refused may be of any shape.
    const some = Object.entries(value).slice(0, 50)
    const entries = some.map(([name, part]) => [
      name.slice(0, 100),
      SECRET.test(name) ? '[hidden]' : copy(part, depth + 1),
    ])
    return Object.fromEntries(entries)
  }
  return (body === undefined ? null : copy(body, 0)) as never
}

/** Whoever has it already is told so, and sent nothing. */
function tagged(request: FastifyRequest, reply: FastifyReply, answered: unknown, isChecked: boolean): unknown {
  const text = JSON.stringify(answered)
  const tag = `"${createHash('sha1').update(text).digest('base64url')}"`
  reply.header('etag', tag).header('cache-control', 'private, no-cache')
  // What was sent packed comes back as weak.
  if (request.headers['if-none-match']?.replace(/^W\//, '') === tag) {
    reply.code(304)
    return reply.send()
  }
  if (isChecked) return answered
  reply.type('application/json; charset=utf-8').serializer((written: unknown) => written as string)
  return text
}
