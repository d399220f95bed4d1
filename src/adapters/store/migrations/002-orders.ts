/** What was said to brokers, what they said, and up to where their executions were taken. */
import type { Kysely, Migration } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function ordersStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createTable(
        db,
        types,
        'broker_order',
        {
          portfolio: 'text',
          client_id: 'text',
          number: 'whole',
          account: 'text',
          broker: 'text',
          broker_id: 'text?',
          instrument: 'text?',
          legs: 'text',
          terms: 'text',
          quantity: 'whole',
          filled: 'whole',
          reducing: 'flag',
          shares: 'text',
          state: 'text',
          cancelling: 'flag',
          evidence: 'text',
          intended_at: 'whole',
          sends: 'whole',
          changed_at: 'whole',
        },
        ['portfolio', 'client_id'],
      )
      for (const column of ['number', 'state']) {
        const index = db.schema.createIndex(`broker_order_${column}`).on('broker_order')
        await index.columns(['portfolio', column]).execute()
      }
      await createTable(
        db,
        types,
        'execution',
        {
          portfolio: 'text',
          broker: 'text',
          id: 'text',
          number: 'whole',
          corrects: 'text?',
          client_id: 'text?',
          symbol: 'text',
          instrument: 'text?',
          quantity: 'whole',
          price: 'number',
          fee: 'whole?',
          at: 'whole',
          shares: 'text?',
        },
        ['portfolio', 'broker', 'id'],
      )
      await db.schema.createIndex('execution_number').on('execution').columns(['portfolio', 'number']).execute()
      await db.schema.createIndex('execution_client').on('execution').columns(['portfolio', 'client_id']).execute()
      await createTable(db, types, 'broker_cursor', { portfolio: 'text', broker: 'text', value: 'text' }, [
        'portfolio',
        'broker',
      ])
    },
  }
}
