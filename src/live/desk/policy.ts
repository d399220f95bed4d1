/** How patient the order protocol is, and what makes it stop; milliseconds where nothing else is said. */
export interface DeskPolicy {
  /** After which a request without any answer counts as unknown. */
  readonly answerWithin: number
  /** Without news after which a live order is asked for; doubles with every question that brings none, */
  readonly queryAfter: number
  /** up to this. */
  readonly queryAtMost: number
  /** The same for an order of which nobody knows whether the broker has it. */
  readonly resolveAfter: number
  readonly resolveAtMost: number
  /** Times that the venue must say that it does not have an order, */
  readonly absencesMin: number
  /** and how long after the last send it must still say so: venues are slow to show what they have just taken. */
  readonly grace: number
  /** Age at which an intent is no longer sent: prices have moved on. */
  readonly intentLife: number
  /** Executions are asked for at least so often. */
  readonly sweepEvery: number
  /** After which a cancel without an end is asked for again, */
  readonly cancelAgainAfter: number
  /** and after which somebody is told. */
  readonly stuckAfter: number
  /** After which somebody is told of an order that is still unknown. */
  readonly unresolvedAfter: number
  /** Written down longer ago than this, an order is written anew before it leaves: who has lost the account is refused. */
  readonly renewAfter: number
  /** How long a process that takes over sends nothing new: longer than any request of the one before is on its way. */
  readonly takeoverWait: number
  /** After which an ended order leaves memory; the store keeps it. */
  readonly forgetAfter: number
  readonly breakers: BreakerLimits
}

/** Each latches: what it shut is opened by an operator. Infinity: never. */
export interface BreakerLimits {
  /** Rejections of one instrument within an hour, from which it is frozen. */
  readonly rejectsOfInstrument: number
  /** Rejections within an hour, in all, from which the account is disarmed. */
  readonly rejects: number
  /** Rejections of closing orders of one instrument, one after the other, from which it is frozen. */
  readonly rejectedCloses: number
  /** Orders within a minute, from which the account is disarmed. */
  readonly ordersPerMinute: number
  /** Notional of the orders of one day (UTC), in the base currency, beyond which only reductions leave. */
  readonly notionalPerDay: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

export const DESK_POLICY: DeskPolicy = {
  answerWithin: 15 * SECOND,
  queryAfter: 5 * SECOND,
  queryAtMost: MINUTE,
  resolveAfter: SECOND,
  resolveAtMost: 30 * SECOND,
  absencesMin: 3,
  grace: 10 * SECOND,
  intentLife: MINUTE,
  sweepEvery: MINUTE,
  cancelAgainAfter: 10 * SECOND,
  stuckAfter: MINUTE,
  unresolvedAfter: MINUTE,
  renewAfter: SECOND,
  takeoverWait: 10 * SECOND,
  forgetAfter: DAY,
  breakers: {
    rejectsOfInstrument: 5,
    rejects: 20,
    rejectedCloses: 3,
    ordersPerMinute: 600,
    notionalPerDay: Number.POSITIVE_INFINITY,
  },
}
