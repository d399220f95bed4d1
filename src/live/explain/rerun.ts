/** The same events once more, from the first one on, with somebody listening: what was never stored is seen again. */
import type { EngineEvent } from '../../domain/events.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { Store, StoredSnapshot } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { createAuditor } from '../../engine/invariants.ts'
import { decodeEvent } from '../../engine/journal/codec.ts'
import { createKernel } from '../../engine/kernel.ts'
import type { Observer } from '../../engine/records/observer.ts'
import { type RunInput, runAudited } from '../../engine/run/run.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { demandStrategies } from '../recorded/demand-strategies.ts'
import { restoredKernel } from '../recorded/latest-kernel.ts'

export interface Listener {
  readonly observer: Observer
  attach(runtime: Runtime): void
  /** Before the kernel takes an event: the one before it is done with. False: nothing more is needed. */
  before(event: EngineEvent): boolean
  /** After the last event. */
  done(): void
}

export type Rerun = (listener: Listener) => Promise<void>

/** A part of a journal. */
interface Stretch {
  /** A state that it goes on from. */
  readonly from: StoredSnapshot
  /** The last event that is played. */
  readonly to: number
}

/** Of what a store holds of a portfolio: all of it, or a part. */
export function rerunJournal(
  store: Pick<Store, 'read'>,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
  stretch: Stretch | null = null,
): Rerun {
  return async (listener) => {
    const options = { strategies, observer: listener.observer }
    const kernel = stretch === null ? createKernel(options) : restoredKernel(stretch.from, options)
    const listed: Instrument[] = [...kernel.runtime.state.instruments]
    listener.attach(kernel.runtime)
    for await (const row of store.read(portfolio, stretch === null ? 0 : stretch.from.seq + 1)) {
      if (stretch !== null && row.seq > stretch.to) break
      const event = decodeEvent(row.payload, (index) => listed[index]!.id)
      if (event.kind === 'configured') demandStrategies(event.config, strategies)
      if (event.kind === 'listed') listed[event.instrument.index] = event.instrument
      if (!listener.before(event)) return
      kernel.apply(event)
    }
    listener.done()
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
