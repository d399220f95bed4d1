import type { Auditor, BrokerBooks } from '../../src/engine/invariants.ts'
import type { Kernel } from '../../src/engine/kernel.ts'
import type { Observer } from '../../src/engine/records/observer.ts'

/*
 * An auditor that keeps books of its own, in big integers, from nothing but what is told of each booking, and compares
 * them after every event with the kernel's books and with the broker's account. It shares no code with the engine's own
 * checker.
 */

export const COUNTED = ['1', '2', '3', '4', '5', '6', '12', '13', '14'] as const
export type Counted = (typeof COUNTED)[number]

export interface Bookkeeper extends Auditor {
  readonly observer: Observer
  /** What was found wrong, each line beginning with the number of the invariant. */
  readonly problems: string[]
  /** What the run had in it: kinds of postings, ends of intents and the like, to prove that scenarios are not empty. */
  readonly seen: Map<string, number>
}

interface Open {
  readonly instrument: number
  readonly net: number
  filled: number
}

export function bookkeeper(): Bookkeeper {
  const positions = new Map<string, bigint>()
  const cash = new Map<number, bigint>()
  const orders = new Map<number, Open>()
  const crosses = new Map<number, { quantity: bigint; cash: bigint }>()
  const executions = new Set<number>()
  const problems: string[] = []
  const seen = new Map<string, number>()
  let parts: { execution: number; quantity: bigint; signs: Set<number> } = blank()
  let moneyMoved = 0n
  const add = (map: Map<string, bigint>, key: string, value: number): void => {
    map.set(key, (map.get(key) ?? 0n) + BigInt(value))
  }
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1)
  }
  const wrong = (problem: string): void => {
    if (problems.length < 20) problems.push(problem)
  }

  const observer: Bookkeeper['observer'] = {
    posting: ({ kind, order, execution, sleeve, instrument, quantity, price, cash: amount, fee, before }) => {
      count(kind)
      const key = `${sleeve} ${instrument}`
      if (instrument >= 0) {
        const held = positions.get(key) ?? 0n
        if (held !== BigInt(before)) wrong(`1 a posting says ${before} was held before it, the books said ${held}`)
        const after = held + BigInt(quantity)
        if (held !== 0n && after !== 0n && held > 0n !== after > 0n) count('flip')
        if (after < 0n) count('short')
        if (after > 1n << 51n) count('near the largest quantity')
        add(positions, key, quantity)
      }
      cash.set(sleeve, (cash.get(sleeve) ?? 0n) + BigInt(amount) - BigInt(fee))
      moneyMoved += BigInt(amount) - BigInt(fee)
      if (kind === 'fill') {
        parts.quantity += BigInt(quantity)
        parts.signs.add(Math.sign(quantity))
        if (parts.execution !== 0 && parts.execution !== execution) wrong(`3 parts of two executions at once`)
        parts.execution = execution
        if (executions.has(execution) && parts.signs.size === 0) wrong(`3 execution ${execution} was booked twice`)
      }
      if (kind === 'cross') {
        if (fee !== 0) wrong(`3 a cross paid a fee of ${fee}`)
        if (!(price > 0)) wrong(`3 a cross was booked at ${price}`)
        const sum = crosses.get(order) ?? { quantity: 0n, cash: 0n }
        crosses.set(order, { quantity: sum.quantity + BigInt(quantity), cash: sum.cash + BigInt(amount) })
      }
    },
    executed: (_, quantity) => {
      if (parts.quantity !== BigInt(quantity)) wrong(`3 a fill of ${quantity} reached the sleeves as ${parts.quantity}`)
      if (parts.signs.size > 1) wrong(`3 a fill of ${quantity} reached sleeves with both signs`)
      if (executions.has(parts.execution)) wrong(`3 execution ${parts.execution} was booked twice`)
      executions.add(parts.execution)
      parts = blank()
    },
    reduced: (asked, moved) => {
      count('reduced')
      if (asked !== moved) wrong(`6 a reducing change of ${asked} moved the position by ${moved}`)
    },
    ordered: (row) => {
      count(row.net === 0 ? 'no order' : 'order')
      if (row.crossed !== 0 && row.net === 0) count('full offset')
      let wanted = 0
      for (let share = row.start; share < row.start + row.count; share += 1) wanted += row.wanted[share]!
      if (Math.abs(row.net) > Math.abs(wanted)) wrong(`3 an order of ${row.net} for wishes of ${wanted}`)
      if (row.net !== 0 && row.net !== wanted) count('truncated to lots')
      orders.set(row.id, { instrument: row.instrument, net: row.net, filled: 0 })
    },
    orderFilled: (order, quantity) => {
      const known = orders.get(order)
      if (known === undefined) {
        wrong(`3 a fill of order ${order}, which was never made`)
        return
      }
      known.filled += quantity
      if (Math.abs(known.filled) > Math.abs(known.net)) wrong(`3 order ${order} of ${known.net} filled ${known.filled}`)
    },
    orderEnded: (_, state) => count(`ended ${state}`),
    refused: (record) => {
      count(record.end)
      count(`rule ${record.rule.slice(0, 24)}`)
    },
    structureOpened: () => count('structure opened'),
    structureClosed: () => count('structure closed'),
    day: () => {},
    allocated: () => {},
  }

  function check(kernel: Kernel, broker: BrokerBooks | null): void {
    const { state, sleeves, equity } = kernel.runtime
    if (state.config === null) return
    for (const [ordinal, sleeve] of sleeves.entries()) {
      if (!cash.has(ordinal)) cash.set(ordinal, BigInt(sleeve.config.capital))
    }
    checkPositions(kernel, broker)
    checkCash(kernel, broker)
    checkReservations(kernel)
    for (const [order, sum] of crosses) {
      if (sum.quantity !== 0n || sum.cash !== 0n) wrong(`3 the cross of order ${order} leaves ${sum.quantity} units`)
    }
    crosses.clear()
    let sum = 0
    for (const sleeve of sleeves) sum += sleeve.equity
    if (sum !== equity) wrong(`2 equity is ${equity}, its sleeves' is ${sum}`)
  }

  function checkPositions(kernel: Kernel, broker: BrokerBooks | null): void {
    const { state, sleeves } = kernel.runtime
    for (const instrument of state.instruments) {
      let sum = 0n
      for (let sleeve = 0; sleeve < sleeves.length; sleeve += 1) {
        const own = positions.get(`${sleeve} ${instrument.index}`) ?? 0n
        sum += own
        const books = state.books.quantity[sleeve * state.books.width + instrument.index]!
        if (BigInt(books) !== own) wrong(`1 sleeve ${sleeve} holds ${books} of "${instrument.id}", postings say ${own}`)
        if (own < 0n && !instrument.shortable) wrong(`14 sleeve ${sleeve} is short ${own} of "${instrument.id}"`)
      }
      const held = broker?.positions[instrument.index] ?? 0
      if (broker !== null && BigInt(held) !== sum)
        wrong(`1 the broker holds ${held} of "${instrument.id}", sleeves ${sum}`)
    }
  }

  function checkCash(kernel: Kernel, broker: BrokerBooks | null): void {
    const { state, sleeves } = kernel.runtime
    let sum = 0n
    for (let sleeve = 0; sleeve < sleeves.length; sleeve += 1) {
      const own = cash.get(sleeve)!
      sum += own
      if (BigInt(state.books.cash[sleeve]!) !== own)
        wrong(`2 sleeve ${sleeve} has ${state.books.cash[sleeve]} in its books, postings say ${own}`)
    }
    if (broker !== null && BigInt(broker.cash) !== sum) wrong(`2 the broker holds ${broker.cash}, the sleeves ${sum}`)
    if (sum !== BigInt(state.config!.capital) + moneyMoved) wrong(`2 money moved without a posting`)
  }

  /** What is reserved must be what is alive, wish by wish: a wish lost in silence would leave its reservation behind. */
  function checkReservations(kernel: Kernel): void {
    const { state, plain, batch, shares, rowEnded, shareStart, shareCount } = kernel.runtime
    const alive = new Map<string, bigint>()
    const live = (sleeve: number, instrument: number, left: number): void =>
      add(alive, `${sleeve} ${instrument} ${left > 0 ? 'buy' : 'sell'}`, Math.abs(left))
    for (const wish of state.waiting) live(wish.sleeve, wish.instrument, wish.quantity)
    for (let row = 0; row < plain.count; row += 1)
      live(plain.sleeve[row]!, plain.instrument[row]!, plain.quantity[row]!)
    for (const order of state.working)
      for (const share of order.shares)
        live(share.sleeve, order.instrument, share.wanted - share.crossed - share.filled)
    for (let row = 0; row < batch.count; row += 1) {
      if (rowEnded[row] === 1 || batch.instrument[row]! < 0) continue
      for (let at = shareStart[row]!; at < shareStart[row]! + shareCount[row]!; at += 1)
        live(shares.sleeve[at]!, batch.instrument[row]!, shares.wanted[at]! - shares.crossed[at]! - shares.filled[at]!)
    }
    for (const instrument of state.instruments) {
      for (let sleeve = 0; sleeve < state.books.sleeves; sleeve += 1) {
        const at = sleeve * state.books.width + instrument.index
        for (const [side, reserved] of [
          ['buy', state.pendingBuys[at]!],
          ['sell', state.pendingSells[at]!],
        ] as const) {
          const expected = alive.get(`${sleeve} ${instrument.index} ${side}`) ?? 0n
          if (BigInt(reserved) !== expected)
            wrong(`4 sleeve ${sleeve} reserves ${side} ${reserved} of "${instrument.id}", alive are ${expected}`)
        }
      }
    }
  }

  return {
    observer,
    problems,
    seen,
    check,
    fill: () => {},
    transferred: (before, after) => {
      count('loan')
      if (before !== after) wrong(`5 the sleeves held ${before} before a transfer and ${after} after it`)
    },
    reducingJudged: () => {},
    faultIsolated: () => {},
    weights: () => {},
    counts: Object.fromEntries(COUNTED.map((id) => [id, 0])) as Auditor['counts'],
    violated: problems,
  }
}

function blank(): { execution: number; quantity: bigint; signs: Set<number> } {
  return { execution: 0, quantity: 0n, signs: new Set() }
}
