/** The limits of a portfolio file as the kernel takes them, with what does not fit together as problems. */
import type { LifecycleOverlay } from '../../domain/capital.ts'
import type {
  DrawdownBreaker,
  Group,
  LifecycleLimits,
  PortfolioLimits,
  PositionLimits,
  SleeveLimits,
} from '../../domain/limits.ts'
import { instrumentId, sleeveId } from '../../domain/units.ts'
import type { Path } from './document.ts'
import type { Problems } from './problems.ts'
import type { RawDrawdown, RawGroups, RawPortfolioLimits, RawSleeveLimits } from './schema/limits.ts'
import { hint } from './suggest.ts'

/** A field that is there only where it is set. */
function field<Name extends string, From, To>(
  name: Name,
  from: From | null,
  to: (from: From) => To,
): { readonly [K in Name]?: To } {
  return (from === null ? {} : { [name]: to(from) }) as { readonly [K in Name]?: To }
}

const same = <T>(value: T): T => value

export function portfolioLimitsOf(
  raw: { readonly limits: RawPortfolioLimits; readonly leverage?: number | undefined },
  lifecycle: LifecycleOverlay | null,
  problems: Problems,
): PortfolioLimits {
  const { limits } = raw
  const { concentration, volatility, value_at_risk, diversification, correlation } = limits
  return {
    positionsMax: limits.positions_max,
    assetClassWeightMax: limits.asset_class_weight_max,
    positionWeightMax: limits.position_weight_max,
    leverageMax: raw.leverage ?? 1,
    drawdown: drawdownOf(limits.drawdown, LIQUIDATION_STANDARD, ['limits', 'drawdown'], problems),
    ...field('leverageNetMax', limits.leverage_net_max, same),
    ...field('exposureMax', limits.exposure_max, same),
    ...field('sectorWeightMax', limits.sector_weight_max, same),
    ...field('currencyWeightMax', limits.currency_weight_max, same),
    ...field('concentration', concentration, (top) => ({ positions: top.positions, weightMax: top.weight_max })),
    ...field('cashMin', limits.cash_min, same),
    ...field('dailyLossMax', limits.daily_loss_max, same),
    ...field('volatility', volatility, same),
    ...field('valueAtRisk', value_at_risk, same),
    ...field('diversification', diversification, same),
    ...field('correlation', correlation, same),
    ...field('lifecycle', limits.lifecycle, (own) => lifecycleOf(own, lifecycle, problems)),
  }
}

/** Where nothing is said of it, everything is sold when the portfolio's fall is above this, if it halts before. */
const LIQUIDATION_STANDARD = 0.2

/** @param standard level of liquidation where none is given; null: never */
function drawdownOf(raw: RawDrawdown, standard: number | null, path: Path, problems: Problems): DrawdownBreaker | null {
  if (raw === null) return null
  const { halt, resume, reset_peak_after } = raw
  const usual = standard !== null && standard > halt ? standard : null
  const liquidate = raw.liquidate === undefined ? usual : raw.liquidate
  if (resume >= halt) {
    problems.at(
      [...path, 'resume'],
      `must be below halt (${halt}), was "${resume}"; trading would resume before it halts`,
    )
  }
  if (liquidate !== null && liquidate < halt) {
    const reason = `must be at least halt (${halt}), was "${liquidate}"; it would sell before it halts`
    problems.at([...path, 'liquidate'], reason)
  }
  return { halt, resume, resetPeakAfter: reset_peak_after, ...field('liquidate', liquidate, same) }
}

function lifecycleOf(
  raw: NonNullable<RawPortfolioLimits['lifecycle']>,
  overlay: LifecycleOverlay | null,
  problems: Problems,
): LifecycleLimits {
  if (overlay === null) {
    const reason = 'asks for the stage of every sleeve; add overlays: {lifecycle: {stages: {SLEEVE: MATURE}}}'
    problems.at(['limits', 'lifecycle'], reason)
  }
  return {
    exposureMax: raw.exposure_max,
    stageMax: overlay?.stageMax ?? {},
    assetMax: raw.asset_max,
    cashMin: raw.cash_min,
    dailyLossMax: raw.daily_loss_max,
    positionsMax: raw.positions_max,
    sizeMin: raw.size_min,
  }
}

