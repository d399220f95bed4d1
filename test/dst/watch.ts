/** What must hold in every history, looked at whenever something is written, sent or accepted. */
import type { Execution, OrderRequest } from '../../src/domain/broker.ts'
import type { ControlCommand } from '../../src/domain/control.ts'
import type { OrderRecord } from '../../src/domain/order-records.ts'
import { isEnded } from '../../src/domain/order-records.ts'
import type { Batch } from '../../src/domain/store.ts'
import { BROKER_NAME } from './broker.ts'
import type { DiskTables } from './disk.ts'
import type { Life } from './life.ts'
import type { DrawnMarket } from './market.ts'
import { LEVERAGE_MAX } from './scene.ts'
import type { Scheduler } from './scheduler.ts'
import { isOver, type Venue, type VenueOrder } from './venue.ts'

export interface Watch {
  /** Each thing that must not happen, once, with the moment at which it did. */
  readonly problems: readonly string[]
  report(problem: string): void
  /** A process has the account from now on. */
  leased(life: Life, epoch: number): void
  /** A process was given bars that closed at a moment. */
  saw(life: Life, closedAt: number): void
  /** A process is about to send an order. */
  sends(life: Life, request: OrderRequest): void
  /** A process was told what the account holds. */
  compared(life: Life): void
  /** A process was refused its commit: from here on it sends nothing. */
  refused(life: Life): void
  /** A transaction is on the disk. */
  wrote(batch: Batch): void
  /** Its instrument is split while an order works at the venue. */
  rested(order: VenueOrder): void
  /** The venue has taken an order. */
  accepted(order: VenueOrder): void
}

export interface Watched {
  readonly scheduler: Scheduler
  readonly market: DrawnMarket
  readonly tables: DiskTables
  /** Whether it must know what the account holds before it opens anything. */
  readonly compares: boolean
  /** Whether an operator is asked about every entry. */
  readonly asksAll: boolean
  /** Whether the age of prices is judged, by clocks that are right. */
  readonly judgesAge: boolean
  venue(): Venue
}

/** An engine looks for commands seldom, because most looks find nothing and all cost time. */
export const LOOK_EVERY_MS = 6_000
/** Three looks that fail count as the kill switch: a process that was asked to stop trading has that long. */
const KILL_GRACE_MS = 3 * LOOK_EVERY_MS + 1_000
/** A process whose lease is another's has this long to find out: its next commit is refused. */
const LEASE_GRACE_MS = 1_000
/** Bars are due some seconds after their close, and are looked for every few seconds. */
const STALE_GRACE_MS = 15_000
/** What an instant comes to is written and sent within. */
const ASKED_BACK_MS = 10_000
/** Of an event that adds a sleeve. */
const ADDED = /"command":\{"kind":"add","sleeve":"([^"]+)"/
/** Prices move between a decision and its order, and limits are judged at the decision. */
const EXPOSURE_TOLERANCE = 1.15

