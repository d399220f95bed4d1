/** The socket of a portfolio: who asks is known before it opens, and looked at again while it is open. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { hasSession, userOf } from '../access/callers.ts'
import type { Gate } from '../gate.ts'
import { Refusal } from '../refusal.ts'
import { basisOf, type Context } from '../routes/context.ts'
import { portfolioName } from '../schemas/answers.ts'
import type { Client, Seats } from './hub.ts'

/** More pages than this nobody has open: all together, one user, one session. */
const CLIENTS_MOST = 500
const CLIENTS_OF_USER_MOST = 150
const CLIENTS_OF_SESSION_MOST = 100
/** Seconds after which one of them may have been closed. */
const AGAIN_S = 60
const SPOKEN_MOST = 20

const asked = z.object({ from: z.coerce.number().int().min(0).exactOptional() })

export async function addPush(app: FastifyInstance, context: Context, gate: Gate): Promise<void> {
  const { push, ports, trail } = context
  const schema = { params: z.object({ portfolio: portfolioName }), querystring: asked, hide: true }
  app.route({
    method: 'GET',
    url: '/api/v1/p/:portfolio/push',
    schema: schema as never,
    onRequest: async (request) => {
      const origin = request.headers.origin
      const caller = await gate.pass(request, { method: 'GET', who: 'viewer' })
      // A browser always says which page opens a socket; whoever does not is a program, and has a token.
      if (hasSession(caller) && origin === undefined) {
        throw new Refusal('origin_refused', 'A socket is opened by a page of this server.')
      }
      demandSeat(push.seats(userOf(caller), caller?.session?.id ?? null))
    },
    preHandler: async (request) => {
      await basisOf(context, (request.params as { readonly portfolio: string }).portfolio)
    },
    handler: async () => {
      throw new Refusal('invalid', 'This address is a WebSocket.')
    },
    wsHandler: (socket, request) => {
      const { portfolio } = request.params as { readonly portfolio: string }
      const { from } = request.query as z.output<typeof asked>
      const { caller } = request
      const session = caller?.session?.id ?? null
      // By the session's id: stepping up gives it another secret, and a page that is only left open does not keep it alive.
      const isOpen = async (id: string): Promise<boolean> => {
        const open = await ports.store.access.sessions(ports.now() as never, caller!.user)
        return open.some((one) => one.id === id)
      }
      const client: Client = {
        socket,
        user: userOf(caller),
        session,
        isWelcome: async () => (session === null ? (await gate.callerOf(request)) !== null : isOpen(session)),
      }
      trail.saw(gate.rowOf(request, { kind: 'saw', action: 'push', outcome: 'done' }))
      let spoken = 0
      socket.on('message', () => {
        spoken += 1
        if (spoken > SPOKEN_MOST) socket.close(1008, 'nothing is to be said here')
      })
      socket.on('close', () => push.drop(portfolio, client))
      socket.on('error', () => push.drop(portfolio, client))
      push.join(portfolio, client, from ?? null).then(
        () => {
          // Whoever left before there was a seat has none.
          if (socket.readyState !== socket.OPEN) push.drop(portfolio, client)
        },
        (error: unknown) => {
          ports.log.warn('a socket could not be served', { portfolio, error })
          socket.close(1011, 'this cannot be told now')
        },
      )
    },
  })
}

/** @throws Refusal where no more pages may listen */
function demandSeat({ all, ofUser, ofSession }: Seats): void {
  if (all < CLIENTS_MOST && ofUser < CLIENTS_OF_USER_MOST && ofSession < CLIENTS_OF_SESSION_MOST) return
  throw new Refusal('throttled', 'Too many pages are open: close some.', { retryAfter: AGAIN_S })
}
