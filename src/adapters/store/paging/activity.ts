/** What happened, of several tables in one list. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { countsPerUnit } from '../../../domain/currencies.ts'
import {
  ACTIVITY_KINDS,
  type ActivityEntry,
  type ActivityKind,
  type ActivityQuery,
  type Page,
} from '../../../domain/paging.ts'
import type { CurrencyCode } from '../../../domain/units.ts'
import { cursorOf, placeOf } from '../cursor.ts'
import type { Tables } from '../schema.ts'

/** Where an entry stands among all: newest first, at one moment in the order of the sources. */
interface Spot {
  readonly at: number
  readonly rank: number
  readonly first: number
  readonly second: number
}

/** What each source says of an entry, in this order. */
const SAID = [
  'what',
  'severity',
  'sleeve',
  'instrument',
  'symbol',
  'order',
  'quantity',
  'price',
  'value',
  'limit',
  'text',
] as const

interface Source {
  readonly kind: ActivityKind
  /** Names its entries. */
  readonly name: string
  readonly at: string
  /** The same of each row, where rows are taken together. */
  readonly moment: string
  /** Two numbers that tell its rows apart, in the order in which they came. */
  readonly place: readonly [string, string]
  readonly said: Readonly<Record<(typeof SAID)[number], string>>
  readonly from: string
  /** Of the portfolio: the table that is read, `t`. */
  readonly where?: string
  readonly group?: string
  sleeve?(name: string): RawBuilder<unknown>
}

/** One number tells its rows apart. */
const ALONE = '0'

const NOTHING = {
  severity: 'NULL',
  sleeve: 'NULL',
  instrument: 'NULL',
  symbol: `''`,
  order: 'NULL',
  quantity: 'NULL',
  price: 'NULL',
  value: 'NULL',
  limit: 'NULL',
} as const

const OF_SLEEVE = (name: string): RawBuilder<unknown> => sql`t.sleeve = ${name}`
const ABOUT_SLEEVE = (name: string): RawBuilder<unknown> => sql`(t.about = 'sleeve' AND t.subject = ${name}
  OR t.about = 'position' AND substr(t.subject, 1, ${name.length + 1}) = ${`${name}/`})`
/** Up to the first slash, where it is about a sleeve or what a sleeve holds. */
const SLEEVE_OF = `CASE t.about WHEN 'sleeve' THEN t.subject
  WHEN 'position' THEN (SELECT s.sleeve FROM sleeve s WHERE s.portfolio = t.portfolio
    AND substr(t.subject, 1, length(s.sleeve) + 1) = s.sleeve || '/' ORDER BY length(s.sleeve) DESC LIMIT 1) END`

function violationSource(name: string, at: string, what: string): Source {
  return {
    kind: 'violation',
    name,
    at,
    moment: at,
    place: ['t.id', ALONE],
    said: {
      ...NOTHING,
      what: `'${what}'`,
      severity: 't.severity',
      sleeve: SLEEVE_OF,
      value: 't.value',
      limit: 't."limit"',
      text: 't.rule',
    },
    from: 'violation t',
    where: `${at} IS NOT NULL`,
    sleeve: ABOUT_SLEEVE,
  }
}

/** What is later in this list stands lower where both happened at one moment. */
const SOURCES: readonly Source[] = [
  {
    kind: 'alert',
    name: 'alert',
    at: 't.at',
    moment: 't.at',
    place: ['t.seq', ALONE],
    said: { ...NOTHING, what: 't.rule', severity: 't.severity', symbol: 't.subject', text: 't.text' },
    from: 'alert t',
  },
  violationSource('resolved', 't.resolved_at', 'resolved'),
  violationSource('violation', 't.at', 'opened'),
  {
    kind: 'status',
    name: 'gate',
    at: 't.at',
    moment: 't.at',
    place: ['t.seq', ALONE],
    said: {
      ...NOTHING,
      what: `t.gate || CASE WHEN t.is_open = 1 THEN ' opened' ELSE ' shut' END`,
      instrument: 't.instrument',
      symbol: `coalesce(t.instrument, '')`,
      text: 't.reason',
    },
    from: 'gate_change t',
  },
  {
    kind: 'status',
    name: 'operation',
    at: 't.at',
    moment: 't.at',
    place: ['t.seq', ALONE],
    said: { ...NOTHING, what: 't.command', text: 't.actor' },
    from: 'operation t',
  },
  {
    kind: 'rebalancing',
    name: 'capital',
    at: 'max(t.at)',
    moment: 't.at',
    place: ['t.seq', 'min(t.place)'],
    said: {
      ...NOTHING,
      what: 't.cause',
      sleeve: 'CASE WHEN count(*) = 1 THEN max(t.sleeve) END',
      quantity: 'count(*)',
      value: 'sum(CASE WHEN t.moved > 0 THEN t.moved ELSE 0 END)',
      text: 'max(t.reason)',
    },
    from: 'capital_change t',
    group: 't.portfolio, t.at, t.seq, t.cause',
    sleeve: OF_SLEEVE,
  },
  {
    kind: 'trade',
    name: 'posting',
    at: 't.at',
    moment: 't.at',
    place: ['t.seq', 't.place'],
    said: {
      ...NOTHING,
      what: `CASE WHEN t.kind IN ('fill', 'cross') THEN CASE WHEN t.quantity > 0 THEN 'buy' ELSE 'sell' END ELSE t.kind END`,
      sleeve: 't.sleeve',
      instrument: 't.instrument',
      symbol: 'i.symbol',
      order: 't."order"',
      quantity: 't.quantity / i.units_per_whole',
      price: 't.price',
      value: 'abs(t.value)',
      text: 't.reason',
    },
    from: 'posting t JOIN instrument i ON i.portfolio = t.portfolio AND i.instrument = t.instrument',
    where: `t.quantity <> 0 AND t.kind <> 'split'`,
    sleeve: OF_SLEEVE,
  },
]

