/** Sums over the projected books that limits are judged against: kept only where a limit asks for them. */
import type { PortfolioConfig } from '../../domain/config.ts'
import { ASSET_CLASSES } from '../../domain/instruments.ts'
import type { Bucket } from '../../domain/risk.ts'
import { groupsOf } from '../../pipeline/risk/rule-sets.ts'
import type { Runtime } from '../runtime.ts'

/** A group by the places of its members. */
export interface GroupMembers {
  readonly sleeves: readonly number[]
  /** By sleeve ordinal. */
  readonly hasSleeve: readonly boolean[]
  hasInstrument(instrument: number): boolean
}

/** Which sums the limits of a configuration ask for. */
export interface Asked {
  readonly positions: boolean
  readonly sector: boolean
  readonly currency: boolean
  readonly net: boolean
  readonly sleeves: boolean
  readonly groups: boolean
}

export function askedBy({ limits, sleeves, groups }: PortfolioConfig): Asked {
  return {
    positions:
      sleeves.some((sleeve) => sleeve.limits.positionsMax !== null) ||
      limits.positionsMax !== null ||
      (limits.lifecycle?.positionsMax ?? null) !== null,
    sector: limits.sectorWeightMax !== undefined,
    currency: limits.currencyWeightMax !== undefined,
    net: limits.leverageNetMax !== undefined,
    sleeves:
      limits.lifecycle !== undefined ||
      sleeves.some((sleeve) => sleeve.limits.leverageMax !== undefined || sleeve.limits.exposureMax !== undefined),
    groups: Object.keys(groups).length > 0,
  }
}

export function groupMembers(runtime: Runtime, config: PortfolioConfig): readonly GroupMembers[] {
  const all = config.sleeves.map((_, ordinal) => ordinal)
  return groupsOf(config.groups).map(({ sleeves, instruments }) => {
    const own = new Set<string>(instruments)
    const ordinals = sleeves.length === 0 ? all : sleeves.map((id) => runtime.sleeveOrdinal.get(id)!)
    return {
      sleeves: ordinals,
      hasSleeve: all.map((ordinal) => ordinals.includes(ordinal)),
      hasInstrument: (instrument) => own.size === 0 || own.has(runtime.state.instruments[instrument]!.id),
    }
  })
}

/** Where each instrument belongs: a place per asset class, sector and currency. */
export interface Buckets {
  of(bucket: Bucket, instrument: number): number
}

/** A sector's place is that of its first instrument; what has none is a sector of its own. */
export function buckets(runtime: Runtime): Buckets {
  const { state } = runtime
  const places = new Map<string, number>()
  let sectors = new Int32Array(0)
  let known = 0
  const sectorOf = (instrument: number): number => {
    if (instrument >= known) learn()
    return sectors[instrument]!
  }
  const learn = (): void => {
    if (sectors.length < state.instruments.length) {
      const wider = new Int32Array(state.books.width)
      wider.set(sectors)
      sectors = wider
    }
    for (; known < state.instruments.length; known += 1) {
      const { sector } = state.instruments[known]!
      const place = places.get(sector) ?? places.size
      places.set(sector, place)
      sectors[known] = place
    }
  }
  return {
    of: (bucket, instrument) => {
      if (bucket === 'assetClass') return runtime.assetClass[instrument]!
      return bucket === 'sector' ? sectorOf(instrument) : state.books.currency[instrument]!
    },
  }
}

export interface RiskSums {
  /** Of the account, netted: gross; and long less short exposure, with all buys and with all sells filled. */
  gross: number
  /** What gross exposure is more than that where structures count by their deltas, not by their maximum loss. */
  deltaExcess: number
  /** Initial margin of it, where instruments have margins of their own. */
  bound: number
  highest: number
  lowest: number
  positions: number
  readonly classes: Float64Array
  sectors: Float64Array
  currencies: Float64Array
  /** By sleeve ordinal. */
  sleeveGross: Float64Array
  sleevePositions: Int32Array
  /** By group. */
  groupExposure: Float64Array
  groupPositions: Int32Array
}

export function riskSums(): RiskSums {
  return {
    gross: 0,
    deltaExcess: 0,
    bound: 0,
    highest: 0,
    lowest: 0,
    positions: 0,
    classes: new Float64Array(ASSET_CLASSES.length),
    sectors: new Float64Array(0),
    currencies: new Float64Array(0),
    sleeveGross: new Float64Array(0),
    sleevePositions: new Int32Array(0),
    groupExposure: new Float64Array(0),
    groupPositions: new Int32Array(0),
  }
}

/** All sums at zero, with room for every sleeve, instrument and group. */
export function clearSums(sums: RiskSums, runtime: Runtime, groups: number): void {
  const { sleeves, state } = runtime
  sums.gross = 0
  sums.deltaExcess = 0
  sums.bound = 0
  sums.highest = 0
  sums.lowest = 0
  sums.positions = 0
  sums.classes.fill(0)
  if (sums.sectors.length < state.instruments.length) sums.sectors = new Float64Array(state.books.width)
  else sums.sectors.fill(0)
  if (sums.currencies.length < state.currencies.length) sums.currencies = new Float64Array(state.currencies.length)
  else sums.currencies.fill(0)
  if (sums.sleeveGross.length !== sleeves.length) {
    sums.sleeveGross = new Float64Array(sleeves.length)
    sums.sleevePositions = new Int32Array(sleeves.length)
  } else {
    sums.sleeveGross.fill(0)
    sums.sleevePositions.fill(0)
  }
  if (sums.groupExposure.length !== groups) {
    sums.groupExposure = new Float64Array(groups)
    sums.groupPositions = new Int32Array(groups)
  } else {
    sums.groupExposure.fill(0)
    sums.groupPositions.fill(0)
  }
}
