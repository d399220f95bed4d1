/** Positions from flat to flat, as a view: they follow from the postings, whoever writes those. */
import { type Kysely, type Migration, sql } from 'kysely'
import { WORDS, type Words } from './004-views.ts'
import type { ColumnTypes } from './columns.ts'

export function roundTripsStep(types: ColumnTypes): Migration {
  const words = WORDS[types.dialect]
  return {
    async up(db: Kysely<unknown>) {
      for (const statement of viewsOf(words)) await sql.raw(statement).execute(db)
    },
  }
}

const ENTERS = '(q.before = 0 OR (q.before > 0) = (q.quantity > 0))'
const IS_TRADE = `q.kind <> 'split' AND q.quantity <> 0`

/** A booking that turns a position around ends one trip, to which its cost belongs, and begins another. */
const TURNS =
  'p.before <> 0 AND p.quantity <> 0 AND abs(p.quantity) > abs(p.before) AND (p.before > 0) <> (p.quantity > 0)'
const COLUMNS = 'p.portfolio, p.sleeve, p.instrument, p.seq, p.place, p.at, p.kind, p.price'
const PARTS = `SELECT ${COLUMNS}, 0 AS half, p.before AS before,
    CASE WHEN ${TURNS} THEN -p.before ELSE p.quantity END AS quantity, p.realised, p.cost, p.value
  FROM posting p JOIN instrument i ON i.portfolio = p.portfolio AND i.instrument = p.instrument
  WHERE i.kind <> 'option' AND (p.quantity <> 0 OR p.before <> 0 OR p.kind IN ('reversal', 'correction'))
  UNION ALL SELECT ${COLUMNS}, 1, 0, p.before + p.quantity, 0, 0, 0
  FROM posting p JOIN instrument i ON i.portfolio = p.portfolio AND i.instrument = p.instrument
  WHERE i.kind <> 'option' AND ${TURNS}`

/** What is taken back opens the trip again that it had ended. */
const NUMBERED = `SELECT r.*, sum(CASE WHEN r.before = 0 AND r.quantity <> 0 AND r.kind <> 'reversal' THEN 1 ELSE 0 END)
    OVER (PARTITION BY r.portfolio, r.sleeve, r.instrument ORDER BY r.seq, r.place, r.half) AS trip FROM (${PARTS}) r`

const SIDE = `sum(CASE WHEN ${IS_TRADE} AND ${ENTERS} THEN q.quantity ELSE 0 END)`
const count = (which: string): string => `sum(CASE WHEN ${IS_TRADE} AND ${which} THEN abs(q.quantity) ELSE 0 END)`
/** What went in came out: counted as it came out, shares that were split meanwhile are those of after the split. */
const LEAVES = count(`NOT ${ENTERS}`)
const price = (which: string): string =>
  `sum(CASE WHEN ${IS_TRADE} AND ${which} THEN abs(q.quantity) * q.price ELSE 0 END) / nullif(${LEAVES}, 0)`

const TRIPS = `SELECT q.portfolio, q.sleeve, q.instrument, q.trip, min(q.at) AS opened_at, max(q.at) AS closed_at,
    CASE WHEN ${SIDE} > 0 THEN 'LONG' ELSE 'SHORT' END AS direction, ${LEAVES} AS entered,
    ${price(ENTERS)} AS entry_price, ${price(`NOT ${ENTERS}`)} AS exit_price,
    sum(q.realised - q.cost + CASE WHEN q.kind IN ('dividend', 'funding', 'borrow') THEN q.value ELSE 0 END) AS pnl,
    sum(q.cost) AS cost
  FROM (${NUMBERED}) q GROUP BY q.portfolio, q.sleeve, q.instrument, q.trip
  HAVING q.trip > 0 AND sum(q.quantity) = 0 AND ${LEAVES} > 0`

/** Profit after costs, dividends and what it cost to hold; options are in structures. */
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

function viewsOf({ moment, shown }: Words): readonly string[] {
  return [
    `CREATE VIEW every_round_trips AS SELECT t.portfolio AS portfolio,
      t.sleeve || '/' || t.instrument || '/' || CAST(t.trip AS text) AS trip_id, t.sleeve AS strategy_id,
      i.symbol AS ticker, t.direction AS direction, t.entered / i.units_per_whole AS quantity,
      ${moment('t.opened_at')} AS entry_time, ${moment('t.closed_at')} AS exit_time,
      CAST(t.closed_at - t.opened_at AS double precision) / 3600000 AS hold_hours, t.entry_price AS entry_price, t.exit_price AS exit_price,
      t.pnl AS pnl, t.cost AS transaction_cost
      FROM (${TRIPS}) t JOIN instrument i ON i.portfolio = t.portfolio AND i.instrument = t.instrument`,
    `CREATE VIEW round_trips AS SELECT ${NAMES.join(', ')} FROM every_round_trips WHERE portfolio = ${shown}`,
  ]
}
