/**
 * Views for people and programs that read the store with SQL. Those under the names of the field speak of one portfolio,
 * the one that is shown; the same behind `every_` speak of all, with its name in the first column.
 */
import { type Kysely, type Migration, sql } from 'kysely'
import { type ColumnTypes, createTable, type Dialect } from './columns.ts'

/** What the databases say differently. */
export interface Words {
  moment(milliseconds: string): string
  json(text: string): string
  object(...pairs: readonly (readonly [string, string])[]): string
  /** What stands before the first slash. */
  head(text: string): string
  readonly shown: string
}

const STORED = `coalesce((SELECT value FROM store WHERE name = 'shown'), (SELECT min(portfolio) FROM lease))`

export const WORDS: Readonly<Record<Dialect, Words>> = {
  sqlite: {
    moment: (at) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${at} / 1000.0, 'unixepoch')`,
    json: (text) => `json(${text})`,
    object: (...pairs) => `json_object(${pairs.map(([name, value]) => `'${name}', ${value}`).join(', ')})`,
    head: (text) => `substr(${text}, 1, instr(${text} || '/', '/') - 1)`,
    shown: STORED,
  },
  postgres: {
    moment: (at) => `to_timestamp(${at} / 1000.0)`,
    json: (text) => `(${text})::jsonb`,
    object: (...pairs) => `jsonb_build_object(${pairs.map(([name, value]) => `'${name}', ${value}`).join(', ')})`,
    head: (text) => `split_part(${text}, '/', 1)`,
    shown: `coalesce(nullif(current_setting('polyfolio.portfolio', true), ''), ${STORED})`,
  },
}

/** Closes as they came; before the first of them that is still kept, days. */
const KEPT = `(e.grain = 'cycle' OR (e.grain = 'day' AND e.at < (SELECT min(c.bucket) FROM equity c
  WHERE c.portfolio = e.portfolio AND c.grain = 'cycle')))`
const LAST = `e.grain = 'cycle' AND e.bucket = (SELECT max(c.bucket) FROM equity c
  WHERE c.portfolio = e.portfolio AND c.grain = 'cycle')`
const PAPER = `NOT EXISTS (SELECT 1 FROM broker_order b WHERE b.portfolio = p.portfolio
  AND b.number = p."order" AND b.broker NOT LIKE 'paper%')`
const HOLDS = `holding h JOIN instrument i ON i.portfolio = h.portfolio AND i.instrument = h.instrument
  JOIN sleeve s ON s.portfolio = h.portfolio AND s.sleeve = h.sleeve
  LEFT JOIN mark m ON m.portfolio = h.portfolio AND m.instrument = h.instrument`
const SHARES = 'h.quantity / i.units_per_whole'

/** One view: its columns in their order, each with what it is, and where from. */
interface View {
  readonly columns: Readonly<Record<string, string>>
  readonly from: string
  /** Whose portfolio it is, in `from`. */
  readonly of: string
}

function viewsOf({ moment, json, object, head }: Words): Readonly<Record<string, View>> {
  return {
    strategies: {
      of: 's',
      columns: {
        strategy_id: 's.sleeve',
        name: 's.title',
        config: object(
          ['strategy', 's.strategy'],
          ['parameters', json('s.parameters')],
          ['universe', json('s.universe')],
          ['clock', 's.clock'],
          ['calendar', 's.calendar'],
          ['weight', 's.weight'],
        ),
        status: 's.status',
        created_at: moment('s.created_at'),
      },
      from: 'sleeve s',
    },
    portfolio_equity: {
      of: 'e',
      columns: {
        timestamp: moment('e.at'),
        total_value: 'e.equity',
        cash: 'e.cash',
        leverage: 'CASE WHEN e.equity > 0 THEN e.gross / e.equity END',
        drawdown: '1 - e.growth / e.peak',
        volatility: 'e.volatility',
      },
      from: `equity e WHERE e.sleeve = '' AND ${KEPT}`,
    },
    strategy_equity: {
      of: 'e',
      columns: {
        timestamp: moment('e.at'),
        strategy_id: 'e.sleeve',
        equity_value: 'e.equity',
        cash: 'e.cash',
        num_positions: 'e.positions',
      },
      from: `equity e WHERE e.sleeve <> '' AND ${KEPT}`,
    },
    equity_history: {
      of: 'e',
      columns: {
        timestamp: moment('e.at'),
        strategy_id: `nullif(e.sleeve, '')`,
        equity_value: 'e.equity',
        minimum: 'e.minimum',
        maximum: 'e.maximum',
        period: 'e.grain',
      },
      from: 'equity e',
    },
    positions: {
      of: 'h',
      columns: {
        position_id: `h.sleeve || '/' || h.instrument`,
        strategy_id: 'h.sleeve',
        ticker: 'i.symbol',
        shares: SHARES,
        entry_price: 'h.average_price',
        entry_date: moment('h.opened_at'),
        current_price: 'm.price',
        unrealized_pnl: `${SHARES} * (m.price - h.average_price) * i.multiplier * m.rate`,
      },
      from: `${HOLDS} WHERE h.quantity <> 0`,
    },
    active_trades: {
      of: 'h',
      columns: {
        user_id: 'h.portfolio',
        config_id: 'h.sleeve',
        symbol: 'i.symbol',
        direction: `CASE WHEN h.quantity > 0 THEN 'LONG' ELSE 'SHORT' END`,
        entry_price: 'h.average_price',
        quantity: `abs(${SHARES})`,
        stop_loss: 'h.stop',
        take_profit: 'h.target',
        entry_timestamp: moment('h.opened_at'),
        strategy_name: 's.strategy',
        is_paper_trade: `NOT EXISTS (SELECT 1 FROM broker_order b WHERE b.portfolio = h.portfolio
          AND b.instrument = h.instrument AND b.broker NOT LIKE 'paper%')`,
      },
      from: `${HOLDS} WHERE h.quantity <> 0`,
    },
    risk_violations: {
      of: 'v',
      columns: {
        violation_id: 'v.id',
        timestamp: moment('v.at'),
        severity: 'v.severity',
        type: 'v.rule',
        affected_strategy_id: `CASE WHEN v.about IN ('sleeve', 'position') THEN ${head('v.subject')} END`,
        description: `v.about || ' ' || v.subject || coalesce(': ' || CAST(v.value AS text), '')
          || coalesce(' against ' || CAST(v."limit" AS text), '')`,
        action_taken: 'v.action',
        resolved_at: moment('v.resolved_at'),
      },
      from: 'violation v',
    },
    risk_metrics: {
      of: 'r',
      columns: {
        timestamp: moment('r.at'),
        strategy_id: `nullif(r.sleeve, '')`,
        metric: 'r.name',
        value: 'r.value',
      },
      from: `(SELECT portfolio, at, sleeve, name, value FROM metric
        UNION ALL SELECT portfolio, at, sleeve, 'equityVolatility', volatility FROM equity
          WHERE grain = 'day' AND volatility IS NOT NULL
        UNION ALL SELECT portfolio, at, sleeve, 'drawdown', 1 - growth / peak FROM equity WHERE grain = 'day'
        UNION ALL SELECT portfolio, at, sleeve, 'leverage', gross / equity FROM equity
          WHERE grain = 'day' AND equity > 0) r`,
    },
    strategy_states: {
      of: 's',
      columns: {
        strategy_id: 's.sleeve',
        timestamp: moment('e.at'),
        status: 's.status',
        reason: 's.reason',
        lifecycle_stage: 's.stage',
        weight: `coalesce((${lastAllocation('weight')}), s.weight)`,
        factor: `coalesce((${lastAllocation('factor')}), 1)`,
        equity_value: 'e.equity',
        drawdown: '1 - e.growth / e.peak',
        num_positions: 'e.positions',
      },
      from: `sleeve s LEFT JOIN equity e ON e.portfolio = s.portfolio AND e.sleeve = s.sleeve AND ${LAST}`,
    },
    trained_configurations: {
      of: 's',
      columns: {
        id: 's.sleeve',
        strategy_name: 's.strategy',
        pair: `(SELECT i.symbol FROM instrument i WHERE i.portfolio = s.portfolio
          AND s.universe LIKE '["' || i.instrument || '"%')`,
        exchange: 's.calendar',
        timeframe: 's.timeframe',
        lifecycle_stage: 's.stage',
        parameters: json('s.parameters'),
        performance: object(
          ['total_return', 'e.growth - 1'],
          ['maximum', 'e.peak - 1'],
          ['drawdown', '1 - e.growth / e.peak'],
          ['volatility', 'e.volatility'],
        ),
        validation: object(['sharpe_ratio', 's.known_sharpe'], ['win_rate', 's.known_win_rate']),
        regime: object(['allowed', json(`coalesce(s.regimes, 'null')`)]),
        is_active: `(s.status = 'active')`,
      },
      from: `sleeve s LEFT JOIN equity e ON e.portfolio = s.portfolio AND e.sleeve = s.sleeve AND ${LAST}
        WHERE s.strategy IS NOT NULL`,
    },
    orders: {
      of: 'o',
      columns: {
        order_id: 'o."order"',
        timestamp: moment('o.at'),
        ticker: 'o.label',
        type: 'o.type',
        quantity: `o.quantity / coalesce(i.units_per_whole, 1)`,
        crossed: `o.crossed / coalesce(i.units_per_whole, 1)`,
        filled: `coalesce((SELECT sum(f.quantity) FROM order_fill f WHERE f.portfolio = o.portfolio
          AND f."order" = o."order"), 0) / coalesce(i.units_per_whole, 1)`,
        state: `coalesce((SELECT d.state FROM order_end d WHERE d.portfolio = o.portfolio AND d."order" = o."order"
          ORDER BY d.seq DESC, d.place DESC LIMIT 1), CASE WHEN o.quantity = 0 THEN 'crossed' ELSE 'working' END)`,
      },
      from: 'net_order o LEFT JOIN instrument i ON i.portfolio = o.portfolio AND i.instrument = o.instrument',
    },
    transfers: {
      of: 'c',
      columns: {
        timestamp: moment('c.at'),
        strategy_id: 'c.sleeve',
        cause: 'c.cause',
        amount_counts: 'c.moved',
        value_before: 'c.before',
        value_after: 'c.after',
        reason: 'c.reason',
      },
      from: 'capital_change c WHERE c.moved <> 0',
    },
    alerts: {
      of: 'a',
      columns: {
        timestamp: moment('a.at'),
        severity: 'a.severity',
        event: 'a.event',
        violation_id: 'a.id',
        type: 'a.rule',
        subject: 'a.subject',
      },
      from: `(SELECT portfolio, at, severity, 'opened' AS event, id, rule, subject FROM violation
        UNION ALL SELECT portfolio, resolved_at, severity, 'resolved', id, rule, subject FROM violation
          WHERE resolved_at IS NOT NULL) a`,
    },
    market_events: {
      of: 'j',
      columns: { event_number: 'j.seq', timestamp: moment('j.at'), type: 'j.kind', bytes: 'length(j.payload)' },
      from: `journal j WHERE j.kind IN ('slices', 'quotes', 'corporateAction', 'rates', 'announced', 'sessions')`,
    },
  }
}

function lastAllocation(column: string): string {
  return `SELECT a.${column} FROM allocation a WHERE a.portfolio = s.portfolio AND a.sleeve = s.sleeve
    ORDER BY a.seq DESC, a.place DESC LIMIT 1`
}

const TRADE_SHARES = 'p.quantity / i.units_per_whole'
/** The trade made the position larger, or made it. */
const ENTERS = '(p.before = 0 OR (p.before > 0) = (p.quantity > 0))'

function tradeColumns({ moment }: Words): Readonly<Record<string, readonly [ours: string, outside: string]>> {
  return {
    trade_id: [`CAST(p.seq AS text) || '-' || CAST(p.place AS text)`, `'outside-' || CAST(t.number AS text)`],
    strategy_id: ['p.sleeve', 't.config_id'],
    timestamp: [moment('p.at'), 't.entry_timestamp'],
    ticker: ['i.symbol', 't.symbol'],
    type: [
      `CASE WHEN p.quantity > 0 THEN 'buy' ELSE 'sell' END`,
      `CASE WHEN upper(t.direction) IN ('SHORT', 'SELL') THEN 'sell' ELSE 'buy' END`,
    ],
    shares: [`abs(${TRADE_SHARES})`, 't.quantity'],
    price: ['p.price', 't.entry_price'],
    value: ['abs(p.value)', 't.entry_price * t.quantity'],
    pnl: ['p.realised', 'NULL'],
    transaction_cost: ['p.cost', 'NULL'],
    user_id: ['p.portfolio', 't.user_id'],
    config_id: ['p.sleeve', 't.config_id'],
    symbol: ['i.symbol', 't.symbol'],
    direction: [
      `CASE WHEN (p.before > 0 OR (p.before = 0 AND p.quantity > 0)) THEN 'LONG' ELSE 'SHORT' END`,
      't.direction',
    ],
    entry_price: [`CASE WHEN ${ENTERS} THEN p.price END`, 't.entry_price'],
    quantity: [`abs(${TRADE_SHARES})`, 't.quantity'],
    stop_loss: ['p.stop', 't.stop_loss'],
    take_profit: ['p.target', 't.take_profit'],
    entry_timestamp: [`CASE WHEN ${ENTERS} THEN ${moment('p.at')} END`, 't.entry_timestamp'],
    strategy_name: ['s.strategy', 't.strategy_name'],
    is_paper_trade: [PAPER, 't.is_paper_trade'],
  }
}

const TRADES = `posting p JOIN instrument i ON i.portfolio = p.portfolio AND i.instrument = p.instrument
  JOIN sleeve s ON s.portfolio = p.portfolio AND s.sleeve = p.sleeve
  WHERE p.quantity <> 0 AND p.kind <> 'split'`

async function createTrades(db: Kysely<unknown>, words: Words): Promise<void> {
  const columns = Object.entries(tradeColumns(words))
  const of = (place: 0 | 1): string => columns.map(([name, sides]) => `${sides[place]} AS "${name}"`).join(', ')
  await run(
    db,
    `CREATE VIEW every_trades AS SELECT p.portfolio AS portfolio, ${of(0)} FROM ${TRADES}
      UNION ALL SELECT t.user_id, ${of(1)} FROM outside_trade t`,
  )
  const names = columns.map(([name]) => `"${name}"`).join(', ')
  await run(
    db,
    `CREATE VIEW trades AS SELECT ${names} FROM every_trades
      WHERE portfolio = ${words.shown} OR trade_id LIKE 'outside-%'`,
  )
}

/** What other programs write into `trades`; the journal knows nothing of it. */
const OUTSIDE = [
  'user_id',
  'config_id',
  'symbol',
  'direction',
  'entry_price',
  'quantity',
  'stop_loss',
  'take_profit',
  'entry_timestamp',
  'strategy_name',
  'is_paper_trade',
] as const

async function createOutsideTrades(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  if (types.dialect === 'sqlite') {
    await createTable(db, types, 'outside_trade', { number: 'whole', ...outsideColumns('text?', 'flag?') }, ['number'])
    return
  }
  await run(
    db,
    `CREATE TABLE outside_trade (number bigserial PRIMARY KEY, user_id text, config_id text, symbol text, direction text,
      entry_price double precision, quantity double precision, stop_loss double precision, take_profit double precision,
      entry_timestamp timestamptz, strategy_name text, is_paper_trade boolean)`,
  )
}

function outsideColumns(moment: 'text?', flag: 'flag?') {
  const texts = { user_id: 'text?', config_id: 'text?', symbol: 'text?', direction: 'text?' } as const
  const numbers = { entry_price: 'number?', quantity: 'number?', stop_loss: 'number?', take_profit: 'number?' } as const
  return { ...texts, ...numbers, entry_timestamp: moment, strategy_name: 'text?', is_paper_trade: flag } as const
}

async function takeInserts(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const values = OUTSIDE.map((column) => `NEW.${column}`).join(', ')
  if (dialect === 'sqlite') {
    const next = '(SELECT coalesce(max(number), 0) + 1 FROM outside_trade)'
    await run(
      db,
      `CREATE TRIGGER trades_from_outside INSTEAD OF INSERT ON trades BEGIN
        INSERT INTO outside_trade (number, ${OUTSIDE.join(', ')}) VALUES (${next}, ${values}); END`,
    )
    return
  }
  await run(
    db,
    `CREATE FUNCTION take_outside_trade() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO outside_trade (${OUTSIDE.join(', ')}) VALUES (${values}); RETURN NEW; END $$`,
  )
  await run(
    db,
    `CREATE TRIGGER trades_from_outside INSTEAD OF INSERT ON trades
      FOR EACH ROW EXECUTE FUNCTION take_outside_trade()`,
  )
}

async function run(db: Kysely<unknown>, statement: string): Promise<void> {
  await sql.raw(statement).execute(db)
}

export function viewsStep(types: ColumnTypes): Migration {
  const words = WORDS[types.dialect]
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, { columns, from, of }] of Object.entries(viewsOf(words))) {
        const all = Object.entries(columns).map(([column, value]) => `${value} AS "${column}"`)
        await run(
          db,
          `CREATE VIEW every_${name} AS SELECT ${of}.portfolio AS portfolio, ${all.join(', ')} FROM ${from}`,
        )
        const names = Object.keys(columns).map((column) => `"${column}"`)
        await run(
          db,
          `CREATE VIEW ${name} AS SELECT ${names.join(', ')} FROM every_${name} WHERE portfolio = ${words.shown}`,
        )
      }
      await createOutsideTrades(db, types)
      await createTrades(db, words)
      await takeInserts(db, types.dialect)
    },
  }
}
