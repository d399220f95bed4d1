/** Users, their sessions and tokens, and the log of who saw and did what. */
import { z } from 'zod'
import { ACCESS_KINDS, type ApiToken, type Session, type User } from '../../domain/access.ts'
import type { Instant } from '../../domain/units.ts'
import { isAllowed } from '../access/callers.ts'
import { newCodes } from '../access/codes.ts'
import { passphraseHash, passphraseProblem } from '../access/passphrases.ts'
import { hashOf, newSecret } from '../access/secrets.ts'
import type { OpenSession, TokenView, UserView } from '../contract/session.ts'
import { Refusal } from '../refusal.ts'
import { limit, page, when } from '../schemas/answers.ts'
import {
  auditRow,
  idNamed,
  newToken,
  newUser,
  openSession,
  tokenCreated,
  tokenView,
  userChange,
  userCreated,
  userNamed,
  userView,
} from '../schemas/session.ts'
import { moment, momentOrNull } from '../views/moments.ts'
import type { Context } from './context.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { paged } from './queries.ts'

const TOKEN_DAYS = 90
const DAY_MS = 86_400_000
const done = z.object({ done: z.boolean() }).meta({ id: 'Done' })

export function userRoutes({ ports, push }: Context): readonly Endpoint[] {
  const { access } = ports.store

  function demandPassphrase(passphrase: string, name: string): void {
    const problem = passphraseProblem(passphrase, name)
    if (problem !== '') throw new Refusal('invalid', problem, { details: [{ at: 'body.passphrase', text: problem }] })
  }

  async function userOf(name: string): Promise<UserView> {
    const user = (await access.users()).find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (user === undefined) throw new Refusal('not_found', `There is no user "${name}".`)
    return userViewOf(user)
  }

  const standingOf = async ({ body: { name } }: { readonly body: { readonly name: string } }) =>
    userOf(name).catch(() => null)

  const users = [
    endpoint({
      method: 'GET',
      path: '/api/v1/users',
      name: 'users',
      summary: 'All users',
      tag: 'users',
      who: 'admin',
      seen: 'users',
      answer: z.array(userView),
      run: async () => (await access.users()).map(userViewOf),
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/users',
      name: 'addUser',
      summary: 'Add a user',
      tag: 'users',
      who: 'admin',
      isDangerous: true,
      body: newUser,
      answer: userCreated,
      status: 201,
      async run({ body: { name, role, passphrase, withTotp }, now }) {
        demandPassphrase(passphrase, name)
        const totp = withTotp === true ? newCodes(name) : null
        const user = { name, role, passphraseHash: await passphraseHash(passphrase), totpSecret: totp?.secret ?? null }
        if (!(await access.addUser(user, now as Instant))) throw new Refusal('invalid', `The name "${name}" is taken.`)
        return { user: await userOf(name), totp }
      },
    }),
    endpoint({
      method: 'PATCH',
      path: '/api/v1/users',
      name: 'changeUser',
      summary: 'Change role, passphrase, codes, or whether a user may sign in; ends their sessions',
      tag: 'users',
      who: 'admin',
      isDangerous: true,
      body: userChange,
      answer: userCreated,
      standing: standingOf,
      async run({ body: { name, role, passphrase, disabled, totp: wantsCodes }, now, caller }) {
        if (passphrase !== undefined) demandPassphrase(passphrase, name)
        const totp = wantsCodes === true ? newCodes(name) : null
        const change = {
          ...(role === undefined ? {} : { role }),
          ...(passphrase === undefined ? {} : { passphraseHash: await passphraseHash(passphrase) }),
          ...(disabled === undefined ? {} : { disabled }),
          ...(wantsCodes === undefined ? {} : { totpSecret: totp?.secret ?? null }),
        }
        const before = await access.sessions(now as Instant, name)
        const state = await access.changeUser(name, change, now as Instant, caller?.session?.hash)
        if (state === 'unknown') throw new Refusal('not_found', `There is no user "${name}".`)
        if (state === 'last-admin')
          throw new Refusal('invalid', 'Somebody must be able to manage users: name another admin first.')
        for (const { id } of before) if (id !== caller?.session?.id) push.leave(id)
        return { user: await userOf(name), totp }
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/v1/users',
      name: 'removeUser',
      summary: 'Take a user away: nobody signs in by that name any more; what they did stays on record',
      tag: 'users',
      who: 'admin',
      isDangerous: true,
      body: userNamed,
      answer: done,
      standing: standingOf,
      async run({ body: { name }, now }) {
        const before = await access.sessions(now as Instant, name)
        const state = await access.changeUser(name, { disabled: true }, now as Instant)
        if (state === 'unknown') throw new Refusal('not_found', `There is no user "${name}".`)
        if (state === 'last-admin') throw new Refusal('invalid', 'The last admin stays.')
        for (const { id } of before) push.leave(id)
        return { done: true }
      },
    }),
  ]

  const sessions = [
    endpoint({
      method: 'GET',
      path: '/api/v1/sessions',
      name: 'sessions',
      summary: 'Open sessions: your own, and of all users for an admin',
      tag: 'users',
      who: 'viewer',
      answer: z.array(openSession),
      async run({ caller, now }) {
        const all = isAllowed(caller!.role, 'admin')
        const found = await access.sessions(now as Instant, all ? undefined : caller!.user)
        return found.map((session) => sessionViewOf(session, caller?.session?.id))
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/v1/sessions',
      name: 'revokeSession',
      summary: 'End a session: its pages are signed out and its sockets closed at once',
      tag: 'users',
      who: 'viewer',
      body: idNamed,
      answer: done,
      async standing({ body: { id }, now }) {
        const found = (await access.sessions(now as Instant)).find((session) => session.id === id)
        return found === undefined ? null : sessionViewOf(found, undefined)
      },
      async run({ body: { id }, caller, now }) {
        const all = isAllowed(caller!.role, 'admin')
        const own = await access.sessions(now as Instant, all ? undefined : caller!.user)
        if (!own.some((session) => session.id === id)) throw new Refusal('not_found', 'There is no such session.')
        const isDone = await access.revokeSession(id, now as Instant)
        push.leave(id)
        return { done: isDone }
      },
    }),
  ]

  const tokens = [
    endpoint({
      method: 'GET',
      path: '/api/v1/tokens',
      name: 'tokens',
      summary: 'Tokens of programs: your own, and of all users for an admin',
      tag: 'users',
      who: 'viewer',
      answer: z.array(tokenView),
      async run({ caller }) {
        const all = isAllowed(caller!.role, 'admin')
        const found = (await access.tokens()).filter(({ revokedAt }) => revokedAt === null)
        return found.filter(({ user }) => all || user === caller!.user).map(tokenViewOf)
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/tokens',
      name: 'addToken',
      summary: 'Make a token for a program; shown once',
      tag: 'users',
      who: 'viewer',
      isDangerous: true,
      body: newToken,
      answer: tokenCreated,
      status: 201,
      async run({ body: { label, role, days }, caller, now }) {
        if (!isAllowed(caller!.role, role))
          throw new Refusal('role_needed', 'A token may do no more than whoever makes it.')
        if (caller?.session?.isLink === true)
          throw new Refusal('invalid', 'A token belongs to a user, and a link is none: add one, and sign in by name.')
        const secret = `pf_${newSecret()}`
        const token = {
          id: newSecret().slice(0, 16),
          name: label,
          hash: hashOf(secret),
          lastFour: secret.slice(-4),
          role,
          user: caller!.user,
          at: now as Instant,
          expiresAt: (now + (days ?? TOKEN_DAYS) * DAY_MS) as Instant,
        }
        await access.addToken(token)
        return { token: tokenViewOf({ ...token, createdAt: token.at, usedAt: null, revokedAt: null }), secret }
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/v1/tokens',
      name: 'revokeToken',
      summary: 'Take a token back',
      tag: 'users',
      who: 'viewer',
      body: idNamed,
      answer: done,
      async standing({ body: { id } }) {
        const found = (await access.tokens()).find((token) => token.id === id)
        return found === undefined ? null : tokenViewOf(found)
      },
      async run({ body: { id }, caller, now }) {
        const all = isAllowed(caller!.role, 'admin')
        const own = (await access.tokens()).filter(({ user }) => all || user === caller!.user)
        if (!own.some((token) => token.id === id)) throw new Refusal('not_found', 'There is no such token.')
        return { done: await access.revokeToken(id, now as Instant) }
      },
    }),
  ]

  const audit = endpoint({
    method: 'GET',
    path: '/api/v1/audit',
    name: 'audit',
    summary: 'Who saw and who did what, newest first',
    tag: 'users',
    who: 'admin',
    seen: 'audit log',
    query: z.object({
      user: z.string().max(130).exactOptional(),
      kind: z.enum(ACCESS_KINDS).exactOptional(),
      portfolio: z.string().max(120).exactOptional(),
      from: when.exactOptional(),
      to: when.exactOptional(),
      before: z.string().max(200).exactOptional(),
      limit: limit(500, 100),
    }),
    answer: page(auditRow),
    async run({ query: { from, to, ...asked } }) {
      const range = {
        ...(from === undefined ? {} : { since: Date.parse(from) as Instant }),
        ...(to === undefined ? {} : { until: Date.parse(to) as Instant }),
      }
      const { rows, next } = await paged(() => access.accessLog({ ...asked, ...range }))
      return {
        rows: rows.map((row) => ({
          number: row.number,
          at: moment(row.at),
          actor: row.user,
          kind: row.kind,
          action: row.outcome === 'done' ? row.action : `${row.action} (${row.outcome})`,
          subject: row.subject,
          portfolio: row.portfolio === '' ? null : row.portfolio,
          before: row.before,
          after: row.after,
          requestId: row.requestId,
          address: row.address,
        })),
        total: null,
        next,
      }
    },
  })
  return [...users, ...sessions, ...tokens, audit]
}

function userViewOf({ name, role, hasTotp, disabledAt, createdAt, signedInAt }: User): UserView {
  return {
    name,
    role,
    hasTotp,
    isDisabled: disabledAt !== null,
    createdAt: moment(createdAt),
    lastSeenAt: momentOrNull(signedInAt),
  }
}

function sessionViewOf(session: Session, own: string | undefined): OpenSession {
  const { id, user, role, createdAt, seenAt, idleUntil, until, address, agent } = session
  return {
    id,
    user,
    role,
    createdAt: moment(createdAt),
    lastSeenAt: moment(seenAt),
    expiresAt: moment(Math.min(idleUntil, until)),
    address,
    agent,
    isOwn: id === own,
  }
}

function tokenViewOf({ id, user, name, role, lastFour, createdAt, usedAt, expiresAt }: ApiToken): TokenView {
  return {
    id,
    user,
    label: name,
    role,
    lastFour,
    createdAt: moment(createdAt),
    lastUsedAt: momentOrNull(usedAt),
    expiresAt: momentOrNull(expiresAt),
  }
}
