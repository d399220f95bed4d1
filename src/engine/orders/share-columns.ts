import type { Protection } from '../../domain/orders.ts'

/** What one order cycle holds as columns: shares of the orders in `batch`, in row order. */
export interface ShareColumns {
  count: number
  intent: Float64Array
  sleeve: Int32Array
  wanted: Float64Array
  crossed: Float64Array
  filled: Float64Array
  readonly reason: string[]
  readonly protection: (Protection | null)[]
}

export function shareColumns(capacity = 64): ShareColumns {
  return {
    count: 0,
    intent: new Float64Array(capacity),
    sleeve: new Int32Array(capacity),
    wanted: new Float64Array(capacity),
    crossed: new Float64Array(capacity),
    filled: new Float64Array(capacity),
    reason: [],
    protection: [],
  }
}

export function growShares(shares: ShareColumns): void {
  const capacity = shares.intent.length * 2
  shares.intent = widened(shares.intent, new Float64Array(capacity))
  const sleeve = new Int32Array(capacity)
  sleeve.set(shares.sleeve)
  shares.sleeve = sleeve
  shares.wanted = widened(shares.wanted, new Float64Array(capacity))
  shares.crossed = widened(shares.crossed, new Float64Array(capacity))
  shares.filled = widened(shares.filled, new Float64Array(capacity))
}

/** What a column held, in a longer one. */
export function widened<T extends Float64Array | Int32Array | Uint8Array>(old: T, next: T): T {
  next.set(old)
  return next
}
