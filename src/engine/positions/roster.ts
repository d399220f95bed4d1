/**
 * Which columns can still matter. An index is for good, so contracts that have ended keep their columns; what looks
 * through the books looks through the roster and meets them no more.
 */
import type { KernelState } from '../state.ts'
import { isHeld } from './holders.ts'

export interface Roster {
  /** Indices of all that can be held or wished for, in the order of listing; and of the contracts among them. */
  live: number[]
  contracts: number[]
  /** Contracts past their expiry that nobody holds or waits for. */
  over: number[]
  /** The trade date for which ended contracts were struck off last. */
  struckOn: number
}

/** What is looked at of a running kernel. */
interface Listed {
  readonly state: KernelState
  readonly roster: Roster
  readonly tradeDate: number
}

export function emptyRoster(): Roster {
  return { live: [], contracts: [], over: [], struckOn: 0 }
}

/** On a new trade date: takes the contracts off that ended before it. Whatever they count is nothing already. */
export function strikeOff(runtime: Listed): void {
  const { roster, tradeDate } = runtime
  if (tradeDate <= roster.struckOn) return
  roster.struckOn = tradeDate
  const over = new Set(roster.contracts.filter((index) => isOver(runtime, index)))
  if (over.size === 0) return
  roster.live = roster.live.filter((index) => !over.has(index))
  roster.contracts = roster.contracts.filter((index) => !over.has(index))
  roster.over.push(...over)
}

function isOver(runtime: Listed, index: number): boolean {
  const { state, tradeDate } = runtime
  if (state.instruments[index]!.option!.expiry >= tradeDate || isHeld(runtime, index)) return false
  const { books, pendingBuys, pendingSells, waitingStructures } = state
  if (books.accountQuantity[index] !== 0) return false
  if (waitingStructures.some(({ contracts }) => contracts.includes(index))) return false
  for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1) {
    const at = sleeve * books.width + index
    if (pendingBuys[at] !== 0 || pendingSells[at] !== 0) return false
  }
  return true
}

/** Before anything is wished for in a contract or moves into it: one that was struck off takes its place again. */
export function recall({ roster }: Pick<Listed, 'roster'>, index: number): void {
  if (!roster.over.includes(index)) return
  roster.over = roster.over.filter((other) => other !== index)
  roster.live = inPlace(roster.live, index)
  roster.contracts = inPlace(roster.contracts, index)
}

function inPlace(indices: readonly number[], index: number): number[] {
  return [...indices, index].sort((left, right) => left - right)
}
