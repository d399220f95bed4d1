/** Proving who one is: by passphrase and code, slowed down for whoever guesses, and on record. */
import type { NewAccess } from '../../domain/access.ts'
import type { Instant } from '../../domain/units.ts'
import { Refusal } from '../refusal.ts'
import type { Context } from '../routes/context.ts'
import type { Call } from '../routes/endpoint.ts'
import { stepOfCode } from './codes.ts'
import { isPassphrase } from './passphrases.ts'
import { hashOf, newSecret } from './secrets.ts'
import type { Guesser } from './throttle.ts'

const WRONG = 'Name or passphrase is wrong.'
/** How long a browser that has signed in is known. */
const KNOWN_S = 365 * 86_400

type AnyCall = Call<unknown, unknown, unknown>

export interface Proof {
  readonly name: string
  readonly passphrase: string
  readonly code: string | undefined
  /** What it is given for, as the audit log says it. */
  readonly action: string
}

export interface Proofs {
  /** @throws Refusal where name, passphrase or code are wrong, or came too often */
  prove(call: AnyCall, proof: Proof): Promise<void>
  /** Before a secret is looked at that stands for no name. @throws Refusal */
  demandTurn(call: AnyCall, name: string, action: string, text: string): Promise<void>
  failed(call: AnyCall, name: string, action: string): Promise<void>
  /** The browser is known by this name from now on. */
  remember(call: AnyCall, name: string): Promise<void>
  /** A row of the audit log. */
  rowOf(call: AnyCall, user: string, action: string, isDone: boolean): NewAccess
}

export function proofsOf({ ports, throttle, trail }: Pick<Context, 'ports' | 'throttle' | 'trail'>): Proofs {
  const { access } = ports.store

  async function guesserOf({ request }: AnyCall, name: string): Promise<Guesser> {
    const held = request.cookies[deviceName(request.server)]
    const hash = held === undefined || held === '' ? null : hashOf(held)
    const isKnown = hash !== null && (await access.isKnownDevice(hash, name))
    return { name, address: request.ip, device: isKnown ? hash : null }
  }

  async function isCode(name: string, secret: string | null, code: string | undefined, now: number): Promise<boolean> {
    if (secret === null) return true
    const step = code === undefined ? null : stepOfCode(secret, code, now)
    return step !== null && (await access.takeCode(name, step))
  }

  async function proveNow(call: AnyCall, guesser: Guesser, { passphrase, code, action }: Proof): Promise<void> {
    const { now } = call
    const { name } = guesser
    const wait = await throttle.wait(guesser, now)
    if (wait > 0) {
      trail.noted(rowOf(call, name, action, false))
      const seconds = Math.ceil(wait / 1_000)
      throw new Refusal('throttled', `Too many tries. Wait ${seconds} s.`, { retryAfter: seconds })
    }
    const known = await access.credentials(name)
    const isRight = await isPassphrase(known?.passphraseHash ?? null, passphrase)
    if (isRight && known !== undefined && (await isCode(name, known.totpSecret, code, now))) {
      await throttle.passed(guesser)
      return
    }
    const left = await throttle.failed(guesser, now)
    trail.noted(rowOf(call, name, action, false))
    const hint =
      left === 0 ? 'Wait 30 s before the next try.' : `${left} ${left === 1 ? 'try' : 'tries'} before a 30 s wait.`
    throw new Refusal('sign_in_wrong', `${WRONG} ${hint}`)
  }

  function rowOf({ request, now }: AnyCall, user: string, action: string, isDone: boolean): NewAccess {
    return {
      at: now as Instant,
      user,
      kind: 'signed',
      action,
      portfolio: '',
      subject: '',
      before: null,
      after: null,
      requestId: request.id,
      outcome: isDone ? 'done' : 'refused',
      address: request.ip,
    }
  }

  const stranger = ({ request }: AnyCall): Guesser => ({ name: '', address: request.ip, device: null })

  return {
    async prove(call, proof) {
      const guesser = await guesserOf(call, proof.name)
      await throttle.inTurn(guesser, () => proveNow(call, guesser, proof))
    },
    async demandTurn(call, name, action, text) {
      const wait = await throttle.wait(stranger(call), call.now)
      if (wait === 0) return
      trail.noted(rowOf(call, name, action, false))
      throw new Refusal('throttled', text, { retryAfter: Math.ceil(wait / 1_000) })
    },
    async failed(call, name, action) {
      await throttle.failed(stranger(call), call.now)
      trail.noted(rowOf(call, name, action, false))
    },
    async remember({ request, reply, now }, name) {
      const { server } = request
      const held = request.cookies[deviceName(server)]
      const secret = held !== undefined && held.length >= 40 && held.length <= 64 ? held : newSecret()
      await access.rememberDevice(hashOf(secret), name, now as Instant)
      const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: server.isSecure } as const
      reply.setCookie(deviceName(server), secret, { ...cookie, maxAge: KNOWN_S })
    },
    rowOf,
  }
}

/** Beside the cookie of the session. */
function deviceName({ cookieName }: Call['request']['server']): string {
  return `${cookieName}-device`
}
