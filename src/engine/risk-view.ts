/** The projected books that risk rules judge against: filled, waiting and working at their worse end. */
import { ASSET_CLASSES } from '../domain/instruments.ts'
import type { Change, RiskView } from '../domain/risk.ts'
import type { Runtime } from './runtime.ts'
import { collateral, spendableFor } from './valuation.ts'

export interface ProjectedBooks {
  readonly view: RiskView
  /** Takes the books of this moment; called once before a round of judgements. */
  refresh(): void
  /** Adds an allowed change, so that the next one is judged after it. */
  take(change: Change, quantity: number): void
}

export function projectedBooks(runtime: Runtime): ProjectedBooks {
  const { state } = runtime
  const classes = new Float64Array(ASSET_CLASSES.length)
  const structureExposure = new Map<number, number>()
  // Fields rather than variables: a number that closures share and change is boxed anew at each change.
  const totals = { gross: 0, power: 0, positions: 0 }
  let sleeveCounts = new Int32Array(0)
  const classOf = (instrument: number): number => runtime.assetClass[instrument]!
  const plainExposure = (instrument: number): number => {
    const net = state.books.accountQuantity[instrument]!
    const high = Math.abs(net + state.accountBuys[instrument]!)
    const low = Math.abs(net - state.accountSells[instrument]!)
    return (high > low ? high : low) * runtime.unitValue[instrument]!
  }
  const isOpen = (sleeve: number, instrument: number): boolean => {
    const at = sleeve * state.books.width + instrument
    return state.books.quantity[at] !== 0 || state.pendingBuys[at] !== 0 || state.pendingSells[at] !== 0
  }
  const view: RiskView = {
    get equity() {
      return runtime.equity
    },
    get halted() {
      return state.breaker?.halted ?? false
    },
    get buyingPower() {
      return totals.power
    },
    get positions() {
      return totals.positions
    },
    get grossExposure() {
      return totals.gross
    },
    sleeveEquity: (sleeve) => runtime.sleeves[sleeve]!.equity,
    sleeveAvailable: (sleeve, instrument) => spendableFor(runtime, sleeve, instrument),
    sleevePositions: (sleeve) => sleeveCounts[sleeve]!,
    opens: (change) => change.structure || !isOpen(change.sleeve, change.instrument),
    sleeveExposure: (sleeve, instrument) => {
      const at = sleeve * state.books.width + instrument
      const quantity = state.books.quantity[at]!
      const high = Math.abs(quantity + state.pendingBuys[at]!)
      const low = Math.abs(quantity - state.pendingSells[at]!)
      return (high > low ? high : low) * runtime.unitValue[instrument]!
    },
    exposure: (instrument) => plainExposure(instrument) + (structureExposure.get(instrument) ?? 0),
    classExposure: (instrument) => classes[classOf(instrument)]!,
  }
  function refresh(): void {
    classes.fill(0)
    if (structureExposure.size > 0) structureExposure.clear()
    totals.gross = 0
    totals.positions = 0
    if (sleeveCounts.length === runtime.sleeves.length) sleeveCounts.fill(0)
    else sleeveCounts = new Int32Array(runtime.sleeves.length)
    const counted =
      runtime.sleeves.some(({ config }) => config.limits.positionsMax !== null) ||
      state.config!.limits.positionsMax !== null
    addPlain()
    if (counted) countOpen()
    if (state.structures.length + state.waitingStructures.length > 0) addStructures()
    for (const count of sleeveCounts) totals.positions += count
    totals.power = spendable(runtime, totals.gross)
  }
  function addStructures(): void {
    for (const structure of [
      ...state.structures,
      ...state.waitingStructures.filter((waiting) => waiting.structure === 0),
    ]) {
      const exposure = structure.quantity * structure.maximumLoss
      structureExposure.set(structure.underlying, (structureExposure.get(structure.underlying) ?? 0) + exposure)
      classes[classOf(structure.underlying)]! += exposure
      totals.gross += exposure
      sleeveCounts[structure.sleeve]! += 1
    }
  }
  /** Exposures of everything but contracts, which count as their structures. */
  function addPlain(): void {
    const { accountBuys, accountSells } = state
    const { accountQuantity } = state.books
    const { unitValue, assetClass, isOption } = runtime
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
    totals.gross = gross
  }
  function countOpen(): void {
    for (let index = 0; index < state.instruments.length; index += 1) {
      if (runtime.isOption[index] === 1) continue
      for (let sleeve = 0; sleeve < sleeveCounts.length; sleeve += 1) {
        if (isOpen(sleeve, index)) sleeveCounts[sleeve]! += 1
      }
    }
  }
  function take(change: Change, quantity: number): void {
    const exposure = Math.abs(quantity) * change.unitExposure
    classes[classOf(change.instrument)]! += exposure
    totals.gross += exposure
    totals.power -= exposure
    if (change.structure) {
      structureExposure.set(change.instrument, (structureExposure.get(change.instrument) ?? 0) + exposure)
    }
  }
  return {
    view,
    refresh,
    take: (change, quantity) => {
      if (view.opens(change)) {
        sleeveCounts[change.sleeve]! += 1
        totals.positions += 1
      }
      take(change, quantity)
    },
  }
}

/** A cash account spends settled cash; a margin account its Reg-T excess over the initial requirement. */
function spendable(runtime: Runtime, gross: number): number {
  const { state } = runtime
  const { account } = state.config!
  if (account.kind === 'cash') {
    let waiting = 0
    for (let index = 0; index < state.instruments.length; index += 1) {
      const buys = state.accountBuys[index]!
      if (buys > 0) waiting += buys * runtime.unitValue[index]!
    }
    return runtime.cash - waiting - collateral(runtime, null)
  }
  return runtime.equity / account.initialMargin - gross
}
