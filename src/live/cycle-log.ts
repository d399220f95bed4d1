/** What happened in a cycle, in the words of whoever watches a portfolio trade: signals, executions, and how it stands. */
import type { Instant, Price } from '../domain/units.ts'
import type { Kernel } from '../engine/kernel.ts'
import { levelsOf } from '../engine/positions/protect.ts'
import { valueAll } from '../engine/positions/valuation.ts'
import type { StructureEvent } from '../engine/records/observer.ts'
import { createRecording } from '../engine/records/recording.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Attached } from './observers.ts'

export interface CycleSignal {
  readonly sleeve: string
  readonly instrument: string
  readonly side: 'BUY' | 'SELL'
  /** 0 to 1; 1 where the strategy says nothing of it. */
  readonly confidence: number
  /** In the base currency, and as a fraction of the portfolio. */
  readonly size: number
  readonly part: number
  readonly reason: string
}

export interface CycleExecution {
  /** Structures are opened and closed. */
  readonly side: 'BUY' | 'SELL' | 'OPEN' | 'CLOSE'
  readonly instrument: string
  /** Mean price of what was filled or crossed. */
  readonly entry: number
  /** Where the kernel would close what was opened; null where nothing is to. */
  readonly stop: number | null
  readonly target: number | null
  /** In the base currency. */
  readonly size: number
}

export interface CycleState {
  readonly totalValue: number
  readonly activePositions: number
  /** Gross, in the base currency. */
  readonly exposure: number
  readonly availableCapital: number
  /** Since the portfolio's day began. */
  readonly dayProfit: number
}

export interface CycleBlock {
  readonly at: Instant
  readonly currency: string
  /** Sleeves that decide. */
  readonly sleeves: number
  /** Sleeves that were left out, and why. */
  readonly skipped: readonly { readonly sleeve: string; readonly reason: string }[]
  readonly signals: readonly CycleSignal[]
  readonly executions: readonly CycleExecution[]
  readonly state: CycleState
}

export interface CycleLog {
  readonly observer: Attached
  /** What happened since it was last asked. */
  take(kernel: Kernel): CycleBlock
}

/** One order's fills and crosses. */
interface Done {
  readonly instrument: number
  readonly sleeves: readonly number[]
  quantity: number
  value: number
}

