/** Where a run stands between two instants, as plain data. */
import type { Sessions } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { ExchangeState } from '../../exchange/state.ts'
import { freeze, revive } from '../canonical.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Run } from './drive.ts'

/** Where a run stands between two instants: equal states, equal futures on equal markets. Plain JSON data. */
export interface RunState {
  readonly kernel: Snapshot
  readonly exchange: unknown
  /** By clock, in the market's order. */
  readonly clocks: readonly { readonly row: number; readonly isOpen: boolean }[]
  readonly nextAction: number
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
    clocks: run.cursors.map(({ row, isOpen }) => ({ row, isOpen })),
    nextAction: run.nextAction,
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

/** Puts a run on the same market and configuration, made with the state's kernel and exchange, where that one stood. */
export function takeUp(run: Run, state: RunState): void {
  for (const [place, { row, isOpen }] of state.clocks.entries()) Object.assign(run.cursors[place]!, { row, isOpen })
  const { nextAction, seq, cycle, at, tradeDate, called } = state
  Object.assign(run, { nextAction, seq, cycle, at, tradeDate, called })
  for (const [currency, rate] of state.rates) run.rates.known.set(currency as never, rate)
  run.rates.pending = last(run.rates.pending, state.unconverted)
  run.dates.flows = last(run.dates.flows, state.flowsToCome)
  run.dates.operations = last(run.dates.operations, state.operationsToCome)
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
