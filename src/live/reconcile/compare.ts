/**
 * Reconciliation: what a broker says that an account holds, against the books.
 * In:    a snapshot of the account, the books, orders that are out, what was found before
 * Out:   discrepancies, and what of them the external sleeve takes over, so that the books say what is there
 * Keeps: nothing is inferred: a difference is never a fill, and what cannot be compared now is compared later
 */
import type { BrokerOrder, BrokerPosition, BrokerSnapshot, Execution } from '../../domain/broker.ts'
import { type Discrepancy, isDoubtful } from '../../domain/discrepancies.ts'
import type { OrderRecord } from '../../domain/order-records.ts'
import type { CurrencyCode, Instant, InstrumentId } from '../../domain/units.ts'
import { discrepancyId } from './discrepancy-id.ts'
import type { Held, OwnBooks } from './own-books.ts'
import { isBeforeSplit, type RecentSplit } from './splits.ts'
import { type Accrual, type FeeInKind, isAccrued, isFeeInKind, type ToleranceRules } from './tolerance.ts'

export interface Comparison {
  readonly now: Instant
  readonly snapshot: BrokerSnapshot
  readonly books: OwnBooks
  /** Executions after the snapshot that are in the books already. */
  readonly since: readonly Execution[]
  /** Orders of ours that have not ended. */
  readonly orders: readonly OrderRecord[]
  /** Instruments in which an order of ours was out in the last days. */
  readonly touched: ReadonlySet<InstrumentId>
  readonly open: readonly Discrepancy[]
  readonly dust: Readonly<Record<string, number>>
  /** What the last comparison found, by kind and subject: only what is found twice is one. */
  readonly seen: ReadonlyMap<string, number>
  /** What the last comparison left open, by kind and subject, because of an order of which nobody knows what became of it. */
  readonly undecided: ReadonlyMap<string, Undecided>
  /** Account that was pinned at the first start; '' before it. */
  readonly pinned: string
  readonly accruals: readonly Accrual[]
  readonly feesInKind: readonly FeeInKind[]
  readonly rules: ToleranceRules
  /** What was split of late: the broker may show it as it was before. */
  readonly splits: ReadonlyMap<InstrumentId, RecentSplit>
  /** Currencies that the books can take: those with a rate. */
  readonly currencies: ReadonlySet<CurrencyCode>
}

/** A difference that an order of ours may be the reason of. */
export interface Undecided {
  readonly amount: number
  /** When it was first found as it is. */
  readonly since: Instant
}

/** What the external sleeve takes over. */
export interface Adoption {
  readonly kind: 'position' | 'cash'
  /** Of the discrepancy. */
  readonly id: string
  readonly subject: string
  /** Null: it is not listed, and `position` says what the broker knows. */
  readonly instrument: InstrumentId | null
  readonly position: BrokerPosition | null
  /** Signed units or counts. */
  readonly amount: number
}

export type Verdict =
  /** It is another account: nothing may be sent. */
  | { readonly state: 'otherAccount'; readonly reason: string }
  | {
      readonly state: 'compared'
      readonly discrepancies: readonly Discrepancy[]
      readonly adoptions: readonly Adoption[]
      /** Foreign orders by instrument: units on their way. */
      readonly working: ReadonlyMap<InstrumentId, { readonly buys: number; readonly sells: number }>
      /** Differences by kind and subject that must be found once more. */
      readonly seen: ReadonlyMap<string, number>
      readonly undecided: ReadonlyMap<string, Undecided>
      /** Instruments that the sleeves hold more of than the account: selling what they think they have would turn it over. */
      readonly frozen: ReadonlySet<InstrumentId>
      readonly mayTrade: boolean
    }

/** One difference, before it is known what it is. */
interface Difference {
  readonly kind: 'position' | 'cash'
  readonly subject: string
  readonly instrument: InstrumentId | null
  readonly position: BrokerPosition | null
  readonly ours: number
  readonly theirs: number
  readonly isForeign: boolean
  /** An order of which nobody knows what became of it may be the reason. */
  readonly isUndecided: boolean
}

const NONE: Held = { own: 0, external: 0 }

