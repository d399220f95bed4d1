/** What goes wrong in one history, drawn from its seed: each class of fault is there in about every second one. */
import type { Random } from '../../src/numerics/random.ts'

export interface NetFaults {
  /** Chances that a request or its answer never arrives, and that the venue answers by an error of its own. */
  readonly requestLoss: number
  readonly responseLoss: number
  readonly serverError: number
  /** One way, in milliseconds: the middle of a lognormal, cut at three seconds. */
  readonly latency: number
  readonly spread: number
  /** Some requests hang on their way for seconds. */
  readonly stalls: boolean
  /** Chance that a client never gives up, and never answers. Left out: none, as in what was kept before. */
  readonly mute?: number
  /** After this long the client gives up; what it asked for may still arrive. */
  readonly timeout: number
  /** What the venue's reads show is up to so many milliseconds old. */
  readonly restLag: number
  /** Spans in which the venue takes no requests for their number. */
  readonly squeezes: readonly Span[]
}

export interface StreamFaults {
  readonly duplicate: number
  readonly drop: number
  /** Events overtake each other within so many milliseconds. */
  readonly reorder: number
  /** Spans in which no bar arrives: it comes when they are over. Left out: none. */
  readonly lateBars?: readonly Span[]
  /** Moments at which the stream breaks off, and how long it stays away. */
  readonly flaps: readonly { readonly at: number; readonly away: number }[]
}

export interface VenueFaults {
  /** Whether the same client id is refused for ever; if not, how old a request may be to be taken; null: any age. */
  readonly enforcesIds: boolean
  readonly requestLife: number | null
  readonly rejects: number
  /** The place of an instrument that is always rejected; null: none. */
  readonly alwaysRejects: number | null
  /** Chance that an order is filled in parts, and how long fills take at most. */
  readonly partial: number
  readonly fillDelay: number
  /** Chances that a cancel hangs for ever, that an ended order is filled later, that a fill is corrected or busted. */
  readonly stuckCancel: number
  readonly lateFill: number
  readonly correction: number
  readonly bust: number
  /** Trades that a person makes at the venue, and orders that rest there. */
  readonly manual: readonly { readonly at: number; readonly place: number; readonly side: 1 | -1 }[]
  readonly foreign: readonly { readonly at: number; readonly place: number }[]
  /** Money that comes or goes without an order, in cents. Left out: none, as in what was kept before. */
  readonly moves?: readonly { readonly at: number; readonly cents: number; readonly cause: MoveCause }[]
  /** Fees are told later than fills. */
  readonly lateFees: boolean
  /** Spans in which an instrument does not trade: orders are taken, and wait. Left out: none. */
  readonly halts?: readonly (Span & { readonly place: number })[]
  /** Splits and dividends are on the account so many milliseconds after the session has opened. Left out: at once. */
  readonly lateActions?: number
}

const MOVE_CAUSES = ['interest', 'fee', 'deposit', 'withdrawal'] as const
type MoveCause = (typeof MOVE_CAUSES)[number]

export interface Span {
  readonly from: number
  readonly until: number
}

export interface MachineFaults {
  readonly skew: number
  readonly steps: readonly { readonly at: number; readonly by: number }[]
  /** The call of the outside at which each life ends, in order; lives behind them do not end by themselves. */
  readonly deaths: readonly number[]
  readonly restartAfter: number
  readonly diskFailures: readonly (Span & { readonly kind: 'full' | 'unknown' })[]
  readonly diskLatency: number
  /** A second process stands by. */
  readonly standby: boolean
  /** The server loses the session of whoever has the lease: the lock is free while its holder lives. */
  readonly leaseLosses: readonly number[]
}

export interface OperatorScript {
  /** Kills, and when the operator revives after each. */
  readonly kills: readonly { readonly at: number; readonly reviveAfter: number }[]
  readonly disarms: readonly { readonly at: number; readonly armAfter: number }[]
  /** Moments at which everything is to be closed, and when entries are allowed again. Left out: none. */
  readonly flattens?: readonly { readonly at: number; readonly resumeAfter: number }[]
  /** Whether every entry waits for an operator, and for how many minutes at most; null and left out: none does. */
  readonly approvals?: { readonly minutes: number } | null
  /** Moments at which a cycle is asked for at once. Left out: none. */
  readonly updates?: readonly number[]
  /** Edits of the portfolio file that the engine is asked to take. Left out: none. */
  readonly changes?: readonly FileChange[]
  /** Spans in which processes cannot read what operators ask. */
  readonly outages: readonly Span[]
}

const EDITS = ['limit', 'weights', 'join', 'leave', 'impossible'] as const

