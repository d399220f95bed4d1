/** Limits that can never bind, because another one binds before: said so that nobody relies on them. */
import type { PortfolioConfig, SleeveConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { PortfolioLimits } from '../../domain/limits.ts'
import { stageRoom } from '../../pipeline/risk/stage-room.ts'
import { deployable, positionSize } from './deployable.ts'
import type { InstrumentDeclaration } from './loaded.ts'

interface Ceiling {
  /** Of equity. */
  readonly most: number
  readonly because: string
}

const never = (path: string, limit: number, because: string): string => `${path} (${limit}) can never bind: ${because}`

export function limitNotes(config: PortfolioConfig, instruments: readonly InstrumentDeclaration[]): readonly string[] {
  const ceilings = ceilingsOf(config)
  return [
    ...grossNotes(config.limits, ceilings),
    ...partNotes(config.limits, ceilings),
    ...placeNotes(config),
    ...lifecycleNotes(config.limits),
    ...config.sleeves.flatMap((sleeve) => sleeveNotes(config, sleeve)),
    ...sectorNotes(config.limits, instruments),
  ]
}

/** What limits gross exposure, each as a fraction of equity with the reason to give. */
function ceilingsOf({ limits }: PortfolioConfig): readonly Ceiling[] {
  const { leverageMax, exposureMax, cashMin } = limits
  return [
    { most: leverageMax, because: `leverage allows ${leverageMax} of equity in all` },
    ...(exposureMax === undefined
      ? []
      : [{ most: exposureMax, because: `limits.exposure_max allows ${exposureMax} of equity in all` }]),
    ...(cashMin === undefined
      ? []
      : [{ most: 1 - cashMin, because: `limits.cash_min leaves ${share(1 - cashMin)} of equity to work with` }]),
  ]
}

/** A number of a file after arithmetic: without what binary fractions add to it. */
const share = (value: number): number => Number(value.toPrecision(12))

/** The strictest ceiling where it is at or below a limit; a limit that is a ceiling itself gives way to stricter ones only. */
function bindsBefore(limit: number, ceilings: readonly Ceiling[], isCeiling: boolean): Ceiling | undefined {
  const strictest = ceilings.reduce((one, other) => (other.most < one.most ? other : one))
  return isCeiling ? (strictest.most < limit ? strictest : undefined) : strictest.most <= limit ? strictest : undefined
}

function grossNotes(limits: PortfolioLimits, ceilings: readonly Ceiling[]): readonly string[] {
  const { exposureMax, cashMin } = limits
  const notes: string[] = []
  if (exposureMax !== undefined) {
    const stricter = bindsBefore(exposureMax, ceilings, true)
    if (stricter !== undefined) notes.push(never('limits.exposure_max', exposureMax, stricter.because))
  }
  if (cashMin !== undefined) {
    const stricter = bindsBefore(1 - cashMin, ceilings, true)
    if (stricter !== undefined) notes.push(never('limits.cash_min', cashMin, stricter.because))
  }
  return notes
}

/** Parts of the gross exposure under limits that the whole cannot reach. */
function partNotes(limits: PortfolioLimits, ceilings: readonly Ceiling[]): readonly string[] {
  const parts: readonly (readonly [string, number | null | undefined])[] = [
    ['limits.leverage_net_max', limits.leverageNetMax],
    ['limits.asset_class_weight_max', limits.assetClassWeightMax],
    ['limits.sector_weight_max', limits.sectorWeightMax],
    ['limits.currency_weight_max', limits.currencyWeightMax],
    ['limits.position_weight_max', limits.positionWeightMax],
    ['limits.concentration.weight_max', limits.concentration?.weightMax],
  ]
  return parts.flatMap(([path, limit]) => {
    if (limit === null || limit === undefined) return []
    const stricter = bindsBefore(limit, ceilings, false)
    return stricter === undefined ? [] : [never(path, limit, stricter.because)]
  })
}

/** What places and sizes put to work, where all sleeves have both. */
function placeNotes(config: PortfolioConfig): readonly string[] {
  const most = deployable(config)
  if (most === null) return []
  const notes: string[] = []
  const { positionsMax, exposureMax } = config.limits
  if (positionsMax !== null && positionsMax >= most.positions)
    notes.push(never('limits.positions_max', positionsMax, `the sleeves have ${most.positions} places in all`))
  if (exposureMax !== undefined && exposureMax >= most.share)
    notes.push(
      never(
        'limits.exposure_max',
        exposureMax,
        `places and sizes put at most ${share(most.share)} of the capital to work`,
      ),
    )
  return notes
}

function lifecycleNotes({ lifecycle }: PortfolioLimits): readonly string[] {
  if (lifecycle === undefined) return []
  const { sumOfStages, totalBinds, cashBinds } = stageRoom(lifecycle)
  const { exposureMax, cashMin } = lifecycle
  const stages = `all stages together may have ${share(sumOfStages)} of equity`
  return [
    ...(totalBinds ? [] : [never('limits.lifecycle.exposure_max', exposureMax, stages)]),
    ...(cashBinds || cashMin === 0
      ? []
      : [
          never(
            'limits.lifecycle.cash_min',
            cashMin,
            exposureMax <= sumOfStages ? `exposure_max allows ${exposureMax} of equity in all` : stages,
          ),
        ]),
  ]
}

function sleeveNotes(config: PortfolioConfig, sleeve: SleeveConfig): readonly string[] {
  const { positionWeightMax, leverageMax, positionsMax } = sleeve.limits
  const { sizing } = sleeve
  if (sleeve.strategy === null || sizing.kind !== 'percent' || sizing.of !== 'sleeve') return []
  const path = `${sleeve.id}: limits`
  const part = positionSize(config, sleeve) / (sleeve.capital / countsPerUnit(config.currency))
  const notes: string[] = []
  if (positionWeightMax !== null && positionWeightMax > part)
    notes.push(
      never(`${path}.position_weight_max`, positionWeightMax, `each entry is sized to ${share(part)} of the sleeve`),
    )
  if (leverageMax !== undefined && positionsMax !== null && leverageMax > part * positionsMax)
    notes.push(
      never(
        `${path}.leverage_max`,
        leverageMax,
        `${positionsMax} places of ${share(part)} are ${share(part * positionsMax)} of the sleeve`,
      ),
    )
  return notes
}

/** A limit on sectors needs to know some. */
function sectorNotes(limits: PortfolioLimits, instruments: readonly InstrumentDeclaration[]): readonly string[] {
  if (limits.sectorWeightMax === undefined || instruments.some(({ instrument }) => instrument.sector !== 'unknown'))
    return []
  return ['limits.sector_weight_max limits all instruments together: none of them names its sector']
}
