import { sql } from 'kysely'
import { afterAll, describe, expect, it } from 'vitest'
import { pagingContract } from '../../../../test/contracts/paging.ts'
import { postgresServer } from '../../../../test/servers.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../../../../test/store.ts'
import { type PageQuery, SORTED_BY } from '../../../domain/paging.ts'
import { openTablesOf } from '../open.ts'
import { conditionsOf, statement } from './page.ts'

const server = await postgresServer()
const folder = storeFolder()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

if (HAS_STORE) pagingContract('a store in a file', () => Promise.resolve(folder.path('paging.db')))
if (server !== null) pagingContract('a store in PostgreSQL', () => server.database('paging'))

describe.skipIf(!HAS_STORE)(`round trips in a file ${STORE_NEED}`, () => {
  it('are found by an index and sorted by none, whatever they are sorted and filtered by', async () => {
    const { db } = await openTablesOf(folder.path('plans.db'), { create: true })
    const planOf = async (query: PageQuery<'trips'>): Promise<string> => {
      const where = sql.join(conditionsOf('one', 'trips', query), sql` AND `)
      const plan = await sql<{ detail: string }>`EXPLAIN QUERY PLAN ${statement('trips', query, where)}`.execute(db)
      return plan.rows.map(({ detail }) => detail).join('\n')
    }
    for (const sort of SORTED_BY.trips) {
      for (const query of [{}, { offset: 90_000 }, { sleeve: 'trend' }, { instrument: 'AAPL' }, { open: true }]) {
        const plan = await planOf({ sort, limit: 50, ...query })
        expect(plan, `${sort} ${JSON.stringify(query)}`).toMatch(/SEARCH t USING (?:COVERING )?INDEX round_trip_/)
        // What is open is few, and put in order when it is asked for.
        if ('open' in query) continue
        // The page itself, at most 1,001 rows, is put in order once more.
        const found = plan.slice(0, plan.indexOf('SCAN k'))
        expect(found, `${sort} ${JSON.stringify(query)}`).not.toMatch(/USE TEMP B-TREE|SCAN t/)
      }
    }
    await db.destroy()
  })
})
