/** Reads of the readable tables as screens need them. */
import type { Paging, ViolationPageRow } from '../../../domain/paging.ts'
import { type JournalPlace, toldTo } from '../journal-rows.ts'
import type { Sealing } from '../sealing.ts'
import { activity } from './activity.ts'
import { priceBars } from './bars.ts'
import { equityLines } from './equity-lines.ts'
import { instruments, latest } from './latest.ts'
import { momentSpan, orderSpan } from './order-span.ts'
import { page } from './page.ts'
import { positions } from './positions.ts'

export function sqlPaging({ db, sealing }: JournalPlace): Paging {
  const counts = { known: new Map() }
  const lines = equityLines(db)
  return {
    page: async (portfolio, table, query) => {
      const found = await page(db, portfolio, table, query, counts)
      if (table !== 'violations') return found
      return { ...found, rows: found.rows.map((row) => opened(row as ViolationPageRow, sealing) as typeof row) }
    },
    activity: (portfolio, query) => activity(db, portfolio, query),
    positions: (portfolio) => positions(db, portfolio),
    priceBars: (portfolio, instrument, range) => priceBars(db, portfolio, instrument, range),
    orderSpan: (portfolio, order) => orderSpan(db, portfolio, order),
    momentSpan: (portfolio, at) => momentSpan(db, portfolio, at),
    latest: (portfolio, table, limit) => latest(db, portfolio, table, limit),
    instruments: (portfolio, names) => instruments(db, portfolio, names),
    equityOfAll: (portfolio, range) => lines.read(portfolio, range),
    async standing(portfolio) {
      const own = db.selectFrom('journal').select(['seq', 'at']).where('portfolio', '=', portfolio)
      const last = await own.where('seq', '=', await toldTo(db, portfolio)).executeTakeFirst()
      return last === undefined ? { seq: -1, at: null } : { seq: Number(last.seq), at: Number(last.at) }
    },
  }
}

/** With the parameters that it took, where they are sealed. */
function opened(row: ViolationPageRow, sealing: Sealing): ViolationPageRow {
  return row.parameters === null ? row : { ...row, parameters: sealing.openText(row.parameters) }
}
