import fc from 'fast-check'
import { sql } from 'kysely'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTablesOf } from '../../src/adapters/store/open.ts'
import { sqlStore } from '../../src/adapters/store/sql-store.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import type { Run } from '../../src/engine/run/drive.ts'
import { runBacktest, runBare } from '../../src/engine/run/run.ts'
import { runEngine } from '../../src/live/open-engine.ts'
import { type Standing, standingOf } from '../../src/live/standing.ts'
import { POSTGRES_NEED, postgresServer } from '../servers.ts'
import { HAS_STORE, storeFolder } from '../store.ts'
import { type DrawnPortfolio, drawnPortfolio, runInputOf } from './drawn-portfolio.ts'

const folder = storeFolder()
const server = await postgresServer()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

/** Names and columns as the field's documents have them, in their order. */
const VIEWS: Readonly<Record<string, string>> = {
  strategies: 'strategy_id, name, config, status, created_at',
  portfolio_equity: 'timestamp, total_value, cash, leverage, drawdown, volatility',
  strategy_equity: 'timestamp, strategy_id, equity_value, cash, num_positions',
  positions: 'position_id, strategy_id, ticker, shares, entry_price, entry_date, current_price, unrealized_pnl',
  trades:
    'trade_id, strategy_id, timestamp, ticker, type, shares, price, value, pnl, transaction_cost, user_id, config_id, symbol, direction, entry_price, quantity, stop_loss, take_profit, entry_timestamp, strategy_name, is_paper_trade',
  risk_violations:
    'violation_id, timestamp, severity, type, affected_strategy_id, description, action_taken, resolved_at',
  risk_metrics: 'timestamp, strategy_id, metric, value',
  strategy_states:
    'strategy_id, timestamp, status, reason, lifecycle_stage, weight, factor, equity_value, drawdown, num_positions',
  trained_configurations:
    'id, strategy_name, pair, exchange, timeframe, lifecycle_stage, parameters, performance, validation, regime, is_active',
  active_trades:
    'user_id, config_id, symbol, direction, entry_price, quantity, stop_loss, take_profit, entry_timestamp, strategy_name, is_paper_trade',
  equity_history: 'timestamp, strategy_id, equity_value, minimum, maximum, period',
  orders: 'order_id, timestamp, ticker, type, quantity, crossed, filled, state',
  transfers: 'timestamp, strategy_id, cause, amount_counts, value_before, value_after, reason',
  alerts: 'timestamp, severity, event, violation_id, type, subject, text',
  round_trips:
    'trip_id, strategy_id, ticker, direction, quantity, entry_time, exit_time, hold_hours, entry_price, exit_price, pnl, transaction_cost',
  market_events: 'event_number, timestamp, type, bytes',
}

type Row = Readonly<Record<string, unknown>>
type Ask = (statement: string) => Promise<{ readonly columns: readonly string[]; readonly rows: readonly Row[] }>

function byName([one]: readonly string[], [other]: readonly string[]): number {
  return one! < other! ? -1 : 1
}

/** A portfolio of two sleeves or more that ends with positions, and an exit level on one of them. */
function drawn(): DrawnPortfolio {
  const found = fc.sample(drawnPortfolio, { seed: 11, numRuns: 400 }).find((portfolio) => {
    if (portfolio.sleeves < 2 || portfolio.instruments.some(({ split }) => split !== null)) return false
    const { state } = runBare(runInputOf(portfolio)).kernel.runtime
    return state.guards.some(({ protection }) => protection.stop !== undefined)
  })
  return found!
}

const PORTFOLIO = drawn()

/** One that closes what it opens, long and short, over a split. */
function busy(): DrawnPortfolio {
  const found = fc.sample(drawnPortfolio, { seed: 12, numRuns: 400 }).find((portfolio) => {
    const { trades } = runBacktest(runInputOf(portfolio))
    const sides = new Set(trades.map(({ side }) => side))
    return portfolio.instruments.some(({ split }) => split !== null) && trades.length > 8 && sides.size === 2
  })
  return found!
}

