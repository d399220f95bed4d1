/** Compares the broker's account with the books: before anything is sent, and again and again. */
import type { Broker, BrokerSnapshot, Execution } from '../../domain/broker.ts'
import type { Store } from '../../domain/store.ts'
import type { CurrencyCode, Instant, InstrumentId } from '../../domain/units.ts'
import type { Kernel } from '../../engine/kernel.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { OrderDesk } from '../desk/order-desk.ts'
import type { Told, Watch } from '../engine-options.ts'
import { engineAlert } from '../engine-rules.ts'
import { type Comparison, compare, type Undecided } from './compare.ts'
import { foreignInstrumentId } from './foreign-instrument.ts'
import { ownBooks } from './own-books.ts'
import { RECONCILE_POLICY, type ReconcilePolicy } from './policy.ts'
import type { SplitWatch } from './splits.ts'
import { RECONCILIATION, toldOf } from './told.ts'
import type { Accrual, FeeInKind } from './tolerance.ts'

export interface ReconcileOptions {
  readonly broker: Broker
  readonly store: Pick<Store, 'hasExecution' | 'hasAccountEvents'>
  readonly portfolio: string
  desk(): OrderDesk
  /** Up to where events of the account without an order were told. */
  eventsCursor(): string
  /** How many of them were told so far. */
  eventsTold(): number
  readonly policy?: ReconcilePolicy
  /** Something is dated that the books have not been through: the broker may be ahead of them. */
  isBehind(): boolean
  /** Splits as the broker told them. */
  readonly splits: SplitWatch
  /** What the books know and the broker posts later; nothing where nobody keeps it. */
  readonly expected?: () => { readonly accruals: readonly Accrual[]; readonly feesInKind: readonly FeeInKind[] }
  /** Told when an answer has come. */
  wake(): void
}

/** What was asked of the broker, and how many executions and events of the account were booked when it was. */
interface Asked {
  readonly booked: number
  readonly at: Instant
  answer: Answer | Error | null
}

interface Answer {
  readonly snapshot: BrokerSnapshot
  /** After the snapshot. */
  readonly since: readonly Execution[]
  /** Some execution, or something that happened without an order, is not in the books yet. */
  readonly isBehind: boolean
}

/** A broker that has not booked a split is looked at again so soon. */
const LATE_AGAIN_MS = 60_000

export function reconcileWatch(options: ReconcileOptions): Watch {
  const policy = options.policy ?? RECONCILE_POLICY
  let asked: Asked | null = null
  let due: Instant | null = null
  let isBegun = false
  let booked = 0
  let told = 0
  let bookedAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let seen: ReadonlyMap<string, number> = new Map()
  let undecided: ReadonlyMap<string, Undecided> = new Map()
  /** Null before the first look. */
  let comparedAt: Instant | null = null
  const { splits } = options
  let isTold = false

  const bookedIn = ({ executions }: Runtime['state']): number => executions + options.eventsTold()

  function begin({ state }: Runtime): readonly EventBody[] {
    isBegun = true
    booked = bookedIn(state)
    const reason = `${RECONCILIATION}: the account was not compared yet`
    return [{ kind: 'gate', gate: 'reconciled', isOpen: false, instrument: null, reason }]
  }

  function ask({ state }: Runtime, at: Instant): void {
    const own: Asked = { booked: bookedIn(state), at, answer: null }
    asked = own
    void readAccount(options)
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
      .then((answer) => {
        own.answer = answer
        options.wake()
      })
  }

  /** An error is no empty account: nothing is compared, and after some of them nothing is opened. */
  function fail(error: Error, { state }: Runtime, now: Instant): readonly EventBody[] {
    failures += 1
    due = (now + policy.againMs) as Instant
    if (failures < policy.failuresMost || state.gates?.mode === 'reducing') return []
    const reason = `${RECONCILIATION}: the account could not be read ${failures} times: ${error.message}`
    return [{ kind: 'mode', mode: 'reducing', reason }]
  }

  const isOverdue = (now: Instant): boolean => comparedAt !== null && now >= comparedAt + policy.uncomparedMostMs

  /** An account that is booked on all the time could differ for ever: somebody is told once, until it was compared. */
  function overdue(now: Instant): readonly EventBody[] {
    comparedAt ??= now
    if (isTold || !isOverdue(now)) return []
    isTold = true
    const minutes = Math.floor((now - comparedAt) / 60_000)
    return [engineAlert('uncompared', `the account was not compared with the books for ${minutes} minutes`)]
  }

  function take({ snapshot, since }: Answer, runtime: Runtime, now: Instant): readonly EventBody[] {
    failures = 0
    const listed = { ...snapshot, positions: snapshot.positions.map((one) => withForeign(runtime, one)) }
    const own = { snapshot: listed, since, seen, undecided, now, splits: splits.recent(now) }
    const verdict = compare(comparisonOf(runtime, options, policy, own))
    splits.saw(listed.positions)
    if (verdict.state === 'otherAccount') {
      due = (now + policy.everyMs) as Instant
      const reason = `${RECONCILIATION}: ${verdict.reason}`
      return [{ kind: 'gate', gate: 'reconciled', isOpen: false, instrument: null, reason }]
    }
    const isWaiting = [...verdict.seen].some(([key, amount]) => seen.get(key) !== amount)
    seen = verdict.seen
    undecided = verdict.undecided
    if (!isWaiting) {
      comparedAt = now
      isTold = false
    }
    const isLate = [...own.splits.keys()].some((instrument) => verdict.frozen.has(instrument))
    due = (now + (isWaiting ? policy.againMs : isLate ? LATE_AGAIN_MS : policy.everyMs)) as Instant
    const shown = ordersShown(options, snapshot, now)
    // What an account begins with is its past, and is told as that once it is sure.
    if (isWaiting && runtime.state.reconciliation === undefined) return shown
    const bodies = [...shown, ...toldOf(runtime, listed, verdict)]
    return isWaiting ? bodies : [...bodies, ...opened(runtime)]
  }

  return {
    look(now, { runtime }: Kernel): readonly Told[] {
      const bodies: EventBody[] = isBegun ? [] : [...begin(runtime)]
      if (asked !== null && asked.answer !== null) {
        const { answer } = asked
        const isMoved = asked.booked !== bookedIn(runtime.state)
        asked = null
        if (answer instanceof Error) bodies.push(...fail(answer, runtime, now))
        // What was booked meanwhile may be in the snapshot or not: asked anew.
        else if (answer.isBehind || isMoved || options.isBehind()) due = (now + policy.againMs) as Instant
        else bodies.push(...take(answer, runtime, now))
      }
      if (asked !== null && now >= asked.at + policy.answerWithinMs) {
        asked = null
        bodies.push(...fail(new Error(`no answer within ${policy.answerWithinMs} ms`), runtime, now))
      }
      const split = splits.look(runtime, now)
      bodies.push(...split.map(heldBack))
      const isBooked = booked !== bookedIn(runtime.state)
      if (isBooked) bookedAt = now
      booked = bookedIn(runtime.state)
      // What is heard on the day of a split may be of before it, and of some events the books only know what they reckoned.
      const isOfSplit = split.length > 0 || (isBooked && splits.recent(now).size > 0)
      if ((isOfSplit || told !== options.eventsTold()) && asked === null) due = now
      told = options.eventsTold()
      bodies.push(...overdue(now))
      if (asked !== null || (due !== null && now < due)) return bodies.map((body) => ({ body }))
      // Where it is never quiet, it is asked all the same: what was booked meanwhile is seen then.
      if (now >= bookedAt + policy.quietMs || isOverdue(now)) ask(runtime, now)
      else due = (bookedAt + policy.quietMs) as Instant
      return bodies.map((body) => ({ body }))
    },
    nextAt() {
      if (asked === null) return due
      return asked.answer === null ? ((asked.at + policy.answerWithinMs) as Instant) : (0 as Instant)
    },
  }
}

