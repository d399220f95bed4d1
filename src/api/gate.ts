/** Stands before every endpoint: who asks, from which page, whether they may, and whether they have proved it. */
import type { FastifyRequest } from 'fastify'
import type { NewAccess } from '../domain/access.ts'
import type { Instant } from '../domain/units.ts'
import { type Caller, hasSession, isAllowed, type SignedIn } from './access/callers.ts'
import { isOwnMachine, isOwnPage } from './access/origins.ts'
import { csrfOf, isSameText } from './access/secrets.ts'
import { Refusal } from './refusal.ts'
import type { Context } from './routes/context.ts'
import type { Endpoint } from './routes/endpoint.ts'

const CSRF_HEADER = 'x-polyfolio-csrf'
/** `1`: whoever sits before the page has touched it lately. What a page asks by itself is no use of the session. */
const ATTENDED_HEADER = 'x-polyfolio-attended'
const TOKEN = /^Bearer (pf_[\w-]{20,100})$/

export interface Gate {
  /** Before anything of the body is read. @throws Refusal */
  pass(request: FastifyRequest, endpoint: Pick<Endpoint, 'method' | 'who' | 'isDangerous'>): Promise<Caller | null>
  /** Whom the cookie or the token of a request stands for now; null: nobody. */
  callerOf(request: FastifyRequest): Promise<Caller | null>
  /** One row of the audit log. */
  rowOf(request: FastifyRequest, what: Pick<NewAccess, 'kind' | 'action' | 'outcome'> & Partial<NewAccess>): NewAccess
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
}

export function gateOf(context: Context, origins: () => ReadonlySet<string>): Gate {
  const { callers, options, ports } = context

  async function callerOf(request: FastifyRequest): Promise<Caller | null> {
    const token = TOKEN.exec(request.headers.authorization ?? '')?.[1]
    if (token !== undefined) return callers.byToken(token, ports.now())
    const secret = request.cookies[request.server.cookieName]
    const isUsed = request.method !== 'GET' || request.headers[ATTENDED_HEADER] === '1'
    const caller = secret === undefined || secret === '' ? null : await callers.bySession(secret, ports.now(), isUsed)
    // Who came by a link has proved nothing: where a name is required now, such a session of an earlier start is none.
    return options.isAuthRequired && caller?.session?.isLink === true ? null : caller
  }

  /** Whoever comes through a proxy on this machine sits elsewhere. */
  const isHere = (address: string): boolean => options.trustedProxy === null && isOwnMachine(address)

  return {
    callerOf,
    async pass(request, { method, who, isDangerous }) {
      // Another site's page may neither read nor change: browsers tell where a request comes from.
      if (!isOwnPage(request.headers, origins())) {
        throw new Refusal('origin_refused', 'This page is not one of this server.')
      }
      const caller = await callerOf(request)
      request.caller = caller
      const isOpen = who === 'anyone' || (who === 'local' && !options.isAuthRequired && isHere(request.ip))
      const least = isOpen ? null : who === 'local' ? 'viewer' : who
      if (least !== null && caller === null) throw new Refusal('sign_in_needed', 'Sign in first.')
      if (least !== null && caller !== null && !isAllowed(caller.role, least)) {
        throw new Refusal('role_needed', `This takes the role ${least}; you are ${caller.role}.`)
      }
      if (method !== 'GET' && hasSession(caller)) demandOwnPage(request, caller)
      if (isDangerous === true) demandProof(caller, ports.now())
      return caller
    },
    rowOf(request, what) {
      const params = (request.params ?? {}) as Readonly<Record<string, string>>
      return {
        at: ports.now() as Instant,
        user: request.caller?.user ?? '',
        portfolio: params['portfolio'] ?? '',
        subject: Object.entries(params)
          .filter(([name]) => name !== 'portfolio')
          .map(([, value]) => String(value))
          .join('.')
          .slice(0, 200),
        before: null,
        after: null,
        requestId: request.id,
        address: request.ip,
        ...what,
      }
    },
  }
}

/** Only a page of ours can read the value and set the header. */
function demandOwnPage({ headers }: FastifyRequest, { session }: SignedIn): void {
  const given = headers[CSRF_HEADER]
  if (typeof given === 'string' && isSameText(given, csrfOf(session.secret))) return
  throw new Refusal('origin_refused', `Changes need the header ${CSRF_HEADER} with the value of the session.`)
}

function demandProof(caller: Caller | null, now: number): void {
  if (!hasSession(caller))
    throw new Refusal('step_up_needed', 'This takes somebody who proves who they are, not a token.')
  if ((caller.session.stepUpUntil ?? 0) <= now) throw new Refusal('step_up_needed', 'Give your passphrase again first.')
}
