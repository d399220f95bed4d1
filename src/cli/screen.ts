import type { ScreenRecord } from '../domain/recorded.ts'
import type { Bounds } from '../domain/universe.ts'
import { figureReason, oneSpace, sectorReason } from '../pipeline/universe/criteria.ts'
import type { RawScreen } from './config/schema/universe.ts'
import { boundsOf, sectorsOf } from './config/universe-rules.ts'

/** Names of one day's snapshot against the criteria of a configuration. */

export interface Pass {
  readonly symbol: string
  readonly name: string
  readonly sector: string
  readonly industry: string
  readonly marketCap: number | null
  readonly floatShares: number | null
  readonly volume: number | null
  /** Null where no sectors are asked. */
  readonly sectorMatch: boolean | null
}

export interface ScreenResult {
  readonly passes: readonly Pass[]
  readonly failures: readonly { readonly symbol: string; readonly reasons: readonly string[] }[]
}

/** Which candidates pass, and every reason why each other does not. Bounds of a range pass; the others are strict. */
export function screenRecords(records: readonly ScreenRecord[], criteria: RawScreen): ScreenResult {
  const groups = sectorsOf(criteria.sectors, criteria.sector_groups ?? {})
  const passes: Pass[] = []
  const failures: { readonly symbol: string; readonly reasons: readonly string[] }[] = []
  for (const candidate of records) {
    const reasons = numericReasons(candidate, criteria)
    const outside = groups === null ? null : sectorReason(groups, candidate.sector, candidate.industry)
    const sectorMatch = groups === null ? null : outside === null
    if (outside !== null && criteria.sectors_required) reasons.push(outside)
    if (reasons.length === 0) passes.push(passOf(candidate, sectorMatch))
    else failures.push({ symbol: candidate.symbol, reasons })
  }
  return { passes, failures }
}

function passOf(record: ScreenRecord, sectorMatch: boolean | null): Pass {
  const { symbol, marketCap, floatShares, averageVolume } = record
  const [name, sector, industry] = [record.name, record.sector, record.industry].map(oneSpace) as [
    string,
    string,
    string,
  ]
  return { symbol, name, sector, industry, marketCap, floatShares, volume: averageVolume, sectorMatch }
}

/** Every bound that a candidate misses, in the order in which criteria are written. */
function numericReasons(candidate: ScreenRecord, criteria: RawScreen): string[] {
  const { marketCap, floatShares, averageVolume, price } = candidate
  const above = (min: number | undefined): Bounds | null => boundsOf({ min })
  const money = price === null || averageVolume === null ? null : price * averageVolume
  const asked: readonly (readonly [string, Bounds | null, boolean, number | null])[] = [
    ['market_cap', boundsOf(criteria.market_cap), false, marketCap],
    ['float_shares', boundsOf({ max: criteria.float_max }), true, floatShares],
    ['avg_volume', above(criteria.volume_min), true, averageVolume],
    ['price', boundsOf(criteria.price), false, price],
    ['dollar_volume', above(criteria.dollar_volume_min), true, money],
  ]
  return asked.flatMap(([name, bounds, isOpen, value]) =>
    bounds === null ? [] : (figureReason({ name, bounds, isOpen }, value) ?? []),
  )
}