export function createWatch({ scheduler, market, tables, compares, asksAll, judgesAge, venue }: Watched): Watch {
  const problems: string[] = []
  const said = new Set<string>()
  const refusedLives = new Set<string>()
  const comparedLives = new Set<string>()
  const acceptedOnce = new Map<number, VenueOrder>()
  const known = new Map<string, Execution>()
  /** By process, the lease that it has; by lease, since when somebody has it. */
  const epochs = new Map<string, number>()
  const openings = new Set<number>()
  const closes = new Map<string, number>()
  const seen = new Map<string, { readonly life: Life; readonly closedAt: number; readonly at: number }>()
  const since = new Map<number, number>()
  /** By sleeve, when it was added. */
  const joined = new Map<string, number>()

  function report(problem: string): void {
    if (said.has(problem)) return
    said.add(problem)
    problems.push(`${scheduler.now} ${problem}`)
  }

  function demandWritten({ clientId, order }: OrderRequest): void {
    const record = tables.orders.get(clientId)
    if (record === undefined) report(`order ${order} (${clientId}) is sent before it is on the disk`)
    else if (isEnded(record.state)) report(`order ${order} (${clientId}) is sent though it has ended: ${record.state}`)
  }

  /** By who has the lock, not by who thinks so. */
  function demandLeased({ name }: Life, { order }: OrderRequest): void {
    const takenAt = since.get((epochs.get(name) ?? 0) + 1)
    if (takenAt !== undefined && scheduler.now > takenAt + LEASE_GRACE_MS)
      report(`order ${order} is sent by ${name}, whose account is another's for ${scheduler.now - takenAt} ms`)
  }

  /** By what operators asked, not by what the engine believes. */
  function demandLeave(request: OrderRequest): void {
    const { order } = request
    const reducing = request.reducing || isRestOfCross(request)
    const commands = [...tables.control.commands.values()]
    const standing = switchOf(commands, scheduler.now)
    if (standing.flattened !== null && !reducing && !isOfNewcomer(request, standing.flattened))
      report(`order ${order} opens something after "${standing.flattened}" had everything closed`)
    // Whoever stopped the account must still be able to leave.
    if (reducing && commands.some(({ body, state }) => body.kind === 'flatten' && state === 'done')) return
    if (standing.killed !== null) report(`order ${order} is sent after the kill "${standing.killed}"`)
    if (standing.disarmed !== null) report(`order ${order} is sent after "${standing.disarmed}" disarmed`)
  }

  /** Who joins after everything was closed is nobody whose entries were stopped. */
  function isOfNewcomer({ clientId }: OrderRequest, flattened: string): boolean {
    const since = tables.control.commands.get(flattened)!.at
    return tables.orders.get(clientId)?.shares.every(({ sleeve }) => (joined.get(sleeve) ?? 0) >= since) === true
  }

  /** Sleeves have dealt with each other, and what is left for the venue is the end of a position. */
  function isRestOfCross({ clientId, quantity, legs }: OrderRequest): boolean {
    const isCrossed = tables.orders.get(clientId)?.shares.some(({ crossed }) => crossed !== 0) === true
    const instrument = market.instruments.find(({ id }) => id === legs[0]!.instrument)
    const held =
      venue()
        .books.at(scheduler.now)
        .positions.get(instrument?.symbol ?? '') ?? 0
    return isCrossed && quantity * held < 0 && Math.abs(quantity) <= Math.abs(held)
  }

  /** By the sessions that have closed in truth, and the bars that it was given: these bars have no length by their name. */
  function demandFresh({ name }: Life, { order }: OrderRequest): void {
    const last = closes.get(name)
    if (!judgesAge || last === undefined) return
    const ended = market.data.sessions[0]!.closes.filter(
      (close) => close > last && close <= scheduler.now - STALE_GRACE_MS,
    )
    if (ended.length >= 2) report(`order ${order} is sent by ${name} on prices of ${ended.length} sessions ago`)
  }

  /** Whether nothing closes from then to now but the session that ends there. */
  function isLastBefore(closedAt: number): boolean {
    const { opens, closes: ends } = market.data.sessions[0]!
    const opened = opens.findLast((open) => open <= scheduler.now)
    return opened !== undefined && ends.findLast((end) => end <= opened) === closedAt
  }

  /** Each entry was approved by somebody: no more of them are sent than were. */
  function demandApproved({ order, reducing }: OrderRequest): void {
    if (!asksAll || reducing) return
    openings.add(order)
    const commands = [...tables.control.commands.values()]
    const approved = commands.filter(
      ({ body, state }) => body.kind === 'approve' && body.decision === 'approve' && state === 'done',
    )
    if (openings.size > approved.length)
      report(`order ${order} is the ${openings.size}th that opens something, and ${approved.length} were approved`)
  }

  function demandSingle(order: VenueOrder): void {
    const { request } = order
    if (request === null) return
    const earlier = acceptedOnce.get(request.order)
    if (earlier !== undefined)
      report(`order ${request.order} is at the venue twice: ${earlier.brokerId} and ${order.brokerId}`)
    acceptedOnce.set(request.order, order)
    for (const other of venue().orders) {
      const isOpposed = other.quantity > 0 !== order.quantity > 0
      if (other.request === null || other === order || isOver(other.state) || other.instrument !== order.instrument)
        continue
      if (isOpposed)
        report(`${order.brokerId} and ${other.brokerId} stand against each other on ${order.instrument.symbol}`)
    }
  }

  function demandKnown({ request, brokerId }: VenueOrder): void {
    if (request === null) return
    const record = tables.orders.get(request.clientId)
    if (record === undefined) report(`${brokerId} (${request.clientId}) is at the venue and in no record`)
    else if (isEnded(record.state))
      report(`${brokerId} (${request.clientId}) is at the venue, its record says ${record.state}`)
  }

  /** The worse end of everything that stands at the venue, at the prices of now. */
  function demandWithin({ request }: VenueOrder): void {
    if (request === null || request.reducing) return
    const { positions, cash } = venue().books.at(scheduler.now)
    let [gross, equity] = [0, cash]
    market.instruments.forEach((instrument, place) => {
      const price = market.priceAt(place, scheduler.now)
      const held = positions.get(instrument.symbol) ?? 0
      let [low, high] = [held, held]
      for (const order of venue().orders) {
        if (order.instrument !== instrument || isOver(order.state)) continue
        const left = order.quantity - order.filled
        if (left > 0) high += left
        else low += left
      }
      gross += Math.max(Math.abs(low), Math.abs(high)) * price
      equity += held * price
    })
    if (gross > LEVERAGE_MAX * EXPOSURE_TOLERANCE * equity)
      report(`exposure with all that works is ${(gross / equity).toFixed(2)} times equity`)
  }

  function demandHonest(order: OrderRecord): void {
    if (order.state !== 'rejected' && order.state !== 'unsent') return
    const there = venue().orders.find(({ clientId }) => clientId === order.clientId)
    if (there !== undefined)
      report(`order ${order.order} is written down as ${order.state}, ${there.brokerId} is at the venue`)
  }

  return {
    problems,
    report,
    leased(life, epoch) {
      epochs.set(life.name, epoch)
      since.set(epoch, scheduler.now)
    },
    saw(life, closedAt) {
      closes.set(life.name, closedAt)
      seen.set(life.name, { life, closedAt, at: scheduler.now })
    },
    compared: (life) => comparedLives.add(life.name),
    refused: (life) => refusedLives.add(life.name),
    sends(life, request) {
      demandWritten(request)
      demandLeased(life, request)
      demandLeave(request)
      demandApproved(request)
      demandFresh(life, request)
      if (!request.reducing && compares && !comparedLives.has(life.name))
        report(`process ${life.name} opens by order ${request.order} before it knows what the account holds`)
      if (refusedLives.has(life.name))
        report(`process ${life.name} sends order ${request.order} after a refused commit`)
    },
    wrote({ rows, orders = [], executions = [] }) {
      for (const { kind, payload } of rows) {
        const sleeve = kind === 'operator' ? ADDED.exec(new TextDecoder().decode(payload))?.[1] : undefined
        if (sleeve !== undefined) joined.set(sleeve, scheduler.now)
      }
      for (const order of orders) demandHonest(order)
      const told = venue().books.executions
      while (known.size < told.length) known.set(told[known.size]!.id, told[known.size]!)
      for (const { id, broker, quantity } of executions) {
        const there = known.get(id)
        if (broker !== BROKER_NAME || there === undefined) report(`execution ${id} is booked, and the venue knows none`)
        else if (there.quantity !== quantity)
          report(`execution ${id} is booked with ${quantity}, it was ${there.quantity}`)
      }
    },
    rested({ request, brokerId, acceptedAt, instrument }) {
      const record = request === null ? undefined : tables.orders.get(request.clientId)
      if (record?.state !== 'acked' || record.isCancelling) return
      // Whoever was given the last bar before has had time to ask it back.
      const given = [...seen.values()].find(
        ({ life, closedAt, at }) =>
          life.isAlive && closedAt > acceptedAt && at + ASKED_BACK_MS < scheduler.now && isLastBefore(closedAt),
      )
      if (given !== undefined) report(`${brokerId} rests over the split of ${instrument.symbol}`)
    },
    accepted(order) {
      demandSingle(order)
      demandKnown(order)
      demandWithin(order)
    },
  }
}

type Switch = 'killed' | 'disarmed' | 'flattened'

/** Which switches operators have thrown long enough ago for the engine to know; null: none. */
function switchOf(commands: readonly ControlCommand[], now: number): Readonly<Record<Switch, string | null>> {
  let [killed, disarmed, flattened]: (string | null)[] = [null, null, null]
  for (const { id, at, body, state } of commands) {
    const isKnown = state === 'done' || now - at > KILL_GRACE_MS
    if (body.kind === 'kill' && isKnown) killed = id
    if (body.kind === 'revive' && state === 'done') killed = null
    if (body.kind === 'disarm' && isKnown) disarmed = id
    if (body.kind === 'arm' && state === 'done') disarmed = null
    if (body.kind === 'flatten' && state === 'done') flattened = id
    // Who may be about to be let in again may have been.
    if (body.kind === 'resume' && state !== 'declined') flattened = null
  }
  return { killed: killed!, disarmed: disarmed!, flattened: flattened! }
}
