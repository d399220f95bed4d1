/** What of a configuration cannot be changed under a portfolio that runs. */
import type { PortfolioConfig, SleeveConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { isExternal } from '../../domain/external.ts'
import { type Fault, fault } from '../../domain/faults.ts'
import type { Instrument } from '../../domain/instruments.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { Books } from '../../pipeline/ledger/books.ts'
import { isSameData } from '../canonical.ts'
import type { Runtime } from '../runtime.ts'

/** One key that must stay as it is. */
export interface Refusal {
  /** As in the portfolio's file: `sleeves.trend.timeframe`. */
  readonly path: string
  /** As they are shown. */
  readonly before: string
  readonly after: string
  /** Why, and what to do instead. */
  readonly reason: string
}

/** How much of what the configuration dates is still to come, where that is known. */
export interface DatesToCome {
  readonly flows: number
  readonly operations: number
}

const NONE = 'none'

/**
 * @param before the configuration in force
 * @param after as the file says it
 */
export function refusals(before: PortfolioConfig, after: PortfolioConfig, toCome?: DatesToCome): readonly Refusal[] {
  return [
    ...ofPortfolio(before, after),
    ...before.sleeves.filter((sleeve) => !isExternal(sleeve)).flatMap((sleeve) => ofSleeve(sleeve, after)),
    ...(toCome === undefined ? [] : ofDates(before, after, toCome)),
  ]
}

/** What an instrument is cannot change while it is in the books. */
export function instrumentRefusals(known: readonly Instrument[], given: readonly Instrument[]): readonly Refusal[] {
  const byId = new Map(given.map((instrument) => [instrument.id, instrument]))
  return known.flatMap((before) => {
    const after = byId.get(before.id)
    if (after === undefined) return []
    return INSTRUMENT_KEYS.flatMap((key) =>
      isSameData(before[key], after[key])
        ? []
        : [
            refusal(
              `instruments.${before.id}.${key}`,
              before[key],
              after[key],
              'it is in the books as it is: declare it under another name',
            ),
          ],
    )
  })
}

const INSTRUMENT_KEYS = [
  'kind',
  'assetClass',
  'currency',
  'calendar',
  'multiplier',
  'unitsPerWhole',
  'step',
  'roundLot',
] as const satisfies readonly (keyof Instrument)[]

/** What stands in the way as things are now: halts that would lose their end, and positions without prices. */
export function stateRefusals(
  { state, sleeves }: Pick<Runtime, 'state' | 'sleeves'>,
  after: PortfolioConfig,
  given: readonly Instrument[],
): readonly Refusal[] {
  const found: Refusal[] = []
  const { limits } = state.config!
  if (state.breaker?.halted === true && limits.drawdown !== null && after.limits.drawdown === null)
    found.push(refusal('risk.drawdown', limits.drawdown.halt, null, HALTED))
  for (const { config, ordinal } of sleeves) {
    const own = after.sleeves.find(({ id }) => id === config.id)
    if (own === undefined || state.sleeveBreakers?.[ordinal]?.halted !== true) continue
    if (config.limits.drawdown !== undefined && own.limits.drawdown === undefined)
      found.push(refusal(`sleeves.${config.id}.limits.drawdown`, config.limits.drawdown.halt, null, HALTED))
  }
  const there = new Set(given.map(({ id }) => id))
  const { books } = state
  for (const { id, index, option } of state.instruments) {
    // Contracts come from the chains of what they are on, and what is external has no prices.
    if (there.has(id) || option !== null || isForeign(state.instruments[index]!)) continue
    if (isHeldBySome(books, index)) found.push(refusal(`instruments.${id}`, 'there', 'gone', HELD))
  }
  return found
}

const HALTED = 'a breaker is halted by it: change its levels, or leave it until the halt is over'
const HELD = 'it is held: leave it under "instruments:" until it is sold'

/** What was found at the broker and no sleeve of the portfolio trades. */
function isForeign({ clocks }: Instrument): boolean {
  return clocks.length === 0
}

function isHeldBySome({ quantity, sleeves, width }: Books, index: number): boolean {
  for (let sleeve = 0; sleeve < sleeves; sleeve += 1) if (quantity[sleeve * width + index] !== 0) return true
  return false
}

/** @param found at least one */
export function refusalFault(portfolio: string, found: readonly Refusal[]): Fault {
  return fault('CONFIGURATION_FIXED', { portfolio, refusals: found.map(refusalText).join('; ') })
}

/** One line of what is said to whoever asked. */
export function refusalText({ path, before, after, reason }: Refusal): string {
  return `${path}: ${before} -> ${after}: ${reason}`
}

function ofPortfolio(before: PortfolioConfig, after: PortfolioConfig): readonly Refusal[] {
  const found: Refusal[] = []
  const keep = (path: string, one: unknown, other: unknown, reason: string): void => {
    if (!isSameData(one, other)) found.push(refusal(path, one, other, reason))
  }
  keep(
    'name',
    before.name,
    after.name,
    'a store keeps a portfolio under its name: start the new one with a name and a journal of its own',
  )
  keep('currency', before.currency, after.currency, 'the books are kept in it: begin another portfolio in the new one')
  keep(
    'capital',
    amount(before),
    amount(after),
    'it was dealt at the beginning: name a deposit or a withdrawal under "flows:"',
  )
  for (const key of ACCOUNT_KEYS)
    keep(
      `account.${key}`,
      before.account[key],
      after.account[key],
      'a portfolio belongs to one account: begin another portfolio for the new one',
    )
  keep('parity', before.parity, after.parity, 'the books took them as equal: begin another portfolio')
  keep(
    'calendar',
    before.dayCalendar,
    after.dayCalendar,
    'its closes end the days of the portfolio: begin another portfolio',
  )
  return found
}

const ACCOUNT_KEYS = [
  'id',
  'kind',
  'initialMargin',
  'maintenanceMargin',
  'shortMaintenanceMargin',
  'pinBand',
  'margins',
] as const satisfies readonly (keyof PortfolioConfig['account'])[]

function amount({ capital, currency }: PortfolioConfig): number {
  return capital / countsPerUnit(currency)
}

function ofSleeve(before: SleeveConfig, { sleeves }: PortfolioConfig): readonly Refusal[] {
  const after = sleeves.find(({ id }) => id === before.id)
  const path = `sleeves.${before.id}`
  if (after === undefined) return before.strategy === null ? [refusal(path, 'there', 'gone', RESERVE)] : []
  if (before.removed === true)
    return [refusal(path, 'taken out', 'there', 'it was closed for good: give the new sleeve another name')]
  const found: Refusal[] = []
  const keep = (key: string, one: unknown, other: unknown, reason = OTHER_SLEEVE): void => {
    if (!isSameData(one, other)) found.push(refusal(`${path}.${key}`, one, other, reason))
  }
  keep('kind', before.kind, after.kind)
  if ((before.strategy === null) !== (after.strategy === null)) keep('strategy', before.strategy, after.strategy)
  keep('timeframe', before.clock, after.clock)
  keep('watch', before.watch, after.watch)
  keep('calendar', before.calendar, after.calendar)
  keep('returns', before.recorded, after.recorded)
  keep(
    'currencies',
    before.capitalIn,
    after.capitalIn,
    'its capital was changed at the first rates: leave it as it was',
  )
  if (before.awaited !== true)
    keep('awaited', before.awaited, after.awaited, 'it is in already: pause it, or take it out of the file')
  return found
}

const OTHER_SLEEVE = 'its books were kept by it: take the sleeve out, and add another one under a new name'
const RESERVE = 'it keeps what no other sleeve has: leave it in the file'

/** What was carried out stays in the file; what is to come may be changed. */
function ofDates(before: PortfolioConfig, after: PortfolioConfig, toCome: DatesToCome): readonly Refusal[] {
  return (['flows', 'operations'] as const).flatMap((key) => {
    const [old, now] = [before[key] ?? [], after[key] ?? []]
    const done = old.slice(0, old.length - toCome[key])
    return done.flatMap((one, place) => {
      if (isSameData(one, now[place])) return []
      return [
        refusal(`${key}.${place}`, dated(one), dated(now[place]), 'it was carried out: leave it in the file as it was'),
      ]
    })
  })
}

function dated(one: { readonly date: number } | undefined): unknown {
  if (one === undefined) return undefined
  return { ...one, date: formatDate(one.date as never) }
}

function refusal(path: string, before: unknown, after: unknown, reason: string): Refusal {
  return { path, before: shown(before), after: shown(after), reason }
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return NONE
  return typeof value === 'string' ? value : JSON.stringify(value)
}
