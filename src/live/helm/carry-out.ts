/** What one command of an operator comes to: events for the kernel, or the reason why it is not carried out. */
import type { ControlCommand } from '../../domain/control.ts'
import { type Discrepancy, isDoubtful } from '../../domain/discrepancies.ts'
import type { OperatorCommand } from '../../domain/events.ts'
import type { ShutGate } from '../../domain/gates.ts'
import type { Sessions } from '../../domain/sessions.ts'
import { formatInstant } from '../../domain/sessions.ts'
import type { Instant, InstrumentId, IntentId, Quantity, SleeveId } from '../../domain/units.ts'
import type { OrderDecision } from '../engine-options.ts'
import { armedUntil } from '../gates/arming.ts'
import { RECONCILIATION } from '../reconcile/told.ts'
import { assignOf, type KnownInstrument } from './assign.ts'

/** How the engine stands when it is asked. */
export interface Standpoint {
  readonly role: 'paper' | 'live'
  /** Ends of the account's number that dangerous commands must name; empty: it has none, and none is asked for. */
  readonly accountSuffix: string
  readonly sleeves: readonly { readonly id: SleeveId; readonly isPaused: boolean }[]
  readonly gates: readonly ShutGate[]
  /** Why the account only reduces; empty: it does not. */
  readonly reducing: string
  /** Of the portfolio's own calendar. */
  readonly sessions: Sessions
  readonly liveFraction: number
  /** Numbers of the events after which an older view no longer counts. */
  readonly changed: {
    /** A gate was shut, the account began only to reduce, a sleeve was stopped, a limit was broken. */
    readonly worse: number
    /** Capital was dealt anew, or another part of it trades. */
    readonly capital: number
  }
  /** Units of a whole share, contract or coin of what an approval waits for; null: none of that number waits. */
  unitsOf(approval: IntentId): number | null
  /** Open ones, between the broker's account and the books. */
  readonly discrepancies: readonly Discrepancy[]
  instrumentOf(subject: string): KnownInstrument | null
}

export type Effect =
  /** Null: until it is taken away. */
  | { readonly kind: 'arm'; readonly until: Instant | null }
  | { readonly kind: 'disarm'; readonly reason: string }
  | { readonly kind: 'kill'; readonly reason: string }
  /** Instruments that breakers froze, and whether the account only reduces because of one. */
  | { readonly kind: 'release'; readonly frozen: readonly InstrumentId[]; readonly isReducing: boolean }

/** `commands` are given to the kernel in turn; `answer` is told whoever asked where it declines none of them. */
export type Carried =
  | {
      readonly isDeclined: false
      readonly commands: readonly OperatorCommand[]
      readonly effect: Effect | null
      /** An order that the desk is to take as an operator says. */
      readonly decision?: OrderDecision
      /** It asks for a cycle at once; `answer` is said beside what became of that. */
      readonly isCycle?: boolean
      readonly answer: string
    }
  | { readonly isDeclined: true; readonly reason: string }

const decline = (reason: string): Carried => ({ isDeclined: true, reason })