async function played(name: string, portfolio: string, of: DrawnPortfolio = PORTFOLIO): Promise<Run> {
  const store = sqlStore(await openTablesOf(name, { create: true }))
  const lease = (await store.lease(portfolio))!
  const drawnInput = runInputOf(of)
  // The fills by which the portfolio was picked.
  const input = { ...drawnInput, config: { ...drawnInput.config, paper: { fills: 'backtest' } as const } }
  const { run } = await runEngine(input, {
    store,
    lease,
    storeName: name,
    portfolio,
    snapshotEvery: 50,
    clock: null,
    sha256,
    venue: paperVenueFor(input.config, store.id),
    isStopped: () => false,
  })
  await lease.release()
  await store.close()
  return run
}

function contract(name: string, place: () => Promise<string>, asking: (place: string) => Ask): void {
  describe(name, () => {
    let ask: Ask
    let standing: Standing
    let run: Run
    beforeAll(async () => {
      const address = await place()
      ask = asking(address)
      run = await played(address, 'one')
      standing = standingOf(run.kernel)
    })

    it.each(Object.keys(VIEWS))(
      'has "%s" with its columns, of one portfolio, and of all with their names',
      async (view) => {
        const own = await ask(`SELECT * FROM ${view}`)
        expect(own.columns.join(', ')).toBe(VIEWS[view])
        const all = await ask(`SELECT * FROM every_${view}`)
        expect(all.columns.join(', ')).toBe(`portfolio, ${VIEWS[view]}`)
        expect(all.rows).toHaveLength(own.rows.length)
      },
    )

    it('says what the portfolio holds, and what it is worth', async () => {
      expect(standing.positions.length).toBeGreaterThan(0)
      const { rows } = await ask('SELECT * FROM positions ORDER BY position_id')
      const held = standing.positions.map(({ sleeve, instrument, quantity, averagePrice, mark, unrealised }) => ({
        position_id: `${sleeve}/${instrument}`,
        strategy_id: sleeve,
        ticker: instrument,
        shares: quantity,
        entry_price: averagePrice,
        current_price: mark,
        unrealized_pnl: expect.closeTo(unrealised, 6),
      }))
      held.sort((one, other) => (one.position_id < other.position_id ? -1 : 1))
      expect(rows).toMatchObject(held)
      const last = await ask('SELECT * FROM portfolio_equity ORDER BY timestamp DESC LIMIT 1')
      expect(last.rows[0]!['total_value']).toBeCloseTo(standing.equity, 6)
      const sleeves = await ask('SELECT * FROM strategy_states ORDER BY strategy_id')
      expect(sleeves.rows.map(({ strategy_id, status }) => [strategy_id, status])).toEqual(
        standing.sleeves.map(({ id, paused }) => [id, paused === '' ? 'active' : 'paused']).sort(byName),
      )
    })

    it('has every position from flat to flat, with its prices and what came of it', async () => {
      const trading = busy()
      const other = await place()
      await played(other, 'busy', trading)
      const booked = runBacktest(runInputOf(trading)).trades.filter(({ kind }) => kind === 'position')
      const { rows } = await asking(other)('SELECT * FROM round_trips')
      const key = (row: Row): string =>
        [row['strategy_id'], row['ticker'], new Date(row['entry_time'] as string).getTime()].join(' ')
      const told = [...rows].sort((one, other) => (key(one) < key(other) ? -1 : 1))
      const wanted = booked.map((trade) => ({
        strategy_id: trade.sleeve as string,
        ticker: trade.instrument,
        direction: trade.side.toUpperCase(),
        entry_time: trade.openedAt as number,
        exit_time: trade.closedAt as number,
        quantity: expect.closeTo(trade.quantity, 9),
        hold_hours: expect.closeTo((trade.closedAt - trade.openedAt) / 3_600_000, 6),
        entry_price: expect.closeTo(trade.entryPrice, 6),
        exit_price: expect.closeTo(trade.exitPrice, 6),
        pnl: expect.closeTo(trade.pnl, 4),
        transaction_cost: expect.closeTo(trade.fees, 4),
      }))
      wanted.sort((one, other) => (key(one) < key(other) ? -1 : 1))
      const timed = told.map((row) => ({
        ...row,
        entry_time: new Date(row['entry_time'] as string).getTime(),
        exit_time: new Date(row['exit_time'] as string).getTime(),
      }))
      expect(timed).toMatchObject(wanted)
    })

    it('has every trade with its price, its side and its cost, and every open one with the levels that close it', async () => {
      const { state } = run.kernel.runtime
      const { rows } = await ask('SELECT * FROM trades')
      const bought = new Map<string, number>()
      for (const { strategy_id, ticker, type, shares } of rows) {
        const key = `${String(strategy_id)}/${String(ticker)}`
        bought.set(key, (bought.get(key) ?? 0) + (type === 'buy' ? 1 : -1) * Number(shares))
      }
      for (const { sleeve, instrument, quantity } of standing.positions)
        expect(bought.get(`${sleeve}/${instrument}`)).toBeCloseTo(quantity, 9)
      const costs = rows.reduce((sum, { transaction_cost: cost }) => sum + Number(cost), 0)
      const fees = state.books.fees.reduce((sum, counts) => sum + counts, 0) / 1e6
      expect(costs).toBeCloseTo(fees, 6)
      const open = await ask('SELECT * FROM active_trades')
      expect(open.rows).toHaveLength(standing.positions.length)
      const withLevel = open.rows.filter(({ stop_loss, take_profit }) => stop_loss !== null || take_profit !== null)
      expect(withLevel.length).toBeGreaterThan(0)
    })

    it('keeps the smallest and the largest value of every stretch that it rolls up', async () => {
      const { rows } = await ask("SELECT * FROM equity_history WHERE strategy_id IS NULL AND period = 'cycle'")
      const values = rows.map(({ equity_value }) => Number(equity_value))
      for (const period of ['hour', 'day', 'week', 'month']) {
        const rolled = (await ask(`SELECT * FROM equity_history WHERE strategy_id IS NULL AND period = '${period}'`))
          .rows
        expect(rolled.length).toBeGreaterThan(0)
        expect(Math.min(...rolled.map(({ minimum }) => Number(minimum)))).toBe(Math.min(...values))
        expect(Math.max(...rolled.map(({ maximum }) => Number(maximum)))).toBe(Math.max(...values))
      }
    })

    it('takes a trade that another program writes down', async () => {
      const before = (await ask('SELECT * FROM trades')).rows.length
      await ask(
        `INSERT INTO trades (user_id, config_id, symbol, direction, entry_price, quantity, stop_loss, take_profit,
          entry_timestamp, strategy_name, is_paper_trade)
          VALUES ('me', 'btc', 'BTC/USD', 'SHORT', 60000.5, 0.25, 61000, 55000, '2026-01-02T03:04:05Z', 'breakout', FALSE)`,
      )
      const { rows } = await ask("SELECT * FROM trades WHERE user_id = 'me'")
      expect(rows).toMatchObject([
        { config_id: 'btc', type: 'sell', shares: 0.25, price: 60_000.5, value: 15_000.125, stop_loss: 61_000 },
      ])
      expect((await ask('SELECT * FROM trades')).rows).toHaveLength(before + 1)
    })

    it('shows one portfolio of several: the first, or the one that is chosen', async () => {
      const address = await place()
      const own = asking(address)
      await played(address, 'one')
      await played(address, 'two')
      const portfolios = await own('SELECT DISTINCT portfolio FROM every_trades ORDER BY portfolio')
      expect(portfolios.rows).toEqual([{ portfolio: 'one' }, { portfolio: 'two' }])
      expect((await own('SELECT DISTINCT user_id FROM trades')).rows).toEqual([{ user_id: 'one' }])
      await own("INSERT INTO store (name, value) VALUES ('shown', 'two')")
      expect((await own('SELECT DISTINCT user_id FROM trades')).rows).toEqual([{ user_id: 'two' }])
    })
  })
}

