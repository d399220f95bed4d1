import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { type ActivityEntry, PAGE_MAX, type PagedTable, SORTED_BY } from '../../src/domain/paging.ts'
import { at, CLOSE, COUNT, DAY, INSTRUMENTS, LATE, many, PROJECTED, posting, START, trip } from './paging-rows.ts'
import { rowsFrom } from './rows.ts'

/** Every page of a list, one after the other. */
async function walked<Row>(
  ask: (after: string | undefined) => Promise<{ readonly rows: readonly Row[]; readonly next: string | null }>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (let after: string | undefined; ; ) {
    const { rows: some, next } = await ask(after)
    rows.push(...some)
    if (next === null) return rows
    expect(some.length).toBeGreaterThan(0)
    after = next
  }
}

/** What every store gives to screens. */
export function pagingContract(name: string, place: () => Promise<string>): void {
  describe(`pages of ${name}`, () => {
    let store: OpenedStore
    beforeAll(async () => {
      store = await openStore(await place(), { create: true, key: null })
      for (const portfolio of ['one', 'two']) {
        const lease = (await store.lease(portfolio))!
        await store.commit(portfolio, lease, { rows: rowsFrom(0, 3), projected: PROJECTED })
        await lease.release()
      }
      const late = (await store.lease('late'))!
      await store.commit('late', late, { rows: rowsFrom(0, 3), projected: LATE })
      await store.commit('late', late, { rows: rowsFrom(3, 1), isAhead: true })
      await late.release()
    })
    afterAll(() => store.close())

    it.each(Object.keys(SORTED_BY) as PagedTable[])(
      'goes through all of %s, by every column, up and down, in the same order by place and by number',
      async (table) => {
        const key = (row: object): string => JSON.stringify(row)
        for (const sort of SORTED_BY[table]) {
          for (const descending of [true, false]) {
            const asked = { sort: sort as never, descending }
            const all = await store.paging.page('one', table, { ...asked, limit: PAGE_MAX })
            expect(all.rows.length).toBe(all.total)
            expect(new Set(all.rows.map(key)).size).toBe(all.total)
            const turned = await walked((after) =>
              store.paging.page('one', table, { ...asked, limit: 11, ...(after === undefined ? {} : { after }) }),
            )
            expect(turned).toEqual(all.rows)
            const jumped = await store.paging.page('one', table, { ...asked, limit: 3, offset: 4 })
            expect(jumped.rows).toEqual(all.rows.slice(4, 7))
            const values = all.rows
              .map((row) => (row as unknown as Readonly<Record<string, unknown>>)[sort])
              .filter((value) => typeof value === 'number')
            const sorted = [...values].sort((one, other) =>
              descending ? Number(other) - Number(one) : Number(one) - Number(other),
            )
            expect(values).toEqual(sorted)
          }
        }
      },
    )

    it('has round trips that were closed, or those that are open, by sleeve, name, side and time', async () => {
      const closed = many(COUNT, trip).filter(({ state }) => state === 'closed')
      const count = async (query: object): Promise<number> =>
        (await store.paging.page('one', 'trips', { limit: 1, ...query })).total
      expect(await count({})).toBe(closed.length)
      expect(await count({ open: true })).toBe(COUNT / 10)
      expect(await count({ sleeve: 'trend' })).toBe(closed.filter(({ sleeve: of }) => of === 'trend').length)
      expect(await count({ symbol: 'a' })).toBe(closed.filter(({ label }) => label.startsWith('A')).length)
      expect(await count({ symbol: 'a_' })).toBe(closed.filter(({ label }) => label === 'A_B').length)
      expect(await count({ kind: 'short', instrument: INSTRUMENTS[1] })).toBe(
        closed.filter(({ side, instrument: of }) => side === 'short' && of === INSTRUMENTS[1]).length,
      )
      const [from, to] = [at(50), at(90)]
      expect(await count({ from, to })).toBe(
        closed.filter(({ closedAt }) => closedAt! >= from && closedAt! <= to).length,
      )
      expect(await count({ severity: 'high' })).toBe(0)
      const { rows } = await store.paging.page('one', 'trips', { limit: 1, sort: 'openedAt', descending: false })
      expect(rows[0]).toEqual({
        id: 'trend/XNAS:AAPL/0',
        sleeve: 'trend',
        instrument: INSTRUMENTS[0],
        symbol: 'AAPL',
        kind: 'position',
        direction: 'short',
        quantity: 10,
        openedAt: at(0),
        closedAt: at(0),
        entryDate: 20_260_105,
        exitDate: 20_260_106,
        holdMs: 0,
        entryPrice: 100,
        exitPrice: 101,
        worth: 1000,
        profit: -20,
        cost: 1,
        entryReason: 'breakout',
        exitReason: 'stop',
        openedBy: 0,
        closedBy: 1,
      })
    })

    it('says what became of an order, and which sleeves have a part in it', async () => {
      const { rows, total } = await store.paging.page('one', 'orders', { limit: 100 })
      expect(total).toBe(20)
      const byNumber = new Map(rows.map((row) => [row.order, row]))
      expect(byNumber.get(1)).toMatchObject({
        symbol: 'MSFT',
        filled: 3_000_000,
        averagePrice: 52,
        fee: 5,
        state: 'filled',
        endedAt: at(32),
        evidence: 'the broker',
        sleeves: ['trend2'],
        unitsPerWhole: 1_000_000,
        currency: 'USD',
      })
      expect(byNumber.get(2)).toMatchObject({ filled: 0, averagePrice: null, state: 'working', endedAt: null })
      expect(byNumber.get(5)).toMatchObject({
        instrument: null,
        symbol: 'put spread',
        unitsPerWhole: 1,
        currency: 'USD',
      })
      expect(byNumber.get(6)).toMatchObject({ state: 'crossed' })
      const count = async (query: object): Promise<number> =>
        (await store.paging.page('one', 'orders', { limit: 1, ...query })).total
      expect([await count({ open: true }), await count({ open: false })]).toEqual([18, 2])
      expect([
        await count({ sleeve: 'carry' }),
        await count({ kind: 'limit' }),
        await count({ symbol: 'put' }),
      ]).toEqual([6, 10, 1])
    })

    it('finds violations by what they are about, with what they took opened', async () => {
      const ids = async (query: object): Promise<readonly number[]> =>
        (await store.paging.page('one', 'violations', { limit: 100, descending: false, ...query })).rows.map(
          ({ id }) => id,
        )
      expect(await ids({ sleeve: 'trend' })).toEqual([0, 4, 6, 10])
      expect(await ids({ open: true, severity: 'critical' })).toEqual([3, 7, 11])
      expect(await ids({ severity: ['low', 'critical'] })).toEqual([0, 3, 4, 7, 8, 11])
      expect(await ids({ instrument: INSTRUMENTS[0] })).toEqual([1, 4, 7, 10])
      expect((await ids({ sort: 'severity', descending: true })).slice(0, 3)).toEqual([11, 7, 3])
      const { rows } = await store.paging.page('one', 'violations', { limit: 1 })
      expect(rows[0]).toMatchObject({ sleeve: null, parameters: '{"secret":1}' })
    })

    it('refuses a page that is none, and the place of another list', async () => {
      for (const limit of [0, 1.5, PAGE_MAX + 1])
        await expect(store.paging.page('one', 'trips', { limit })).rejects.toThrow(RangeError)
      const { next } = await store.paging.page('one', 'trips', { limit: 5 })
      await expect(store.paging.page('one', 'trips', { limit: 5, sort: 'profit', after: next! })).rejects.toThrow(
        'another list',
      )
      await expect(store.paging.page('one', 'signals', { limit: 5, after: next! })).rejects.toThrow(RangeError)
      await expect(
        store.paging.page('one', 'trips', { limit: 5, after: `x'); DROP TABLE round_trip; --` }),
      ).rejects.toThrow(RangeError)
      const hostile = `%' OR 1=1 --`
      expect((await store.paging.page('one', 'trips', { limit: 5, symbol: hostile, sleeve: hostile })).total).toBe(0)
    })

    it('tells all that happened newest first, each once, however long the pages are', async () => {
      const all = await store.paging.activity('one', { limit: PAGE_MAX })
      expect(all.next).toBeNull()
      const ats = all.rows.map(({ at: when }) => when)
      expect(ats).toEqual([...ats].sort((one, other) => other - one))
      expect(new Set(all.rows.map(({ id }) => id)).size).toBe(all.rows.length)
      const trades = many(COUNT, posting).filter(({ quantity }) => quantity !== 0).length
      const kinds = (rows: readonly ActivityEntry[]): Readonly<Record<string, number>> => {
        const counts: Record<string, number> = {}
        for (const { kind } of rows) counts[kind] = (counts[kind] ?? 0) + 1
        return counts
      }
      expect(kinds(all.rows)).toEqual({ trade: trades, violation: 18, alert: 6, status: 2, rebalancing: 6 })
      for (const limit of [1, 4, 50]) {
        const turned = await walked((before) =>
          store.paging.activity('one', { limit, ...(before === undefined ? {} : { before }) }),
        )
        expect(turned).toEqual(all.rows)
      }
      const byId = new Map(all.rows.map((row) => [row.id, row]))
      expect(byId.get('operation-4-0')).toMatchObject({ kind: 'status', what: 'pause', sleeve: 'carry', text: 'anna' })
      expect(byId.get('violation-4-0')).toMatchObject({
        what: 'opened',
        severity: 'low',
        sleeve: 'trend',
        value: 0.2,
        limit: 0.1,
      })
      expect(byId.get('violation-7-0')).toMatchObject({ sleeve: 'trend2' })
      expect(byId.get('posting-2-1')).toMatchObject({ what: 'buy', symbol: 'A_B', quantity: 2, order: 2, value: 100 })
      expect(byId.get('capital-40-1')).toMatchObject({ what: 'rebalance', quantity: 2, value: 7, sleeve: null })
      const some = await store.paging.activity('one', {
        limit: 500,
        kinds: ['rebalancing', 'violation'],
        sleeve: 'trend',
      })
      expect(kinds(some.rows)).toEqual({ rebalancing: 3, violation: 8 })
    })

    it('says what is held, by sleeve and netted, at the last closes', async () => {
      const { bySleeve, netted } = await store.paging.positions('one')
      expect(
        bySleeve.map(({ sleeve: of, symbol, quantity, value, unrealised }) => [
          of,
          symbol,
          quantity,
          value,
          unrealised,
        ]),
      ).toEqual([
        ['trend', 'AAPL', 10, 1000, 200],
        ['carry', 'AAPL', -4, -400, -80],
        ['carry', 'MSFT', 1, null, null],
      ])
      expect(netted).toMatchObject([
        { symbol: 'AAPL', quantity: 6, long: 10, short: -4, value: 600, gross: 1400, unrealised: 120, realised: 10 },
        { symbol: 'MSFT', quantity: 1, value: null, gross: null },
      ])
      expect(netted[0]!.parts).toHaveLength(2)
      expect(await store.paging.standing('one')).toEqual({ seq: 2, at: rowsFrom(2, 1)[0]!.at })
      expect(await store.paging.standing('none')).toEqual({ seq: -1, at: null })
    })

    it('gives the newest of lists that are shown from their end, what waits for a word first, and instruments by name', async () => {
      const gates = await store.paging.latest('late', 'gateChange', 2)
      expect(gates.map(({ seq, gate }) => [seq, gate])).toEqual([
        [2, 'feed'],
        [1, 'alive'],
      ])
      const asked = await store.paging.latest('late', 'approval', 2)
      expect(asked.map(({ id, state }) => [id, state])).toEqual([
        [1, 'asked'],
        [3, 'approved'],
      ])
      expect(await store.paging.latest('late', 'discrepancy', 2)).toEqual([])
      const named = await store.paging.instruments('one', [INSTRUMENTS[0], 'MSFT', 'none'])
      expect(named.map(({ symbol }) => symbol)).toEqual(['AAPL', 'MSFT'])
      expect(await store.paging.instruments('one', [])).toEqual([])
      // The tables are behind the journal: what they show is said of the event that they are at.
      expect((await store.paging.standing('late')).seq).toBe(2)
    })

    it('gives lines of equity as they are after every event', async () => {
      const range = { from: START, to: START + 400 * DAY, points: 5 }
      const before = await store.paging.equityOfAll('late', range)
      expect([...before.keys()]).toEqual([])
      const lease = (await store.lease('late'))!
      await store.commit('late', lease, { rows: rowsFrom(4, 1), projected: { equity: [CLOSE] } })
      await lease.release()
      expect([...(await store.paging.equityOfAll('late', range)).keys()]).toEqual([''])
    })

    it('gives bars of the coarsest grain that is enough, and joins neighbours where there are too many', async () => {
      const bars = (points: number, from = 0, to = START + 400 * DAY) =>
        store.paging.priceBars('one', INSTRUMENTS[0], { from, to, points })
      expect(await bars(5)).toHaveLength(5)
      expect((await bars(5))[0]).toMatchObject({ bucket: START, open: 0 })
      expect(await bars(500)).toHaveLength(100)
      expect(await bars(500, at(10), at(19))).toHaveLength(10)
      const joined = await bars(30)
      expect(joined).toHaveLength(25)
      expect(joined[1]).toEqual({
        bucket: at(4),
        at: at(7),
        tradeDate: 20_260_105,
        open: 4,
        high: 9,
        low: 2,
        close: 8,
        volume: 40,
      })
      expect(await store.paging.priceBars('one', 'none', { from: 0, to: START, points: 5 })).toEqual([])
    })
  })
}