export function compare(comparison: Comparison): Verdict {
  const { snapshot, pinned } = comparison
  if (pinned !== '' && pinned !== snapshot.accountNumber) {
    const reason = `the broker shows account "${snapshot.accountNumber}", the books are of "${pinned}"`
    return { state: 'otherAccount', reason }
  }
  const all = [...positionDifferences(comparison), ...cashDifferences(comparison)]
  const undecided = undecidedOf(comparison, all)
  const differences = all.filter((one) => !waits(comparison, one, undecided))
  const seen = new Map(differences.map((one) => [`${one.kind} ${one.subject}`, one.theirs - one.ours]))
  const sure = differences.filter((one) => isSure(comparison, one, seen))
  const found = sure.map((one) => taken(comparison, one))
  const discrepancies = [
    ...found.map(({ discrepancy }) => discrepancy),
    ...orderDiscrepancies(comparison),
    ...dustDiscrepancies(comparison),
  ]
  const open = openAfter(comparison.open, discrepancies)
  return {
    state: 'compared',
    discrepancies,
    adoptions: found.map(({ adoption }) => adoption),
    working: foreignWork(comparison),
    seen,
    undecided,
    frozen: new Set([...frozenBy(comparison, open), ...unsettled(comparison)]),
    mayTrade: !open.some(isDoubtful),
  }
}

/** One that was there the last time as well: a broker's answers may be of different moments. */
function isSure(
  { seen: before }: Comparison,
  { kind, subject }: Difference,
  seen: ReadonlyMap<string, number>,
): boolean {
  const key = `${kind} ${subject}`
  return before.get(key) === seen.get(key)
}

const keyOf = ({ kind, subject }: Difference): string => `${kind} ${subject}`

function undecidedOf(
  { undecided: before, now }: Comparison,
  differences: readonly Difference[],
): ReadonlyMap<string, Undecided> {
  const undecided = new Map<string, Undecided>()
  for (const one of differences) {
    if (!one.isUndecided) continue
    const amount = one.theirs - one.ours
    const known = before.get(keyOf(one))
    undecided.set(keyOf(one), known?.amount === amount ? known : { amount, since: now })
  }
  return undecided
}

/** Executions say within minutes what an order has done: what stands unchanged for longer than that is something else. */
function waits({ now, rules }: Comparison, difference: Difference, undecided: ReadonlyMap<string, Undecided>): boolean {
  const found = undecided.get(keyOf(difference))
  return found !== undefined && now < found.since + rules.undecidedMostMs
}

function positionDifferences(comparison: Comparison): readonly Difference[] {
  const { snapshot, books, since, now, feesInKind, rules } = comparison
  const listed = new Map<InstrumentId, BrokerPosition>()
  for (const position of snapshot.positions) if (position.instrument !== null) listed.set(position.instrument, position)
  const later = new Map<InstrumentId, number>()
  for (const { instrument, quantity } of since)
    if (instrument !== null) later.set(instrument, (later.get(instrument) ?? 0) + quantity)
  const instruments = new Set([...listed.keys(), ...books.positions.keys(), ...later.keys()])
  const found: Difference[] = []
  for (const instrument of [...instruments].sort(byName)) {
    const { own, external } = books.positions.get(instrument) ?? NONE
    const ours = own + external - (later.get(instrument) ?? 0)
    const theirs = listed.get(instrument)?.quantity ?? 0
    if (theirs === ours) continue
    if (isLate(comparison, instrument, theirs, ours)) continue
    if (isFeeInKind(theirs - ours, instrument, feesInKind, { rules, now })) continue
    const isForeign = own === 0 && !comparison.touched.has(instrument)
    const position = listed.get(instrument) ?? null
    const isOpen = isUndecided(comparison, instrument, theirs - ours)
    const base = { kind: 'position', subject: instrument, instrument, position } as const
    found.push({ ...base, ours, theirs, isForeign, isUndecided: isOpen })
  }
  for (const position of snapshot.positions) {
    if (position.instrument !== null || position.quantity === 0) continue
    const { symbol: subject, quantity: theirs } = position
    const base = { kind: 'position', subject, instrument: null, position } as const
    found.push({ ...base, ours: 0, theirs, isForeign: true, isUndecided: false })
  }
  return found
}