type Found = Spot & Readonly<Record<(typeof SAID)[number], unknown>>

export async function activity(
  db: Kysely<Tables>,
  portfolio: string,
  { kinds = ACTIVITY_KINDS, sleeve, before, limit }: ActivityQuery,
): Promise<Omit<Page<ActivityEntry>, 'total'>> {
  const beyond = before === undefined ? null : spotOf(before)
  const found: Found[] = []
  for (const [rank, source] of SOURCES.entries()) {
    if (!kinds.includes(source.kind) || (sleeve !== undefined && source.sleeve === undefined)) continue
    const own = [
      sql`t.portfolio = ${portfolio}`,
      ...(source.where === undefined ? [] : [sql.raw(source.where)]),
      ...(sleeve === undefined ? [] : [source.sleeve!(sleeve)]),
      ...(beyond === null ? [] : [notAfter(source, rank, beyond)]),
    ]
    found.push(...(await statement(source, rank, own, beyond, limit + 1).execute(db)).rows)
  }
  found.sort(newestFirst)
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const isMore = found.length > limit && last !== undefined
  const counts = shown.some(({ rank }) => isMoney(rank)) ? await countsOf(db, portfolio) : 1
  return {
    rows: shown.map((one) => entryOf(one, counts)),
    next: isMore ? cursorOf([last.at, last.rank, last.first, last.second].map(Number)) : null,
  }
}

function statement(
  { at, place, said, from, group }: Source,
  rank: number,
  where: readonly RawBuilder<unknown>[],
  spot: Spot | null,
  limit: number,
): RawBuilder<Found> {
  const columns = SAID.map((name) => `${said[name]} AS "${name}"`).join(', ')
  const named = `${at} AS at, ${place[0]} AS first, ${place[1]} AS second, ${rank} AS rank, ${columns}`
  const order = [at, ...place.filter((one) => one !== ALONE)].map((one) => `${one} DESC`).join(', ')
  const isTied = spot !== null && rank === spot.rank
  const beyond = isTied
    ? sql`(${sql.raw([at, ...place].join(', '))}) < (${spot.at}, ${spot.first}, ${spot.second})`
    : null
  const all = beyond === null || group !== undefined ? where : [...where, beyond]
  const grouped = group === undefined ? sql`` : sql`GROUP BY ${sql.raw(group)}`
  const having = group === undefined || beyond === null ? sql`` : sql`HAVING ${beyond}`
  return sql<Found>`SELECT ${sql.raw(named)} FROM ${sql.raw(from)} WHERE ${sql.join(all, sql` AND `)}
    ${grouped} ${having} ORDER BY ${sql.raw(order)} LIMIT ${limit}`
}

/** At one moment, sources that stand higher were shown before. */
function notAfter({ moment }: Source, rank: number, spot: Spot): RawBuilder<unknown> {
  return rank < spot.rank ? sql`${sql.raw(moment)} < ${spot.at}` : sql`${sql.raw(moment)} <= ${spot.at}`
}

function spotOf(before: string): Spot {
  const [at, rank, first, second] = placeOf(before, ['number', 'number', 'number', 'number']) as readonly [
    number,
    number,
    number,
    number,
  ]
  return { at, rank, first, second }
}

function newestFirst(one: Found, other: Found): number {
  return (
    Number(other.at) - Number(one.at) ||
    Number(one.rank) - Number(other.rank) ||
    Number(other.first) - Number(one.first) ||
    Number(other.second) - Number(one.second)
  )
}

function entryOf({ at, rank, first, second, ...said }: Found, counts: number): ActivityEntry {
  const source = SOURCES[Number(rank)]!
  const own = { at: Number(at), id: `${source.name}-${first}-${second}`, kind: source.kind }
  const entry = { ...said, ...own } as ActivityEntry
  if (source.name === 'operation') return operated(entry)
  return isMoney(rank) ? { ...entry, value: Number(entry.value) / counts } : entry
}

/** Changes of capital stand in counts. */
function isMoney(rank: number): boolean {
  return SOURCES[Number(rank)]!.kind === 'rebalancing'
}

async function countsOf(db: Kysely<Tables>, portfolio: string): Promise<number> {
  const own = db.selectFrom('configuration').select('currency').where('portfolio', '=', portfolio)
  const { currency } = await own.orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()
  return countsPerUnit(currency as CurrencyCode)
}

/** The command is JSON: what was asked for, and of whom. */
function operated(entry: ActivityEntry): ActivityEntry {
  const command = JSON.parse(entry.what) as { readonly kind?: string; readonly sleeve?: string | null }
  return { ...entry, what: command.kind ?? '', sleeve: command.sleeve ?? null }
}
