/** Lengths of bars. A bar of a day is a session; shorter ones divide a session from its open, the last may be cut short. */
import type { ClockId } from './units.ts'

/** Shortest first: where an instrument has several clocks, its prices are those of the first. */
export const TIMEFRAMES = ['1m', '5m', '15m', '1h', '4h', '1d'] as const
export type Timeframe = (typeof TIMEFRAMES)[number]

const MINUTE_MS = 60_000
const MINUTES: Readonly<Record<Exclude<Timeframe, '1d'>, number>> = { '1m': 1, '5m': 5, '15m': 15, '1h': 60, '4h': 240 }

/** Length of an intraday bar in ms; null for a day, whose length is its session's. */
export function barLength(timeframe: Timeframe): number | null {
  return timeframe === '1d' ? null : MINUTES[timeframe] * MINUTE_MS
}

/** The timeframe of a clock named `calendar/timeframe`. */
export function timeframeOf(clock: ClockId): Timeframe {
  const name = clock.slice(clock.lastIndexOf('/') + 1)
  return TIMEFRAMES.find((timeframe) => timeframe === name) ?? '1d'
}

/** Shortest first. */
export function compareTimeframes(one: Timeframe, other: Timeframe): number {
  return TIMEFRAMES.indexOf(one) - TIMEFRAMES.indexOf(other)
}
