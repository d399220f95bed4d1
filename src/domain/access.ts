/** Who may look and act: users, sessions, tokens, and what was seen and done by whom. */
import type { Instant, Json } from './units.ts'

/** Each may what those before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

export interface User {
  readonly name: string
  readonly role: Role
  /** Asked for a code of an authenticator beside the passphrase. */
  readonly hasTotp: boolean
  readonly createdAt: Instant
  /** Of role, passphrase or code. */
  readonly changedAt: Instant
  readonly signedInAt: Instant | null
  /** Null: may sign in. */
  readonly disabledAt: Instant | null
}

/** Hashes and secrets go in and are compared; no list shows them. */
export interface NewUser {
  readonly name: string
  readonly role: Role
  readonly passphraseHash: string
  /** Base 32; sealed in the store. Null: none is asked for. */
  readonly totpSecret: string | null
}

export interface Credentials {
  readonly passphraseHash: string
  readonly totpSecret: string | null
  /** Time step of the last code that was taken: no code is taken twice. */
  readonly totpStep: number
}

/** What is left out stays as it is. */
export interface UserChange {
  readonly role?: Role
  readonly passphraseHash?: string
  readonly totpSecret?: string | null
  readonly disabled?: boolean
}

export interface Users {
  users(): Promise<readonly User[]>
  /** Undefined: nobody of that name, or disabled. */
  credentials(name: string): Promise<Credentials | undefined>
  /** False: the name is taken. Names differ by more than their case. */
  addUser(user: NewUser, at: Instant): Promise<boolean>
  /**
   * A new role, passphrase or code, or the end of an account, ends its sessions but `keep`; its browsers are forgotten
   * with a new passphrase.
   *
   * @param keep hash of the session that asks; left out: none is kept
   * @returns `last-admin`: nobody could manage users any more, and nothing was changed
   */
  changeUser(
    name: string,
    change: UserChange,
    at: Instant,
    keep?: string,
  ): Promise<'changed' | 'unknown' | 'last-admin'>
  /** Takes a code's time step; false: it, or a later one, was taken before. */
  takeCode(name: string, step: number): Promise<boolean>
}

/** A secret that lets in once: to make the first user (`setup`), or in place of a passphrase (`link`). Only its hash is kept. */
export interface OneTimeSecret {
  readonly kind: 'setup' | 'link'
  readonly hash: string
  /** Whom a link signs in, as what. */
  readonly user: string
  readonly role: Role
  readonly at: Instant
  readonly expiresAt: Instant
}

export interface OneTimeSecrets {
  /** Takes the place of those of its kind that were not used. */
  offerSecret(secret: OneTimeSecret): Promise<void>
  /** Uses it up; undefined: unknown, used, or too old. */
  takeSecret(kind: OneTimeSecret['kind'], hash: string, at: Instant): Promise<OneTimeSecret | undefined>
  /** Uses up a `setup` secret and makes the first user, both or neither; false where there is a user already, too. */
  setUp(hash: string, user: NewUser, at: Instant): Promise<boolean>
  /** No user was ever made. */
  needsSetUp(): Promise<boolean>
}

export interface NewSession {
  /** Of the secret in the cookie. */
  readonly hash: string
  /** Names it in lists. */
  readonly id: string
  readonly user: string
  /** Null: that of the user, as it is at each request; else of the link that opened it. */
  readonly linkRole: Role | null
  readonly at: Instant
  /** Ends unless it is used before, and in any case. */
  readonly idleUntil: Instant
  readonly until: Instant
  readonly stepUpUntil: Instant | null
  readonly agent: string
  readonly address: string
}

export interface Session {
  readonly id: string
  readonly user: string
  readonly role: Role
  readonly isLink: boolean
  readonly createdAt: Instant
  readonly seenAt: Instant
  readonly idleUntil: Instant
  readonly until: Instant
  /** Up to when dangerous actions are let through; null: the passphrase was not given again. */
  readonly stepUpUntil: Instant | null
  readonly agent: string
  readonly address: string
}

export interface Sessions {
  openSession(session: NewSession): Promise<void>
  /** Undefined: unknown, ended, revoked, or its user is disabled. */
  findSession(hash: string, at: Instant): Promise<Session | undefined>
  /** It was used, and lasts. */
  touchSession(hash: string, at: Instant, idleUntil: Instant): Promise<void>
  /** The same session behind another secret; false: it is not there any more. */
  rotateSession(hash: string, next: string, at: Instant): Promise<boolean>
  stepUp(hash: string, until: Instant): Promise<void>
  /** Those that stand, newest first; of one user, or of all. */
  sessions(at: Instant, user?: string): Promise<readonly Session[]>
  /** By its id; false: none stands. */
  revokeSession(id: string, at: Instant): Promise<boolean>
}

