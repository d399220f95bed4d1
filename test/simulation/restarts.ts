import { expect } from 'vitest'
import type { Command, EngineEvent } from '../../src/domain/events.ts'
import { createKernel, type Kernel, restoreKernel } from '../../src/engine/kernel.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { journalOf, textOf } from './journal.ts'

/** A run played through restarts, beside one that is never stopped. */

/** What the kernel asked of the outside, as text. */
function said(commands: readonly Command[]): string {
  return JSON.stringify(
    commands.map((command) =>
      command.kind === 'submit'
        ? Array.from({ length: command.orders.count }, (_, row) => command.orders.at(row))
        : command,
    ),
  )
}

/** What was there to be carried over at the cuts. */
export interface Alive {
  waiting: number
  working: number
  guards: number
  structures: number
  cuts: number
}

export const nothingAlive = (): Alive => ({ waiting: 0, working: 0, guards: 0, structures: 0, cuts: 0 })

export const restored = (kernel: Kernel, strategies: RunInput['strategies']): Kernel =>
  restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot, {
    strategies: new Map(strategies.map((strategy) => [strategy.name, strategy])),
  })

/** The states themselves are compared at every so many cuts, and at the end; what is asked of the outside always. */
const STATES_EVERY = 20

/** Plays the run, and its journal through restarts, as `comparesJournal` does. */
export function comparesAll(
  input: RunInput,
  isCut: (event: EngineEvent, place: number, places: number) => boolean,
  alive: Alive,
): void {
  comparesJournal(journalOf(input), input.strategies, isCut, alive)
}

/**
 * Plays the journal twice, once through a snapshot before each event that `isCut` names, and compares commands and bytes
 * all the way.
 */
export function comparesJournal(
  { events, bytes }: { readonly events: readonly EngineEvent[]; readonly bytes: string },
  deciding: RunInput['strategies'],
  isCut: (event: EngineEvent, place: number, places: number) => boolean,
  alive: Alive,
): void {
  const strategies = new Map(deciding.map((strategy) => [strategy.name, strategy]))
  const plain = createKernel({ strategies })
  let other = createKernel({ strategies })
  for (const [at, event] of events.entries()) {
    if (at > 0 && isCut(event, at, events.length)) {
      const { waiting, working, guards, structures } = other.runtime.state
      alive.waiting += waiting.length
      alive.working += working.length
      alive.guards += guards.length
      alive.structures += structures.length
      alive.cuts += 1
      other = restored(other, deciding)
      if (alive.cuts % STATES_EVERY === 1) expect(textOf(other)).toBe(textOf(plain))
    }
    expect(said(other.apply(event))).toBe(said(plain.apply(event)))
  }
  expect(textOf(other)).toBe(bytes)
  expect(textOf(plain)).toBe(bytes)
  expect(JSON.stringify(other.snapshot())).toBe(JSON.stringify(plain.snapshot()))
}

/** Cuts at these thousandths of the journal. */
export function atThousandths(
  parts: readonly number[],
): (event: EngineEvent, place: number, places: number) => boolean {
  return (_, place, places) => parts.some((part) => 1 + Math.floor((part * (places - 1)) / 1_000) === place)
}
