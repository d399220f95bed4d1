/** What others are told of a running portfolio: messages in their order, and the last figures under fixed keys. */
import type { Instant, Json } from './units.ts'

/** Four that every portfolio has, and one of each sleeve. */
export type BusChannel = 'market_data' | 'orders' | 'positions' | 'risk_alerts' | `signals.${string}`

/** Keys whose value is always the last word. */
export const BUS_KEYS = ['portfolio:capital', 'portfolio:positions', 'portfolio:metrics'] as const
export type BusKey = (typeof BUS_KEYS)[number]

/** Something that happened. Numbers count from 1 without gaps: who saw one knows which comes next. */
export interface Message {
  readonly number: number
  readonly at: Instant
  readonly channel: BusChannel
  readonly body: Readonly<Record<string, Json>>
}

export interface Bus {
  /**
   * Delivers messages in their order and then sets the keys. What the other side has already is skipped, so that the
   * same messages may be given again after a doubt.
   *
   * @throws where the other side cannot be reached; nothing is lost by that, they are given again
   */
  deliver(portfolio: string, messages: readonly Message[], keys: Readonly<Record<BusKey, Json>> | null): Promise<void>
  close(): Promise<void>
}
