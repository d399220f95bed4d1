/** What whoever has come in is told of the session, and the cookie that it stands behind. */
import { csrfOf } from '../access/secrets.ts'
import type { SessionView } from '../contract/session.ts'
import { moment, momentOrNull } from '../views/moments.ts'
import type { Context } from './context.ts'
import type { Call } from './endpoint.ts'

export interface Entry {
  view(call: Pick<Call, 'caller' | 'now'>): Promise<SessionView>
  setCookie(call: Pick<Call, 'reply'>, secret: string): void
  clearCookie(call: Pick<Call, 'reply'>): void
}

export function entryOf(context: Pick<Context, 'ports' | 'readings' | 'options'>): Entry {
  const { ports, options } = context
  const { access } = ports.store

  async function view(call: Pick<Call, 'caller' | 'now'>): Promise<SessionView> {
    const { caller, now } = call
    const session = caller?.session ?? null
    const names = caller === null ? [] : await context.readings.names()
    return {
      user: caller?.user ?? null,
      role: caller?.role ?? null,
      csrf: session === null ? null : csrfOf(session.secret),
      stepUpUntil: momentOrNull(session?.stepUpUntil ?? null),
      expiresAt: momentOrNull(session?.until ?? null),
      byLink: session?.isLink ?? false,
      demo: names.some((name) => ports.isDemo(name)),
      version: options.version,
      serverTime: moment(now),
      portfolios: names,
      setupNeeded: await access.needsSetUp(),
    }
  }

  return {
    view,
    setCookie({ reply }, secret) {
      reply.setCookie(reply.server.cookieName, secret, cookieOptions(reply))
    },
    clearCookie({ reply }) {
      reply.clearCookie(reply.server.cookieName, cookieOptions(reply))
    },
  }
}

/** Also to take it away: a browser takes nothing of a name with __Host- that is not secure. */
function cookieOptions({ server }: Call['reply']) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: server.isSecure } as const
}
