/**
 * A chain of futures: when it passes from contract to contract, and the continuous series that signals are taken from.
 * In:    dated contracts with their bars, a roll rule   Out: rolls by date, one series with forward factors
 * Keeps: prices stay those of real contracts; the factor joins them at the closes before a roll, so the past never changes
 */
import type { DatedAction } from '../../domain/market.ts'
import type { Series } from '../../domain/series.ts'
import { type Sessions, sessionOf } from '../../domain/sessions.ts'
import type { Instant, InstrumentId, TradeDate } from '../../domain/units.ts'

export interface ChainContract {
  readonly instrument: InstrumentId
  readonly expiry: TradeDate
  /** One row a day, on the contract's own price scale. */
  readonly series: Series
}

/** When a chain leaves a contract: so many of its trading days before the expiry, or once the next one trades more. */
export type RollRule = { readonly by: 'days'; readonly days: number } | { readonly by: 'volume' }

export interface ChainRoll {
  /** The first day on which the chain stands for `to`. */
  readonly date: TradeDate
  /** Place of the contract that is left; null: the chain begins. */
  readonly from: number | null
  readonly to: number
}

export interface ContinuousChain {
  readonly rolls: readonly ChainRoll[]
  /** Bars of the contract of each day. */
  readonly series: Series
  readonly factors: Float64Array
  /** The one factor of each contract, by its place: what joins it to those before. */
  readonly contractFactors: readonly number[]
}

/** Volume is compared up to this many of its trading days before the expiry: then the chain rolls anyhow. */
const LAST_DAYS = 1

/**
 * The chain of contracts in the order of their expiries. A contract that has no successor with a price stays to its end.
 * A roll needs a close of both contracts on the day before and a bar of both on the day itself; where the rule names a day
 * without, it takes the next that has them, and after the old one's last day the chain just begins anew.
 */
export function continuousChain(source: string, contracts: readonly ChainContract[], rule: RollRule): ContinuousChain {
  const rolls: ChainRoll[] = []
  const factors = contracts.map(() => 1)
  const first = contracts[0]!.series.dates[0] as TradeDate
  rolls.push({ date: first, from: null, to: 0 })
  for (let place = 0; place + 1 < contracts.length; place += 1) {
    const roll = rollOf(contracts, place, rolls.at(-1)!.date, rule)
    if (roll === null) break
    rolls.push(roll.next)
    factors[place + 1] = factors[place]! * roll.ratio
  }
  return { rolls, contractFactors: factors, ...joined(source, contracts, rolls, factors) }
}

function rollOf(
  contracts: readonly ChainContract[],
  place: number,
  since: TradeDate,
  rule: RollRule,
): { readonly next: ChainRoll; readonly ratio: number } | null {
  const old = contracts[place]!.series
  const next = contracts[place + 1]!.series
  const rowOf = new Map(Array.from(next.dates, (date, row) => [date, row]))
  const last = old.dates.length - 1
  // Counted on the contract's own trading days: those that are left, the expiry among them.
  const named = rule.by === 'days' ? last - rule.days : 0
  for (let row = Math.max(1, named); row <= last; row += 1) {
    const date = old.dates[row] as TradeDate
    const [before, today] = [rowOf.get(old.dates[row - 1]!), rowOf.get(date)]
    if (date <= since || before === undefined || today === undefined) continue
    const isDue = rule.by === 'days' || last - row <= LAST_DAYS || next.volume[before]! > old.volume[row - 1]!
    if (!isDue) continue
    const ratio = old.close[row - 1]! / next.close[before]!
    return { next: { date, from: place, to: place + 1 }, ratio }
  }
  const after = next.dates.find((date) => date > old.dates[last]!)
  return after === undefined ? null : { next: { date: after as TradeDate, from: place, to: place + 1 }, ratio: 1 }
}

function joined(
  source: string,
  contracts: readonly ChainContract[],
  rolls: readonly ChainRoll[],
  factorOf: readonly number[],
): { readonly series: Series; readonly factors: Float64Array } {
  const rows: { readonly place: number; readonly row: number }[] = []
  rolls.forEach((roll, at) => {
    const end = rolls[at + 1]?.date ?? Number.POSITIVE_INFINITY
    contracts[roll.to]!.series.dates.forEach((date, row) => {
      if (date >= roll.date && date < end) rows.push({ place: roll.to, row })
    })
  })
  const column = (pick: (series: Series) => ArrayLike<number>): Float64Array =>
    Float64Array.from(rows, ({ place, row }) => pick(contracts[place]!.series)[row]!)
  return {
    series: {
      source,
      layout: 'chain of contracts',
      resolution: 'day',
      dates: Int32Array.from(column(({ dates }) => dates)),
      times: column(({ times }) => times),
      open: column(({ open }) => open),
      high: column(({ high }) => high),
      low: column(({ low }) => low),
      close: column(({ close }) => close),
      volume: column(({ volume }) => volume),
      adjustedClose: null,
      dividend: null,
      split: null,
      lines: Int32Array.from(column(({ lines }) => lines)),
      findings: [],
    },
    factors: Float64Array.from(rows, ({ place }) => factorOf[place]!),
  }
}

/**
 * The rolls of a run as dated actions: the contract of the first day, each roll at its open, and again on every day that
 * the old contract still trades, for what found no buyer.
 */
export function rollActions(
  chain: InstrumentId,
  contracts: readonly ChainContract[],
  rolls: readonly ChainRoll[],
  sessions: Sessions,
  reach: { readonly from: TradeDate; readonly to: TradeDate },
): DatedAction[] {
  const actions: DatedAction[] = []
  const add = (date: TradeDate, from: number | null, to: number): void => {
    const row = sessionOf(sessions, date)
    if (row < 0 || date > reach.to) return
    const instrument = from === null ? null : contracts[from]!.instrument
    const action = { kind: 'roll', instrument: chain, from: instrument, to: contracts[to]!.instrument } as const
    actions.push({ at: sessions.opens[row] as Instant, tradeDate: date, action })
  }
  const begun = rolls.filter(({ date }) => date <= reach.from).at(-1)
  const first = sessions.dates.find((date) => date >= reach.from) as TradeDate | undefined
  if (begun !== undefined && first !== undefined) add(first, null, begun.to)
  rolls.forEach(({ date, from, to }, at) => {
    if (date <= reach.from) return
    add(date, from, to)
    const next = rolls[at + 1]?.date ?? Number.POSITIVE_INFINITY
    const left = from === null ? [] : contracts[from]!.series.dates
    for (const later of left) if (later > date && later < next) add(later as TradeDate, from, to)
  })
  return actions.sort((one, other) => one.at - other.at)
}
