/** Who asks: by the cookie of a session, or by the token of a program. */
import type { Access, Role, Session } from '../../domain/access.ts'
import { ROLES } from '../../domain/access.ts'
import type { Instant } from '../../domain/units.ts'
import { hashOf, newSecret } from './secrets.ts'

const IDLE_MS = 12 * 3_600_000
const SESSION_MS = 7 * 24 * 3_600_000
/** How long a passphrase that was given again opens dangerous actions. */
export const STEP_UP_MS = 5 * 60_000
/** A session that is used is written down so often. */
const TOUCH_MS = 60_000

export interface Caller {
  /** Of a token: `user/token`. */
  readonly user: string
  readonly role: Role
  /** Null for a token. */
  readonly session: (Session & { readonly hash: string; readonly secret: string }) | null
}

/** By a session: whoever sits before a page. */
export type SignedIn = Caller & { readonly session: NonNullable<Caller['session']> }

export function hasSession(caller: Caller | null): caller is SignedIn {
  return caller !== null && caller.session !== null
}

/** Whoever is behind it: a program asks in the name of its user. */
export function userOf(caller: Caller | null): string {
  return caller === null ? '' : caller.user.split('/')[0]!
}

export interface Visitor {
  readonly address: string
  readonly agent: string
}

export interface Callers {
  /** @param isUsed somebody sits before the page: a page that is only left open and asks by itself ends in time */
  bySession(secret: string, now: number, isUsed: boolean): Promise<Caller | null>
  byToken(secret: string, now: number): Promise<Caller | null>
  /** Opens one; the secret goes into a cookie and nowhere else. */
  open(user: string, linkRole: Role | null, isProven: boolean, visitor: Visitor, now: number): Promise<string>
  /** The same session under a new secret, after its owner proved who it is. */
  stepUp(caller: Caller, now: number): Promise<string | null>
  close(caller: Caller, now: number): Promise<void>
}

export function callersOf(access: Access): Callers {
  return {
    async bySession(secret, now, isUsed) {
      const hash = hashOf(secret)
      const session = await access.findSession(hash, now as Instant)
      if (session === undefined) return null
      if (isUsed && now - session.seenAt > TOUCH_MS) await access.touchSession(hash, now as Instant, idleUntil(now))
      return { user: session.user, role: session.role, session: { ...session, hash, secret } }
    },
    async byToken(secret, now) {
      const token = await access.useToken(hashOf(secret), now as Instant)
      return token === undefined ? null : { user: `${token.user}/${token.name}`, role: token.role, session: null }
    },
    async open(user, linkRole, isProven, { address, agent }, now) {
      const secret = newSecret()
      await access.openSession({
        hash: hashOf(secret),
        id: newSecret().slice(0, 16),
        user,
        linkRole,
        at: now as Instant,
        idleUntil: idleUntil(now),
        until: (now + SESSION_MS) as Instant,
        stepUpUntil: isProven ? ((now + STEP_UP_MS) as Instant) : null,
        agent: agent.slice(0, 200),
        address,
      })
      return secret
    },
    async stepUp({ session }, now) {
      if (session === null) return null
      const next = newSecret()
      if (!(await access.rotateSession(session.hash, hashOf(next), now as Instant))) return null
      await access.stepUp(hashOf(next), (now + STEP_UP_MS) as Instant)
      return next
    },
    async close({ session }, now) {
      if (session !== null) await access.revokeSession(session.id, now as Instant)
    },
  }
}

function idleUntil(now: number): Instant {
  return (now + IDLE_MS) as Instant
}

export function isAllowed(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least)
}