/** Whether orders of which nobody knows what became of them may be the difference: their executions say it in the end. */
function isUndecided({ orders }: Comparison, instrument: InstrumentId, difference: number): boolean {
  let [buys, sells] = [0, 0]
  for (const { legs, quantity, filled, state, isCancelling } of orders) {
    if (state !== 'unknown' && !isCancelling && state !== 'intended') continue
    for (const leg of legs) {
      const open = leg.instrument === instrument ? (quantity - filled) * leg.ratio : 0
      if (open > 0) buys += open
      else sells -= open
    }
  }
  return difference > 0 ? difference <= buys : 0 - difference <= sells
}

function isLate({ splits }: Comparison, instrument: InstrumentId, theirs: number, ours: number): boolean {
  const split = splits.get(instrument)
  return split !== undefined && isBeforeSplit(theirs, ours, split)
}

/** What was split of late and is not shown as the books have it. */
function unsettled({ splits, snapshot, books, since }: Comparison): readonly InstrumentId[] {
  return [...splits.keys()].filter((instrument) => {
    const { own, external } = books.positions.get(instrument) ?? NONE
    const shown = snapshot.positions.find((position) => position.instrument === instrument)?.quantity ?? 0
    let later = 0
    for (const execution of since) if (execution.instrument === instrument) later += execution.quantity
    return own + external - later !== shown
  })
}

function cashDifferences(comparison: Comparison): readonly Difference[] {
  const { snapshot, books, since, now, accruals, rules } = comparison
  // Money of executions that the snapshot does not know yet cannot be told from it: the next comparison can.
  if (since.length > 0) return []
  const hasUnknown = comparison.orders.some(({ state }) => state === 'unknown')
  const found: Difference[] = []
  for (const currency of [...new Set([...snapshot.cash.keys(), ...books.cash.keys()])].sort(byName)) {
    const { own, external } = books.cash.get(currency) ?? NONE
    const [ours, theirs] = [own + external, snapshot.cash.get(currency) ?? 0]
    if (theirs === ours || isAccrued(theirs - ours, currency, accruals, { rules, now })) continue
    const isForeign = !books.cash.has(currency) || (comparison.pinned === '' && theirs > ours)
    const base = { kind: 'cash', subject: currency, instrument: null, position: null } as const
    found.push({ ...base, ours, theirs, isForeign, isUndecided: hasUnknown })
  }
  return found
}

/** A difference that is found anew, or one that an open discrepancy already knows a part of. */
function taken(
  comparison: Comparison,
  difference: Difference,
): { readonly discrepancy: Discrepancy; readonly adoption: Adoption } {
  const { now, open } = comparison
  const { kind, subject, ours, theirs, isForeign } = difference
  const amount = theirs - ours
  const known = open.find((one) => one.kind === kind && one.subject === subject)
  const canAdopt = kind === 'position' || comparison.currencies.has(subject as CurrencyCode)
  const adopted = (known?.adopted ?? 0) + (canAdopt ? amount : 0)
  const base = known ?? {
    id: discrepancyId(kind, subject, `${ours} ${theirs} ${now}`),
    kind,
    subject,
    ours,
    theirs,
    difference: amount,
    isForeign,
    since: now,
  }
  // What was missing came after all: the books were ahead of the broker, or it of them, and nothing is left of it.
  const isOver = known !== undefined && adopted === 0
  const isTold = isForeign && known === undefined && canAdopt
  const discrepancy: Discrepancy = {
    ...base,
    adopted,
    changedAt: now,
    state: isOver || isTold ? 'resolved' : 'open',
    resolution: isOver ? 'explained by what came later' : isTold ? 'external' : '',
  }
  const { instrument, position } = difference
  return { discrepancy, adoption: { kind, id: base.id, subject, instrument, position, amount: canAdopt ? amount : 0 } }
}