/** What works at the broker is evidence for the desk, too: of an order that was given up here, nothing else may be heard. */
function ordersShown({ desk }: ReconcileOptions, { openOrders }: BrokerSnapshot, now: Instant): readonly EventBody[] {
  const own = openOrders.filter(({ clientId }) => clientId !== null)
  return own.length === 0
    ? []
    : desk().heard(
        own.map((order) => ({ kind: 'order' as const, order })),
        now,
      )
}

async function readAccount({ broker, store, portfolio, desk, eventsCursor }: ReconcileOptions): Promise<Answer> {
  const { cursor } = desk().state()
  const toldUpTo = eventsCursor()
  const snapshot = await broker.snapshot()
  const { executions } = await broker.executionsSince(cursor)
  const later = await broker.executionsSince(snapshot.cursor)
  const ids = executions.map(({ id }) => id)
  const known = new Set(await store.hasExecution(portfolio, broker.name, ids))
  const { events } = await broker.accountEventsSince(toldUpTo)
  const eventIds = events.map(({ id }) => id)
  const told = new Set(await store.hasAccountEvents(portfolio, broker.name, eventIds))
  const isBehind = ids.some((id) => !known.has(id)) || eventIds.some((id) => !told.has(id))
  return { snapshot, since: later.executions, isBehind }
}

function withForeign<P extends BrokerSnapshot['positions'][number]>({ byId }: Runtime, position: P): P {
  if (position.instrument !== null) return position
  const id = foreignInstrumentId(position.symbol)
  return byId.has(id) ? { ...position, instrument: id } : position
}

function comparisonOf(
  runtime: Runtime,
  { desk, expected }: ReconcileOptions,
  { tolerance: rules }: ReconcilePolicy,
  own: Pick<Comparison, 'snapshot' | 'since' | 'seen' | 'undecided' | 'now' | 'splits'>,
): Comparison {
  const { state } = runtime
  const { reconciliation, currencies, rate } = state
  const rated = currencies.filter((_, column) => !Number.isNaN(rate[column]!))
  const { accruals = [], feesInKind = [] } = expected?.() ?? {}
  return {
    ...own,
    books: ownBooks(runtime),
    orders: desk().open,
    touched: touchedIn(runtime),
    open: reconciliation?.open ?? [],
    dust: reconciliation?.dust ?? {},
    pinned: reconciliation?.accountNumber ?? '',
    accruals,
    feesInKind,
    rules,
    currencies: new Set(rated as CurrencyCode[]),
  }
}

function heldBack(instrument: InstrumentId): EventBody {
  const reason = `${RECONCILIATION}: the broker was not seen to have split it yet`
  return { kind: 'gate', gate: 'frozen', isOpen: false, instrument, reason }
}

/** What orders of the last days traded, and what is still on its way. */
function touchedIn({ state, batch }: Runtime): ReadonlySet<InstrumentId> {
  const indices = [...state.working, ...state.closed, ...state.waiting].map(({ instrument }) => instrument)
  for (let row = 0; row < batch.count; row += 1) indices.push(batch.instrument[row]!)
  return new Set(indices.flatMap((index) => state.instruments[index]?.id ?? []))
}

function opened({ state }: Runtime): readonly EventBody[] {
  const isShut = state.gates?.shut.some(({ gate }) => gate === 'reconciled') ?? false
  const reason = `${RECONCILIATION}: the account was compared`
  return isShut ? [{ kind: 'gate', gate: 'reconciled', isOpen: true, instrument: null, reason }] : []
}
