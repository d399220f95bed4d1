/** An account that lives elsewhere, beside its orders: what happens to it without one, its comparison, how far it was heard. */
import type { Broker, BrokerEvent } from '../domain/broker.ts'
import type { Store } from '../domain/store.ts'
import type { Instant } from '../domain/units.ts'
import { isOfAccount } from './account-events.ts'
import { AccountLine } from './account-line.ts'
import { type PlaceKeeper, placeKeeper } from './broker-place.ts'
import type { OrderDesk } from './desk/order-desk.ts'
import type { DeskPolicy } from './desk/policy.ts'
import type { Watch } from './engine-options.ts'
import { calendarWatch } from './gates/calendar-watch.ts'
import type { Expected } from './reconcile/expected.ts'
import type { ReconcilePolicy } from './reconcile/policy.ts'
import { splitWatch } from './reconcile/splits.ts'
import { reconcileWatch } from './reconcile/watch.ts'

/** Calendars change seldom. */
const DAY_MS = 86_400_000

export interface Elsewhere {
  /** The books say what the account holds, or nothing is opened; calendars say when it trades. By the steady time. */
  readonly watches: readonly Watch[]
  readonly place: Pick<PlaceKeeper, 'next'>
  /** Something of the account waits to be told. */
  readonly hasNews: boolean
  /** When any of it wants to be asked again. */
  nextAt(): readonly (Instant | null)[]
  /** What of that was heard, and of what was asked for, nobody was told before. */
  takeAccount(heard: readonly BrokerEvent[], now: Instant): readonly BrokerEvent[]
  /** Events of the account that were told since the last commit. */
  takeIds(): readonly string[]
  /** They and the place are written down. */
  committed(ids: readonly string[]): void
}

interface ElsewhereOptions {
  readonly broker: Broker
  readonly store: Store
  readonly portfolio: string
  readonly desk: OrderDesk
  readonly policy: DeskPolicy
  readonly reconcile: ReconcilePolicy | undefined
  readonly expected: Pick<Expected, 'take'>
  /** Up to where events of the account were told. */
  readonly eventsCursor: string
  /** Something is dated that the books have not been through. */
  isBehind(): boolean
  wake(): void
}

export function accountElsewhere(options: ElsewhereOptions): Elsewhere {
  const { broker, store, portfolio, desk, policy, reconcile, expected, eventsCursor: cursor, isBehind, wake } = options
  const { sweepEvery: every, resolveAfter: againAfter, answerWithin } = policy
  const account = new AccountLine({ broker, store, portfolio, cursor, every, againAfter, answerWithin, wake })
  const splits = splitWatch()
  const reconciliation = reconcileWatch({
    splits,
    isBehind,
    broker,
    store,
    portfolio,
    desk: () => desk,
    eventsCursor: () => account.cursor,
    eventsTold: () => account.count,
    expected: () => expected.take(),
    wake,
    ...(reconcile === undefined ? {} : { policy: reconcile }),
  })
  const place = placeKeeper(broker.name, desk, account)
  const calendars = calendarWatch({ broker, every: DAY_MS, againAfter: 60_000, answerWithin, wake })
  const watches = [reconciliation, calendars]
  return {
    watches,
    place,
    get hasNews() {
      return account.hasNews
    },
    nextAt: () => [desk.nextAt(), account.nextAt(), ...watches.map((watch) => watch.nextAt())],
    takeAccount(heard, now) {
      account.hear(heard.filter(isOfAccount))
      if (heard.some(({ kind }) => kind === 'gap')) account.missed(now)
      account.look(now)
      const taken = account.take()
      for (const event of taken)
        if (event.kind === 'action' && event.action.kind === 'split') splits.told(event.action.instrument, now)
      return taken
    },
    takeIds: () => account.ids,
    committed(ids) {
      place.committed()
      account.committed(ids)
    },
  }
}