/** Orders at the broker that nobody here sent, those of ours that it does not show, and the ends of either. */
function orderDiscrepancies({ now, snapshot, orders, open }: Comparison): readonly Discrepancy[] {
  const ours = new Set(orders.map(({ clientId }) => clientId))
  const shown = new Set(snapshot.openOrders.map(({ clientId }) => clientId))
  const foreign = snapshot.openOrders.filter(({ clientId }) => clientId === null || !ours.has(clientId))
  // An order that was just sent or filled is asked for by itself: only one that stays away is told.
  const missing = orders.filter((order) => order.state === 'acked' && !order.isCancelling && !shown.has(order.clientId))
  const found = new Map<string, { readonly ours: number; readonly theirs: number; readonly isForeign: boolean }>()
  for (const order of foreign) found.set(order.brokerId, { ours: 0, theirs: remaining(order), isForeign: true })
  for (const { clientId, quantity, filled } of missing)
    found.set(clientId, { ours: quantity - filled, theirs: 0, isForeign: false })
  const known = open.filter(({ kind }) => kind === 'order')
  const fresh = [...found].flatMap(([subject, one]): Discrepancy[] => {
    if (known.some((before) => before.subject === subject)) return []
    const id = discrepancyId('order', subject, `${one.ours} ${one.theirs}`)
    const difference = one.theirs - one.ours
    const state = { adopted: 0, since: now, changedAt: now, state: 'open', resolution: '' } as const
    return [{ id, kind: 'order', subject, ...one, difference, ...state }]
  })
  const over = known
    .filter(({ subject }) => !found.has(subject))
    .map((one): Discrepancy => ({ ...one, state: 'resolved', resolution: 'gone', changedAt: now }))
  return [...fresh, ...over]
}

function remaining({ quantity, filled }: BrokerOrder): number {
  return quantity - filled
}

function foreignWork({ snapshot, orders }: Comparison): ReadonlyMap<InstrumentId, { buys: number; sells: number }> {
  const ours = new Set(orders.map(({ clientId }) => clientId))
  const work = new Map<InstrumentId, { buys: number; sells: number }>()
  for (const order of snapshot.openOrders) {
    if (order.instrument === null || (order.clientId !== null && ours.has(order.clientId))) continue
    const sum = work.get(order.instrument) ?? { buys: 0, sells: 0 }
    const open = remaining(order)
    if (open > 0) sum.buys += open
    else sum.sells -= open
    work.set(order.instrument, sum)
  }
  return work
}

/** What is finer than a unit is written down when it changes, and asks nobody for anything. */
function dustDiscrepancies({ now, snapshot, dust }: Comparison): readonly Discrepancy[] {
  return snapshot.positions.flatMap((position): Discrepancy[] => {
    const subject: string = position.instrument ?? position.symbol
    const [ours, theirs] = [dust[subject] ?? 0, position.dust ?? 0]
    if (ours === theirs) return []
    const id = discrepancyId('dust', subject, `${ours} ${theirs} ${now}`)
    const rest = { adopted: 0, isForeign: true, since: now, changedAt: now } as const
    const told = { state: 'resolved', resolution: 'dust' } as const
    return [{ id, kind: 'dust', subject, ours, theirs, difference: theirs - ours, ...rest, ...told }]
  })
}

function openAfter(before: readonly Discrepancy[], changed: readonly Discrepancy[]): readonly Discrepancy[] {
  const kept = before.filter(({ id }) => changed.every((one) => one.id !== id))
  return [...kept, ...changed].filter(({ state }) => state === 'open')
}

function frozenBy({ books, snapshot }: Comparison, open: readonly Discrepancy[]): ReadonlySet<InstrumentId> {
  const frozen = new Set<InstrumentId>()
  for (const { kind, subject, isForeign } of open) {
    if (kind !== 'position' || isForeign) continue
    const own = books.positions.get(subject as InstrumentId)?.own ?? 0
    const theirs = snapshot.positions.find(({ instrument }) => instrument === subject)?.quantity ?? 0
    const isCovered = own > 0 ? theirs >= own : theirs <= own
    if (own !== 0 && !isCovered) frozen.add(subject as InstrumentId)
  }
  return frozen
}

function byName(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
