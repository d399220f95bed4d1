/** What follows from a draft for what is held now: counted on the positions and figures of this moment. */
import type { PortfolioConfig, SleeveConfig } from '../../domain/config.ts'
import type { NetPosition } from '../../domain/paging.ts'
import type { Reaction, ViolationKind } from '../../domain/violations.ts'
import type { ConfigurationChange, ConfigurationCheck } from '../contract/configuration.ts'
import type { LimitUse } from '../contract/trading.ts'
import type { CheckedDraft } from '../ports.ts'
import type { Basis } from './basis.ts'
import { limitUses } from './limits.ts'

/** A key of `limits:`, the rule that measures it, and the violation that it becomes while something is held. */
interface Limit {
  readonly rule: string
  readonly kind: ViolationKind | null
}

const OF_PORTFOLIO: Readonly<Record<string, Limit>> = {
  position_weight_max: { rule: 'positionWeight', kind: 'ticker_weight' },
  positions_max: { rule: 'positions', kind: null },
  asset_class_weight_max: { rule: 'assetClassWeight', kind: 'asset_class_weight' },
  sector_weight_max: { rule: 'sectorWeight', kind: 'sector_weight' },
  currency_weight_max: { rule: 'currencyWeight', kind: 'currency_weight' },
  leverage_net_max: { rule: 'netLeverage', kind: 'portfolio_net_leverage' },
  exposure_max: { rule: 'exposure', kind: 'portfolio_exposure' },
  concentration: { rule: 'concentration', kind: 'concentration' },
  cash_min: { rule: 'cashReserve', kind: null },
  daily_loss_max: { rule: 'dailyLoss', kind: 'daily_loss' },
  volatility: { rule: 'volatility', kind: 'portfolio_volatility' },
  value_at_risk: { rule: 'valueAtRisk', kind: 'value_at_risk' },
  diversification: { rule: 'diversification', kind: 'diversification' },
  drawdown: { rule: 'drawdown', kind: 'portfolio_drawdown' },
}

const OF_SLEEVE: Readonly<Record<string, Limit>> = {
  position_weight_max: { rule: 'sleevePositionWeight', kind: 'position_size' },
  positions_max: { rule: 'sleevePositions', kind: null },
  leverage_max: { rule: 'sleeveLeverage', kind: 'strategy_leverage' },
  exposure_max: { rule: 'sleeveExposure', kind: 'strategy_exposure' },
  daily_loss_max: { rule: 'sleeveDailyLoss', kind: 'strategy_daily_loss' },
  volatility: { rule: 'sleeveVolatility', kind: 'strategy_volatility' },
  drawdown: { rule: 'sleeveDrawdown', kind: 'strategy_drawdown' },
}

/** What is done about something that is held and exceeds a limit. */
const DONE: Readonly<Record<Reaction, string>> = {
  liquidate_all: 'Everything is sold.',
  halt_entries: 'No entries until it is back.',
  reduce_positions: 'Positions shrink in proportion.',
  pause_strategy: 'Its strategy is paused.',
  reduce_position: 'They are trimmed to it.',
  rebalance: 'Capital is dealt anew.',
  alert_only: 'You are told; nothing is sold.',
}
const KEPT = 'They are kept, no new ones.'

interface Scene {
  readonly basis: Basis
  readonly after: PortfolioConfig
  readonly uses: readonly LimitUse[]
  readonly reactions: CheckedDraft['reactions']
}

/** @param checked a draft, and what the engine would be given by it */
export function withConsequences({ check, config, reactions }: CheckedDraft, basis: Basis): ConfigurationCheck {
  if (config === null) return check
  const scene = { basis, after: config, uses: limitUses({ ...basis, config }), reactions }
  const changes = check.changes.map((change) => ({ ...change, consequence: consequenceOf(change, scene) }))
  return { ...check, changes }
}

function consequenceOf({ path, before, after }: ConfigurationChange, scene: Scene): string {
  const [block = '', name = '', key = '', limit = ''] = path.split('.')
  if (block === 'limits') return exceeded(OF_PORTFOLIO[name], 'portfolio', scene)
  if (block === 'leverage') return exceeded({ rule: 'leverage', kind: 'portfolio_leverage' }, 'portfolio', scene)
  if (block === 'sleeves' && name !== '') {
    if (key === '') return before === null ? added(name, scene) : after === null ? removed(name, scene.basis) : ''
    if (key === 'limits') return exceeded(OF_SLEEVE[limit], name, scene)
    if (key === 'weight') return dealt(name, scene)
    if (STRATEGY.has(key)) return startedAnew(name, scene.basis)
  }
  if (block === 'allocation' || block === 'overlays') return 'Weights are computed by it from the next computation on.'
  if (block === 'rebalancing') return 'Capital moves by it from the next portfolio day on.'
  if (block === 'approvals') return waitingText(scene.basis)
  return ''
}

/** Keys of a sleeve that its strategy is made of. */
const STRATEGY: ReadonlySet<string> = new Set(['strategy', 'parameters', 'universe', 'timeframe'])

