import type { Bounds, SectorGroup, UniverseRules } from '../../domain/universe.ts'
import type { Path } from './document.ts'
import type { Problems } from './problems.ts'
import type { RawUniverseRules } from './schema/universe.ts'

type RawBounds = { readonly min?: number | undefined; readonly max?: number | undefined }
type SectorGroups = Readonly<Record<string, readonly string[]>>

/** Bounds as the kernel takes them; null where neither side is asked. */
export function boundsOf(raw: RawBounds | undefined): Bounds | null {
  if (raw === undefined || (raw.min === undefined && raw.max === undefined)) return null
  return { min: raw.min ?? null, max: raw.max ?? null }
}

/** Sectors with what each of them stands for: itself, where no group has its name. */
export function sectorsOf(sectors: readonly string[] | undefined, groups: SectorGroups): readonly SectorGroup[] | null {
  if (sectors === undefined) return null
  return sectors.map((name) => ({ name, members: groups[name] ?? [name] }))
}

/** The rules of a universe; bounds that nothing can lie between are collected as problems. */
export function universeRulesOf(
  raw: RawUniverseRules,
  shared: SectorGroups,
  base: Path,
  problems: Problems,
): UniverseRules {
  const price = boundsOf(raw.price)
  const marketCap = boundsOf(raw.market_cap)
  const floatShares = boundsOf({ min: raw.float_min, max: raw.float_max })
  const sectors = sectorsOf(raw.sectors, { ...shared, ...raw.sector_groups })
  const demandRoom = (path: Path, min: number | null | undefined, max: number | null | undefined): void => {
    if (min === null || min === undefined || max === null || max === undefined || min < max) return
    problems.at([...base, ...path], `leaves no room: ${min} is not below ${max}; correct one of them`)
  }
  for (const key of ['price', 'market_cap'] as const)
    if (raw[key] !== undefined && boundsOf(raw[key]) === null)
      problems.at([...base, key], 'asks nothing; give it a min or a max')
  demandRoom(['price'], price?.min, price?.max)
  demandRoom(['market_cap'], marketCap?.min, marketCap?.max)
  demandRoom(['float_min'], raw.float_min, raw.float_max)
  demandRoom(['volatility_min'], raw.volatility_min, raw.volatility_max)
  return {
    volatilityMin: raw.volatility_min,
    volatilityBars: raw.volatility_bars,
    volumeMin: raw.volume_min,
    volumeBars: raw.volume_bars,
    notEvaluated: raw.not_evaluated,
    ...(raw.volatility_max === undefined ? {} : { volatilityMax: raw.volatility_max }),
    ...(price === null ? {} : { price }),
    ...(raw.dollar_volume_min === undefined ? {} : { dollarVolumeMin: raw.dollar_volume_min }),
    ...(marketCap === null ? {} : { marketCap }),
    ...(floatShares === null ? {} : { floatShares }),
    ...(sectors === null ? {} : { sectors }),
  }
}
