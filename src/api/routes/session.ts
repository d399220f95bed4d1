/** Coming, going, and proving who one is. */

import type { NewAccess, Role } from '../../domain/access.ts'
import type { Instant } from '../../domain/units.ts'
import { hasSession, STEP_UP_MS } from '../access/callers.ts'
import { newCodes, stepOfCode } from '../access/codes.ts'
import { isPassphrase, passphraseHash, passphraseProblem } from '../access/passphrases.ts'
import { csrfOf, hashOf } from '../access/secrets.ts'
import type { SessionView } from '../contract/session.ts'
import { Refusal } from '../refusal.ts'
import {
  linkRequest,
  sessionView,
  setupDone,
  setupRequest,
  setupView,
  signInRequest,
  stepUpRequest,
} from '../schemas/session.ts'
import { moment, momentOrNull } from '../views/moments.ts'
import type { Context } from './context.ts'
import { type Call, type Endpoint, endpoint } from './endpoint.ts'

const WRONG = 'Name or passphrase is wrong.'
const LINK_OLD = 'This link was used, or is too old. Start the program again for a new one.'

export function sessionRoutes(context: Context): readonly Endpoint[] {
  const { ports, callers, throttle, trail, push, options } = context
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

  /** Opens a session and puts its secret into the cookie; whoever came with another one leaves it. */
  async function enter(call: Call<unknown, unknown, unknown>, user: string, role: Role | null): Promise<SessionView> {
    const { request, now, caller } = call
    if (caller !== null) await leave(call)
    const visitor = { address: request.ip, agent: request.headers['user-agent'] ?? '' }
    const secret = await callers.open(user, role, true, visitor, now)
    setCookie(call, secret)
    return view({ caller: await callers.bySession(secret, now), now })
  }

  async function leave({ caller, now, reply }: Call<unknown, unknown, unknown>): Promise<void> {
    if (!hasSession(caller)) return
    await callers.close(caller, now)
    push.leave(caller.session.id)
    reply.clearCookie(reply.server.cookieName, cookieOptions(reply))
  }

  function setCookie({ reply }: Pick<Call, 'reply'>, secret: string): void {
    reply.setCookie(reply.server.cookieName, secret, cookieOptions(reply))
  }

  /** Also to take it away: a browser takes nothing of a name with __Host- that is not secure. */
  function cookieOptions({ server }: Call['reply']) {
    return { path: '/', httpOnly: true, sameSite: 'strict', secure: server.isSecure } as const
  }

  function signed(call: Call<unknown, unknown, unknown>, user: string, action: string, isDone: boolean): NewAccess {
    return {
      at: call.now as Instant,
      user,
      kind: 'signed',
      action,
      portfolio: '',
      subject: '',
      before: null,
      after: null,
      requestId: call.request.id,
      outcome: isDone ? 'done' : 'refused',
      address: call.request.ip,
    }
  }

  /** @throws Refusal where name, passphrase or code are wrong, or came too often */
  function prove(...asked: Parameters<typeof proveNow>): Promise<void> {
    return throttle.inTurn(asked[0].request.ip, () => proveNow(...asked))
  }

  async function proveNow(
    call: Call<unknown, unknown, unknown>,
    name: string,
    passphrase: string,
    code: string | undefined,
    action: string,
  ): Promise<void> {
    const { now, request } = call
    const wait = await throttle.wait(name, request.ip, now)
    if (wait > 0) {
      trail.noted(signed(call, name, action, false))
      const seconds = Math.ceil(wait / 1_000)
      throw new Refusal('throttled', `Too many tries. Wait ${seconds} s.`, { retryAfter: seconds })
    }
    const known = await access.credentials(name)
    const isRight = await isPassphrase(known?.passphraseHash ?? null, passphrase)
    if (isRight && known !== undefined && (await isCode(name, known.totpSecret, code, now))) {
      await throttle.passed(name, request.ip)
      return
    }
    const left = await throttle.failed(name, request.ip, now)
    trail.noted(signed(call, name, action, false))
    const hint =
      left === 0 ? 'Wait 30 s before the next try.' : `${left} ${left === 1 ? 'try' : 'tries'} before a 30 s wait.`
    throw new Refusal('sign_in_wrong', `${WRONG} ${hint}`)
  }

  async function isCode(name: string, secret: string | null, code: string | undefined, now: number): Promise<boolean> {
    if (secret === null) return true
    const step = code === undefined ? null : stepOfCode(secret, code, now)
    return step !== null && (await access.takeCode(name, step))
  }

  return [
    endpoint({
      method: 'GET',
      path: '/api/v1/session',
      name: 'session',
      summary: 'Who is signed in, and the CSRF value that changes need',
      tag: 'session',
      who: 'anyone',
      answer: sessionView,
      run: view,
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/session',
      name: 'signIn',
      summary: 'Sign in with a passphrase, and a code where the user has codes',
      tag: 'session',
      who: 'anyone',
      body: signInRequest,
      answer: sessionView,
      async run(call) {
        const { name, passphrase, code } = call.body
        await prove(call, name, passphrase, code, 'sign in')
        const user = (await access.users()).find((one) => one.name.toLowerCase() === name.toLowerCase())
        const entered = await enter(call, user?.name ?? name, null)
        await trail.did(signed(call, user?.name ?? name, 'sign in', true))
        return entered
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/session/link',
      name: 'signInByLink',
      summary: 'Sign in by the one-time link that the console printed',
      tag: 'session',
      who: 'anyone',
      body: linkRequest,
      answer: sessionView,
      async run(call) {
        if (options.isAuthRequired) throw new Refusal('sign_in_wrong', 'Links are not taken here. Sign in by name.')
        const wait = await throttle.wait('', call.request.ip, call.now)
        if (wait > 0) {
          trail.noted(signed(call, '', 'link', false))
          throw new Refusal('throttled', LINK_OLD, { retryAfter: Math.ceil(wait / 1_000) })
        }
        const link = await access.takeSecret('link', hashOf(call.body.secret), call.now as Instant)
        if (link === undefined) {
          await throttle.failed('', call.request.ip, call.now)
          trail.noted(signed(call, '', 'link', false))
          throw new Refusal('sign_in_wrong', LINK_OLD)
        }
        const entered = await enter(call, link.user, link.role)
        await trail.did(signed(call, link.user, 'link', true))
        return entered
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/v1/session',
      name: 'signOut',
      summary: 'Sign out',
      tag: 'session',
      who: 'viewer',
      answer: sessionView,
      async run(call) {
        await leave(call)
        await trail.did(signed(call, call.caller!.user, 'sign out', true))
        return view({ caller: null, now: call.now })
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/session/step-up',
      name: 'stepUp',
      summary: `Prove again who you are: opens dangerous actions for ${STEP_UP_MS / 60_000} minutes`,
      tag: 'session',
      who: 'viewer',
      body: stepUpRequest,
      answer: sessionView,
      async run(call) {
        const { caller, body, now } = call
        if (!hasSession(caller)) throw new Refusal('step_up_needed', 'A token cannot prove who uses it. Sign in.')
        if (!caller.session.isLink) await prove(call, caller.user, body.passphrase ?? '', body.code, 'step up')
        const secret = await callers.stepUp(caller, now)
        if (secret === null) throw new Refusal('sign_in_needed', 'The session has ended. Sign in again.')
        setCookie(call, secret)
        await trail.did(signed(call, caller.user, 'step up', true))
        return view({ caller: await callers.bySession(secret, now), now })
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/setup',
      name: 'setup',
      summary: 'Whether the first user has yet to be made',
      tag: 'session',
      who: 'anyone',
      answer: setupView,
      run: async () => ({ needed: await access.needsSetUp() }),
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/setup',
      name: 'setUp',
      summary: 'Make the first user, an admin, with the token that the console printed',
      tag: 'session',
      who: 'anyone',
      body: setupRequest,
      answer: setupDone,
      status: 201,
      async run(call) {
        const { token, name, passphrase, withTotp } = call.body
        const wait = await throttle.wait('', call.request.ip, call.now)
        if (wait > 0) {
          trail.noted(signed(call, name, 'set up', false))
          throw new Refusal('throttled', 'Too many tries.', { retryAfter: Math.ceil(wait / 1_000) })
        }
        const problem = passphraseProblem(passphrase, name)
        if (problem !== '')
          throw new Refusal('invalid', problem, { details: [{ at: 'body.passphrase', text: problem }] })
        const totp = withTotp === true ? newCodes(name) : null
        const user = {
          name,
          role: 'admin' as const,
          // Once there is a user nobody makes this machine compute hashes here.
          passphraseHash: (await access.needsSetUp()) ? await passphraseHash(passphrase) : '',
          totpSecret: totp?.secret ?? null,
        }
        if (!(await access.setUp(hashOf(token), user, call.now as Instant))) {
          await throttle.failed('', call.request.ip, call.now)
          trail.noted(signed(call, name, 'set up', false))
          throw new Refusal(
            'sign_in_wrong',
            'This token is wrong, was used, or is too old. The console prints a new one at each start.',
          )
        }
        const session = await enter(call, name, null)
        await trail.did(signed(call, name, 'set up', true))
        return { session, totp }
      },
    }),
  ]
}
