import fc from 'fast-check'
import { Kysely, Migrator, SqliteDialect } from 'kysely'
import { afterAll, describe, expect, it } from 'vitest'
import { stepsOf } from '../../src/adapters/store/migrations/steps.ts'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { openDriver } from '../../src/adapters/store/sqlite-driver.ts'
import type { ProjectedRows } from '../../src/domain/projections.ts'
import type { RoundTripRow } from '../../src/domain/round-trip-row.ts'
import type { TradeRecord } from '../../src/engine/records/result.ts'
import { type RunInput, runBacktest, runBare } from '../../src/engine/run/run.ts'
import { projectionWriter } from '../../src/live/projections/writer.ts'
import { play } from '../fixtures/exits/scenario.ts'
import { SCALED_SPREADS } from '../fixtures/scaled-spreads.ts'
import { propertyRuns } from '../profile.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'

const folder = storeFolder()
afterAll(() => folder.remove())

type Rows = Partial<{ [Table in keyof ProjectedRows]: ProjectedRows[Table][] }>

/** All rows of a run, a bar at a time. */
function rowsOf(input: Omit<RunInput, 'checks'>): Rows {
  const writer = projectionWriter()
  const rows: Record<string, unknown[]> = {}
  const take = (): void => {
    for (const [table, some] of Object.entries(writer.take())) {
      rows[table] ??= []
      rows[table].push(...(some as readonly unknown[]))
    }
  }
  const journal: RunInput['journal'] = (event) => {
    if (event.kind === 'slices') take()
    writer.event(event)
  }
  runBare({ ...input, journal }, writer.observer)
  take()
  return rows as Rows
}

function lastOf(rows: readonly RoundTripRow[] = []): readonly RoundTripRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

type Told = Readonly<Record<string, unknown>> &
  Record<'quantity' | 'openedAt' | 'entryPrice' | 'exitPrice' | 'pnl' | 'fees', number>

/** In one order, with the fields that both have. */
function told(trips: readonly RoundTripRow[]): readonly Told[] {
  return sorted(
    trips
      .filter(({ state }) => state === 'closed')
      .map((row) => ({
        sleeve: row.sleeve,
        instrument: row.label,
        kind: row.kind,
        side: row.side,
        quantity: row.entered,
        openedAt: row.openedAt,
        closedAt: row.closedAt,
        entryDate: row.entryDate,
        exitDate: row.exitDate,
        entryPrice: row.entryValue / row.entered,
        exitPrice: row.exitValue / row.exited,
        pnl: row.profit,
        fees: row.cost,
        entryReason: row.entryReason,
        exitReason: row.exitReason,
        entryOrder: row.entryOrder ?? 0,
        exitOrder: row.exitOrder ?? 0,
      })),
  )
}

function sorted(all: readonly Told[]): readonly Told[] {
  const key = ({ sleeve, instrument, openedAt, closedAt, quantity }: Told): string =>
    JSON.stringify([sleeve, instrument, openedAt, closedAt, quantity])
  return [...all].sort((one, other) => (key(one) < key(other) ? -1 : 1))
}

function wanted(trades: readonly TradeRecord[]): readonly Told[] {
  return sorted(
    trades.map(({ bars: _b, maximumAdverse: _a, maximumFavourable: _f, ...trade }) => trade as unknown as Told),
  )
}

function expectSame(rows: readonly RoundTripRow[], trades: readonly TradeRecord[]): void {
  const [given, known] = [told(rows), wanted(trades)]
  expect(given.length).toBe(known.length)
  const near = (value: number, digits: number) => expect.closeTo(value, digits)
  for (const [place, trade] of known.entries()) {
    expect(given[place]).toEqual({
      ...trade,
      quantity: near(trade.quantity, 9),
      entryPrice: near(trade.entryPrice, 9),
      exitPrice: near(trade.exitPrice, 9),
      pnl: near(trade.pnl, 6),
      fees: near(trade.fees, 6),
    })
  }
}

describe('round trips that stand in the tables', () => {
  it('are those of the report of the same run', () => {
    let trades = 0
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const input = runInputOf(drawn)
        // The bare run that is looked at judges no buying power either.
        const result = runBacktest({ ...input, checks: false })
        const { roundTrip, holding } = rowsOf(input)
        const rows = lastOf(roundTrip)
        expectSame(rows, result.trades)
        trades += result.trades.length
        const open = rows.filter(({ state }) => state === 'open')
        const held = lastHoldings(holding).filter(({ quantity }) => quantity !== 0)
        expect(open.map(({ sleeve, instrument }) => `${sleeve} ${instrument}`).sort()).toEqual(
          held.map(({ sleeve, instrument }) => `${sleeve} ${instrument}`).sort(),
        )
      }),
      propertyRuns(60),
    )
    expect(trades).toBeGreaterThan(20)
  }, 120_000)

  it('have structures as well, each part that was closed by itself', async () => {
    const { input, trades } = await play(SCALED_SPREADS)
    expect(trades.filter(({ kind }) => kind === 'structure').length).toBeGreaterThan(1)
    expectSame(lastOf(rowsOf(input).roundTrip), trades)
  }, 60_000)
})

function lastHoldings(rows: readonly ProjectedRows['holding'][] = []): readonly ProjectedRows['holding'][] {
  return [...new Map(rows.map((row) => [`${row.sleeve} ${row.instrument}`, row])).values()]
}

/** A store of the version before round trips were kept, with the bookings of another one. */
async function older(file: string, bookings: OpenedStore): Promise<void> {
  const driver = openDriver(file)
  const db = new Kysely<never>({ dialect: new SqliteDialect({ database: driver.database }) })
  const steps = Object.fromEntries(Object.entries(stepsOf('sqlite')).filter(([name]) => name < '013'))
  await new Migrator({ db, provider: { getMigrations: () => Promise.resolve(steps) } }).migrateToLatest()
  for (const table of ['posting', 'instrument', 'structure_change'] as const) {
    for (const row of await bookings.tables.db.selectFrom(table).selectAll().execute()) {
      const names = Object.keys(row)
      const places = names.map(() => '?').join(', ')
      const insert = `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${places})`
      driver.database.prepare(insert).run(Object.values(row))
    }
  }
  await db.destroy()
}

async function tripsOf(store: OpenedStore): Promise<readonly object[]> {
  const rows: object[] = []
  for await (const row of store.projections.projectedRows('one', 'roundTrip')) rows.push(row)
  return rows
}

describe.skipIf(!HAS_STORE)(`a store of the version before ${STORE_NEED}`, () => {
  it('has the round trips that it would have kept', async () => {
    const drawn = fc.sample(drawnPortfolio, { seed: 12, numRuns: 400 }).find((portfolio) => {
      const { trades } = runBacktest(runInputOf(portfolio))
      return trades.length > 8 && portfolio.instruments.some(({ split }) => split !== null)
    })!
    const rows = rowsOf(runInputOf(drawn))
    const kept = await openStore(folder.path('kept.db'), { create: true, key: null })
    const lease = (await kept.lease('one'))!
    await kept.commit('one', lease, { rows: [], projected: rows })
    await older(folder.path('older.db'), kept)
    const brought = await openStore(folder.path('older.db'), { create: false, key: null })
    expect((await tripsOf(kept)).length).toBeGreaterThan(8)
    expect(await tripsOf(brought)).toEqual(await tripsOf(kept))
    await lease.release()
    await kept.close()
    await brought.close()
  }, 60_000)
})
