import type { CalendarId, ClockId, CurrencyCode, InstrumentId, Quantity, TradeDate } from './units.ts'

export const INSTRUMENT_KINDS = [
  'equity',
  'etf',
  'option',
  'crypto',
  'perpetual',
  'future',
  'fx',
  'cash',
  'stream',
] as const
export type InstrumentKind = (typeof INSTRUMENT_KINDS)[number]

/** What limits and pies group by. Options count as the class of their underlying. */
export const ASSET_CLASSES = ['equity', 'crypto', 'commodity', 'bond', 'fx', 'cash', 'fund', 'unknown'] as const
export type AssetClass = (typeof ASSET_CLASSES)[number]

export interface OptionTerms {
  readonly underlying: InstrumentId
  readonly right: 'call' | 'put'
  readonly strike: number
  readonly expiry: TradeDate
  /** American contracts may be exercised before expiry; cash-settled ones deliver money, not shares. */
  readonly style: 'american' | 'european'
}

/** A dated contract of a future. The future itself, the chain of its contracts, is named by `root` and never held. */
export interface FutureTerms {
  readonly root: InstrumentId
  /** Last day of trading: what is still held is settled in cash at its last price. */
  readonly expiry: TradeDate
}

/** Something that can be held, counted in whole `unit`s. */
export interface Instrument {
  readonly id: InstrumentId
  /** Dense column of the books; given by the `listed` event, never reused. */
  readonly index: number
  readonly symbol: string
  readonly name: string
  readonly kind: InstrumentKind
  readonly assetClass: AssetClass
  readonly sector: string
  readonly industry: string
  readonly currency: CurrencyCode
  readonly calendar: CalendarId
  readonly clocks: readonly ClockId[]
  /** Money value of a price move of one for one share or contract: 1 for shares, 100 for equity options. */
  readonly multiplier: number
  /** Size of one Quantity: 1e-6 share, 1 contract, 1e-8 BTC. Never changes. */
  readonly unit: number
  /** Quantities in one whole share, contract or coin: the exact inverse of `unit`. */
  readonly unitsPerWhole: number
  /** Orders, attribution and split entitlements deal in whole steps. */
  readonly step: Quantity
  /** Netting truncates the broker order to whole round lots. */
  readonly roundLot: Quantity
  /** Smallest price increments by price level, lowest level first. */
  readonly ticks: readonly { readonly from: number; readonly tick: number }[]
  /** Whether a sleeve may hold it short (a negative quantity). */
  readonly shortable: boolean
  readonly option: OptionTerms | null
  /** Absent: no dated contract of a future. */
  readonly future?: FutureTerms
  /** Its prices were generated: nobody traded at them. Absent: they are what the data says. */
  readonly isSynthetic?: true
}