let made = 0

if (HAS_STORE) {
  contract(
    'views of a store in a file',
    () => {
      made += 1
      return Promise.resolve(folder.path(`views-${made}.db`))
    },
    (file) => async (statement) => {
      const { db } = await openTablesOf(file, { create: false })
      const { rows } = await sql<Row>`${sql.raw(statement)}`.execute(db)
      const columns = rows.length > 0 ? Object.keys(rows[0]!) : await columnsOf(file, statement)
      await db.destroy()
      return { columns, rows }
    },
  )
}

/** Of a view without rows. */
async function columnsOf(file: string, statement: string): Promise<readonly string[]> {
  const view = /FROM (\w+)/.exec(statement)?.[1]
  if (view === undefined) return []
  const { db } = await openTablesOf(file, { create: false })
  const { rows } = await sql<{ name: string }>`SELECT name FROM pragma_table_info(${view})`.execute(db)
  await db.destroy()
  return rows.map(({ name }) => name)
}

if (server !== null) {
  contract(
    'views of a store in PostgreSQL',
    () => {
      made += 1
      return server.database(`views_${made}`)
    },
    (url) => async (statement) => {
      const client = new Client({ connectionString: url })
      await client.connect()
      const { rows, fields } = await client.query<Row>(statement)
      await client.end()
      return { columns: (fields ?? []).map(({ name }) => name), rows }
    },
  )
}

