/** Coming, going, and proving who one is. */

import type { Role } from '../../domain/access.ts'
import type { Instant } from '../../domain/units.ts'
import { hasSession, STEP_UP_MS } from '../access/callers.ts'
import { newCodes } from '../access/codes.ts'
import { passphraseHash, passphraseProblem } from '../access/passphrases.ts'
import { proofsOf } from '../access/proofs.ts'
import { hashOf } from '../access/secrets.ts'
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
import type { Context } from './context.ts'
import { type Call, type Endpoint, endpoint } from './endpoint.ts'
import { entryOf } from './entry.ts'

const LINK_OLD =
  'This link was used, or is too old. Start the program again for a new one; if it was not you who used it, end its ' +
  'session under Configuration, Users.'

export function sessionRoutes(context: Context): readonly Endpoint[] {
  const { ports, callers, trail, push, options } = context
  const { access } = ports.store
  const { view, setCookie, clearCookie } = entryOf(context)
  const { prove, demandTurn, failed, remember, rowOf: signed } = proofsOf(context)

  /** Opens a session and puts its secret into the cookie; whoever came with another one leaves it. */
  async function enter(call: Call<unknown, unknown, unknown>, user: string, role: Role | null): Promise<SessionView> {
    const { request, now, caller } = call
    if (caller !== null) await leave(call)
    const visitor = { address: request.ip, agent: request.headers['user-agent'] ?? '' }
    const secret = await callers.open(user, role, true, visitor, now)
    setCookie(call, secret)
    return view({ caller: await callers.bySession(secret, now, true), now })
  }

  async function leave({ caller, now, reply }: Call<unknown, unknown, unknown>): Promise<void> {
    if (!hasSession(caller)) return
    await callers.close(caller, now)
    push.leave(caller.session.id)
    clearCookie({ reply })
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
        await prove(call, { name, passphrase, code, action: 'sign in' })
        const user = (await access.users()).find((one) => one.name.toLowerCase() === name.toLowerCase())
        const entered = await enter(call, user?.name ?? name, null)
        await remember(call, name)
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
        await demandTurn(call, '', 'link', LINK_OLD)
        const link = await access.takeSecret('link', hashOf(call.body.secret), call.now as Instant)
        if (link === undefined) {
          await failed(call, '', 'link')
          ports.log.warn('a one-time link was tried that is used up or unknown', { address: call.request.ip })
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
        if (!caller.session.isLink)
          await prove(call, {
            name: caller.user,
            passphrase: body.passphrase ?? '',
            code: body.code,
            action: 'step up',
          })
        const secret = await callers.stepUp(caller, now)
        if (secret === null) throw new Refusal('sign_in_needed', 'The session has ended. Sign in again.')
        setCookie(call, secret)
        await trail.did(signed(call, caller.user, 'step up', true))
        return view({ caller: await callers.bySession(secret, now, true), now })
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
        await demandTurn(call, name, 'set up', 'Too many tries.')
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
          await failed(call, name, 'set up')
          throw new Refusal(
            'sign_in_wrong',
            'This token is wrong, was used, or is too old. The console prints a new one at each start.',
          )
        }
        const session = await enter(call, name, null)
        await remember(call, name)
        await trail.did(signed(call, name, 'set up', true))
        return { session, totp }
      },
    }),
  ]
}