export function carryOut(command: ControlCommand, standpoint: Standpoint, now: Instant): Carried {
  const objection = objectionTo(command, standpoint)
  if (objection !== '') return decline(objection)
  const { body } = command
  switch (body.kind) {
    case 'pause':
    case 'resume':
      return pauseOrResume(body, standpoint)
    case 'kill':
      return done([{ kind: 'kill', reason: body.reason }], 'killed: nothing leaves until it is revived', {
        kind: 'kill',
        reason: body.reason,
      })
    case 'revive':
      return revive(standpoint)
    case 'arm':
      return arm(body.until, standpoint, now)
    case 'disarm':
      return done([], 'disarmed', { kind: 'disarm', reason: body.reason })
    case 'flatten': {
      const what = body.sleeve === null ? 'every sleeve' : `"${body.sleeve}"`
      const reason = `asked by ${command.actor}`
      const flatten = { kind: 'flatten', sleeve: body.sleeve as SleeveId | null, reason } as const
      return done([flatten], `${what} is being closed at the market, and enters nothing until it is resumed`)
    }
    case 'rebalance':
      return done([{ kind: 'rebalance', by: body.by }], 'capital is being dealt anew')
    case 'approve':
      return approve(body, standpoint)
    case 'assign': {
      const command = assignOf(body, standpoint.discrepancies, standpoint.instrumentOf)
      if (typeof command === 'string') return decline(command)
      return done([command], body.to === null ? 'it stays external' : `assigned to "${body.to}"`)
    }
    case 'decide': {
      const { order: clientId, verdict } = body
      const decision = { clientId, verdict, actor: command.actor }
      return { ...done([], `order ${clientId} is ${verdict} from now on`), decision }
    }
    case 'fraction': {
      const { fraction } = body
      if (standpoint.role !== 'live')
        return decline('on paper all of the allocation trades: a part is for live trading')
      return done([{ kind: 'fraction', fraction }], `${percentText(fraction)} of the allocation trades`)
    }
    case 'update':
      return update(standpoint)
    case 'configure':
      return decline('this engine has no portfolio file to read again')
  }
}

function done(
  commands: readonly OperatorCommand[],
  answer: string,
  effect: Effect | null = null,
): Extract<Carried, { isDeclined: false }> {
  return { isDeclined: false, commands, effect, answer }
}

/** Why a command is refused before it is looked at any closer; empty: it is not. */
function objectionTo({ body, seen }: ControlCommand, standpoint: Standpoint): string {
  if ('sleeve' in body && body.sleeve !== null && !standpoint.sleeves.some(({ id }) => id === body.sleeve)) {
    const known = standpoint.sleeves.map(({ id }) => `"${id}"`).join(', ')
    return `no sleeve "${body.sleeve}"; there are ${known}`
  }
  if ('account' in body && needsAccount(body, standpoint) && !isSuffix(body.account, standpoint.accountSuffix)) {
    return `the account's number does not end in "${body.account}"`
  }
  const newest = changedSince(body.kind, standpoint)
  if (seen < newest)
    return `something changed since: event ${newest}, and event ${seen} was the last one seen; look again`
  return ''
}

function isSuffix(typed: string, suffix: string): boolean {
  return suffix === '' || (typed.length >= Math.min(4, suffix.length) && suffix.endsWith(typed))
}

/** A smaller part of the allocation needs no proof. */
function needsAccount(body: ControlCommand['body'], { liveFraction }: Standpoint): boolean {
  return body.kind !== 'fraction' || body.fraction > liveFraction
}

/** What stops or shrinks is never too late; what opens and enlarges must know what it opens. */
function changedSince(kind: ControlCommand['body']['kind'], { changed }: Standpoint): number {
  if (kind === 'arm' || kind === 'revive' || kind === 'resume') return changed.worse
  if (kind === 'fraction') return Math.max(changed.worse, changed.capital)
  return kind === 'rebalance' ? changed.capital : -1
}

function pauseOrResume(
  { kind, sleeve }: { readonly kind: 'pause' | 'resume'; readonly sleeve: string | null },
  { sleeves }: Standpoint,
): Carried {
  const meant = sleeve === null ? sleeves : sleeves.filter(({ id }) => id === sleeve)
  const open = meant.filter(({ isPaused }) => isPaused === (kind === 'resume'))
  const word = kind === 'pause' ? 'paused' : 'resumed'
  if (open.length === 0) {
    return decline(kind === 'pause' ? 'it is paused already' : 'it is not paused')
  }
  const commands = open.map(({ id }) => ({ kind, sleeve: id }) as const)
  return done(commands, `${word}: ${open.map(({ id }) => id).join(', ')}`)
}

