/** The product under the clock: the public strategy, the run without reports, records as columns. */
import { performance } from 'node:perf_hooks'
import type { PortfolioConfig } from '../src/domain/config.ts'
import type { MarketData } from '../src/domain/market.ts'
import { runBare } from '../src/engine/run/run.ts'
import { STRATEGIES } from '../src/pipeline/strategies/registry.ts'
import { createRecords, createRoom, type Room } from './record.ts'

export interface Measured {
  readonly seconds: number
  /** Equity of the portfolio after the last bar. */
  readonly final: number
  /** Bookings: every sleeve's part of every fill and cross. */
  readonly fills: number
  readonly checksum: string
}

/** One run. Records are kept in `room` inside the timed part; they are hashed after it. */
export function runProduct(config: PortfolioConfig, market: MarketData, room: Room = createRoom()): Measured {
  const records = createRecords(room)
  const started = performance.now()
  const run = runBare({ config, market, strategies: STRATEGIES }, records.observer)
  const seconds = (performance.now() - started) / 1_000
  return { seconds, final: run.kernel.runtime.equity, fills: records.count(), checksum: records.checksum() }
}
