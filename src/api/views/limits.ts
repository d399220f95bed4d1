/** How much of each limit is used now. */
import type { SleeveConfig } from '../../domain/config.ts'
import type { NetPosition } from '../../domain/paging.ts'
import type { BacktestReport } from '../contract/report.ts'
import type { LimitUse } from '../contract/trading.ts'
import type { Basis } from './basis.ts'
import { words } from './lists.ts'

interface Measured {
  readonly rule: string
  readonly about?: string
  readonly subject?: string
  readonly unit?: LimitUse['unit']
  readonly value: number | null
  readonly why?: string
  readonly limit: number | null | undefined
  readonly side?: LimitUse['side']
}

const COMPUTED = 'It is being computed.'
const NO_CLOSE = 'No market has closed yet.'

/** Every limit of the configuration that has a value to hold against it; the fullest first. */
export function limitUses(basis: Basis): readonly LimitUse[] {
  const all = [
    ...portfolioLimits(basis),
    ...bucketLimits(basis),
    ...(basis.config?.sleeves ?? []).flatMap((one) => sleeveLimits(basis, one)),
  ]
  return all.flatMap(limitUse).sort((one, other) => (other.use ?? -1) - (one.use ?? -1) || (one.id < other.id ? -1 : 1))
}

function limitUse(measured: Measured): readonly LimitUse[] {
  const {
    rule,
    about = 'portfolio',
    subject = 'portfolio',
    unit = 'fraction',
    value,
    limit,
    side = 'atMost',
  } = measured
  if (limit === null || limit === undefined) return []
  const use = useOf(value, limit, side)
  return [
    {
      id: `${rule} ${subject}`,
      rule,
      title: words(rule),
      about,
      subject,
      unit,
      value,
      why: value === null ? (measured.why ?? NO_CLOSE) : '',
      limit,
      use,
      side,
      isBroken: value !== null && (side === 'atMost' ? value > limit : value < limit),
    },
  ]
}

function useOf(value: number | null, limit: number, side: LimitUse['side']): number | null {
  if (value === null) return null
  if (side === 'atMost') return limit > 0 ? value / limit : null
  return value > 0 ? limit / value : null
}

function portfolioLimits({ config, last, positions, report, days }: Basis): readonly Measured[] {
  const limits = config?.limits
  const whole = last.get('')
  if (limits === undefined) return []
  const equity = whole === undefined || whole.equity <= 0 ? null : whole.equity
  const over = (part: number | undefined): number | null =>
    equity === null || part === undefined ? null : part / equity
  const largest = [...positions.netted].map(({ gross }) => gross ?? 0).sort((one, other) => other - one)
  const together = limits.concentration?.positions ?? 0
  return [
    { rule: 'leverage', unit: 'ratio', value: over(whole?.gross), limit: limits.leverageMax },
    { rule: 'netLeverage', unit: 'ratio', value: over(Math.abs(whole?.net ?? 0)), limit: limits.leverageNetMax },
    { rule: 'exposure', value: over(whole?.gross), limit: limits.exposureMax },
    { rule: 'drawdown', value: fallOf(whole), limit: limits.drawdown?.halt },
    { rule: 'dailyLoss', value: lossOf(days.get('')), limit: limits.dailyLossMax },
    {
      rule: 'volatility',
      value: whole?.volatility ?? null,
      why: 'It needs 20 days that have ended.',
      limit: limits.volatility?.limit,
    },
    {
      rule: 'valueAtRisk',
      value: valueAtRisk(report?.risk.portfolio.var, limits.valueAtRisk?.confidence),
      why: COMPUTED,
      limit: limits.valueAtRisk?.limit,
    },
    {
      rule: 'diversification',
      unit: 'ratio',
      value: report?.diversification.ratio ?? null,
      why: COMPUTED,
      limit: limits.diversification?.limit,
      side: 'atLeast',
    },
    { rule: 'cashReserve', value: over(whole?.cash), limit: limits.cashMin, side: 'atLeast' },
    { rule: 'positions', unit: 'count', value: whole?.positions ?? null, limit: limits.positionsMax },
    { rule: 'positionWeight', value: over(largest[0] ?? 0), limit: limits.positionWeightMax },
    {
      rule: 'concentration',
      value: over(largest.slice(0, together).reduce((sum, one) => sum + one, 0)),
      limit: limits.concentration?.weightMax,
    },
  ]
}

function valueAtRisk(
  measured: BacktestReport['risk']['portfolio']['var'] | undefined,
  confidence = 0.95,
): number | null {
  return measured?.historical?.[confidence > 0.97 ? '99' : '95'] ?? null
}

function bucketLimits(basis: Basis): readonly Measured[] {
  const limits = basis.config?.limits
  const equity = basis.last.get('')?.equity ?? 0
  if (limits === undefined || equity <= 0) return []
  const by = (rule: string, about: string, of: (one: NetPosition) => string, limit: number | null | undefined) => {
    const sums = new Map<string, number>()
    for (const one of basis.positions.netted) sums.set(of(one), (sums.get(of(one)) ?? 0) + (one.gross ?? 0))
    return [...sums].map(([subject, gross]): Measured => ({ rule, about, subject, value: gross / equity, limit }))
  }
  return [
    ...by('assetClassWeight', 'assetClass', ({ assetClass }) => assetClass, limits.assetClassWeightMax),
    ...by('sectorWeight', 'sector', ({ sector }) => sector, limits.sectorWeightMax),
    ...by('currencyWeight', 'currency', ({ currency }) => currency, limits.currencyWeightMax),
  ]
}

function sleeveLimits({ last, days, positions }: Basis, { id, limits, strategy }: SleeveConfig): readonly Measured[] {
  const row = last.get(id)
  const whole = last.get('')
  if (strategy === null || row === undefined || whole === undefined) return []
  const own = { about: 'sleeve', subject: id }
  const over = (part: number, all: number): number | null => (all <= 0 ? null : part / all)
  const held = positions.bySleeve.filter(({ sleeve }) => sleeve === id)
  const largest = held.reduce((most, { value }) => Math.max(most, Math.abs(value ?? 0)), 0)
  return [
    { ...own, rule: 'sleeveDrawdown', value: fallOf(row), limit: limits.drawdown?.halt },
    { ...own, rule: 'sleeveDailyLoss', value: lossOf(days.get(id)), limit: limits.dailyLossMax },
    { ...own, rule: 'sleeveLeverage', unit: 'ratio', value: over(row.gross, row.equity), limit: limits.leverageMax },
    { ...own, rule: 'sleeveExposure', value: over(row.gross, whole.equity), limit: limits.exposureMax },
    { ...own, rule: 'sleeveVolatility', value: row.volatility, limit: limits.volatility?.limit },
    { ...own, rule: 'sleevePositions', unit: 'count', value: row.positions, limit: limits.positionsMax },
    { ...own, rule: 'sleevePositionWeight', value: over(largest, row.equity), limit: limits.positionWeightMax },
  ]
}

/** Fall from the peak as a positive fraction. */
function fallOf(row: { readonly growth: number; readonly peak: number } | undefined): number | null {
  return row === undefined || row.peak <= 0 ? null : Math.max(0, 1 - row.growth / row.peak)
}

/** Loss since the last day ended, as a positive fraction. */
function lossOf(days: readonly { readonly growth: number }[] | undefined): number | null {
  const [before, now] = (days ?? []).slice(-2)
  return before === undefined || now === undefined || before.growth <= 0
    ? null
    : Math.max(0, 1 - now.growth / before.growth)
}