export interface FileChange {
  readonly at: number
  readonly edit: (typeof EDITS)[number]
  /** Between nothing and one: which sleeve, which value. */
  readonly draw: number
  /** The process that takes it dies before or after its commit; null: it lives. */
  readonly dies: 'before' | 'after' | null
}

export interface FaultPlan {
  readonly net: NetFaults
  readonly stream: StreamFaults
  readonly venue: VenueFaults
  readonly machine: MachineFaults
  readonly operator: OperatorScript
}

/** Names by which a class of faults is left out of a history, to see whether it matters. */
export const FAULT_CLASSES = [
  'loss',
  'errors',
  'mutes',
  'latency',
  'lag',
  'squeeze',
  'duplicates',
  'drops',
  'reorder',
  'flaps',
  'lateBars',
  'anyId',
  'rejects',
  'partials',
  'cancels',
  'lateFills',
  'corrections',
  'manual',
  'foreign',
  'moves',
  'fees',
  'splits',
  'dividends',
  'lateActions',
  'halts',
  'clock',
  'deaths',
  'disk',
  'standby',
  'kills',
  'flattens',
  'approvals',
  'outages',
  'updates',
  'changes',
] as const
export type FaultClass = (typeof FAULT_CLASSES)[number]

/** @param span the moments between which things go wrong */
export function drawFaults(random: Random, span: Span, without: ReadonlySet<FaultClass>): FaultPlan {
  const has = (name: FaultClass, chance = 0.5): boolean =>
    random.fork(`has ${name}`).uniform() < chance && !without.has(name)
  const when = (from: Random): number => Math.floor(span.from + from.uniform() * (span.until - span.from))
  return {
    net: netFaults(random.fork('net'), has, when),
    stream: streamFaults(random.fork('stream'), has, when),
    venue: venueFaults(random.fork('venue'), has, when),
    machine: machineFaults(random.fork('machine'), has, when),
    operator: operatorScript(random.fork('operator'), has, when),
  }
}

type Has = (name: FaultClass, chance?: number) => boolean
type When = (from: Random) => number

const LATENCY_TIMEOUTS = [800, 1_500, 3_000, 5_000] as const

function netFaults(random: Random, has: Has, when: When): NetFaults {
  const part = (name: FaultClass, most: number): number => {
    const drawn = random.uniform() * most
    return has(name) ? drawn : 0
  }
  const slow = has('latency')
  return {
    requestLoss: part('loss', 0.3),
    responseLoss: part('loss', 0.3),
    serverError: part('errors', 0.2),
    latency: slow ? 40 + random.uniform() * 300 : 15,
    spread: slow ? 0.4 + random.uniform() : 0.2,
    stalls: slow,
    mute: has('mutes', 0.2) ? random.fork('mute').uniform() * 0.1 : 0,
    timeout: LATENCY_TIMEOUTS[random.integer(0, 3)]!,
    restLag: has('lag') ? random.integer(0, 5_000) : 0,
    squeezes: listOf(has('squeeze', 0.3) ? random.integer(1, 2) : 0, () => {
      const from = when(random)
      return { from, until: from + random.integer(500, 20_000) }
    }),
  }
}

function streamFaults(random: Random, has: Has, when: When): StreamFaults {
  const [duplicate, drop] = [random.uniform() * 0.5, random.uniform() * 0.5]
  return {
    duplicate: has('duplicates') ? duplicate : 0,
    drop: has('drops') ? drop : 0,
    reorder: has('reorder') ? 500 : 0,
    lateBars: lateBarsOf(random.fork('late bars'), has, when),
    flaps: listOf(has('flaps') ? random.integer(1, 4) : 0, () => ({
      at: when(random),
      away: random.integer(100, 15_000),
    })),
  }
}

function movesOf(random: Random, has: Has, when: When): NonNullable<VenueFaults['moves']> {
  return listOf(has('moves', 0.4) ? random.integer(1, 4) : 0, () => {
    const cause = MOVE_CAUSES[random.integer(0, MOVE_CAUSES.length - 1)]!
    const cents = random.integer(1, 500_000)
    return { at: when(random), cents: cause === 'fee' || cause === 'withdrawal' ? 0 - cents : cents, cause }
  })
}

const REQUEST_LIVES = [5_000, 5_000, null] as const

function lateBarsOf(random: Random, has: Has, when: When): readonly Span[] {
  return listOf(has('lateBars', 0.3) ? 1 : 0, () => {
    const from = when(random)
    return { from, until: from + random.integer(20_000, 240_000) }
  })
}

