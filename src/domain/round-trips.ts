/** Positions from flat to flat, and structures from opening to closing, as they grow booking by booking. */
import type { PostingRow } from './projections.ts'
import type { RoundTripRow } from './round-trip-row.ts'

/** What a round trip must know of an instrument. */
export interface TripInstrument {
  readonly kind: string
  readonly symbol: string
  readonly unitsPerWhole: number
}

/** A structure that was opened or closed, or a part of it. */
export interface TripStructure {
  readonly structure: number
  readonly sleeve: string
  readonly label: string
  readonly isOpening: boolean
  readonly quantity: number
  readonly premium: number
  readonly money: number
  readonly order: number
  readonly reason: string
  readonly seq: number
  readonly at: number
  readonly tradeDate: number
}

export interface RoundTrips {
  /** The round trips that a booking changed, as they are then. */
  posted(posting: PostingRow, instrument: TripInstrument): readonly RoundTripRow[]
  structure(change: TripStructure): readonly RoundTripRow[]
  /** Goes on with the last `TRIPS_KEPT` of every sleeve in every instrument, in any order, and with open structures. */
  resume(last: readonly RoundTripRow[]): void
}

type Trip = { -readonly [Field in keyof RoundTripRow]: RoundTripRow[Field] }

/** Of a sleeve in an instrument: what is told later than this many round trips ago belongs to the last one. */
export const TRIPS_KEPT = 8

const HELD: ReadonlySet<string> = new Set(['dividend', 'funding', 'borrow'])
const TOLD_LATER: ReadonlySet<string> = new Set(['reversal', 'correction'])

/**
 * Options are part of structures and no positions of their own. An execution that is taken back changes the last round
 * trip of its sleeve and instrument; it is open again where that execution had ended it.
 */
