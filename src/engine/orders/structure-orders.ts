/** Multi-leg orders: filled as a unit, netted only with identical structures. */
import { TYPE_CODE } from '../../domain/columns.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import type { Instant, IntentId, TradeDate } from '../../domain/units.ts'
import { type Netted, netWishes } from '../../pipeline/netting/net.ts'
import { gateRule, holdsBackStructure } from '../gates/gates.ts'
import { structureLabel } from '../positions/structures.ts'
import type { Runtime } from '../runtime.ts'
import type { StructureOrder, WaitingStructure } from '../state.ts'
import { nextOrderId, skipRow, takeRow } from './batch.ts'
import { bookLeg, finishPart } from './structure-fills.ts'

const netted: Netted = { net: 0, crossed: 0 }

/** Nets waiting structures whose underlying has its auction now; identical ones cross at mid prices. */
export function activateStructures(runtime: Runtime, open: (underlying: number) => boolean): void {
  const { state } = runtime
  if (state.waitingStructures.length === 0) return
  const groups = new Map<string, WaitingStructure[]>()
  const staying: WaitingStructure[] = []
  for (const wish of state.waitingStructures) {
    if (wish.activeFrom > state.at || !open(wish.underlying) || holdsBackStructure(runtime, wish) !== null) {
      staying.push(wish)
      continue
    }
    const key = wish.contracts.map((contract, leg) => `${contract}x${wish.legs[leg]!.ratio}`).join(' ')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [wish])
    else group.push(wish)
  }
  state.waitingStructures = staying
  for (const group of groups.values()) {
    const bySleeve = group.sort((left, right) => left.sleeve - right.sleeve || left.intent - right.intent)
    if (state.config!.netting) placeStructures(runtime, bySleeve)
    else for (const one of bySleeve) placeStructures(runtime, [one])
  }
}

function signedCount(wish: WaitingStructure): number {
  return wish.structure === 0 ? wish.quantity : 0 - wish.quantity
}

function placeStructures(runtime: Runtime, group: readonly WaitingStructure[]): void {
  const { state, batch } = runtime
  const lead = group[0]!
  const wanted = Float64Array.from(group, signedCount)
  const crossed = new Float64Array(group.length)
  netWishes(wanted, group.length, { step: 1, roundLot: 1 }, crossed, netted)
  const mids = legMids(runtime, lead)
  if (netted.crossed > 0 && mids === null) {
    // Nobody can say what a cross is worth without a quote: all of them go outside.
    for (const one of group) placeStructures(runtime, [one])
    return
  }
  const id = nextOrderId(runtime)
  const order: StructureOrder = {
    id,
    quantity: netted.net,
    shares: group.map((waiting, index) => ({
      waiting,
      wanted: wanted[index]!,
      crossed: crossed[index]!,
      dealt: waiting.legs.map(() => 0),
    })),
    filled: lead.legs.map(() => 0),
    price: lead.legs.map(() => 0),
  }
  announce(runtime, order, lead)
  if (netted.crossed > 0) crossStructures(runtime, order, mids!)
  if (netted.net === 0) {
    skipRow(runtime)
    return
  }
  runtime.structureOrders.set(id, order)
  const row = batch.push({
    id,
    instrument: -1,
    quantity: netted.net,
    crossed: netted.crossed,
    type: TYPE_CODE.market,
    force: 0,
    limit: Number.NaN,
    stop: Number.NaN,
    reducing: group.every((wish) => wish.structure !== 0),
    legs: lead.contracts.map((contract, leg) => ({
      instrument: state.instruments[contract]!.id,
      ratio: lead.legs[leg]!.ratio,
    })),
  })
  takeRow(runtime, row, 0, 0)
}

function legMids(runtime: Runtime, wish: WaitingStructure): number[] | null {
  const chain = runtime.chains.get(runtime.state.instruments[wish.underlying]!.id)
  const mids: number[] = []
  for (const leg of wish.legs) {
    const quote = chain?.quote(leg.expiry, leg.right, leg.strike) ?? null
    if (quote === null) return null
    mids.push(quote.mid)
  }
  return mids
}

function announce(runtime: Runtime, order: StructureOrder, lead: WaitingStructure): void {
  const { state } = runtime
  runtime.observer?.ordered({
    id: order.id,
    cycle: state.cycle,
    at: state.at,
    tradeDate: runtime.tradeDate,
    instrument: -1,
    label: structureLabel(state.instruments[lead.underlying]!.symbol, lead.legs),
    type: 'market',
    net: order.quantity,
    crossed: netted.crossed,
    reference: Number.NaN,
    sleeves: Int32Array.from(order.shares, (share) => share.waiting.sleeve),
    intents: Float64Array.from(order.shares, (share) => share.waiting.intent),
    wanted: Float64Array.from(order.shares, (share) => share.wanted),
    crosses: Float64Array.from(order.shares, (share) => share.crossed),
    reasons: order.shares.map((share) => share.waiting.reason),
    start: 0,
    count: order.shares.length,
  })
}

/** Books both sides of a structure cross leg by leg at mid prices, free of fee. */
function crossStructures(runtime: Runtime, order: StructureOrder, mids: readonly number[]): void {
  const lead = order.shares[0]!.waiting
  for (let leg = 0; leg < mids.length; leg += 1) {
    const contract = lead.contracts[leg]!
    const ratio = lead.legs[leg]!.ratio
    for (const side of [1, -1]) {
      const quantities = Float64Array.from(order.shares, ({ crossed }) => (crossed * side > 0 ? crossed * ratio : 0))
      let total = 0
      for (const quantity of quantities) total += quantity
      if (total === 0) continue
      const cash = tradedCash(total, mids[leg]!, runtime.perPrice[contract]!)
      bookLeg(runtime, order, quantities, { contract, price: mids[leg]!, cash, fee: 0, kind: 'cross', execution: 0 })
    }
  }
  const credit = mids.reduce((sum, mid, leg) => sum - lead.legs[leg]!.ratio * mid, 0)
  for (const share of order.shares)
    if (share.crossed !== 0) finishPart(runtime, order, share.waiting, Math.abs(share.crossed), credit)
  for (const share of order.shares) if (share.crossed === share.wanted) runtime.state.ended.crossed += 1
}

/** Structures that found no auction for too long lapse; one that was to be closed may be wished away again. */
export function expireStructures(runtime: Runtime): void {
  const { state } = runtime
  const lapsed = state.waitingStructures.filter((wish) => wish.expires <= state.at)
  state.waitingStructures = state.waitingStructures.filter((wish) => wish.expires > state.at)
  for (const wish of lapsed) {
    const position = state.structures.find((candidate) => candidate.id === wish.structure)
    if (position !== undefined) position.pending = false
    const gate = holdsBackStructure(runtime, wish)
    endWaitingStructure(runtime, wish, 'lapsed', gate === null ? 'noAuction' : gateRule(gate))
  }
}

/** Ends a structure's wish that still waits. The caller takes it off the list. */
export function endWaitingStructure(
  runtime: Runtime,
  wish: WaitingStructure,
  end: 'lapsed' | 'cancelled' | 'refused',
  rule: string,
): void {
  const { state } = runtime
  state.ended[end] += 1
  runtime.observer?.refused({
    at: state.at as Instant,
    tradeDate: runtime.tradeDate as TradeDate,
    sleeve: runtime.sleeves[wish.sleeve]!.config.id,
    instrument: structureLabel(state.instruments[wish.underlying]!.symbol, wish.legs),
    intent: wish.intent as IntentId,
    end,
    rule,
    wanted: wish.quantity,
    allowed: 0,
    value: null,
    limit: null,
  })
}
