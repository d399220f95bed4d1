/** The same events once more, from the first one on, with somebody listening: what was never stored is seen again. */
import type { PortfolioConfig } from '../../domain/config.ts'
import type { EngineEvent } from '../../domain/events.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { Store } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { createAuditor } from '../../engine/invariants.ts'
import { decodeEvent } from '../../engine/journal/codec.ts'
import { createKernel } from '../../engine/kernel.ts'
import type { Observer } from '../../engine/records/observer.ts'
import { type RunInput, runAudited } from '../../engine/run/run.ts'
import type { Runtime } from '../../engine/runtime.ts'

export interface Listener {
  readonly observer: Observer
  attach(runtime: Runtime): void
  /** Before the kernel takes an event: the one before it is done with. False: nothing more is needed. */
  before(event: EngineEvent): boolean
  /** After the last event. */
  done(): void
}

export type Rerun = (listener: Listener) => Promise<void>

/** Of what a store holds of a portfolio. */
export function rerunJournal(
  store: Pick<Store, 'read'>,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
): Rerun {
  return async (listener) => {
    const listed: Instrument[] = []
    const kernel = createKernel({ strategies, observer: listener.observer })
    listener.attach(kernel.runtime)
    for await (const row of store.read(portfolio, 0)) {
      const event = decodeEvent(row.payload, (index) => listed[index]!.id)
      if (event.kind === 'configured') demandStrategies(event.config, strategies)
      if (event.kind === 'listed') listed[event.instrument.index] = event.instrument
      if (!listener.before(event)) return
      kernel.apply(event)
    }
    listener.done()
  }
}

/** Without its code a sleeve would decide nothing, and another run would be played than the one that was. */
function demandStrategies({ name, sleeves }: PortfolioConfig, strategies: ReadonlyMap<string, Strategy>): void {
  for (const { strategy, isolatedAs } of sleeves) {
    const asked = isolatedAs ?? strategy
    if (asked !== null && !strategies.has(asked))
      throw new FaultError(fault('STRATEGY_ABSENT', { portfolio: name, strategy: strategy ?? asked }))
  }
}

const ENOUGH = new Error('the listener has heard enough')

/** Of a backtest that is run again. */
export function rerunBacktest(input: Omit<RunInput, 'checks' | 'journal' | 'commanded'>): Rerun {
  return async (listener) => {
    const journal = (event: EngineEvent): void => {
      if (!listener.before(event)) throw ENOUGH
    }
    try {
      const { observer } = listener
      runAudited({ ...input, journal }, createAuditor(), { ...observer, attach: (runtime) => listener.attach(runtime) })
    } catch (thrown) {
      if (thrown !== ENOUGH) throw thrown
      return
    }
    listener.done()
  }
}
