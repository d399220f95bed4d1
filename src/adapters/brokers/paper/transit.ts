/** Orders and cancels between us and the market: each is there so many milliseconds after it was sent, in that order. */
import type { ClientOrderId, OrderRequest } from '../../../domain/broker.ts'
import type { Instant } from '../../../domain/units.ts'

export type Travelling =
  | { readonly kind: 'order'; readonly request: OrderRequest; readonly arrives: number }
  | { readonly kind: 'cancel'; readonly clientId: ClientOrderId; readonly instrument: number; readonly arrives: number }

export interface TransitState {
  readonly travelling: readonly Travelling[]
  /** By instrument: when its bar opened. */
  readonly openedAt: readonly (readonly [number, number])[]
}

export class Transit {
  readonly latency: number
  #travelling: readonly Travelling[]
  readonly #openedAt: Map<number, number>

  constructor(latency: number, from?: TransitState) {
    this.latency = latency
    this.#travelling = from?.travelling ?? []
    this.#openedAt = new Map(from?.openedAt)
  }

  get count(): number {
    return this.#travelling.length
  }

  send(travelling: Travelling): void {
    this.#travelling = [...this.#travelling, travelling]
  }

  /** What has arrived by now and concerns the instruments of these bars, in the order in which it was sent. */
  arrived(at: Instant, instruments: Int32Array, indexOf: (request: OrderRequest) => number): readonly Travelling[] {
    if (this.#travelling.length === 0) return this.#travelling
    const isThere = (one: Travelling): boolean =>
      one.arrives <= at && instruments.includes(one.kind === 'order' ? indexOf(one.request) : one.instrument)
    const there = this.#travelling.filter(isThere)
    if (there.length > 0) this.#travelling = this.#travelling.filter((one) => !there.includes(one))
    return there
  }

  /** The bars of these instruments begin. */
  opens(instruments: Int32Array, at: Instant): void {
    if (this.latency > 0) for (const index of instruments) this.#openedAt.set(index, at)
  }

  /**
   * How far the market has gone against who reaches it within the bar that ends now: a price that wanders goes as the root
   * of the time.
   */
  slide(instrument: number, arrives: number, closes: number): number {
    const opened = this.#openedAt.get(instrument) ?? closes
    const part = (arrives - opened) / (closes - opened)
    return part > 0 && part < 1 ? Math.sqrt(part) : 1
  }

  /** The same for what is sent while the bar runs: it waits as long as everything else. */
  slideOfLatency(instrument: number, closes: number): number {
    const opened = this.#openedAt.get(instrument) ?? closes
    return this.slide(instrument, opened + this.latency, closes)
  }

  state(): TransitState {
    return { travelling: [...this.#travelling], openedAt: [...this.#openedAt] }
  }
}
