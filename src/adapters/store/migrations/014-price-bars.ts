/** Bars of what a portfolio trades, for charts. Of a store that is older they begin with the next one, or are rebuilt. */
import type { Kysely, Migration } from 'kysely'
import { type ColumnTypes, createTable } from './columns.ts'

export function priceBarsStep(types: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createTable(
        db,
        types,
        'price_bar',
        {
          portfolio: 'text',
          instrument: 'text',
          grain: 'text',
          bucket: 'whole',
          at: 'whole',
          trade_date: 'whole',
          open: 'number',
          high: 'number',
          low: 'number',
          close: 'number',
          volume: 'number',
          factor: 'number?',
        },
        ['portfolio', 'instrument', 'grain', 'bucket'],
      )
    },
  }
}
