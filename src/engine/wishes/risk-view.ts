/** The projected books that risk rules judge against: filled, waiting and working at their worse end. */
import type { PortfolioConfig } from '../../domain/config.ts'
import { quickToRead } from '../../domain/getters.ts'
import type { Change, RiskView } from '../../domain/risk.ts'
import { drawdownOf } from '../../pipeline/risk/breaker.ts'
import { sizingBase } from '../capital/sizing-capital.ts'
import { stageOf } from '../capital/state.ts'
import { anyStructure, structuresToCome } from '../orders/working-structures.ts'
import { freeCash, spendableFor } from '../positions/valuation.ts'
import type { Runtime } from '../runtime.ts'
import { addLean, deltaSums, NO_LEAN, refreshDeltas, waitingLean } from './delta-sums.ts'
import { ordersSent } from './order-rate.ts'
import { type Asked, askedBy, buckets, clearSums, type GroupMembers, groupMembers, riskSums } from './risk-sums.ts'

export interface ProjectedBooks {
  readonly view: RiskView
  /** Takes the books of this moment; called once before a round of judgements. */
  refresh(): void
  /** Takes a position out of the sums before something is reserved on it, and puts it back as it is then. */
  leave(sleeve: number, instrument: number): void
  rejoin(sleeve: number, instrument: number): void
  /** Adds an allowed structure, so that the next change is judged after it. */
  takeStructure(change: Change, quantity: number): void
}

const NO_GROUPS: readonly GroupMembers[] = []
const NOTHING: Asked = { positions: false, sector: false, currency: false, net: false, sleeves: false, groups: false }

/** The larger magnitude of a position with all its buys filled, and with all its sells filled. */
function worseEnd(quantity: number, buys: number, sells: number): number {
  const high = Math.abs(quantity + buys)
  const low = Math.abs(quantity - sells)
  return high > low ? high : low
}

/** Signed units on one side with all orders of that side filled: positive where that side is held. */
function reachOf(quantity: number, buys: number, sells: number, side: number): number {
  return side > 0 ? quantity + buys : sells - quantity
}

