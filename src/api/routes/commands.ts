/** Commands: asked through the store as every operator does, by id, once. */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { ControlBody, ControlCommand } from '../../domain/control.ts'
import type { Instant } from '../../domain/units.ts'
import { type Caller, userOf } from '../access/callers.ts'
import type { CommandBody, CommandView } from '../contract/commands.ts'
import { Refusal } from '../refusal.ts'
import { commandId, portfolioName } from '../schemas/answers.ts'
import { commandRequest, commandView } from '../schemas/commands.ts'
import type { Basis } from '../views/basis.ts'
import { moment } from '../views/moments.ts'
import { basisOf, type Context } from './context.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

/** How long a command may wait to be begun; a kill holds until somebody acts on it. */
const HOLDS_MS = 60_000
/** An answer that comes at once comes with the command. */
const WAIT_MS = 2_000
const LOOK_MS = 50

/** What only an admin may ask, and what needs a new proof. Everything else is an operator's. */
const ADMIN: ReadonlySet<CommandBody['kind']> = new Set(['revive', 'arm', 'fraction', 'configure'])
const DANGEROUS: ReadonlySet<CommandBody['kind']> = new Set([
  'revive',
  'arm',
  'flatten',
  'fraction',
  'decide',
  'assign',
  'configure',
])

export function commandRoutes(context: Context): readonly Endpoint[] {
  const { control } = context.ports.store
  const { now: clock } = context.ports

  async function answered(portfolio: string, id: string): Promise<ControlCommand> {
    const until = clock() + WAIT_MS
    for (;;) {
      const command = (await control.find(portfolio, id))!
      if (command.state !== 'asked' && command.state !== 'begun') return command
      if (clock() >= until) return command
      await new Promise((done) => setTimeout(done, LOOK_MS))
    }
  }

  return [
    endpoint({
      method: 'POST',
      path: '/api/v1/p/:portfolio/commands',
      name: 'command',
      summary: 'Ask the engine for something; the same id again is the same command, and has the same answer',
      tag: 'commands',
      who: 'operator',
      params: z.object({ portfolio: portfolioName }),
      body: commandRequest,
      answer: commandView,
      status: 202,
      async run({ params: { portfolio }, body: { id, seen, body }, caller, now }) {
        const basis = await basisOf(context, portfolio)
        demandRights(caller!, body, now)
        if (body.kind !== 'kill') context.changes.demand(userOf(caller), now)
        const wanted = controlBody(body, basis)
        const known = await control.find(portfolio, id)
        if (known !== undefined) {
          // Whoever sends it again may have seen more in the meantime: what is asked is what counts.
          if (!isDeepStrictEqual(known.body, wanted)) {
            throw new Refusal('id_reused', 'This id belongs to another command. Send a new one.')
          }
          return viewOf(await answered(portfolio, id))
        }
        demandFresh(basis, seen, body)
        await control.ask({
          id,
          portfolio,
          actor: caller!.user,
          at: now as Instant,
          seen: Math.min(seen, basis.seq),
          until: body.kind === 'kill' ? null : ((now + HOLDS_MS) as Instant),
          body: wanted,
        })
        const asked = await answered(portfolio, id)
        // Of two that came at once under one id the first is the one that it belongs to.
        if (!isDeepStrictEqual(asked.body, wanted)) {
          throw new Refusal('id_reused', 'This id belongs to another command. Send a new one.')
        }
        const command = viewOf(asked)
        context.push.tell(portfolio, 'command', command)
        return command
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/commands/:id',
      name: 'commandOf',
      summary: 'What became of a command',
      tag: 'commands',
      who: 'viewer',
      params: z.object({ portfolio: portfolioName, id: commandId }),
      answer: commandView,
      async run({ params: { portfolio, id } }) {
        const command = await control.find(portfolio, id)
        if (command === undefined) throw new Refusal('not_found', `There is no command ${id}.`)
        return viewOf(command)
      },
    }),
  ]
}

function demandRights({ role, session }: Caller, { kind }: CommandBody, now: number): void {
  if (ADMIN.has(kind) && role !== 'admin') throw new Refusal('role_needed', `Only an admin may ${kind}.`)
  if (!DANGEROUS.has(kind)) return
  if (session === null)
    throw new Refusal('step_up_needed', `A token cannot ${kind}: it takes somebody who proves who they are.`)
  if ((session.stepUpUntil ?? 0) <= now) throw new Refusal('step_up_needed', 'Give your passphrase again first.')
}

/**
 * Whether what is asked still fits what there is.
 *
 * @throws Refusal where the row that it is about has changed since it was seen
 */
function demandFresh(basis: Basis, seen: number, body: CommandBody): void {
  if (body.kind === 'approve') {
    const waiting = basis.beat?.approvals.some(({ id }) => id === body.approval) ?? false
    if (!waiting && basis.beat !== null) {
      const conflict = { seen, changedAt: basis.seq, what: `approval ${body.approval}`, now: null }
      throw new Refusal('stale', 'This wish does not wait any more.', { conflict })
    }
  }
  if ((body.kind === 'pause' || body.kind === 'resume' || body.kind === 'flatten') && body.sleeve !== null) {
    const sleeve = basis.sleeves.find((one) => one.sleeve === body.sleeve)
    if (sleeve === undefined) throw new Refusal('not_found', `There is no sleeve "${body.sleeve}".`)
    const isDone =
      (body.kind === 'pause' && sleeve.status === 'paused') || (body.kind === 'resume' && sleeve.status === 'active')
    if (isDone && seen < basis.seq) {
      const conflict = {
        seen,
        changedAt: basis.seq,
        what: `sleeve ${sleeve.sleeve}`,
        now: { status: sleeve.status, reason: sleeve.reason },
      }
      throw new Refusal('stale', `${sleeve.title} is ${sleeve.status} already.`, { conflict })
    }
  }
}

/** As the engine is asked. Where the page typed a name, the account is the one that the engine itself names. */
function controlBody(body: CommandBody, { portfolio, beat }: Basis): ControlBody {
  const account = beat?.accountSuffix ?? ''
  switch (body.kind) {
    case 'revive':
    case 'fraction':
      return { ...body, account }
    case 'decide':
      return { ...body, account } as unknown as ControlBody
    case 'arm':
      return {
        kind: 'arm',
        account: body.account,
        until: body.until === null ? null : (Date.parse(body.until) as Instant),
      }
    case 'flatten': {
      const name = body.sleeve ?? portfolio
      if (body.confirm !== name) throw new Refusal('confirm_needed', `Type "${name}" to confirm.`)
      return { kind: 'flatten', sleeve: body.sleeve, account }
    }
    case 'rebalance':
      return body as ControlBody
    default:
      return body as ControlBody
  }
}

function viewOf({ id, at, actor, seen, body, state, answer }: ControlCommand): CommandView {
  return { id, at: moment(at), actor, seen, body: shownBody(body), state, answer }
}

/** Without the ends of the account's number. */
function shownBody(body: ControlBody): CommandBody {
  switch (body.kind) {
    case 'revive':
      return { kind: 'revive', reason: body.reason }
    case 'fraction':
      return { kind: 'fraction', fraction: body.fraction }
    case 'decide':
      return { kind: 'decide', order: body.order, verdict: body.verdict }
    case 'flatten':
      return { kind: 'flatten', sleeve: body.sleeve, confirm: '' }
    case 'arm':
      return { kind: 'arm', account: body.account, until: body.until === null ? null : moment(body.until) }
    default:
      return body
  }
}
