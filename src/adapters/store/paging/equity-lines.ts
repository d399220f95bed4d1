/** Lines of equity that many pages draw at once: read once per event and question. */
import type { Kysely } from 'kysely'
import type { EquityRange, EquityRow } from '../../../domain/projections.ts'
import { equityOfAll } from '../equity-series.ts'
import { toldTo } from '../journal-rows.ts'
import type { Tables } from '../schema.ts'

type Lines = ReadonlyMap<string, readonly EquityRow[]>

/** Questions that are remembered. */
const KEPT = 16

export interface EquityLines {
  read(portfolio: string, range: EquityRange): Promise<Lines>
}

export function equityLines(db: Kysely<Tables>): EquityLines {
  const known = new Map<string, { readonly seq: number; readonly lines: Promise<Lines> }>()
  return {
    async read(portfolio, range) {
      const { from, to, points } = range
      const key = JSON.stringify([portfolio, from, to, points])
      const seq = await toldTo(db, portfolio)
      const found = known.get(key)
      if (found?.seq === seq) return found.lines
      const lines = equityOfAll(db, portfolio, range)
      known.delete(key)
      if (known.size >= KEPT) known.delete(known.keys().next().value!)
      known.set(key, { seq, lines })
      lines.catch(() => known.delete(key))
      return lines
    },
  }
}
