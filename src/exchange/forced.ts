import type { Instrument } from '../domain/instruments.ts'
import { listedInstrument, markedValue } from './account.ts'
import { type Desk, moneyText } from './desk.ts'
import { type MarginState, marginState, optionGroups, optionRequirement, requirementFraction } from './margin.ts'

/** One order that the broker sends to end a margin deficit. Several legs close as a unit. */
export interface ForcedOrder {
  readonly legs: readonly { readonly instrument: Instrument; readonly quantity: number }[]
  readonly evidence: string
}

const state: MarginState = { available: 0, required: 0 }

/** Maintenance requirement less what is there for it, in money counts; zero or below: no call. */
export function maintenanceDeficit(desk: Desk): number {
  const { available, required } = marginState(desk.listings, desk.rules, 'maintenance', state)
  return required - available
}

/**
 * Whether no price could bring a call: shares and coins held long, nothing borrowed for them, in one currency. What such an
 * account must keep is a part of what its positions are worth.
 */
export function owesNothing({ listings, rules }: Desk): boolean {
  const { cash, purses } = listings.account
  return cash >= 0 && purses.length === 1 && listings.exposed === 0 && rules.maintenanceMargin <= 1
}

/** Rounding can move a deficit by less than this part of what it is made of. */
const ROUNDING = 1e-9

/**
 * Whether the account is clear of a call with one instrument marked at this price. Without options the deficit is a
 * straight line in the price of a share held: clear at both ends of a range is clear within it.
 */
export function isClearAt(desk: Desk, instrument: number, price: number): boolean {
  const { account, isOption } = desk.listings
  for (let place = 0; place < account.heldCount; place += 1) if (isOption[account.held[place]!] === 1) return false
  const last = account.marks[instrument]!
  account.marks[instrument] = price
  const { available, required } = marginState(desk.listings, desk.rules, 'maintenance', state)
  account.marks[instrument] = last
  return required - available < 0 - ROUNDING * (Math.abs(available) + required)
}

interface Candidate {
  /** Money counts that rank it. */
  readonly size: number
  /** Margin that closing all of it frees. */
  readonly freed: number
  readonly index: number
  order(wanted: number): ForcedOrder
}

/**
 * What the broker sends when a call is not met: the largest position first, only as much of it as ends the deficit, then
 * the next. Shares free their maintenance fraction; an option group closes whole and frees its requirement less what
 * buying it back costs. Positions whose closing frees nothing are left alone.
 */
export function reductionOrders(desk: Desk): readonly ForcedOrder[] {
  let deficit = maintenanceDeficit(desk)
  if (deficit <= 0) return []
  const evidence = `the maintenance requirement is short by ${moneyText(deficit, desk.currency)}`
  const candidates = [...shareCandidates(desk, evidence), ...groupCandidates(desk, evidence)]
  candidates.sort((a, b) => b.size - a.size || a.index - b.index)
  const orders: ForcedOrder[] = []
  for (const candidate of candidates) {
    if (deficit <= 0) break
    if (candidate.freed <= 0) continue
    orders.push(candidate.order(deficit))
    deficit -= candidate.freed
  }
  return orders
}

function shareCandidates(desk: Desk, evidence: string): Candidate[] {
  const { listings } = desk
  const { held, heldCount, positions } = listings.account
  const candidates: Candidate[] = []
  for (let place = 0; place < heldCount; place += 1) {
    const index = held[place]!
    if (listings.isOption[index] === 1) continue
    const instrument = listedInstrument(listings, index)
    const position = positions[index]!
    const value = markedValue(listings, index)
    const freed = Math.abs(value) * requirementFraction(desk.rules, instrument, value < 0, 'maintenance')
    const order = (wanted: number): ForcedOrder => {
      const step = instrument.step
      const units = Math.ceil((Math.abs(position) * Math.min(1, wanted / freed)) / step) * step
      const quantity = Math.min(units, Math.abs(position)) * (position > 0 ? -1 : 1)
      return { legs: [{ instrument, quantity }], evidence }
    }
    candidates.push({ size: Math.abs(value), freed, index, order })
  }
  return candidates
}

function groupCandidates(desk: Desk, evidence: string): Candidate[] {
  const { listings } = desk
  return optionGroups(listings).map((group) => {
    const required = optionRequirement(listings, desk.rules, group)
    let value = 0
    for (const { index } of group.contracts) value += markedValue(listings, index)
    const legs = group.contracts.map(({ index, count }) => ({
      instrument: listedInstrument(listings, index),
      quantity: -count,
    }))
    return {
      size: Math.max(required, Math.abs(value)),
      freed: required + value,
      index: group.contracts[0]!.index,
      order: () => ({ legs, evidence }),
    }
  })
}
