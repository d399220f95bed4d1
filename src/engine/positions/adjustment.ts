/** Option contracts through a split of their underlying: other contracts of the same value, nothing gained or lost. */
import { assert } from '../../domain/assert.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { OptionLeg } from '../../domain/strategy.ts'
import type { InstrumentId } from '../../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { setMark } from '../runtime.ts'
import { held, release, reserve } from '../state.ts'
import { isHeld } from './holders.ts'
import { recall } from './roster.ts'
import { contractId } from './structures.ts'

export interface ContractChange {
  readonly from: InstrumentId
  /** The contract that takes its place; `index` is the next free one where it is not listed yet. */
  readonly to: Instrument
  readonly isListed: boolean
}

/**
 * What a split does to the contracts that anybody holds or waits for. A whole ratio a:1 gives `a` contracts at the strike
 * divided by `a`, to the cent; any other ratio keeps the count and changes the shares that a contract delivers, whole
 * ones: who holds the shares gets cash for the fraction, too.
 *
 * @see Options Clearing Corporation, By-Laws article VI, section 11A (adjustments)
 */
export function contractChanges(
  runtime: Runtime,
  underlying: InstrumentId,
  ratio: { readonly numerator: number; readonly denominator: number },
): { readonly changes: readonly ContractChange[]; readonly count: number } {
  const { state } = runtime
  const { numerator, denominator } = ratio
  const whole = denominator === 1
  const count = whole ? numerator : 1
  const wanted = new Set<number>()
  for (const wish of state.waitingStructures) for (const contract of wish.contracts) wanted.add(contract)
  for (const wish of state.waiting) wanted.add(wish.instrument)
  let next = state.instruments.length
  const changes: ContractChange[] = []
  for (const index of runtime.roster.contracts) {
    const contract = state.instruments[index]!
    const terms = contract.option!
    if (terms.underlying !== underlying) continue
    if (!wanted.has(index) && !isHeld(runtime, index)) continue
    const strike = Math.floor(((terms.strike * denominator) / numerator) * 100 + 0.5) / 100
    const multiplier = whole ? contract.multiplier : wholeShares((contract.multiplier * numerator) / denominator)
    const plain = contractId(underlying, { ...terms, strike, ratio: 1 })
    const id = (multiplier === 100 ? plain : `${plain} x${multiplier}`) as InstrumentId
    const known = runtime.byId.get(id)
    const to =
      known === undefined
        ? { ...contract, id, symbol: id, index: next, multiplier, option: { ...terms, strike } }
        : state.instruments[known]!
    if (known === undefined) next += 1
    changes.push({ from: contract.id, to, isListed: known !== undefined })
  }
  return { changes, count }
}

function wholeShares(shares: number): number {
  return Math.max(1, Math.floor(shares + 1e-9))
}

/** Moves positions, structures and wishes from the old contracts to the new ones. */
export function applyAdjustment(
  runtime: Runtime,
  contracts: readonly { readonly from: InstrumentId; readonly to: InstrumentId }[],
  count: number,
): void {
  const { state } = runtime
  const successor = new Map<number, number>()
  for (const { from, to } of contracts) {
    const before = runtime.byId.get(from)
    const after = runtime.byId.get(to)
    assert(before !== undefined && after !== undefined, `"${from}" and "${to}" must be listed before the adjustment`)
    successor.set(before, after)
    recall(runtime, after)
    movePositions(runtime, before, after, count)
  }
  const next = (index: number): number => successor.get(index) ?? index
  const shares = (index: number): number =>
    count * (state.instruments[next(index)]!.multiplier / state.instruments[index]!.multiplier)
  const legsOf = (legs: readonly OptionLeg[], indices: readonly number[]): readonly OptionLeg[] =>
    legs.map((leg, at) => ({ ...leg, strike: state.instruments[next(indices[at]!)]!.option!.strike }))
  state.structures = state.structures.map((position) =>
    position.contracts.some((index) => successor.has(index))
      ? {
          ...position,
          legs: legsOf(position.legs, position.contracts),
          contracts: position.contracts.map(next),
          quantity: position.quantity * count,
          credit: position.credit / shares(position.contracts[0]!),
          maximumLoss: position.maximumLoss / count,
        }
      : position,
  )
  state.waitingStructures = state.waitingStructures.map((wish) =>
    wish.contracts.some((index) => successor.has(index))
      ? {
          ...wish,
          legs: legsOf(wish.legs, wish.contracts),
          contracts: wish.contracts.map(next),
          quantity: wish.quantity * count,
          maximumLoss: wish.maximumLoss / count,
        }
      : wish,
  )
  state.leftovers = state.leftovers.map((leftover) => ({ ...leftover, instrument: next(leftover.instrument) }))
  state.waiting = state.waiting.map((wish) => {
    const index = successor.get(wish.instrument)
    if (index === undefined) return wish
    release(state, wish.sleeve, wish.instrument, wish.quantity)
    reserve(state, wish.sleeve, index, wish.quantity * count)
    return { ...wish, instrument: index, quantity: wish.quantity * count }
  })
}

function movePositions(runtime: Runtime, before: number, after: number, count: number): void {
  const { state } = runtime
  const { books } = state
  const multipliers = state.instruments[before]!.multiplier / state.instruments[after]!.multiplier
  const price = (state.mark[before]! * multipliers) / count
  for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1) {
    const quantity = held(state, sleeve, before)
    if (quantity === 0) continue
    const from = sleeve * books.width + before
    const to = sleeve * books.width + after
    const had = books.quantity[to]!
    books.cost[to] = books.cost[to]! + books.cost[from]! * multipliers
    books.quantity[to] = had + quantity * count
    books.quantity[from] = 0
    books.cost[from] = 0
    state.openedBar[to] = state.openedBar[from]!
    state.openedAt[to] = state.openedAt[from]!
    const mark = state.mark[before]!
    const none = { order: 0, execution: 0, cash: 0, fee: 0, realised: 0 }
    const told = { ...none, kind: 'split', sleeve, reason: 'adjustment' } as const
    const gone = 0 - quantity
    runtime.observer?.posting({ ...told, instrument: before, quantity: gone, price: mark, before: quantity })
    runtime.observer?.posting({ ...told, instrument: after, quantity: quantity * count, price, before: had })
  }
  const account = books.accountQuantity[before]!
  books.accountQuantity[before] = 0
  books.accountQuantity[after] = books.accountQuantity[after]! + account * count
  if (!Number.isNaN(price)) setMark(runtime, after, price)
}
