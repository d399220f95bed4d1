/** Where a run stands between two instants, as plain data. */
import type { Sessions } from '../../domain/sessions.ts'
import type { ClockId, Instant, TradeDate } from '../../domain/units.ts'
import type { ExchangeState } from '../../exchange/state.ts'
import { freeze, revive } from '../canonical.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Run } from './drive.ts'

/** Where a run stands between two instants: equal states, equal futures on equal markets. Plain JSON data. */
export interface RunState {
  readonly kernel: Snapshot
  readonly exchange: unknown
  /** By clock, in the market's order. */
  readonly clocks: readonly { readonly clock?: ClockId; readonly row: number; readonly isOpen: boolean }[]
  readonly nextAction: number
  /** Bars closed at its last instant, and what is dated for that very moment is still to come. Absent: it is not. */
  readonly isActionDue?: true
  readonly seq: number
  readonly cycle: number
  readonly at: Instant
  readonly tradeDate: TradeDate
  readonly called: boolean
  /** Rates by currency, and what still waits for its first; how many flows and operations of the configuration are past. */
  readonly rates: readonly (readonly [string, number])[]
  readonly unconverted: number
  readonly flowsToCome: number
  readonly operationsToCome: number
}

export function runState(run: Run): RunState {
  return {
    kernel: run.kernel.snapshot(),
    exchange: freeze(run.exchange.state()),
    clocks: run.cursors.map(({ block, row, isOpen }) => ({ clock: block.clock, row, isOpen })),
    nextAction: run.nextAction,
    ...(run.market.isOngoing === true && run.progress.closing.length > 0 ? { isActionDue: true } : {}),
    seq: run.seq,
    cycle: run.cycle,
    at: run.at,
    tradeDate: run.tradeDate,
    called: run.called,
    rates: [...run.rates.known],
    unconverted: run.rates.pending.length,
    flowsToCome: run.dates.flows.length,
    operationsToCome: run.dates.operations.length,
  }
}

/** What the exchange remembered. */
export function exchangeOf(state: RunState): ExchangeState {
  return revive(state.exchange) as ExchangeState
}

/**
 * Puts a run on the same configuration, made with the state's kernel and exchange, where that one stood.
 *
 * @param isOtherMarket the market was laid out for another configuration: rows and actions are found by their time
 */
export function takeUp(run: Run, state: RunState, isOtherMarket = false): void {
  const { seq, cycle, at, tradeDate, called } = state
  Object.assign(run, { seq, cycle, at, tradeDate, called })
  if (isOtherMarket) placeByTime(run, state)
  else {
    for (const [place, { row, isOpen }] of state.clocks.entries()) Object.assign(run.cursors[place]!, { row, isOpen })
    run.nextAction = state.nextAction
  }
  for (const [currency, rate] of state.rates) run.rates.known.set(currency as never, rate)
  run.rates.pending = last(run.rates.pending, state.unconverted)
  run.dates.flows = last(run.dates.flows, state.flowsToCome)
  run.dates.operations = last(run.dates.operations, state.operationsToCome)
}

/** Behind everything that was played: bars that have closed, and actions of moments that are over. */
function placeByTime(run: Run, { at, clocks, isActionDue }: RunState): void {
  for (const cursor of run.cursors) {
    const { clock, opens, closes } = cursor.block
    const stood = clocks.find((one, index) => (one.clock ?? run.cursors[index]?.block.clock) === clock)
    cursor.row = closes.findIndex((close) => close > at)
    if (cursor.row < 0) cursor.row = closes.length
    // A clock that nobody had before joins in the middle of a bar.
    const isOpen = stood === undefined ? opens[cursor.row]! < at : stood.isOpen
    cursor.isOpen = isOpen && cursor.row < closes.length
  }
  const next = run.market.actions.findIndex((action) => action.at > at || (isActionDue === true && action.at === at))
  run.nextAction = next < 0 ? run.market.actions.length : next
}

function last<T>(list: readonly T[], count: number): readonly T[] {
  return list.slice(list.length - count)
}

/** Calendars that reach further than those the kernel knows: the market has gone on since it was put away. */
export function laterCalendars(run: Run): readonly Sessions[] {
  return run.market.sessions.filter((sessions) => {
    const known = run.kernel.runtime.sessions.get(sessions.calendar)
    // A market that is told up to an earlier day takes nothing back.
    return known === undefined || (known.dates.at(-1) ?? 0) < (sessions.dates.at(-1) ?? 0)
  })
}
