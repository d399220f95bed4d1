/** The kernel behind the last event of a journal: from the last state that was put away, as a start goes on from it. */
import type { PortfolioConfig } from '../../domain/config.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { Store, StoredSnapshot } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { Instant } from '../../domain/units.ts'
import { revive } from '../../engine/canonical.ts'
import { decodeEvent } from '../../engine/journal/codec.ts'
import { createKernel, type Kernel, type KernelOptions, restoreKernel } from '../../engine/kernel.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { KERNEL_VERSION } from '../../engine/snapshot.ts'
import { liveState } from '../resumption.ts'
import { demandStrategies } from './demand-strategies.ts'

export interface LatestKernel {
  readonly kernel: Kernel
  /** Of the last event. */
  readonly at: Instant
}

/**
 * @param onEvent told the number of each event that is played
 * @returns null where nothing has happened yet
 */
export async function latestKernel(
  store: Pick<Store, 'read' | 'snapshotBefore'>,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
  onEvent: (seq: number) => void = () => {},
): Promise<LatestKernel | null> {
  const from = await store.snapshotBefore(portfolio, Number.MAX_SAFE_INTEGER)
  const usable = from?.kernelVersion === KERNEL_VERSION ? from : null
  const kernel = usable === null ? createKernel({ strategies }) : restoredKernel(usable, { strategies })
  const listed: Instrument[] = [...kernel.runtime.state.instruments]
  let at = kernel.runtime.state.at as Instant
  for await (const row of store.read(portfolio, usable === null ? 0 : usable.seq + 1)) {
    const event = decodeEvent(row.payload, (index) => listed[index]!.id)
    if (event.kind === 'configured') demandStrategies(event.config, strategies)
    if (event.kind === 'listed') listed[event.instrument.index] = event.instrument
    kernel.apply(event)
    at = event.at
    onEvent(event.seq)
  }
  return kernel.runtime.state.config === null ? null : { kernel, at }
}

/** The kernel that a state was put away of. */
export function restoredKernel(from: StoredSnapshot, options: KernelOptions & Pick<Runtime, 'strategies'>): Kernel {
  const { kernel } = liveState(from).run
  const { config } = kernel.state as { readonly config: unknown }
  demandStrategies(revive(config) as PortfolioConfig, options.strategies)
  return restoreKernel(kernel, options)
}
