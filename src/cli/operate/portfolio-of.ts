/** The portfolio that a command is about, and the engine that runs it. */
import { openStore } from '../../adapters/store/open.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { Heartbeat } from '../../domain/control.ts'
import { FaultError, fault } from '../../domain/faults.ts'

export interface StoreOptions {
  readonly store: string
  readonly portfolio?: string
  /** One that is named may be one of which nothing is kept yet. */
  readonly mayBeNew?: true
}

/** An engine speaks about once a second; one that was silent for longer is hanging, or gone. */
export const SILENT_MS = 10_000

/** What a store holds of one portfolio when a command is given. */
export interface Addressed {
  readonly store: OpenedStore
  readonly portfolio: string
  /** Number of its last event; -1: none yet. */
  readonly seq: number
  /** The last word of its engine; null: none ever spoke. */
  readonly heartbeat: Heartbeat | null
}

/** @throws FaultError where the store holds none of that name, or several and none is named */
export async function withPortfolio<T>(options: StoreOptions, use: (found: Addressed) => Promise<T>): Promise<T> {
  const store = await openStore(options.store, { create: false })
  try {
    return await use(await addressed(store, options))
  } finally {
    await store.close()
  }
}

async function addressed(store: OpenedStore, options: StoreOptions): Promise<Addressed> {
  const extents = await store.extents()
  const beats = await store.control.beats()
  const names = [...new Set([...extents, ...beats].map(({ portfolio }) => portfolio))].sort((one, other) =>
    one < other ? -1 : 1,
  )
  const portfolio = chosen(names, options)
  const heartbeat = beats.find((beat) => beat.portfolio === portfolio) ?? null
  const seq = (extents.find((extent) => extent.portfolio === portfolio)?.rows ?? 0) - 1
  return { store, portfolio, seq, heartbeat }
}

function chosen(names: readonly string[], { store, portfolio, mayBeNew }: StoreOptions): string {
  const known = names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ')
  if (portfolio !== undefined) {
    if (mayBeNew === true || names.includes(portfolio)) return portfolio
    throw new FaultError(fault('JOURNAL_EMPTY', { store, portfolio, known }))
  }
  if (names.length === 1) return names[0]!
  if (names.length === 0) throw new FaultError(fault('STORE_EMPTY', { store }))
  throw new FaultError(fault('PORTFOLIO_UNNAMED', { store, known }))
}
