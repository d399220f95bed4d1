/** What is held at the last closes, by sleeve and netted. */
import { type Kysely, sql } from 'kysely'
import type { NetPosition, PositionRow, Positions } from '../../../domain/paging.ts'
import type { Tables } from '../schema.ts'

type Held = Omit<PositionRow, 'value' | 'unrealised' | 'quantity'> & {
  readonly units: number
  readonly unitsPerWhole: number
  readonly multiplier: number
  readonly rate: number | null
}

export async function positions(db: Kysely<Tables>, portfolio: string): Promise<Positions> {
  const { rows } = await sql<Held>`
    SELECT h.sleeve, h.instrument, i.symbol, i.name, i.kind, i.asset_class AS "assetClass", i.sector, i.currency,
      h.quantity AS units, i.units_per_whole AS "unitsPerWhole", i.multiplier, h.average_price AS "averagePrice",
      h.opened_at AS "openedAt", h.stop, h.target, m.price, m.rate, m.at AS "markedAt", h.realised
    FROM holding h JOIN instrument i ON i.portfolio = h.portfolio AND i.instrument = h.instrument
      JOIN sleeve s ON s.portfolio = h.portfolio AND s.sleeve = h.sleeve
      LEFT JOIN mark m ON m.portfolio = h.portfolio AND m.instrument = h.instrument
    WHERE h.portfolio = ${portfolio} AND h.quantity <> 0 ORDER BY s.ordinal, h.instrument`.execute(db)
  const bySleeve = rows.map(valued)
  return { bySleeve, netted: netted(bySleeve) }
}

function valued({ units, unitsPerWhole, multiplier, rate, ...row }: Held): PositionRow {
  const quantity = units / unitsPerWhole
  const { price, averagePrice } = row
  const worth = price === null || rate === null ? null : quantity * multiplier * rate
  return {
    ...row,
    quantity,
    value: worth === null ? null : worth * price!,
    unrealised: worth === null || averagePrice === null ? null : worth * (price! - averagePrice),
    realised: row.realised ?? 0,
  }
}

function netted(rows: readonly PositionRow[]): readonly NetPosition[] {
  const byInstrument = new Map<string, PositionRow[]>()
  for (const row of rows) {
    const parts = byInstrument.get(row.instrument)
    if (parts === undefined) byInstrument.set(row.instrument, [row])
    else parts.push(row)
  }
  const all = [...byInstrument.values()].map(netOf)
  return all.sort((one, other) => (other.gross ?? 0) - (one.gross ?? 0) || (one.symbol < other.symbol ? -1 : 1))
}

function netOf(parts: readonly PositionRow[]): NetPosition {
  const { sleeve: _s, averagePrice: _a, openedAt: _o, stop: _p, target: _t, ...shared } = parts[0]!
  const sum = (of: (part: PositionRow) => number): number => parts.reduce((total, part) => total + of(part), 0)
  const known = (of: (part: PositionRow) => number | null, worth = (value: number) => value): number | null =>
    parts.some((part) => of(part) === null) ? null : sum((part) => worth(of(part)!))
  return {
    ...shared,
    quantity: sum(({ quantity }) => quantity),
    long: sum(({ quantity }) => Math.max(0, quantity)),
    short: sum(({ quantity }) => Math.min(0, quantity)),
    value: known(({ value }) => value),
    gross: known(({ value }) => value, Math.abs),
    unrealised: known(({ unrealised }) => unrealised),
    realised: sum(({ realised }) => realised),
    parts,
  }
}