export interface NewApiToken {
  readonly id: string
  readonly name: string
  readonly hash: string
  readonly lastFour: string
  readonly role: Role
  /** Whose it is: it ends with the account, and may no more than its user. */
  readonly user: string
  readonly at: Instant
  readonly expiresAt: Instant | null
}

export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly lastFour: string
  /** The lesser of its own and its user's. */
  readonly role: Role
  readonly user: string
  readonly createdAt: Instant
  readonly expiresAt: Instant | null
  readonly usedAt: Instant | null
  readonly revokedAt: Instant | null
}

export interface ApiTokens {
  addToken(token: NewApiToken): Promise<void>
  /** Undefined: unknown, ended, revoked, or its user is disabled. Remembers the use, by the minute. */
  useToken(hash: string, at: Instant): Promise<ApiToken | undefined>
  /** All that were ever made, newest first. */
  tokens(): Promise<readonly ApiToken[]>
  revokeToken(id: string, at: Instant): Promise<boolean>
}

/** Failed attempts to sign in, by whatever they are counted by: an account, an address. */
export interface FailedAttempts {
  readonly key: string
  readonly count: number
  readonly lastAt: Instant
  /** No attempt is looked at before; null: at once. */
  readonly blockedUntil: Instant | null
}

/** Survives a restart: whoever guesses gains nothing by one. */
export interface Throttle {
  /** Of those keys that have failed. */
  attempts(keys: readonly string[]): Promise<readonly FailedAttempts[]>
  /**
   * One more; begins anew where the last one is older than `forgetMs`.
   *
   * @param blocked up to when after so many
   */
  countFailure(
    key: string,
    at: Instant,
    forgetMs: number,
    blocked: (count: number) => Instant | null,
  ): Promise<FailedAttempts>
  forgive(keys: readonly string[]): Promise<void>
}

/** Browsers that users have signed in with, by hashes of what they hold: guesses made elsewhere do not slow them down. */
export interface Devices {
  rememberDevice(hash: string, user: string, at: Instant): Promise<void>
  isKnownDevice(hash: string, user: string): Promise<boolean>
}

/** `saw`: looked at or exported; `did`: changed or asked for; `signed`: came, went, proved who it is, or was sent away. */
export const ACCESS_KINDS = ['saw', 'did', 'signed'] as const
export type AccessKind = (typeof ACCESS_KINDS)[number]
export const OUTCOMES = ['done', 'refused', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** One thing that somebody saw or did through the API. */
export interface NewAccess {
  readonly at: Instant
  /** Name; of a token `user/token name`; '' where nobody is known. */
  readonly user: string
  readonly kind: AccessKind
  /** A word, such as `kill`, `page`, `export`. */
  readonly action: string
  /** '' where it is about the server. */
  readonly portfolio: string
  /** What exactly; '' for the whole. */
  readonly subject: string
  /** How things were and are, without secrets; null where there is nothing to say. */
  readonly before: Json
  readonly after: Json
  readonly requestId: string
  readonly outcome: Outcome
  readonly address: string
}

/**
 * A row of the audit log, whoever wrote it: the API, the command line, or an engine with the commit that made it true.
 * Numbers count without gaps in a chain of hashes; the API's chain is '', others are named by their portfolio.
 */
export interface AccessRow extends NewAccess {
  readonly chain: string
  readonly number: number
}

/** What is left out selects nothing away. */
export interface AccessQuery {
  readonly user?: string
  readonly kind?: AccessKind
  readonly portfolio?: string
  readonly action?: string
  readonly since?: Instant
  readonly until?: Instant
  /** `next` of the page before. */
  readonly before?: string
  readonly limit: number
}

export interface AccessPage {
  /** Newest first. */
  readonly rows: readonly AccessRow[]
  /** Null: no older ones. */
  readonly next: string | null
}

export interface AccessLog {
  /** All in one transaction, in their order; whoever logs much logs some at a time. */
  logAccess(rows: readonly NewAccess[]): Promise<void>
  accessLog(query: AccessQuery): Promise<AccessPage>
}

/** All of it belongs to the store, not to a portfolio. */
export interface Access extends Users, OneTimeSecrets, Sessions, ApiTokens, Throttle, Devices, AccessLog {
  /** Lets go of sessions, secrets and counters that ended before a moment, and of browsers unseen for a year before it. */
  forget(before: Instant): Promise<void>
}