/** @param path of the sleeve's limits, for what is wrong with them */
export function sleeveLimitsOf(raw: RawSleeveLimits, path: Path, problems: Problems): SleeveLimits {
  const { weekend, volatility, orders, position } = raw
  const drawdown = drawdownOf(raw.drawdown, null, [...path, 'drawdown'], problems)
  return {
    positionsMax: raw.positions_max,
    positionWeightMax: raw.position_weight_max,
    weekend:
      weekend === null
        ? null
        : {
            sizeFactor: weekend.size_factor,
            positionsMax: weekend.positions_max,
            dayLossMax: weekend.day_loss_max,
          },
    ...field('leverageMax', raw.leverage_max, same),
    ...field('exposureMax', raw.exposure_max, same),
    ...field('drawdown', drawdown, same),
    ...field('dailyLossMax', raw.daily_loss_max, same),
    ...field('volatility', volatility, same),
    ...field('orders', orders, (rate) => ({ perDay: rate.per_day, perMinute: rate.per_minute })),
    ...field('orderCap', raw.order_cap, same),
    ...field('position', position, (own) => positionOf(own, [...path, 'position'], problems)),
  }
}

function positionOf(raw: NonNullable<RawSleeveLimits['position']>, path: Path, problems: Problems): PositionLimits {
  const { stop } = raw
  if (stop !== null && stop.default !== null && stop.max !== null && stop.default > stop.max) {
    problems.at([...path, 'stop', 'default'], `must be at most max (${stop.max}), was "${stop.default}"`)
  }
  return {
    weightMax: raw.weight_max,
    of: raw.of,
    notionalMax: raw.notional_max,
    sizeMin: raw.size_min,
    stop: stop === null ? null : { required: stop.required, standard: stop.default, widest: stop.max },
    volume: raw.volume,
  }
}

/** The groups by name; members must be declared, and a group must limit something. */
export function groupsOf(
  raw: RawGroups,
  known: { readonly sleeves: readonly string[]; readonly instruments: readonly string[] },
  problems: Problems,
): Readonly<Record<string, Group>> {
  return Object.fromEntries(
    Object.entries(raw).map(([name, { sleeves, instruments, limits }]) => {
      const path: Path = ['groups', name]
      demand(sleeves, known.sleeves, [...path, 'sleeves'], 'sleeve', problems)
      demand(instruments, known.instruments, [...path, 'instruments'], 'instrument', problems)
      if (sleeves.length + instruments.length === 0)
        problems.at(path, 'has no members; list sleeves, instruments or both')
      const { weight_max, exposure_max, positions_max } = limits
      if (weight_max === null && exposure_max === null && positions_max === null)
        problems.at([...path, 'limits'], 'limits nothing; give weight_max, exposure_max or positions_max')
      if (weight_max !== null && sleeves.length === 0)
        problems.at(
          [...path, 'limits', 'weight_max'],
          'speaks of the equity of sleeves; list sleeves, or use exposure_max',
        )
      return [
        name,
        {
          sleeves: sleeves.map(sleeveId),
          instruments: instruments.map(instrumentId),
          limits: { weightMax: weight_max, exposureMax: exposure_max, positionsMax: positions_max },
        },
      ]
    }),
  )
}

function demand(
  names: readonly string[],
  known: readonly string[],
  path: Path,
  what: string,
  problems: Problems,
): void {
  names.forEach((name, index) => {
    if (!known.includes(name)) problems.at([...path, index], `no ${what} is named "${name}"${hint(name, known)}`)
  })
}
