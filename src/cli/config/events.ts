import { isZone, ZONE_ADVICE } from '../../adapters/feeds/event-times.ts'
import type { RecordKind } from '../../domain/market-records.ts'
import { EVENT_KINDS } from '../../domain/recorded.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { InstrumentId } from '../../domain/units.ts'
import type { CheckedSleeve } from './checked-sleeve.ts'
import type { InstrumentDeclaration } from './loaded.ts'
import type { Problems } from './problems.ts'
import type { RawEvent } from './schema/events.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import { hint } from './suggest.ts'

/** The feeds of a portfolio, and who the names in them are. */
export interface EventFeeds {
  readonly feeds: readonly RawEvent[]
  /** Every declared key and ticker; null where the portfolio does not use the instrument. */
  readonly names: ReadonlyMap<string, InstrumentId | null>
}

export function eventFeedsOf(raw: RawPortfolio, instruments: readonly InstrumentDeclaration[]): EventFeeds {
  const used = new Map(instruments.map(({ instrument }) => [String(instrument.id), instrument.id]))
  const names = new Map<string, InstrumentId | null>()
  for (const [id, { symbol }] of Object.entries(raw.instruments)) {
    // A ticker that is also a key of its own means the key.
    if (symbol !== undefined && !names.has(symbol)) names.set(symbol, used.get(id) ?? null)
  }
  for (const id of Object.keys(raw.instruments)) names.set(id, used.get(id) ?? null)
  return { feeds: raw.events, names }
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

/** What a reader of the result must know about feeds: what is synthetic, who reads it, and who reads what no feed gives. */
export function notesOnEvents(
  raw: RawPortfolio,
  sleeves: readonly CheckedSleeve[],
  strategies: ReadonlyMap<string, Strategy>,
): readonly string[] {
  const readers = sleeves.map((sleeve) => ({
    id: sleeve.raw.id,
    reads: strategies.get(sleeve.strategy ?? '')?.reads ?? [],
  }))
  const notes: string[] = []
  for (const feed of raw.events) {
    if (!('synthetic' in feed)) continue
    const own = readers.filter(({ reads }) => reads.includes(EVENT_KINDS[feed.kind])).map(({ id }) => id)
    const who = own.length === 0 ? '' : `; read by ${own.join(', ')}`
    notes.push(
      `SYNTHETIC: ${feed.kind} records are drawn from seed ${feed.synthetic.seed}, nobody published them${who}`,
    )
  }
  const given = new Set<RecordKind>(raw.events.map(({ kind }) => EVENT_KINDS[kind]))
  for (const { id, reads } of readers) {
    const missing = reads.filter((kind) => !given.has(kind))
    if (missing.length > 0)
      notes.push(`${id}: its strategy reads ${missing.join(' and ')}, and no feed under "events:" gives any`)
  }
  return notes
}