/** @param isLive false while the engine plays again what was told already */
export function cycleLog(isLive: () => boolean): CycleLog {
  const { attach, runtime, instrumentAt } = createRecording()
  const confidences = new Map<string, number>()
  const orders = new Map<number, Done>()
  let structures: CycleExecution[] = []
  let seenIntent = 0
  /** Equity with which the portfolio's day began, and with which the next one begins once this cycle is told. */
  let dayBegan = Number.NaN
  let dayEnded = Number.NaN

  const observer: Attached = {
    attach(next) {
      attach(next)
      seenIntent = next.state.nextIntent
    },
    ordered({ id, instrument, net, crossed, reference, sleeves, start, count }) {
      if (instrument < 0 || !isLive()) return
      const own = Array.from(sleeves.subarray(start, start + count))
      const done = { instrument, sleeves: own, quantity: 0, value: 0 }
      // Opposing parts met inside: each of them was executed, in the direction of what is left.
      if (crossed > 0 && net === 0) addTo(done, crossed, reference)
      orders.set(id, done)
      forgetOldest(orders)
    },
    orderFilled(order, quantity, price) {
      if (!isLive()) return
      const done = orders.get(order) ?? lateOf(runtime(), order)
      if (done === null) return
      addTo(done, quantity, price)
      orders.set(order, done)
    },
    signalled: ({ sleeve, instrument, confidence }) => void confidences.set(`${sleeve} ${instrument}`, confidence),
    structureOpened: (opened) => addStructure('OPEN', opened),
    structureClosed: (closed) => addStructure('CLOSE', closed),
    posting: () => {},
    executed: () => {},
    reduced: () => {},
    orderEnded: () => {},
    refused: () => {},
    day: () => {
      dayEnded = runtime().equity
    },
    allocated: () => {},
  }

  const addStructure = (side: 'OPEN' | 'CLOSE', { label, quantity, premium, money }: StructureEvent): void => {
    if (!isLive()) return
    const instrument = `${Math.abs(quantity)} x ${label}`
    structures.push({ side, instrument, entry: premium, stop: null, target: null, size: Math.abs(money) })
  }

  const signalsOf = (): readonly CycleSignal[] => {
    const { state, unitValue, equity, sleeves } = runtime()
    const wishes = [...state.waiting, ...state.waitingStructures].filter(({ intent }) => intent >= seenIntent)
    seenIntent = state.nextIntent
    return wishes.map((wish) => {
      const isPlain = 'instrument' in wish
      const instrument = isPlain ? wish.instrument : wish.underlying
      const size = Math.abs(wish.quantity) * (isPlain ? unitValue[instrument]! : wish.maximumLoss)
      return {
        sleeve: sleeves[wish.sleeve]!.config.id,
        instrument: instrumentAt(instrument).symbol,
        side: wish.quantity > 0 ? 'BUY' : 'SELL',
        confidence: confidences.get(`${wish.sleeve} ${instrument}`) ?? 1,
        size,
        part: equity > 0 ? size / equity : 0,
        reason: wish.reason,
      }
    })
  }

  const executionOf = ({ instrument, sleeves, quantity, value }: Done): CycleExecution => {
    const { state, unitValue } = runtime()
    const guard = state.guards.find((one) => one.instrument === instrument && sleeves.includes(one.sleeve))
    const levels = guard === undefined ? null : levelsOf(runtime(), guard)
    const entry = value / quantity
    const mark = state.mark[instrument]!
    return {
      side: quantity > 0 ? 'BUY' : 'SELL',
      instrument: instrumentAt(instrument).symbol,
      entry,
      stop: levelOf(levels?.stop),
      target: levelOf(levels?.target),
      size: Math.abs(quantity) * unitValue[instrument]! * (mark === 0 ? 1 : entry / mark),
    }
  }

  const stateOf = (kernel: Kernel): CycleState => {
    const own = kernel.runtime
    const { books, instruments } = own.state
    valueAll(own)
    let [exposure, positions] = [0, 0]
    for (const { index } of instruments) {
      const held = books.accountQuantity[index]!
      if (held === 0) continue
      positions += 1
      exposure += Math.abs(held) * own.unitValue[index]!
    }
    if (Number.isNaN(dayBegan)) dayBegan = equityBefore(own)
    const dayProfit = own.equity - dayBegan
    if (!Number.isNaN(dayEnded)) dayBegan = dayEnded
    dayEnded = Number.NaN
    return {
      totalValue: own.equity,
      activePositions: positions,
      exposure,
      availableCapital: own.cash,
      dayProfit,
    }
  }

  return {
    observer,
    take(kernel) {
      const own = kernel.runtime
      const { state } = own
      const executions = [...orders.values()].filter(({ quantity }) => quantity !== 0).map(executionOf)
      const block: CycleBlock = {
        at: state.at as Instant,
        currency: state.config!.currency,
        sleeves: own.sleeves.filter(
          ({ config, ordinal }) => config.strategy !== null && state.sleeves[ordinal]!.paused === '',
        ).length,
        skipped: own.sleeves.flatMap(({ config, ordinal }) => {
          const { paused } = state.sleeves[ordinal]!
          return paused === '' ? [] : [{ sleeve: config.id, reason: paused }]
        }),
        signals: signalsOf(),
        executions: [...executions, ...structures],
        state: stateOf(kernel),
      }
      // What was sent may be filled later: it stays known.
      for (const done of orders.values()) [done.quantity, done.value] = [0, 0]
      structures = []
      confidences.clear()
      return block
    },
  }
}

/** Orders whose fills may still come. */
const ORDERS_KNOWN = 2_000

function forgetOldest(orders: Map<number, Done>): void {
  for (const id of orders.keys()) {
    if (orders.size <= ORDERS_KNOWN) return
    orders.delete(id)
  }
}

function addTo(done: Done, quantity: number, price: number): void {
  done.quantity += quantity
  done.value += quantity * price
}

function levelOf(level: Price | number | undefined): number | null {
  return level === undefined || !Number.isFinite(level) ? null : level
}

/** An order that was made in an earlier cycle. */
function lateOf({ state }: Runtime, id: number): Done | null {
  const order = state.working.find((one) => one.id === id)
  if (order === undefined) return null
  return { instrument: order.instrument, sleeves: order.shares.map(({ sleeve }) => sleeve), quantity: 0, value: 0 }
}

/** With which the last day ended that is known; on the first day, the capital. */
function equityBefore({ state, equity }: Runtime): number {
  let sum = 0
  for (const before of state.previousEquity) sum += before
  return sum > 0 ? sum : equity
}
