/** Equity over a stretch of time, as coarse as is enough for whoever draws it. */
import type { Kysely } from 'kysely'
import { EQUITY_GRAINS, type EquityGrain, type EquityRange, type EquityRow } from '../../domain/projections.ts'
import type { Tables } from './schema.ts'

const DAY = 86_400_000

interface Kept {
  /** Stretches that the range touches. */
  readonly count: number
  /** When the oldest of all that are kept begins. */
  readonly first: number
}

/** The coarsest roll-up with as many stretches as are asked for; where none has as many, the finest that is whole. */
export async function equitySeries(
  db: Kysely<Tables>,
  portfolio: string,
  sleeve: string,
  range: EquityRange,
): Promise<readonly EquityRow[]> {
  const grain = await grainFor(db, portfolio, sleeve, range)
  if (grain === null) return []
  const rows = await stretches(db, portfolio, grain, range).where('sleeve', '=', sleeve).orderBy('bucket').execute()
  return rows.map(equityRow)
}

/** The whole ('') and every sleeve in the grain that the whole is shown in. */
export async function equityOfAll(
  db: Kysely<Tables>,
  portfolio: string,
  range: EquityRange,
): Promise<ReadonlyMap<string, readonly EquityRow[]>> {
  const all = new Map<string, EquityRow[]>()
  const grain = await grainFor(db, portfolio, '', range)
  if (grain === null) return all
  const rows = await stretches(db, portfolio, grain, range).orderBy('sleeve').orderBy('bucket').execute()
  for (const row of rows) {
    const own = all.get(row.sleeve)
    if (own === undefined) all.set(row.sleeve, [equityRow(row)])
    else own.push(equityRow(row))
  }
  return all
}

function stretches(db: Kysely<Tables>, portfolio: string, grain: EquityGrain, { from, to }: EquityRange) {
  return db
    .selectFrom('equity')
    .selectAll()
    .where('portfolio', '=', portfolio)
    .where('grain', '=', grain)
    .where('at', '>=', from)
    .where('bucket', '<=', to)
}

async function grainFor(
  db: Kysely<Tables>,
  portfolio: string,
  sleeve: string,
  { from, to, points }: EquityRange,
): Promise<EquityGrain | null> {
  const rows = await db
    .selectFrom('equity')
    .select(({ fn, eb }) => [
      'grain',
      fn.min('bucket').as('first'),
      fn
        .sum(
          eb
            .case()
            .when(eb.and([eb('at', '>=', from), eb('bucket', '<=', to)]))
            .then(1)
            .else(0)
            .end(),
        )
        .as('count'),
    ])
    .where('portfolio', '=', portfolio)
    .where('sleeve', '=', sleeve)
    .groupBy('grain')
    .execute()
  const kept = new Map<string, Kept>(
    rows.map(({ grain, first, count }) => [grain, { first: Number(first), count: Number(count) }]),
  )
  const born = kept.get('day')?.first ?? Number.NEGATIVE_INFINITY
  // What retention has let go of is no answer for the time before.
  const whole = EQUITY_GRAINS.filter((grain) => {
    const { count = 0, first = 0 } = kept.get(grain) ?? {}
    return count > 0 && first < Math.max(from, born) + DAY
  })
  return whole.findLast((grain) => kept.get(grain)!.count >= points) ?? whole[0] ?? null
}

/** Every column by its name: a chart asks for many rows at once. */
export function equityRow(row: Tables['equity']): EquityRow {
  return {
    sleeve: row.sleeve,
    grain: row.grain as EquityGrain,
    bucket: row.bucket,
    at: row.at,
    seq: row.seq,
    first: row.first,
    minimum: row.minimum,
    maximum: row.maximum,
    equity: row.equity,
    cash: row.cash,
    gross: row.gross,
    net: row.net,
    positions: row.positions,
    flow: row.flow,
    growth: row.growth,
    peak: row.peak,
    volatility: row.volatility,
    closes: row.closes,
  }
}
