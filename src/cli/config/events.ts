import { isZone, ZONE_ADVICE } from '../../adapters/feeds/event-times.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { RecordKind } from '../../domain/market-records.ts'
import { EVENT_KINDS, type EventKind } from '../../domain/recorded.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { InstrumentId } from '../../domain/units.ts'
import type { CheckedSleeve } from './checked-sleeve.ts'
import type { Problems } from './problems.ts'
import type { RawEvent } from './schema/events.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import { hint } from './suggest.ts'

/** The feeds of a portfolio, and who the names in them are. */
export interface EventFeeds {
  readonly feeds: readonly RawEvent[]
  /** Every declared key and ticker; null where the portfolio does not use the instrument. */
  readonly names: ReadonlyMap<string, InstrumentId | null>
  readonly readers: readonly Reader[]
}

export function eventFeedsOf(
  raw: RawPortfolio,
  instruments: readonly { readonly instrument: Instrument }[],
  readers: readonly Reader[],
): EventFeeds {
  const used = new Map(instruments.map(({ instrument }) => [String(instrument.id), instrument.id]))
  const names = new Map<string, InstrumentId | null>()
  for (const [id, { symbol }] of Object.entries(raw.instruments)) {
    // A ticker that is also a key of its own means the key.
    if (symbol !== undefined && !names.has(symbol)) names.set(symbol, used.get(id) ?? null)
  }
  for (const id of Object.keys(raw.instruments)) names.set(id, used.get(id) ?? null)
  return { feeds: raw.events, names, readers }
}

/** The spots that funding is drawn from: they are read though nobody trades them. */
export function spotsOf({ events }: RawPortfolio): readonly string[] {
  return events.flatMap((feed) =>
    'synthetic' in feed && feed.kind === 'funding' ? Object.values(feed.synthetic.spot) : [],
  )
}

/** Zones must be known, names declared, and each kind drawn or computed once. */
export function checkEvents(raw: RawPortfolio, problems: Problems): void {
  const known = Object.keys(raw.instruments)
  const demand = (id: string, path: readonly (string | number)[]): void => {
    if (!known.includes(id)) problems.at(path, `instrument "${id}" is not declared${hint(id, known)}`)
  }
  const made = new Map<string, number>()
  for (const [index, feed] of raw.events.entries()) {
    const path = ['events', index]
    if ('file' in feed) {
      if (feed.zone === undefined || isZone(feed.zone)) continue
      problems.at([...path, 'zone'], `must be ${ZONE_ADVICE}, was "${feed.zone}"`)
      continue
    }
    const [key, own] =
      'synthetic' in feed ? (['synthetic', feed.synthetic] as const) : (['computed', feed.computed] as const)
    for (const [place, id] of (own.symbols ?? []).entries()) demand(id, [...path, key, 'symbols', place])
    if ('spot' in own) {
      for (const [perpetual, spot] of Object.entries(own.spot)) {
        demand(perpetual, [...path, key, 'spot'])
        demand(spot, [...path, key, 'spot', perpetual])
      }
    }
    const before = made.get(feed.kind)
    if (before !== undefined) {
      problems.at(path, `${feed.kind} are made by events[${before}] already; keep one of them`)
    }
    made.set(feed.kind, index)
    const beside = raw.events.findIndex((other) => 'file' in other && other.kind === feed.kind)
    if (beside >= 0 && own.symbols === undefined) {
      problems.at(
        path,
        `events[${beside}] reads ${feed.kind} from a file; list here under "${key}.symbols" whose are made`,
      )
    }
  }
}

/** Sleeves whose strategy reads a kind of record that no feed gives. */
export function notesOnEvents(raw: RawPortfolio, readers: readonly Reader[]): readonly string[] {
  const given = new Set<RecordKind>(raw.events.map(({ kind }) => EVENT_KINDS[kind]))
  return readers.flatMap(({ id, reads }) => {
    const missing = reads.filter((kind) => kind !== 'fundamentals' && !given.has(kind))
    const text = `${id}: its strategy reads ${missing.join(' and ')}, and no feed under "events:" gives any`
    return missing.length === 0 ? [] : [text]
  })
}

/** A sleeve and the kinds of records that its strategy reads. */
interface Reader {
  readonly id: string
  readonly reads: readonly RecordKind[]
}

export function readersOf(
  sleeves: readonly CheckedSleeve[],
  strategies: ReadonlyMap<string, Strategy>,
): readonly Reader[] {
  return sleeves.map(({ raw, strategy, isolatedAs }) => ({
    id: raw.id,
    reads: strategies.get(isolatedAs ?? strategy ?? '')?.reads ?? [],
  }))
}

/** What a feed is called where a reader must not miss it, and who reads it: "SYNTHETIC: ...; read by drift". */
export function syntheticText(kind: EventKind, what: string, readers: readonly Reader[]): string {
  const own = readers.filter(({ reads }) => reads.includes(EVENT_KINDS[kind])).map(({ id }) => id)
  return `SYNTHETIC: ${what}, nobody published them${own.length === 0 ? '' : `; read by ${own.join(', ')}`}`
}

/** The feeds that are drawn, as a check of the configuration says them. */
export function syntheticNotes({ feeds, readers }: EventFeeds): readonly string[] {
  return feeds.flatMap((feed) =>
    'synthetic' in feed
      ? [syntheticText(feed.kind, `${feed.kind} records are drawn from seed ${feed.synthetic.seed}`, readers)]
      : [],
  )
}
