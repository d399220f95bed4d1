import type { ScreenRecord } from '../domain/recorded.ts'
import type { RawScreen } from './config/schema/portfolio.ts'

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

const oneSpace = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Which candidates pass, and every reason why each other does not. Bounds of a range pass; the others are strict. */
export function screenRecords(records: readonly ScreenRecord[], criteria: RawScreen): ScreenResult {
  const passes: Pass[] = []
  const failures: { readonly symbol: string; readonly reasons: readonly string[] }[] = []
  for (const candidate of records) {
    const reasons = numericReasons(candidate, criteria)
    const sectorMatch = criteria.sectors === undefined ? null : inSectors(candidate, criteria)
    if (sectorMatch === false && criteria.sectors_required) {
      const own = oneSpace(`${candidate.sector || 'unknown'} / ${candidate.industry || 'unknown'}`)
      reasons.push(`${own} is outside ${criteria.sectors?.join(', ')}`)
    }
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

function numericReasons(candidate: ScreenRecord, criteria: RawScreen): string[] {
  const { market_cap: cap, float_max: floatMax, volume_min: volumeMin } = criteria
  const reasons: string[] = []
  const judge = (name: string, value: number | null, holds: (value: number) => boolean, limit: string): void => {
    if (value === null) reasons.push(`${name} is missing`)
    else if (!holds(value)) reasons.push(`${name} ${value} is not ${limit}`)
  }
  if (cap?.min !== undefined)
    judge('market_cap', candidate.marketCap, (value) => value >= cap.min!, `at least ${cap.min}`)
  if (cap?.max !== undefined && candidate.marketCap !== null) {
    judge('market_cap', candidate.marketCap, (value) => value <= cap.max!, `at most ${cap.max}`)
  } else if (cap?.max !== undefined && cap.min === undefined) reasons.push('market_cap is missing')
  if (floatMax !== undefined)
    judge('float_shares', candidate.floatShares, (value) => value < floatMax, `below ${floatMax}`)
  if (volumeMin !== undefined)
    judge('avg_volume', candidate.averageVolume, (value) => value > volumeMin, `above ${volumeMin}`)
  return reasons
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

/** A sector of the list, or an industry that one of its names stands for. */
function inSectors(candidate: ScreenRecord, criteria: RawScreen): boolean {
  const own = [candidate.sector, candidate.industry].map(plain)
  const wanted = (criteria.sectors ?? []).flatMap((name) => criteria.sector_groups?.[name] ?? [name]).map(plain)
  return wanted.some((name) => own.includes(name))
}
