/**
 * Rebuilds the chain of one order from the events alone: they are played twice, and nothing was kept for it before. Of a
 * store it is those from the last state before the order that are played, up to the last one that booked anything of it.
 */
import { countsPerUnit } from '../../domain/currencies.ts'
import type { Store } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import type { ConsultedRule, JudgedEntry } from '../../engine/records/witness.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { KERNEL_VERSION } from '../../engine/snapshot.ts'
import type { ExplainedBooking, ExplainedShare, ExplainedSize, Explanation } from './explanation.ts'
import { Finder, type Finding, type FoundShare } from './finding.ts'
import { type Rerun, rerunJournal } from './rerun.ts'
import { type Seen, Witnessing } from './witnessing.ts'

/** Null where no order has that number; `orders` says how many there are. */
export async function explainOrder(
  rerun: Rerun,
  order: number,
): Promise<{ readonly explanation: Explanation | null; readonly orders: number }> {
  const finder = new Finder(order)
  await rerun(finder)
  const finding = finder.finding()
  if (finding === null) return { explanation: null, orders: finder.orders }
  const { found, bornIn } = finding
  const witnessing = new Witnessing(
    found.shares.map(({ intent, sleeve }) => ({
      intent,
      event: bornIn(intent),
      sleeve,
      instrument: found.instrument < 0 ? underlyingOf(finding) : found.instrument,
    })),
  )
  await rerun(witnessing)
  return { explanation: explanationOf(finding, witnessing.seen), orders: finder.orders }
}

/**
 * Of what a store holds.
 *
 * @param span the events that the order is in; null: nobody knows
 */
export async function explainStored(
  store: Pick<Store, 'read' | 'snapshotBefore'>,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
  order: number,
  span: { readonly first: number; readonly last: number } | null,
): ReturnType<typeof explainOrder> {
  for (let before = span === null ? -1 : span.first - 1; before >= 0 && span !== null; ) {
    const from = await store.snapshotBefore(portfolio, before)
    if (from === undefined || from.kernelVersion !== KERNEL_VERSION) break
    const near = await explainOrder(rerunJournal(store, portfolio, strategies, { from, to: span.last }), order)
    if (near.explanation !== null) return near
    // One of its intents is older than that.
    before = from.seq - 1
  }
  return explainOrder(rerunJournal(store, portfolio, strategies), order)
}

/** What a structure is on; -1 where none of its legs was booked. */
function underlyingOf({ postings, runtime }: Finding): number {
  const contract = runtime.state.instruments[postings[0]?.posting.instrument ?? -1]
  const underlying = contract?.option?.underlying
  return underlying === undefined ? -1 : runtime.byId.get(underlying)!
}

function explanationOf(finding: Finding, seen: ReadonlyMap<number, Seen>): Explanation {
  const { found, fills, end, runtime } = finding
  const config = runtime.state.config!
  const scale = scaleOf(runtime, found.instrument)
  return {
    portfolio: config.name,
    currency: config.currency,
    order: found.order,
    cycle: found.cycle,
    event: found.event,
    at: found.at,
    tradeDate: found.tradeDate,
    instrument: found.label,
    instrumentCurrency: scale.currency,
    type: found.type,
    net: found.net / scale.whole,
    crossed: found.crossed / scale.whole,
    reference: Number.isNaN(found.reference) ? null : found.reference,
    shares: found.shares.map((share) => shareOf(finding, share, seen.get(share.intent)!)),
    fills: fills.map(({ quantity, fee, ...fill }) => ({
      ...fill,
      // A structure is filled with its first leg; the others bring no more of it.
      quantity: quantity === 0 ? 0 : quantity / scale.whole,
      fee: fee / scale.counts,
    })),
    end,
  }
}

/** Units in a whole share, contract, coin or structure, and money counts in a unit of its currency. */
export function scaleOf(
  { state }: Runtime,
  instrument: number,
): { whole: number; counts: number; currency: CurrencyCode } {
  const traded = state.instruments[instrument]
  const currency = traded?.currency ?? state.config!.currency
  return { whole: traded?.unitsPerWhole ?? 1, counts: countsPerUnit(currency), currency }
}

function shareOf(finding: Finding, share: FoundShare, seen: Seen): ExplainedShare {
  const { found, postings, fills, runtime, bornIn } = finding
  const { config } = runtime.sleeves[share.sleeve]!
  const { whole } = scaleOf(runtime, found.instrument)
  const bookings = postings
    .filter(({ posting }) => posting.sleeve === share.sleeve)
    .map(({ event, at, posting }) => ({ event, at, ...bookingOf(runtime, posting) }))
  const filled = bookings.filter(({ kind }) => kind === 'fill').reduce((sum, { quantity }) => sum + quantity, 0)
  const { judged, sized } = seen
  return {
    sleeve: config.id,
    title: config.title,
    strategy: config.strategy,
    intent: share.intent,
    event: bornIn(share.intent),
    kind: seen.kind,
    at: seen.at,
    reason: share.reason,
    wanted: share.wanted / whole,
    crossed: share.crossed / whole,
    // Of a structure every leg is booked; its order is one sleeve's alone.
    filled: found.instrument < 0 ? fills.reduce((sum, { quantity }) => sum + quantity, 0) : filled,
    bar: seen.bar,
    indicators: seen.indicators,
    size: sized === null ? null : sizeOf(sized),
    judgement: judged === null ? null : judgementOf(judged, whole),
    bookings,
  }
}

export function judgementOf(
  { asked, allowed, forbidden, consulted }: JudgedEntry,
  whole: number,
): NonNullable<ExplainedShare['judgement']> {
  const rules = consulted.map((rule) => ruleOf(rule, whole))
  return { asked: asked / whole, allowed: allowed / whole, forbidden, consulted: rules }
}

export function ruleOf(rule: ConsultedRule, whole: number): ConsultedRule {
  return { ...rule, asked: rule.asked / whole, allowed: rule.allowed / whole }
}

export function sizeOf({ sizing, terms, factors, size }: NonNullable<Seen['sized']>): ExplainedSize {
  const { price, unitValue, ownValue, unitsPerWhole: whole, step, sleeveEquity, portfolioEquity, maximumLoss } = terms
  return {
    sizing,
    price,
    value: unitValue * whole,
    ownValue: ownValue * whole,
    sleeveEquity,
    portfolioEquity,
    factors,
    maximumLoss,
    step: step / whole,
    size: size / whole,
  }
}

function bookingOf(
  runtime: Runtime,
  { kind, instrument, quantity, price, cash, fee, realised }: Finding['postings'][number]['posting'],
): Omit<ExplainedBooking, 'event' | 'at'> {
  const { whole, counts } = scaleOf(runtime, instrument)
  return {
    kind,
    instrument: runtime.symbols[instrument]!,
    quantity: quantity / whole,
    price,
    cash: cash / counts,
    fee: fee / counts,
    realised,
  }
}