function exceeded(limit: Limit | undefined, subject: string, { basis, uses, reactions, after }: Scene): string {
  if (limit === undefined) return ''
  const rows = uses.filter((row) => row.rule === limit.rule && (subject === 'portfolio' || row.subject === subject))
  if (rows.length === 0) return ''
  const reaction = limit.kind === null ? undefined : reactions[limit.kind]
  const then = reaction === undefined ? KEPT : DONE[reaction]
  if (limit.rule === 'positionWeight' || limit.rule === 'sleevePositionWeight') {
    const count = tooLarge(basis, after, subject)
    return count === 0
      ? 'No position exceeds it now.'
      : `${many(count, 'position')} would exceed this limit. ${count === 1 ? then.replace('They are', 'It is') : then}`
  }
  const broken = rows.filter(({ isBroken }) => isBroken)
  if (broken.length === 0) return standing(rows)
  if (limit.rule.endsWith('Weight')) {
    const names = broken.map(({ subject: name, value }) => `${name} (${figure(value, 'fraction')})`).join(', ')
    return `${names} would exceed this limit. ${reaction === undefined ? 'What is held is kept, nothing is added.' : then}`
  }
  const [row] = broken as [LimitUse]
  const side = row.side === 'atMost' ? 'above' : 'below'
  const now = `It stands at ${figure(row.value, row.unit)}, ${side} this limit.`
  return `${now} ${reaction === undefined ? 'What is held is kept, nothing new is opened.' : then}`
}

function tooLarge({ last, positions }: Basis, { limits, sleeves }: PortfolioConfig, subject: string): number {
  const equity = last.get(subject === 'portfolio' ? '' : subject)?.equity ?? 0
  const of = subject === 'portfolio' ? limits : sleeves.find(({ id }) => id === subject)?.limits
  const most = of?.positionWeightMax ?? null
  if (most === null || equity <= 0) return 0
  const sizes =
    subject === 'portfolio'
      ? positions.netted.map(({ gross }: NetPosition) => gross ?? 0)
      : positions.bySleeve.filter(({ sleeve }) => sleeve === subject).map(({ value }) => Math.abs(value ?? 0))
  return sizes.filter((size) => size / equity > most).length
}

function standing(rows: readonly LimitUse[]): string {
  const fullest = rows.reduce((most, row) => ((row.use ?? 0) > (most.use ?? 0) ? row : most))
  if (fullest.value === null) return ''
  const of = rows.length > 1 ? `${fullest.subject} stands` : 'It stands'
  return `${of} at ${figure(fullest.value, fullest.unit)}: nothing exceeds it now.`
}

function removed(sleeve: string, { positions, last }: Basis): string {
  const held = positions.bySleeve.filter((row) => row.sleeve === sleeve && row.quantity !== 0)
  const equity = last.get('')?.equity ?? 0
  if (held.length === 0 || equity <= 0) return 'It holds nothing; its money goes to the reserve.'
  const gross = held.reduce((sum, { value }) => sum + Math.abs(value ?? 0), 0)
  const part = figure(gross / equity, 'fraction')
  return `${many(held.length, 'position')}, ${part} of the portfolio, ${held.length === 1 ? 'is' : 'are'} closed, and its money goes to the reserve.`
}

function added(sleeve: string, { after }: Scene): string {
  const own = after.sleeves.find(({ id }) => id === sleeve)
  if (own === undefined) return ''
  const first = `Its first weight is ${figure(own.weight, 'fraction')} of the portfolio, from the reserve and the other sleeves.`
  return own.strategy === null ? first : `${first} It enters once it has seen enough prices.`
}

function dealt(sleeve: string, { basis, after }: Scene): string {
  const weightIn = (sleeves: readonly SleeveConfig[]): number => sleeves.find(({ id }) => id === sleeve)?.weight ?? 0
  const moves = Math.abs(weightIn(after.sleeves) - weightIn(basis.config?.sleeves ?? []))
  const plan = after.capitalPlan
  if (plan === undefined || plan.rebalancing.triggers.length === 0) return 'Money moves when you rebalance.'
  if (plan.allocation.method !== 'fixed') return 'It counts until weights are computed from returns.'
  return `About ${figure(moves, 'fraction')} of the portfolio moves when capital is dealt next.`
}

function startedAnew(sleeve: string, { positions }: Basis): string {
  const held = positions.bySleeve.filter((row) => row.sleeve === sleeve && row.quantity !== 0).length
  const first = 'Its strategy begins anew, from recorded prices.'
  return held === 0 ? first : `${first} ${many(held, 'position')} ${held === 1 ? 'stays' : 'stay'} open.`
}

function waitingText({ beat }: Basis): string {
  const waiting = beat?.approvals.length ?? 0
  return waiting === 0
    ? ''
    : `${many(waiting, 'wish', 'wishes')} that ${waiting === 1 ? 'waits' : 'wait'} stay as asked.`
}

function many(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`
}

function figure(value: number | null, unit: LimitUse['unit']): string {
  if (value === null) return 'n/a'
  if (unit === 'fraction') return `${(value * 100).toFixed(1)}\u202f%`
  return unit === 'count' ? String(value) : value.toFixed(2)
}