export function roundTrips(): RoundTrips {
  /** The last ones, in their order. */
  const kept = new Map<string, Trip[]>()
  const structures = new Map<number, Trip>()
  const legFees = new Map<string, number>()
  let changed: Trip[] = []

  const told = (): readonly RoundTripRow[] => {
    const rows = changed.map((trip) => ({ ...trip }))
    changed = []
    return rows
  }

  function opened(posting: PostingRow, instrument: TripInstrument, units: number, fee: number, worth: number): void {
    const { sleeve, at, tradeDate, seq, order, reason, price } = posting
    const key = `${sleeve}/${posting.instrument!}`
    const before = kept.get(key) ?? []
    const number = (before.at(-1)?.number ?? 0) + 1
    const entered = Math.abs(units) / instrument.unitsPerWhole
    const trip: Trip = {
      id: `${key}/${number}`,
      sleeve,
      instrument: posting.instrument,
      label: instrument.symbol,
      kind: 'position',
      number,
      state: 'open',
      side: units > 0 ? 'long' : 'short',
      openedAt: at,
      entryDate: tradeDate,
      entrySeq: seq,
      entryOrder: order,
      entryReason: reason,
      ...STILL_OPEN,
      entered,
      exited: 0,
      entryValue: entered * price,
      exitValue: 0,
      worth,
      profit: -fee,
      cost: fee,
    }
    kept.set(key, before)
    before.push(trip)
    if (before.length > TRIPS_KEPT) before.shift()
    changed.push(trip)
  }

  /** The one that an execution of the order is part of, though it may be over; else the last one. */
  function ownerOf(key: string, order: number | null): Trip | null {
    const own = kept.get(key) ?? []
    return own.findLast((trip) => order !== null && hasOrder(trip, order)) ?? own.at(-1) ?? null
  }

  function traded(trip: Trip | null, posting: PostingRow, instrument: TripInstrument): void {
    const { quantity, before, price, cost: fee, value, realised } = posting
    if (before === 0) {
      opened(posting, instrument, quantity, fee, Math.abs(value))
      return
    }
    if (trip === null) return
    changed.push(trip)
    trip.cost += fee
    if (before > 0 === quantity > 0) {
      const count = Math.abs(quantity) / instrument.unitsPerWhole
      trip.entered += count
      trip.entryValue += count * price
      trip.worth += Math.abs(value)
      trip.profit -= fee
      return
    }
    const count = Math.min(Math.abs(quantity), Math.abs(before)) / instrument.unitsPerWhole
    trip.exited += count
    trip.exitValue += count * price
    trip.profit += realised - fee
    turned(trip, posting, instrument)
  }

  /** Ends a round trip whose position is gone, and begins another where it stands on the other side now. */
  function turned(trip: Trip, posting: PostingRow, instrument: TripInstrument): void {
    const after = posting.before + posting.quantity
    if (after !== 0 && after > 0 === (trip.side === 'long')) return
    ended(trip, posting)
    if (after === 0) return
    const part = Math.abs(after / posting.quantity)
    opened(posting, instrument, after, 0, Math.abs(posting.value) * part)
  }

  function takenBack(posting: PostingRow, instrument: TripInstrument): void {
    const { before, quantity, price, cost: fee, realised, order } = posting
    const found = kept.get(`${posting.sleeve}/${posting.instrument!}`)?.at(-1)
    const isOwn =
      found !== undefined && (found.state === 'open' || found.entryOrder === order || found.exitOrder === order)
    const after = before + quantity
    if (!isOwn) {
      if (after !== 0) opened(posting, instrument, after, fee, 0)
      return
    }
    const count = Math.abs(quantity) / instrument.unitsPerWhole
    Object.assign(found, { ...STILL_OPEN, state: 'open' })
    found.cost += fee
    found.profit += realised - fee
    if (quantity > 0 === (found.side === 'long')) {
      found.exited -= count
      found.exitValue -= count * price
    } else {
      found.entered -= count
      found.entryValue -= count * price
      found.worth -= Math.abs(posting.value)
    }
    changed.push(found)
    turned(found, posting, instrument)
  }

  function openedStructure(change: TripStructure): void {
    const { sleeve, structure, label, premium, quantity, money, order, reason, seq, at, tradeDate } = change
    const fee = legFees.get(`${order} ${sleeve}`) ?? 0
    const trip: Trip = {
      id: `${sleeve}/structure ${structure}`,
      sleeve,
      instrument: null,
      label,
      kind: 'structure',
      number: structure,
      state: 'open',
      side: premium >= 0 ? 'short' : 'long',
      openedAt: at,
      entryDate: tradeDate,
      entrySeq: seq,
      entryOrder: order,
      entryReason: reason,
      ...STILL_OPEN,
      entered: quantity,
      exited: 0,
      entryValue: premium * quantity,
      exitValue: 0,
      worth: Math.abs(money),
      // What came in is its profit until something is paid to close it.
      profit: money - fee,
      cost: fee,
    }
    structures.set(structure, trip)
    changed.push(trip)
  }

  function closedStructure(change: TripStructure): void {
    const trip = structures.get(change.structure)
    if (trip === undefined) return
    const fee = legFees.get(`${change.order} ${change.sleeve}`) ?? 0
    const left = trip.entered - change.quantity
    const own = left > 0 ? parted(trip, change) : trip
    if (left <= 0) structures.delete(change.structure)
    own.exited = change.quantity
    own.exitValue = (0 - change.premium) * change.quantity
    own.cost += fee
    own.profit += change.money - fee
    ended(own, change)
    changed.push(own)
    if (own !== trip) changed.push(trip)
  }

  return {
    posted(posting, instrument) {
      const { kind, quantity, sleeve, order, cost, value } = posting
      if (posting.instrument === null) return []
      if (instrument.kind === 'option') {
        const key = `${order ?? 0} ${sleeve}`
        legFees.set(key, (legFees.get(key) ?? 0) + cost)
        return []
      }
      const trips = `${sleeve}/${posting.instrument}`
      const found = kept.get(trips)?.at(-1) ?? null
      const open = found?.state === 'open' ? found : null
      if (HELD.has(kind)) {
        if (open !== null) changed.push(Object.assign(open, { profit: open.profit + value }))
      } else if (quantity === 0 && TOLD_LATER.has(kind)) {
        const own = ownerOf(trips, order)
        if (own !== null) changed.push(Object.assign(own, { cost: own.cost + cost, profit: own.profit - cost }))
      } else if (kind === 'reversal') takenBack(posting, instrument)
      else if (kind === 'split') {
        if (open !== null) changed.push(split(open, posting))
      } else if (quantity !== 0) traded(open, posting, instrument)
      return told()
    },
    structure(change) {
      if (change.isOpening) openedStructure(change)
      else closedStructure(change)
      return told()
    },
    resume(rows) {
      kept.clear()
      structures.clear()
      for (const row of [...rows].sort((one, other) => one.number - other.number)) {
        const key = `${row.sleeve}/${row.instrument!}`
        if (row.kind === 'structure') structures.set(row.number, { ...row })
        else kept.set(key, [...(kept.get(key) ?? []), { ...row }])
      }
    },
  }
}

/** Orders are numbered as they are made: those of a round trip lie between the one that began it and the one that ended it. */
function hasOrder({ entryOrder, exitOrder }: Trip, order: number): boolean {
  return entryOrder !== null && order >= entryOrder && (exitOrder === null || order <= exitOrder)
}

const STILL_OPEN = {
  closedAt: null,
  exitDate: null,
  exitSeq: null,
  exitOrder: null,
  exitReason: '',
  held: null,
} as const

/** What is left of one that was taken back is a round trip only where something was both bought and sold. */
function ended(trip: Trip, by: Pick<PostingRow, 'at' | 'tradeDate' | 'seq' | 'order' | 'reason'>): void {
  trip.state = trip.entered > 0 && trip.exited > 0 ? 'closed' : 'undone'
  trip.closedAt = by.at
  trip.exitDate = by.tradeDate
  trip.exitSeq = by.seq
  trip.exitOrder = by.order
  trip.exitReason = by.reason
  trip.held = by.at - trip.openedAt
}

function split(trip: Trip, { before, quantity, realised }: PostingRow): Trip {
  const ratio = (before + quantity) / before
  trip.entered *= ratio
  trip.exited *= ratio
  trip.profit += realised
  return trip
}

/** The part of a structure that is closed now, with a name of its own; what is left of it stays. */
function parted(trip: Trip, { quantity, seq }: TripStructure): Trip {
  const part = quantity / trip.entered
  const own: Trip = { ...trip, id: `${trip.id}/${seq}`, entered: quantity }
  for (const field of ['entryValue', 'worth', 'profit', 'cost'] as const) {
    own[field] = trip[field] * part
    trip[field] -= own[field]
  }
  trip.entered -= quantity
  return own
}
