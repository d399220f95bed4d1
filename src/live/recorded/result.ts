/** What a journal comes to: the result of the run that it is the record of. */
import type { PortfolioConfig } from '../../domain/config.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { MarketData } from '../../domain/market.ts'
import type { Store } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { decodeEvent } from '../../engine/journal/codec.ts'
import { createRecorder } from '../../engine/records/recorder.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { resultOf } from '../../engine/records/result-of.ts'
import { startRun } from '../../engine/run/run.ts'

export async function recordedResult(
  store: Pick<Store, 'read'>,
  portfolio: string,
  { config, market }: { readonly config: PortfolioConfig; readonly market: MarketData },
  strategies: ReadonlyMap<string, Strategy>,
): Promise<RunResult> {
  const recorder = createRecorder()
  const run = startRun({ config, market, strategies: [...strategies.values()], checks: true }, recorder, null)
  recorder.attach(run.kernel.runtime)
  const listed: Instrument[] = []
  for await (const row of store.read(portfolio, 0)) {
    const event = decodeEvent(row.payload, (index) => listed[index]!.id)
    if (event.kind === 'listed') listed[event.instrument.index] = event.instrument
    run.kernel.apply(event)
    run.seq = event.seq + 1
    if (event.kind === 'slices' || event.kind === 'quotes') run.cycle = event.cycle
  }
  // What the configuration dates is among the events, or its day never came.
  run.dates.flows = []
  run.dates.operations = []
  return resultOf(run, recorder)
}
