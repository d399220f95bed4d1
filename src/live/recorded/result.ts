/** What a journal comes to: the result of the run that it is the record of. */
import type { PortfolioConfig } from '../../domain/config.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { MarketData } from '../../domain/market.ts'
import type { JournalRow, Store } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { Instant } from '../../domain/units.ts'
import { decodeEvent } from '../../engine/journal/codec.ts'
import type { Kernel } from '../../engine/kernel.ts'
import { createRecorder, type Recorder } from '../../engine/records/recorder.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { resultOf } from '../../engine/records/result-of.ts'
import type { Witness } from '../../engine/records/witness.ts'
import type { Run } from '../../engine/run/drive.ts'
import { startRun } from '../../engine/run/run.ts'
import { demandStrategies } from './demand-strategies.ts'
import { marketBook } from './market.ts'

const NO_MARKET: Omit<MarketData, 'instruments'> = {
  blocks: [],
  actions: [],
  sessions: [],
  chains: null,
  notes: [],
}

/** A run that takes the rows of a journal as they come, and says at any time what it comes to. */
export interface RecordedRun {
  /** Number of the last event that was taken, and its time; -1 and null before the first one. */
  readonly seq: number
  readonly at: Instant | null
  /** After that event; null before the portfolio was configured. */
  readonly kernel: Kernel | null
  /** @throws FaultError STRATEGY_ABSENT where a sleeve decides by one that was not handed in */
  take(row: JournalRow): void
  /** The bars, actions and publications that the events brought. @throws before the portfolio was configured */
  market(): MarketData
  /** As a backtest that ended here gives it. @throws before the portfolio was configured */
  result(): RunResult
}

/**
 * @param strategies by name, at least those that the sleeves of the portfolio decide by
 * @param witness told how entries come to their sizes
 */
export function recordedRun(strategies: ReadonlyMap<string, Strategy>, witness?: Witness): RecordedRun {
  const book = marketBook()
  let following: { readonly run: Run; readonly recorder: Recorder } | null = null
  let at: Instant | null = null

  const begin = (config: PortfolioConfig): void => {
    const recorder = createRecorder()
    const market = { ...NO_MARKET, instruments: [] }
    const observer = witness === undefined ? recorder : { ...recorder, witness }
    const run = startRun({ config, market, strategies: [...strategies.values()], checks: true }, observer, null)
    recorder.attach(run.kernel.runtime)
    following = { run, recorder }
  }
  const apply = (event: EngineEvent, { run }: { readonly run: Run }): void => {
    run.kernel.apply(event)
    run.seq = event.seq + 1
    if (event.kind === 'slices' || event.kind === 'quotes') run.cycle = event.cycle
  }
  const listed = (): readonly Instrument[] | undefined => following?.run.kernel.runtime.state.instruments
  const begun = (): { readonly run: Run; readonly recorder: Recorder } => {
    if (following === null) throw new Error('nothing was configured yet')
    return following
  }
  return {
    get seq() {
      return (following?.run.seq ?? 0) - 1
    },
    get at() {
      return at
    },
    get kernel() {
      return following?.run.kernel ?? null
    },
    take(row) {
      const event = decodeEvent(row.payload, (index) => (listed() ?? book.instruments)[index]!.id)
      if (event.kind === 'configured') demandStrategies(event.config, strategies)
      book.take(event)
      if (following === null && event.kind === 'configured') begin(event.config)
      apply(event, begun())
      at = event.at
    },
    market: () => book.market(listed()),
    result() {
      const { run, recorder } = begun()
      // What the configuration dates is among the events, or its day never came.
      return resultOf(
        { ...run, market: book.market(listed()), dates: { ...run.dates, flows: [], operations: [] } },
        recorder,
      )
    },
  }
}

/** All of a journal at once. @throws where nothing was configured */
export async function recordedResult(
  store: Pick<Store, 'read'>,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
): Promise<RunResult> {
  const run = recordedRun(strategies)
  for await (const row of store.read(portfolio, 0)) run.take(row)
  return run.result()
}