/** Nobody is given leave while something else than the leave itself is in the way. */
function arm(until: Instant | null, { gates, sessions, role, discrepancies }: Standpoint, now: Instant): Carried {
  const inTheWay = gates.filter(({ gate, instrument }) => gate !== 'armed' && (instrument === null || role === 'live'))
  if (inTheWay.length > 0) {
    const named = inTheWay.map(({ gate, instrument, reason }) => {
      return `${gate}${instrument === null ? '' : ` of ${instrument}`} (${reason})`
    })
    return decline(`what is shut stays in the way: ${named.join('; ')}`)
  }
  const unsaid = discrepancies.filter(isDoubtful).map(({ id }) => `"${id}"`)
  if (role === 'live' && unsaid.length > 0)
    return decline(`books and broker differ: assign or accept ${unsaid.join(', ')}`)
  if (role === 'paper') {
    // No money is at stake: leave on paper lasts until it is taken away.
    if (!gates.some(({ gate }) => gate === 'armed')) return decline('it is armed: paper asks for no leave')
    return done([], 'armed', { kind: 'arm', until: null })
  }
  const end = armedUntil(until, sessions, now)
  if (end === null) return decline('leave ends at a later moment, at most seven days away')
  return done([], `armed until ${minuteText(end)}`, { kind: 'arm', until: end })
}

function approve(
  {
    approval,
    decision,
    quantity,
  }: {
    readonly approval: string
    readonly decision: 'approve' | 'reduce' | 'reject'
    readonly quantity: number | null
  },
  { unitsOf }: Standpoint,
): Carried {
  const id = Number(approval) as IntentId
  const units = Number.isSafeInteger(id) ? unitsOf(id) : null
  if (units === null) return decline(`no wish "${approval}" waits for an approval`)
  if (decision !== 'reduce') {
    const word = decision === 'approve' ? 'approved: it joins the next cycle' : 'rejected'
    return done([{ kind: 'approve', id, decision }], word)
  }
  const reduced = Math.floor((quantity ?? 0) * units + 0.5) as Quantity
  if (!(reduced > 0)) return decline('say how much may pass, above 0')
  return done([{ kind: 'approve', id, decision, quantity: reduced }], `reduced to ${quantity}: it joins the next cycle`)
}

/** Nothing is told the kernel: the next instant is what it would have been, only sooner. */
function update({ gates, sleeves }: Standpoint): Carried {
  const killed = gates.find(({ gate }) => gate === 'alive')
  if (killed !== undefined) return decline(`it is killed (${killed.reason}): revive it first`)
  const isPaused = sleeves.length > 0 && sleeves.every((sleeve) => sleeve.isPaused)
  return { ...done([], isPaused ? 'every sleeve is paused: nothing is entered' : ''), isCycle: true }
}

/** Opens what only an operator opens: the kill switch, and what a breaker has frozen or made to reduce. */
function revive(standpoint: Standpoint): Carried {
  const { gates, reducing } = standpoint
  const isKilled = gates.some(({ gate }) => gate === 'alive')
  const frozen = gates.flatMap(({ gate, instrument, reason }) =>
    gate === 'frozen' && instrument !== null && !reason.startsWith(RECONCILIATION) ? [instrument] : [],
  )
  const isReducing = reducing !== '' && !reducing.startsWith(RECONCILIATION)
  if (!isKilled && frozen.length === 0 && !isReducing) return decline('the account is not killed')
  const effect = frozen.length > 0 || isReducing ? ({ kind: 'release', frozen, isReducing } as const) : null
  return done(isKilled ? [{ kind: 'revive' }] : [], revivedText(standpoint, new Set(frozen)), effect)
}

function revivedText({ gates }: Standpoint, frozen: ReadonlySet<InstrumentId>): string {
  const left = gates
    .filter(({ gate, instrument }) => gate !== 'alive' && !(gate === 'frozen' && frozen.has(instrument!)))
    .map(({ gate }) => gate)
  return left.length === 0 ? 'revived' : `revived; still shut: ${[...new Set(left)].join(', ')}`
}

function minuteText(at: Instant): string {
  return `${formatInstant(at).replace('T', ' ').slice(0, 16)} UTC`
}

function percentText(fraction: number): string {
  return `${Math.floor(fraction * 1_000 + 0.5) / 10} %`
}
