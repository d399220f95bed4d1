/** Who gives and who gets, when money is dealt: plain numbers in, transfers out. */
import { splitByLargestRemainder } from '../../numerics/exact.ts'

/** Money from one sleeve to another, by ordinal. */
export interface Transfer {
  readonly from: number
  readonly to: number
  readonly amount: number
}

/** By sleeve, in whole counts of one currency. */
export interface Standing {
  readonly equity: ArrayLike<number>
  readonly target: ArrayLike<number>
  /** What could leave the sleeve now. */
  readonly free: ArrayLike<number>
  /** Sleeve that takes what is over; -1: nobody, so it stays where it is. */
  readonly reserve: number
}

export interface Deal {
  readonly transfers: readonly Transfer[]
  /** What each sleeve should give and could not. */
  readonly unfunded: readonly number[]
}

/**
 * Every sleeve above its target gives what it can of the difference, every sleeve below gets what it lacks; where that
 * is not enough for all, in proportion to what they lack, to the last count. Nothing is made, nothing is lost.
 */
export function deal({ equity, target, free, reserve }: Standing): Deal {
  const over = Array.from(target, (wanted, sleeve) => Math.max(0, equity[sleeve]! - wanted))
  const gives = over.map((excess, sleeve) => Math.min(excess, free[sleeve]!))
  const lacks = Array.from(target, (wanted, sleeve) => Math.max(0, wanted - equity[sleeve]!))
  const unfunded = over.map((excess, sleeve) => excess - gives[sleeve]!)
  const given = sumOf(gives)
  const lacking = sumOf(lacks)
  if (given > lacking && reserve >= 0) {
    // What the reserve would give itself does not move.
    const own = Math.min(gives[reserve]!, given - lacking)
    gives[reserve] = gives[reserve]! - own
    lacks[reserve] = lacks[reserve]! + given - lacking - own
  }
  const moved = Math.min(sumOf(gives), sumOf(lacks))
  return { transfers: paired(shared(moved, gives), shared(moved, lacks)), unfunded }
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

/** A total in proportion to parts that add up to it or to more. */
function shared(total: number, parts: readonly number[]): readonly number[] {
  return total === 0 || total === sumOf(parts)
    ? parts.map((part) => (total === 0 ? 0 : part))
    : splitByLargestRemainder(total, parts)
}

/** Givers and getters in declared order, each getter served before the next. */
function paired(gives: readonly number[], gets: readonly number[]): readonly Transfer[] {
  const transfers: Transfer[] = []
  const left = [...gives]
  let from = 0
  gets.forEach((wanted, to) => {
    let open = wanted
    while (open > 0) {
      while (left[from] === 0) from += 1
      const amount = Math.min(open, left[from]!)
      transfers.push({ from, to, amount })
      left[from] = left[from]! - amount
      open -= amount
    }
  })
  return transfers
}
