/** Round trips as a table of their own, and what pages of the readable tables are asked by. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { PostingRow } from '../../../domain/projections.ts'
import type { RoundTripRow } from '../../../domain/round-trip-row.ts'
import { roundTrips, type TripInstrument, type TripStructure } from '../../../domain/round-trips.ts'
import { inParts } from '../parts.ts'
import { WORDS, type Words } from './004-views.ts'
import { type ColumnTypes, createTable } from './columns.ts'

/** Columns by which a list is sorted hold what it is filtered by, too: a page is found without a look at the rows. */
const INDEXES: Readonly<Record<string, readonly [table: string, ...columns: string[]]>> = {
  round_trip_last: ['round_trip', 'sleeve', 'instrument', 'number'],
  round_trip_closed: ['round_trip', 'state', 'closed_at', 'id', 'sleeve', 'instrument'],
  round_trip_sleeve: ['round_trip', 'sleeve', 'state', 'closed_at', 'id'],
  round_trip_sleeves: ['round_trip', 'state', 'sleeve', 'id', 'instrument'],
  round_trip_opened: ['round_trip', 'state', 'opened_at', 'id', 'sleeve', 'instrument'],
  round_trip_profit: ['round_trip', 'state', 'profit', 'id', 'sleeve', 'instrument'],
  round_trip_held: ['round_trip', 'state', 'held', 'id', 'sleeve', 'instrument'],
  round_trip_label: ['round_trip', 'state', 'label', 'id', 'sleeve', 'instrument'],
  round_trip_entered: ['round_trip', 'state', 'entered', 'id', 'sleeve', 'instrument'],
  posting_at: ['posting', 'at', 'seq', 'place'],
  posting_sleeve_at: ['posting', 'sleeve', 'at', 'seq', 'place'],
  posting_instrument_at: ['posting', 'instrument', 'at', 'seq', 'place'],
  signal_at: ['signal', 'at', 'seq', 'place'],
  signal_instrument_at: ['signal', 'instrument', 'at', 'seq', 'place'],
  net_order_at: ['net_order', 'at', 'order'],
  net_order_label: ['net_order', 'label', 'order'],
  violation_at: ['violation', 'at', 'id'],
  violation_resolved: ['violation', 'resolved_at', 'id'],
  capital_change_at: ['capital_change', 'at', 'seq', 'place'],
  allocation_at: ['allocation', 'at', 'seq', 'place'],
  membership_at: ['membership', 'at', 'seq', 'place'],
}

export function roundTripsKeptStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createTable(
        db,
        types,
        'round_trip',
        {
          portfolio: 'text',
          id: 'text',
          sleeve: 'text',
          instrument: 'text?',
          label: 'text',
          kind: 'text',
          number: 'whole',
          state: 'text',
          side: 'text',
          opened_at: 'whole',
          entry_date: 'whole',
          entry_seq: 'whole',
          entry_order: 'whole?',
          entry_reason: 'text',
          closed_at: 'whole?',
          exit_date: 'whole?',
          exit_seq: 'whole?',
          exit_order: 'whole?',
          exit_reason: 'text',
          held: 'whole?',
          entered: 'number',
          exited: 'number',
          entry_value: 'number?',
          exit_value: 'number?',
          worth: 'number?',
          profit: 'number?',
          cost: 'number?',
        },
        ['portfolio', 'id'],
      )
      await fill(db)
      for (const [name, [table, ...columns]] of Object.entries(INDEXES))
        await db.schema
          .createIndex(name)
          .on(table)
          .columns(['portfolio', ...columns])
          .execute()
      await db.schema.dropIndex('posting_sleeve').execute()
      for (const statement of [
        'DROP VIEW round_trips',
        'DROP VIEW every_round_trips',
        ...viewsOf(WORDS[types.dialect]),
      ])
        await sql.raw(statement).execute(db)
    },
  }
}

type Stored = Readonly<Record<string, unknown>> & { readonly portfolio: string; readonly seq: number }

/** Rows that are read at a time. */
const PAGE = 5_000

/** What the bookings of a store that is older give. */
async function fill(db: Kysely<unknown>): Promise<void> {
  const known = await sql<{ portfolio: string }>`SELECT DISTINCT portfolio FROM posting`.execute(db)
  for (const { portfolio } of known.rows) await fillOne(db, portfolio)
}

async function fillOne(db: Kysely<unknown>, portfolio: string): Promise<void> {
  const trips = roundTrips()
  const last = new Map<string, RoundTripRow>()
  const instruments = await instrumentsOf(db, portfolio)
  const structures = await structuresOf(db, portfolio)
  const keep = (rows: readonly RoundTripRow[]): void => {
    for (const row of rows) last.set(row.id, row)
  }
  for await (const row of postingsOf(db, portfolio)) {
    while (structures.length > 0 && isBefore(structures[0]!, row)) keep(trips.structure(structures.shift()!.change))
    const instrument = instruments.get(String(row['instrument']))
    if (instrument !== undefined) keep(trips.posted(postingOf(row), instrument))
  }
  for (const { change } of structures) keep(trips.structure(change))
  for (const rows of inParts([...last.values()])) {
    const values = rows.map((row) => ({ portfolio, ...columnsOf(row) }))
    await (db as Kysely<Record<string, Record<string, unknown>>>).insertInto('round_trip').values(values).execute()
  }
}

