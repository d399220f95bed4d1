/** What everybody may change of their own account: passphrase and codes. */
import type { Instant } from '../../domain/units.ts'
import { hasSession, type SignedIn } from '../access/callers.ts'
import { isOwnCode, newCodes } from '../access/codes.ts'
import { passphraseHash, passphraseProblem } from '../access/passphrases.ts'
import { proofsOf } from '../access/proofs.ts'
import { Refusal } from '../refusal.ts'
import { ownChange, ownCodesRequest, sessionView, totpView } from '../schemas/session.ts'
import type { Context } from './context.ts'
import { type Call, type Endpoint, endpoint } from './endpoint.ts'
import { entryOf } from './entry.ts'

export function ownAccountRoutes(context: Context): readonly Endpoint[] {
  const { ports, callers, push, trail } = context
  const { access } = ports.store
  const { prove, remember, rowOf } = proofsOf(context)
  const { setCookie, view } = entryOf(context)

  /** @throws Refusal where there is no account behind whoever asks */
  function demandUser({ caller }: Call<unknown, unknown, unknown>): SignedIn {
    if (!hasSession(caller)) throw new Refusal('step_up_needed', 'A token cannot prove who uses it. Sign in.')
    if (caller.session.isLink) throw new Refusal('invalid', 'You came by a link, which has no passphrase and no codes.')
    return caller
  }

  return [
    endpoint({
      method: 'POST',
      path: '/api/v1/session/codes',
      name: 'newOwnCodes',
      summary: 'A new secret for codes of your own: nothing changes before changeOwn is given a code of it',
      tag: 'session',
      who: 'viewer',
      body: ownCodesRequest,
      answer: totpView,
      run: async (call) => newCodes(demandUser(call).user),
    }),
    endpoint({
      method: 'PATCH',
      path: '/api/v1/session',
      name: 'changeOwn',
      summary: 'Change your own passphrase or codes, by the passphrase of now; ends your other sessions',
      tag: 'session',
      who: 'viewer',
      body: ownChange,
      answer: sessionView,
      async run(call) {
        const { body, now } = call
        const caller = demandUser(call)
        const { user } = caller
        const action = body.passphrase === undefined ? 'change own codes' : 'change own passphrase'
        await prove(call, { name: user, passphrase: body.current, code: body.code, action })
        if (body.passphrase !== undefined) demandPassphrase(body.passphrase, user)
        if (body.totp !== undefined && body.totp !== null && !isOwnCode(body.totp.secret, body.totp.code, now)) {
          const text = 'This is no code of the new secret. Scan it, and give the six digits that are shown now.'
          throw new Refusal('invalid', text, { details: [{ at: 'body.totp.code', text }] })
        }
        const before = await access.sessions(now as Instant, user)
        const change = {
          ...(body.passphrase === undefined ? {} : { passphraseHash: await passphraseHash(body.passphrase) }),
          ...(body.totp === undefined ? {} : { totpSecret: body.totp?.secret ?? null }),
        }
        await access.changeUser(user, change, now as Instant, caller.session.hash)
        for (const { id } of before) if (id !== caller.session.id) push.leave(id)
        const secret = await callers.stepUp(caller, now)
        if (secret === null) throw new Refusal('sign_in_needed', 'The session has ended. Sign in again.')
        setCookie(call, secret)
        await remember(call, user)
        await trail.did({ ...rowOf(call, user, action, true), subject: user })
        return view({ caller: await callers.bySession(secret, now, true), now })
      },
    }),
  ]
}

function demandPassphrase(passphrase: string, name: string): void {
  const problem = passphraseProblem(passphrase, name)
  if (problem !== '') throw new Refusal('invalid', problem, { details: [{ at: 'body.passphrase', text: problem }] })
}
