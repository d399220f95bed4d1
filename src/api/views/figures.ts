/** The key figures, and how an engine is. */
import type { DaySchedule, RebalancingRule } from '../../domain/capital.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { Sessions } from '../../domain/sessions.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { isDue } from '../../engine/capital/schedule.ts'
import type { EngineView, Figure, Figures, PortfolioSummary } from '../contract/overview.ts'
import { money, moneyOrNull } from './amounts.ts'
import { type Basis, currencyOf } from './basis.ts'
import { moment, momentOrNull } from './moments.ts'
import { statusOf } from './sleeve-status.ts'
import { todayView } from './today.ts'
import { dayOf, zoneOf } from './trade-days.ts'

const NO_CLOSE = 'No market has closed yet.'
const COMPUTED = 'It is being computed.'

type EngineBasis = Pick<Basis, 'beat' | 'isRunning' | 'isDemo' | 'updated'>

export function engineView({ beat, isRunning, isDemo, updated }: EngineBasis): EngineView | null {
  if (beat === null) return null
  return {
    running: isRunning,
    owner: beat.owner,
    mode: isDemo ? 'demo' : beat.role,
    trading: beat.mode,
    killed: beat.gates.some(({ gate }) => gate === 'alive'),
    armedUntil: momentOrNull(beat.armedUntil),
    liveFraction: beat.liveFraction,
    heardAt: moment(beat.at),
    startedAt: moment(beat.startedAt),
    marketAt: momentOrNull(beat.marketAt),
    lastCycleAt: momentOrNull(beat.lastCycleAt),
    nextCycleAt: momentOrNull(beat.nextCycleAt),
    lastUpdate: momentOrNull(updated.last),
    nextUpdate: momentOrNull(updated.next),
    dataAge: beat.dataAge,
    gates: beat.gates.map(({ gate, instrument, reason, since }) => ({
      gate,
      instrument,
      reason,
      since: moment(since),
    })),
    openOrders: beat.openOrders,
    unknownOrders: beat.unknownOrders,
    waitingWishes: beat.waitingWishes,
    waitingApprovals: beat.approvals.length,
    accountSuffix: beat.accountSuffix,
    failure: beat.failure,
    ended: beat.ended,
  }
}

export function summaryView(basis: Basis): PortfolioSummary {
  const { portfolio, beat, last, sleeves, openViolations, seq } = basis
  const currency = currencyOf(basis)
  return {
    name: portfolio,
    currency,
    value: moneyOrNull(last.get('')?.equity ?? beat?.equity ?? null, currency),
    sleeves: sleeves.length,
    openViolations: openViolations.length,
    seq,
    engine: engineView(basis),
  }
}

export function figuresView(basis: Basis): Figures {
  const { portfolio, config, last, sleeves, report } = basis
  const currency = currencyOf(basis)
  const whole = last.get('') ?? null
  const limits = config?.limits ?? null
  const halt = limits?.drawdown?.halt ?? null
  const start = config === null ? null : config.capital / countsPerUnit(config.currency)
  const zone = zoneOf(basis)
  return {
    portfolio,
    currency,
    zone,
    tradeDate: whole === null ? null : dayOf(whole.at, zone),
    value: moneyOrNull(whole?.equity ?? null, currency),
    cash: moneyOrNull(whole?.cash ?? null, currency),
    lastClose: moneyOrNull(basis.dayBefore.get('')?.equity ?? null, currency),
    today: todayView(basis, ''),
    totalReturn: {
      amount:
        whole === null || start === null
          ? null
          : money(whole.equity - start - (report?.portfolio.flows ?? 0), currency),
      fraction: whole === null ? null : whole.growth - 1,
      annual: report?.portfolio.annualReturn ?? null,
      why: whole === null ? NO_CLOSE : '',
      since: momentOrNull(sleeves[0]?.createdAt ?? null),
    },
    leverage: {
      gross: whole === null || whole.equity <= 0 ? null : whole.gross / whole.equity,
      net: whole === null || whole.equity <= 0 ? null : whole.net / whole.equity,
      limit: limits?.leverageMax ?? null,
    },
    drawdown: {
      current: whole === null ? null : whole.growth / whole.peak - 1,
      deepest: report?.portfolio.maxDrawdown ?? null,
      limit: halt === null ? null : -halt,
      peakAt: momentOrNull(basis.peakAt),
    },
    volatility: { ...volatilityOf(whole?.volatility ?? null), limit: limits?.volatility?.limit ?? null },
    sharpe: sharpeOf(report?.portfolio.sharpe ?? null, report !== null),
    sleeves: {
      active: sleeves.filter((one) => one.strategy !== null && statusOf(basis, one).status === 'active').length,
      total: sleeves.filter(({ strategy }) => strategy !== null).length,
    },
    positions: {
      gross: whole?.positions ?? 0,
      net: basis.positions.netted.filter(({ quantity }) => quantity !== 0).length,
    },
    nextRebalance: nextRebalance(
      config?.capitalPlan?.rebalancing ?? null,
      report?.portfolio.days ?? null,
      basis.sessions,
    ),
    roundTrips: report?.portfolio.roundTrips ?? null,
    fees: moneyOrNull(report?.portfolio.fees ?? null, currency),
    why: report === null ? COMPUTED : '',
  }
}

export function volatilityOf(value: number | null): Figure {
  return value === null ? { value, why: 'It needs 20 days that have ended.' } : { value, why: '' }
}

export function sharpeOf(value: number | null, isComputed: boolean): Figure {
  if (value !== null) return { value, why: '' }
  return { value, why: isComputed ? 'Its returns do not vary yet.' : COMPUTED }
}

/**
 * @param days that have ended; null while they are not counted yet
 * @param sessions from the last day that has ended on
 */
function nextRebalance(
  rule: RebalancingRule | null,
  days: number | null,
  sessions: Sessions | null,
): Figures['nextRebalance'] {
  const method = rule === null || rule.triggers.length === 0 ? '' : rule.by
  const none = (why: string): Figures['nextRebalance'] => ({ at: null, sessions: null, method, why })
  if (rule === null || method === '') return none('Capital is dealt once and not moved by a rule.')
  if (!rule.triggers.includes('periodic') || rule.schedule.kind === 'never')
    return none(`It waits for: ${rule.triggers.join(', ')}.`)
  if (days === null) return none(COMPUTED)
  if (days === 0) return none(NO_CLOSE)
  const ahead = sessionsUntilDue(rule.schedule, days, sessions)
  if (ahead === null) return none('The calendar of its days ends before.')
  const close = sessions?.closes[ahead] ?? null
  return { at: momentOrNull(close), sessions: ahead, method, why: '' }
}

/** Sessions to the close at which the engine moves capital next, that one included; null: not within what is known. */
function sessionsUntilDue(schedule: DaySchedule, days: number, sessions: Sessions | null): number | null {
  if (schedule.kind === 'days') return schedule.every - (days % schedule.every)
  const dates = sessions?.dates ?? []
  for (let ahead = 1; ahead < dates.length; ahead += 1)
    if (isDue(schedule, days + ahead, dates[ahead - 1]!, dates[ahead]!)) return ahead
  return null
}

export function capitalOf(counts: number, currency: string): number {
  return counts / countsPerUnit(currency as CurrencyCode)
}