interface Placed {
  readonly seq: number
  readonly place: number
}

function isBefore({ seq, place }: Placed, row: Stored): boolean {
  return seq < Number(row.seq) || (seq === Number(row.seq) && place < Number(row['place']))
}

async function* postingsOf(db: Kysely<unknown>, portfolio: string): AsyncIterable<Stored> {
  for (let after: Placed = { seq: -1, place: -1 }; ; ) {
    const { rows }: { readonly rows: readonly Stored[] } = await sql<Stored>`
      SELECT * FROM posting WHERE portfolio = ${portfolio} AND (seq, place) > (${after.seq}, ${after.place})
      ORDER BY seq, place LIMIT ${PAGE}`.execute(db)
    yield* rows
    if (rows.length < PAGE) return
    after = { seq: Number(rows.at(-1)!.seq), place: Number(rows.at(-1)!['place']) }
  }
}

async function instrumentsOf(db: Kysely<unknown>, portfolio: string): Promise<ReadonlyMap<string, TripInstrument>> {
  const { rows } = await sql<{ instrument: string; kind: string; symbol: string; units: number }>`
    SELECT instrument, kind, symbol, units_per_whole AS units FROM instrument WHERE portfolio = ${portfolio}`.execute(
    db,
  )
  return new Map(
    rows.map(({ instrument, kind, symbol, units }) => [instrument, { kind, symbol, unitsPerWhole: units }]),
  )
}

async function structuresOf(
  db: Kysely<unknown>,
  portfolio: string,
): Promise<(Placed & { readonly change: TripStructure })[]> {
  const { rows } = await sql<Stored>`
    SELECT s.*, coalesce((SELECT max(p.trade_date) FROM posting p WHERE p.portfolio = s.portfolio AND p.seq <= s.seq), 0)
      AS trade_date FROM structure_change s WHERE s.portfolio = ${portfolio} ORDER BY s.seq, s.place`.execute(db)
  return rows.map((row) => ({
    seq: Number(row.seq),
    place: Number(row['place']),
    change: {
      structure: Number(row['structure']),
      sleeve: String(row['sleeve']),
      label: String(row['label']),
      isOpening: row['is_opening'] === 1,
      quantity: Number(row['quantity']),
      premium: Number(row['premium']),
      money: Number(row['money']),
      order: Number(row['order']),
      reason: String(row['reason']),
      seq: Number(row.seq),
      at: Number(row['at']),
      tradeDate: Number(row['trade_date']),
    },
  }))
}

const NUMBERS = [
  'seq',
  'place',
  'at',
  'quantity',
  'price',
  'cash',
  'fee',
  'value',
  'cost',
  'realised',
  'before',
] as const

function postingOf(row: Stored): PostingRow {
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, Number(row[name])]))
  const order = row['order'] === null ? null : Number(row['order'])
  const own = { ...row, ...numbers, tradeDate: Number(row['trade_date']), order, isFlow: row['is_flow'] === 1 }
  return own as unknown as PostingRow
}

function columnsOf(row: RoundTripRow): Readonly<Record<string, unknown>> {
  const named = Object.entries(row).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ])
  return Object.fromEntries(named) as Readonly<Record<string, unknown>>
}

/** As they were, now from the table. */
function viewsOf({ moment, shown }: Words): readonly string[] {
  return [
    `CREATE VIEW every_round_trips AS SELECT t.portfolio AS portfolio, t.id AS trip_id, t.sleeve AS strategy_id,
      t.label AS ticker, upper(t.side) AS direction, t.exited AS quantity, ${moment('t.opened_at')} AS entry_time,
      ${moment('t.closed_at')} AS exit_time, CAST(t.held AS double precision) / 3600000 AS hold_hours,
      t.entry_value / t.entered AS entry_price, t.exit_value / t.exited AS exit_price, t.profit AS pnl,
      t.cost AS transaction_cost
      FROM round_trip t WHERE t.state = 'closed' AND t.kind = 'position'`,
    `CREATE VIEW round_trips AS SELECT ${NAMES.join(', ')} FROM every_round_trips WHERE portfolio = ${shown}`,
  ]
}

const NAMES = [
  'trip_id',
  'strategy_id',
  'ticker',
  'direction',
  'quantity',
  'entry_time',
  'exit_time',
  'hold_hours',
  'entry_price',
  'exit_price',
  'pnl',
  'transaction_cost',
] as const
