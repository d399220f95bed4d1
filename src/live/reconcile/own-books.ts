/** The books as a broker's account is held against them. */
import type { CurrencyCode, InstrumentId } from '../../domain/units.ts'
import { externalOf } from '../../engine/external/sleeve.ts'
import type { Runtime } from '../../engine/runtime.ts'

/** Units or counts. */
export interface Held {
  /** Sum over the sleeves that trade. */
  readonly own: number
  readonly external: number
}

export interface OwnBooks {
  readonly positions: ReadonlyMap<InstrumentId, Held>
  readonly cash: ReadonlyMap<CurrencyCode, Held>
  /** Units of foreign orders that are counted as on their way. */
  readonly working: ReadonlyMap<InstrumentId, { readonly buys: number; readonly sells: number }>
}

export function ownBooks(runtime: Runtime): OwnBooks {
  const { books, instruments, currencies, pendingBuys, pendingSells } = runtime.state
  const external = externalOf(runtime)
  const positions = new Map<InstrumentId, Held>()
  const working = new Map<InstrumentId, { readonly buys: number; readonly sells: number }>()
  for (const { id, index } of instruments) {
    const at = external * books.width + index
    const outside = external < 0 ? 0 : books.quantity[at]!
    const own = books.accountQuantity[index]! - outside
    if (own !== 0 || outside !== 0) positions.set(id, { own, external: outside })
    if (external < 0 || (pendingBuys[at] === 0 && pendingSells[at] === 0)) continue
    working.set(id, { buys: pendingBuys[at]!, sells: pendingSells[at]! })
  }
  const cash = new Map<CurrencyCode, Held>()
  currencies.forEach((currency, column) => {
    const outside = external < 0 ? 0 : books.cash[external * books.currencies + column]!
    cash.set(currency as CurrencyCode, { own: books.accountCash[column]! - outside, external: outside })
  })
  return { positions, cash, working }
}
