import { assert } from './assert.ts'

declare const brand: unique symbol
/** A primitive with a name, so that a price cannot be passed where a quantity is meant. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** Signed integer count of the instrument's unit (1e-6 share, 1 contract, 1e-8 BTC); |q| <= 2^52. */
export type Quantity = Brand<number, 'Quantity'>
/** Signed integer count of the currency's book unit (1e-6 of most currencies); |m| <= 2^52. */
export type Money = Brand<number, 'Money'>
/** Price of one whole share, contract or coin in the instrument's currency; raw, as traded on the day. */
export type Price = Brand<number, 'Price'>
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Brand<number, 'Instant'>
/** A calendar day of an exchange as the integer yyyymmdd. */
export type TradeDate = Brand<number, 'TradeDate'>

export type SleeveId = Brand<string, 'SleeveId'>
export type InstrumentId = Brand<string, 'InstrumentId'>
export type AccountId = Brand<string, 'AccountId'>
export type ClockId = Brand<string, 'ClockId'>
export type CalendarId = Brand<string, 'CalendarId'>
export type CurrencyCode = Brand<string, 'CurrencyCode'>
/** Integer: cycle x 2^20 + sequence within the cycle. */
export type OrderId = Brand<number, 'OrderId'>
/** Integer: counts the intents of a kernel from its first event. */
export type IntentId = Brand<number, 'IntentId'>

/** Plain data: what survives a round trip through JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
/** A sleeve's own notes between two decisions: plain data, at most 64 KB. */
export type Memory = { readonly [key: string]: Json }

/** Largest magnitude of a Quantity or Money: sums of two stay exact in a double. */
export const MAGNITUDE_MAX = 4_503_599_627_370_496

/** Columns inside, records outside: loops read the columns of the implementation, ports and tests call `at`. */
export interface Rows<T> {
  readonly count: number
  at(row: number): T
}

export function quantity(value: number): Quantity {
  assert(Number.isInteger(value), `quantity must be a whole count of units, was "${value}"`)
  assert(value <= MAGNITUDE_MAX && value >= -MAGNITUDE_MAX, `quantity must stay within 2^52, was "${value}"`)
  return (value === 0 ? 0 : value) as Quantity
}

export function money(value: number): Money {
  assert(Number.isInteger(value), `money must be a whole count of book units, was "${value}"`)
  assert(value <= MAGNITUDE_MAX && value >= -MAGNITUDE_MAX, `money must stay within 2^52, was "${value}"`)
  return (value === 0 ? 0 : value) as Money
}

export function price(value: number): Price {
  assert(Number.isFinite(value), `price must be finite, was "${value}"`)
  return value as Price
}

export function instant(value: number): Instant {
  assert(Number.isInteger(value), `instant must be whole milliseconds, was "${value}"`)
  return value as Instant
}

export const sleeveId = (value: string): SleeveId => value as SleeveId
export const instrumentId = (value: string): InstrumentId => value as InstrumentId
export const accountId = (value: string): AccountId => value as AccountId
export const clockId = (value: string): ClockId => value as ClockId
export const calendarId = (value: string): CalendarId => value as CalendarId
export const currencyCode = (value: string): CurrencyCode => value as CurrencyCode