/** As the program of the lifecycle bot has them: its driver puts quoted values in the places of the `%s`. */
const ACTIVE = `
SELECT 
    id,
    strategy_name,
    pair,
    exchange,
    timeframe,
    lifecycle_stage,
    parameters,
    performance,
    validation,
    regime
FROM trained_configurations
WHERE is_active = TRUE
  AND lifecycle_stage != 'PAPER'
ORDER BY 
    CASE lifecycle_stage
        WHEN 'MATURE' THEN 1
        WHEN 'VALIDATION' THEN 2
        WHEN 'DISCOVERY' THEN 3
        WHEN 'DECAY' THEN 4
    END,
    (validation->>'sharpe_ratio')::numeric DESC;
`
const RECORD = `
INSERT INTO trades (
    user_id,
    config_id,
    symbol,
    direction,
    entry_price,
    quantity,
    stop_loss,
    take_profit,
    entry_timestamp,
    strategy_name,
    is_paper_trade
) VALUES (
    %s, %s, %s, %s, %s, %s, %s, %s, NOW(), %s, FALSE
);
`

describe.skipIf(server === null)(`statements of the lifecycle bot ${POSTGRES_NEED}`, () => {
  it('run as they are', async () => {
    const address = await server!.database('lifecycle')
    await played(address, 'one')
    const client = new Client({ connectionString: address })
    await client.connect()
    await client.query("UPDATE sleeve SET stage = 'VALIDATION', known_sharpe = 1.25 + ordinal")
    await client.query("UPDATE sleeve SET stage = 'MATURE', known_sharpe = 0.5 WHERE ordinal = 0")
    await client.query("UPDATE sleeve SET stage = 'PAPER' WHERE ordinal = 1")
    const { rows } = await client.query<{ lifecycle_stage: string; validation: { sharpe_ratio: number } }>(ACTIVE)
    const stages = rows.map(({ lifecycle_stage, validation }) => [lifecycle_stage, validation.sharpe_ratio])
    expect(stages[0]).toEqual(['MATURE', 0.5])
    expect(stages.some(([stage]) => stage === 'PAPER')).toBe(false)
    const values = ["'7'", "'3'", "'BTC/USD'", "'LONG'", '60000', '0.5', '58000', '66000', "'breakout'"]
    await client.query(RECORD.replace(/%s/g, () => values.shift()!))
    const written = await client.query("SELECT * FROM trades WHERE user_id = '7'")
    expect(written.rows).toMatchObject([
      { symbol: 'BTC/USD', quantity: 0.5, take_profit: 66_000, is_paper_trade: false },
    ])
    expect(written.rows[0].entry_timestamp).toBeInstanceOf(Date)
    await client.end()
  })
})