export function projectedBooks(runtime: Runtime): ProjectedBooks {
  const { state } = runtime
  // Fields rather than variables: a number that closures share and change is boxed anew at each change.
  const sums = riskSums()
  const cash = { free: 0 }
  const structureExposure = new Map<number, number>()
  const deltas = deltaSums()
  const places = buckets(runtime)
  let asked = NOTHING
  let takenFrom: PortfolioConfig | null = null
  let groups = NO_GROUPS
  let largest = new Float64Array(0)
  const found = { others: 0, smallest: 0 }

  /** What leaves a recorded stream is as good as gone: it fills at the very close at which it is sized. */
  const isSure = (instrument: number): boolean => runtime.recorded.size > 0 && runtime.recorded.has(instrument)

  const reach = (instrument: number, quantity: number, buys: number, sells: number, side: number): number =>
    isSure(instrument) ? (quantity + buys - sells) * side : reachOf(quantity, buys, sells, side)
  const ends = (instrument: number, quantity: number, buys: number, sells: number): number =>
    isSure(instrument) ? Math.abs(quantity + buys - sells) : worseEnd(quantity, buys, sells)
  const plainExposure = (instrument: number): number =>
    ends(
      instrument,
      state.books.accountQuantity[instrument]!,
      state.accountBuys[instrument]!,
      state.accountSells[instrument]!,
    ) * runtime.unitValue[instrument]!
  const sleeveExposure = (sleeve: number, instrument: number): number => {
    const at = sleeve * state.books.width + instrument
    return (
      ends(instrument, state.books.quantity[at]!, state.pendingBuys[at]!, state.pendingSells[at]!) *
      runtime.unitValue[instrument]!
    )
  }
  const leanOf = (instrument: number) => deltas.account.get(instrument) ?? NO_LEAN
  /** Of one instrument together with what the structures on it stand for. */
  const deltaExposure = (instrument: number): number => {
    if (deltas.own.length === 0) return plainExposure(instrument)
    const { held, buys, sells } = leanOf(instrument)
    return (
      ends(
        instrument,
        state.books.accountQuantity[instrument]! + held,
        state.accountBuys[instrument]! + buys,
        state.accountSells[instrument]! + sells,
      ) * runtime.unitValue[instrument]!
    )
  }
  /** Of a group's sleeves together in one instrument; on one side, or at the worse end where that is 0. */
  const groupReach = (group: GroupMembers, instrument: number, side: number): number => {
    let quantity = 0
    let buys = 0
    let sells = 0
    for (const sleeve of group.sleeves) {
      const at = sleeve * state.books.width + instrument
      quantity += state.books.quantity[at]!
      buys += state.pendingBuys[at]!
      sells += state.pendingSells[at]!
    }
    if (deltas.account.has(instrument)) {
      for (const lean of deltas.own) {
        if (lean.instrument !== instrument || !group.hasSleeve[lean.sleeve]!) continue
        quantity += lean.held
        buys += lean.buys
        sells += lean.sells
      }
    }
    const units =
      side === 0 ? ends(instrument, quantity, buys, sells) : reach(instrument, quantity, buys, sells, side > 0 ? 1 : -1)
    return units * runtime.unitValue[instrument]!
  }
  const isOpen = (sleeve: number, instrument: number): boolean => {
    const at = sleeve * state.books.width + instrument
    return state.books.quantity[at] !== 0 || state.pendingBuys[at] !== 0 || state.pendingSells[at] !== 0
  }
  const isMember = (group: number, sleeve: number, instrument: number): boolean =>
    groups[group]!.hasSleeve[sleeve]! && groups[group]!.hasInstrument(instrument)
  const dayStartOf = (sleeve: number): number => state.sleeves[sleeve]!.dayStartEquity
  const initialPartOf = (instrument: number, structure: boolean): number =>
    structure || runtime.initialPart === null ? state.config!.account.initialMargin : runtime.initialPart[instrument]!
  /** Exposure that free margin carries of what the change is in. */
  const marginRoom = ({ instrument, structure }: Change): number => {
    const part = initialPartOf(instrument, structure)
    return runtime.initialPart === null ? runtime.equity / part - sums.gross : (runtime.equity - sums.bound) / part
  }
  const isCashAccount = (): boolean => state.config!.account.kind === 'cash'

  const beside = (change: Change): number => {
    if (change.structure) return 0
    const { instrument, quantity } = change
    const net = state.books.accountQuantity[instrument]!
    const buys = state.accountBuys[instrument]!
    const sells = state.accountSells[instrument]!
    const side = quantity > 0 ? 1 : -1
    return (
      (ends(instrument, net, buys, sells) - reach(instrument, net, buys, sells, side)) * runtime.unitValue[instrument]!
    )
  }
  /** The side on which a change gains: of a structure that of its deltas; 0 where they take each other's gain away. */
  const sideOf = ({ structure, quantity, unitDelta }: Change): number =>
    structure ? Math.sign(unitDelta) : quantity > 0 ? 1 : -1
  const besideDelta = (change: Change): number => {
    if (deltas.own.length === 0 && !change.structure) return beside(change)
    const { instrument } = change
    const side = sideOf(change)
    if (side === 0) return 0
    const lean = leanOf(instrument)
    const net = state.books.accountQuantity[instrument]! + lean.held
    const buys = state.accountBuys[instrument]! + lean.buys
    const sells = state.accountSells[instrument]! + lean.sells
    return (
      (ends(instrument, net, buys, sells) - reach(instrument, net, buys, sells, side)) * runtime.unitValue[instrument]!
    )
  }
  const besideSleeve = (change: Change): number => {
    if (change.structure) return 0
    const at = change.sleeve * state.books.width + change.instrument
    const held = state.books.quantity[at]!
    const buys = state.pendingBuys[at]!
    const sells = state.pendingSells[at]!
    const side = change.quantity > 0 ? 1 : -1
    const units = ends(change.instrument, held, buys, sells) - reach(change.instrument, held, buys, sells, side)
    return units * runtime.unitValue[change.instrument]!
  }

  const view: RiskView = quickToRead<RiskView>({
    get equity() {
      return runtime.equity
    },
    get halted() {
      return state.breaker?.halted ?? false
    },
    get drawdown() {
      return state.breaker === null ? 0 : drawdownOf(state.breaker, runtime.equity)
    },
    get dayStart() {
      let total = 0
      for (let sleeve = 0; sleeve < state.sleeves.length; sleeve += 1) total += dayStartOf(sleeve)
      return total
    },
    get dayProfit() {
      return runtime.equity - view.dayStart
    },
    get measured() {
      return state.measured ?? null
    },
    get positions() {
      return sums.positions
    },
    get grossExposure() {
      return sums.gross
    },
    get grossDelta() {
      return sums.gross + sums.deltaExcess
    },
    sleeveEquity: (sleeve) => runtime.sleeves[sleeve]!.equity,
    sleeveAllocation: (sleeve) => sizingBase(runtime, sleeve),
    sleeveHalted: (sleeve) => state.sleeveBreakers?.[sleeve]?.halted ?? false,
    sleeveDrawdown: (sleeve) => {
      const breaker = state.sleeveBreakers?.[sleeve]
      return breaker === null || breaker === undefined ? 0 : drawdownOf(breaker, runtime.sleeves[sleeve]!.equity)
    },
    sleeveDayStart: dayStartOf,
    sleeveDayProfit: (sleeve) => runtime.sleeves[sleeve]!.equity - dayStartOf(sleeve),
    orders: (sleeve, per) => ordersSent(runtime, sleeve, per),
    stage: (sleeve) => (state.capital === undefined ? null : stageOf(state.capital, sleeve)) ?? 'MATURE',
    sleeveAvailable: (sleeve, instrument) => spendableFor(runtime, sleeve, instrument),
    buyingPower: (change) => (isCashAccount() ? cash.free : marginRoom(change) + beside(change)),
    sleevePositions: (sleeve) => sums.sleevePositions[sleeve]!,
    opens: (change) => change.structure || !isOpen(change.sleeve, change.instrument),
    sleeveExposure,
    sleeveGross: (sleeve) => sums.sleeveGross[sleeve]!,
    exposure: (instrument) => plainExposure(instrument) + (structureExposure.get(instrument) ?? 0),
    beside,
    besideDelta,
    besideSleeve,
    bucketOf: places.of,
    bucketExposure: (bucket, instrument) => {
      const place = places.of(bucket, instrument)
      if (bucket === 'assetClass') return sums.classes[place]!
      return bucket === 'sector' ? sums.sectors[place]! : sums.currencies[place]!
    },
    netExposure: (change) => (sideOf(change) > 0 ? sums.highest : 0 - sums.lowest),
    largest: (instrument, count) => {
      if (largest.length !== count) largest = new Float64Array(count)
      largest.fill(0)
      for (let index = 0; index < state.instruments.length; index += 1) {
        if (index === instrument || runtime.isOption[index] === 1) continue
        const exposure = view.exposure(index)
        if (exposure > largest[count - 1]!) insert(largest, exposure)
      }
      found.others = 0
      for (let place = 0; place < count - 1; place += 1) found.others += largest[place]!
      found.smallest = largest[count - 1]!
      return found
    },
    stageExposure: (stage) => {
      let total = 0
      for (let sleeve = 0; sleeve < sums.sleeveGross.length; sleeve += 1)
        if (view.stage(sleeve) === stage) total += sums.sleeveGross[sleeve]!
      return total
    },
    inGroup: (group, change) => isMember(group, change.sleeve, change.instrument),
    groupEquity: (group) => {
      let total = 0
      for (const sleeve of groups[group]!.sleeves) total += runtime.sleeves[sleeve]!.equity
      return total
    },
    groupExposure: (group) => sums.groupExposure[group]!,
    groupPositions: (group) => sums.groupPositions[group]!,
    besideGroup: (group, change) => {
      const side = sideOf(change)
      if (side === 0) return 0
      const { instrument } = change
      return groupReach(groups[group]!, instrument, 0) - groupReach(groups[group]!, instrument, side)
    },
    averageVolume: (sleeve, instrument) => runtime.averageVolume?.(sleeve, instrument) ?? Number.NaN,
  })

  function refresh(): void {
    if (takenFrom !== state.config) {
      takenFrom = state.config!
      asked = askedBy(takenFrom)
      groups = groupMembers(runtime, takenFrom)
    }
    clearSums(sums, runtime, groups.length)
    if (structureExposure.size > 0) structureExposure.clear()
    if (deltas.own.length > 0 || anyStructure(state)) refreshDeltas(deltas, runtime)
    addPlain()
    for (const instrument of deltas.account.keys()) {
      const excess = deltaExposure(instrument) - plainExposure(instrument)
      sums.classes[runtime.assetClass[instrument]!]! += excess
      sums.deltaExcess += excess
    }
    if (runtime.initialPart !== null) addBound()
    if (runtime.recorded.size > 0) takeSureSales()
    if (asked.sector || asked.currency || asked.net) addAccountSums()
    if (asked.sleeves || asked.positions || asked.groups) addSleeveSums()
    if (anyStructure(state)) addStructures()
    if (isCashAccount()) cash.free = freeCash(runtime)
  }
  /** The sums of `addPlain` hold what leaves recorded streams as if it might stay. */
  function takeSureSales(): void {
    for (const index of runtime.recorded) {
      const { books, accountBuys, accountSells } = state
      const held = books.accountQuantity[index]!
      const worse = worseEnd(held, accountBuys[index]!, accountSells[index]!) * runtime.unitValue[index]!
      const stays = worse - plainExposure(index)
      sums.classes[runtime.assetClass[index]!]! -= stays
      sums.gross -= stays
      sums.bound -= stays * initialPartOf(index, false)
    }
  }
  /** Initial margin of everything but contracts. */
  function addBound(): void {
    const { accountBuys, accountSells } = state
    const { accountQuantity } = state.books
    for (let index = 0; index < state.instruments.length; index += 1) {
      if (runtime.isOption[index] === 1) continue
      const units = worseEnd(accountQuantity[index]!, accountBuys[index]!, accountSells[index]!)
      sums.bound += units * runtime.unitValue[index]! * initialPartOf(index, false)
    }
  }
  /** Exposures of everything but contracts, which count as their structures. */
  function addPlain(): void {
    const { accountBuys, accountSells } = state
    const { accountQuantity } = state.books
    const { unitValue, assetClass, isOption } = runtime
    const { classes } = sums
    const count = state.instruments.length
    let gross = 0
    // The sum of one class stays at hand while instruments of that class follow each other.
    let current = 0
    let sum = classes[0]!
    for (let index = 0; index < count; index += 1) {
      const net = accountQuantity[index]!
      const high = Math.abs(net + accountBuys[index]!)
      const low = Math.abs(net - accountSells[index]!)
      const exposure = (high > low ? high : low) * unitValue[index]!
      if (exposure === 0 || isOption[index] === 1) continue
      gross += exposure
      const own = assetClass[index]!
      if (own !== current) {
        classes[current] = sum
        current = own
        sum = classes[own]!
      }
      sum += exposure
    }
    classes[current] = sum
    sums.gross = gross
  }
  function addAccountSums(): void {
    for (let index = 0; index < state.instruments.length; index += 1) {
      if (runtime.isOption[index] === 0) addBuckets(index, deltaExposure(index), 1)
    }
  }
  function addSleeveSums(): void {
    for (let index = 0; index < state.instruments.length; index += 1) {
      if (runtime.isOption[index] === 1) continue
      for (let sleeve = 0; sleeve < runtime.sleeves.length; sleeve += 1) addSleeve(sleeve, index, 1)
      for (let group = 0; group < groups.length; group += 1) addGroup(group, index, 1)
    }
  }
  function addBuckets(instrument: number, exposure: number, sign: 1 | -1): void {
    if (asked.sector) sums.sectors[places.of('sector', instrument)]! += exposure * sign
    if (asked.currency) sums.currencies[places.of('currency', instrument)]! += exposure * sign
    if (!asked.net) return
    const net = state.books.accountQuantity[instrument]!
    const value = runtime.unitValue[instrument]! * sign
    const sold = isSure(instrument) ? state.accountSells[instrument]! : 0
    sums.highest += (net + state.accountBuys[instrument]! - sold) * value
    sums.lowest += (net - state.accountSells[instrument]!) * value
    if (deltas.own.length === 0) return
    const { held, buys, sells } = leanOf(instrument)
    sums.highest += (held + buys) * value
    sums.lowest += (held - sells) * value
  }
  function addSleeve(sleeve: number, instrument: number, sign: 1 | -1): void {
    if (!isOpen(sleeve, instrument)) return
    if (asked.sleeves) sums.sleeveGross[sleeve]! += sleeveExposure(sleeve, instrument) * sign
    count(sleeve, instrument, sign)
  }
  function addGroup(group: number, instrument: number, sign: 1 | -1): void {
    const members = groups[group]!
    if (members.hasInstrument(instrument)) sums.groupExposure[group]! += groupReach(members, instrument, 0) * sign
  }
  /** One open position more or less. */
  function count(sleeve: number, instrument: number, sign: 1 | -1): void {
    sums.sleevePositions[sleeve]! += sign
    sums.positions += sign
    for (let group = 0; group < groups.length; group += 1)
      if (isMember(group, sleeve, instrument)) sums.groupPositions[group]! += sign
  }
  function addStructures(): void {
    // Covered calls are part of the position in their shares, and can lose nothing that it does not lose.
    for (const structure of state.structures)
      if (structure.covered !== true)
        addStructure(structure.sleeve, structure.underlying, structure.quantity * structure.maximumLoss)
    for (const waiting of structuresToCome(state))
      if (waiting.structure === 0 && waiting.covered !== true)
        addStructure(waiting.sleeve, waiting.underlying, waiting.quantity * waiting.maximumLoss)
  }
  /** By its maximum loss: which way it leans is asked where its deltas count. */
  function addStructure(sleeve: number, underlying: number, exposure: number): void {
    structureExposure.set(underlying, (structureExposure.get(underlying) ?? 0) + exposure)
    sums.gross += exposure
    sums.deltaExcess -= exposure
    sums.bound += exposure * initialPartOf(underlying, true)
    sums.sleeveGross[sleeve]! += exposure
    count(sleeve, underlying, 1)
  }
  /** Signed units of an underlying that a structure which was just allowed stands for. */
  function takeLean(sleeve: number, instrument: number, units: number): void {
    leanSums(instrument, -1)
    addLean(deltas, waitingLean(sleeve, instrument, units))
    leanSums(instrument, 1)
  }
  /** Every sum of the account and of groups in which deltas count, for one instrument. */
  function leanSums(instrument: number, sign: 1 | -1): void {
    const exposure = deltaExposure(instrument)
    sums.classes[runtime.assetClass[instrument]!]! += exposure * sign
    sums.deltaExcess += exposure * sign
    addBuckets(instrument, exposure, sign)
    for (let group = 0; group < groups.length; group += 1) addGroup(group, instrument, sign)
  }
  /** Everything that one position of one sleeve is part of. */
  function add(sleeve: number, instrument: number, sign: 1 | -1): void {
    const exposure = plainExposure(instrument)
    const leaning = deltas.own.length === 0 ? exposure : deltaExposure(instrument)
    sums.classes[runtime.assetClass[instrument]!]! += leaning * sign
    sums.gross += exposure * sign
    if (leaning !== exposure) sums.deltaExcess += (leaning - exposure) * sign
    sums.bound += exposure * sign * initialPartOf(instrument, false)
    const sold = isSure(instrument) ? state.accountSells[instrument]! : 0
    cash.free -= (state.accountBuys[instrument]! - sold) * runtime.unitValue[instrument]! * sign
    addBuckets(instrument, leaning, sign)
    addSleeve(sleeve, instrument, sign)
    for (let group = 0; group < groups.length; group += 1)
      if (groups[group]!.hasSleeve[sleeve]!) addGroup(group, instrument, sign)
  }
  return {
    view,
    refresh,
    leave: (sleeve, instrument) => add(sleeve, instrument, -1),
    rejoin: (sleeve, instrument) => add(sleeve, instrument, 1),
    takeStructure: (change, quantity) => {
      const exposure = quantity * change.unitExposure
      addStructure(change.sleeve, change.instrument, exposure)
      const unitValue = runtime.unitValue[change.instrument]!
      takeLean(change.sleeve, change.instrument, (quantity * change.unitDelta) / unitValue)
      cash.free -= exposure
    },
  }
}

/** Puts a number into a row that falls, dropping its last. */
function insert(row: Float64Array, value: number): void {
  let place = row.length - 1
  for (; place > 0 && row[place - 1]! < value; place -= 1) row[place] = row[place - 1]!
  row[place] = value
}