function venueFaults(random: Random, has: Has, when: When): VenueFaults {
  const enforcesIds = !has('anyId', 0.35)
  const cancels = has('cancels')
  const corrections = has('corrections', 0.3)
  return {
    enforcesIds,
    requestLife: enforcesIds ? null : REQUEST_LIVES[random.integer(0, 2)]!,
    rejects: has('rejects', 0.3) ? random.uniform() * 0.15 : 0,
    alwaysRejects: has('rejects', 0.3) && random.uniform() < 0.3 ? random.integer(0, 5) : null,
    partial: has('partials') ? 0.2 + random.uniform() * 0.6 : 0,
    fillDelay: has('partials') ? random.integer(0, 20_000) : random.integer(0, 300),
    stuckCancel: cancels ? random.uniform() * 0.3 : 0,
    lateFill: has('lateFills', 0.3) ? random.uniform() * 0.4 : 0,
    correction: corrections ? random.uniform() * 0.2 : 0,
    bust: corrections ? random.uniform() * 0.1 : 0,
    manual: listOf(has('manual', 0.3) ? random.integer(1, 2) : 0, () => ({
      at: when(random),
      place: random.integer(0, 5),
      side: random.uniform() < 0.5 ? 1 : -1,
    })),
    foreign: listOf(has('foreign', 0.25) ? 1 : 0, () => ({ at: when(random), place: random.integer(0, 5) })),
    moves: movesOf(random.fork('moves'), has, when),
    lateFees: has('fees', 0.25),
    halts: haltsOf(random.fork('halts'), has, when),
    lateActions: has('lateActions', 0.3) ? random.fork('late actions').integer(100, 60_000) : 0,
  }
}

function haltsOf(random: Random, has: Has, when: When): NonNullable<VenueFaults['halts']> {
  return listOf(has('halts', 0.25) ? random.integer(1, 2) : 0, () => {
    const from = when(random)
    return { place: random.integer(0, 3), from, until: from + random.integer(1_000, 90_000) }
  })
}

function machineFaults(random: Random, has: Has, when: When): MachineFaults {
  const clock = has('clock', 0.35)
  return {
    skew: clock ? random.integer(-5_000, 5_000) : 0,
    steps: listOf(clock ? random.integer(0, 2) : 0, () => ({
      at: when(random),
      by: random.integer(-600_000, 600_000),
    })),
    deaths: listOf(has('deaths', 0.6) ? random.integer(1, 3) : 0, () =>
      random.uniform() < 0.4 ? random.integer(1, 60) : random.integer(1, 700),
    ),
    restartAfter: random.integer(50, 30_000),
    diskFailures: listOf(has('disk', 0.2) ? 1 : 0, () => {
      const from = when(random)
      const kind = random.uniform() < 0.5 ? 'full' : 'unknown'
      return { from, until: from + random.integer(10, 20_000), kind }
    }),
    diskLatency: random.integer(1, 20),
    standby: has('standby', 0.3),
    leaseLosses: listOf(has('standby', 0.3) ? random.integer(0, 2) : 0, () => when(random)),
  }
}

function operatorScript(random: Random, has: Has, when: When): OperatorScript {
  const kills = listOf(has('kills', 0.3) ? 1 : 0, () => ({
    at: when(random),
    reviveAfter: random.integer(20_000, 200_000),
  }))
  const disarms = listOf(has('kills', 0.3) ? random.integer(0, 1) : 0, () => ({
    at: when(random),
    armAfter: random.integer(20_000, 120_000),
  }))
  // The worst moment not to be heard is that of a kill.
  const outages = listOf(has('outages', 0.3) ? 1 : 0, () => {
    const from = kills[0] === undefined ? when(random) : kills[0].at - random.integer(0, 2_000)
    return { from, until: from + random.integer(1_000, 60_000) }
  })
  const own = random.fork('flattens')
  const flattens = listOf(has('flattens', 0.2) ? 1 : 0, () => ({
    at: when(own),
    resumeAfter: own.integer(20_000, 200_000),
  }))
  const approvals = has('approvals', 0.15) ? { minutes: random.fork('approvals').integer(1, 2) } : null
  const asked = random.fork('updates')
  const updates = listOf(has('updates', 0.25) ? asked.integer(1, 3) : 0, () => when(asked))
  const changes = has('changes', 0.2) ? changesOf(random.fork('changes'), when) : []
  return { kills, disarms, outages, flattens, approvals, updates, changes }
}

/** In the order in which they are made. */
function changesOf(random: Random, when: When): readonly FileChange[] {
  const changes = listOf(random.integer(1, 3), () => ({
    at: when(random),
    edit: EDITS[random.integer(0, EDITS.length - 1)]!,
    draw: random.uniform(),
    dies: DEATHS_OF_CHANGES[random.integer(0, DEATHS_OF_CHANGES.length - 1)]!,
  }))
  return [...changes].sort((one, other) => one.at - other.at)
}

const DEATHS_OF_CHANGES = ['before', 'after', null, null, null] as const

function listOf<T>(count: number, draw: () => T): readonly T[] {
  return Array.from({ length: count }, draw)
}
