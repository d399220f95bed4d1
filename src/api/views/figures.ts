/** The key figures, and how an engine is. */
import type { DaySchedule, RebalancingRule } from '../../domain/capital.ts'
import type { Heartbeat } from '../../domain/control.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import type { EngineView, Figure, Figures, PortfolioSummary } from '../contract/overview.ts'
import { money, moneyOrNull } from './amounts.ts'
import { type Basis, currencyOf } from './basis.ts'
import { dayOf, moment, momentOrNull } from './moments.ts'
import { todayView } from './today.ts'

/** Zones of the calendars whose closes end a portfolio's day; every other one trades around the clock. */
const ZONES: Readonly<Record<string, string>> = { XNYS: 'America/New_York', NYSE: 'America/New_York' }
const NO_CLOSE = 'No market has closed yet.'

export function zoneOf({ config }: Pick<Basis, 'config'>): string {
  return ZONES[String(config?.dayCalendar ?? '').toUpperCase()] ?? 'UTC'
}

export function engineView(beat: Heartbeat, isRunning: boolean, isDemo: boolean): EngineView {
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
    engine: beat === null ? null : engineView(beat, basis.isRunning, basis.isDemo),
  }
}

export function figuresView(basis: Basis): Figures {
  const { portfolio, config, last, days, sleeves, report } = basis
  const currency = currencyOf(basis)
  const whole = last.get('') ?? null
  const limits = config?.limits ?? null
  const halt = limits?.drawdown?.halt ?? null
  const start = config === null ? null : config.capital / countsPerUnit(config.currency)
  return {
    portfolio,
    currency,
    zone: zoneOf(basis),
    tradeDate: whole === null ? null : dayOf(whole.at),
    value: moneyOrNull(whole?.equity ?? null, currency),
    cash: moneyOrNull(whole?.cash ?? null, currency),
    today: todayView(days.get('') ?? [], currency),
    totalReturn: {
      amount:
        whole === null || start === null
          ? null
          : money(whole.equity - start - (report?.portfolio.flows ?? 0), currency),
      fraction: whole === null ? null : whole.growth - 1,
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
      peakAt: null,
    },
    volatility: { ...volatilityOf(whole?.volatility ?? null), limit: limits?.volatility?.limit ?? null },
    sharpe: sharpeOf(report?.portfolio.sharpe ?? null, report !== null),
    sleeves: {
      active: sleeves.filter(({ status, strategy }) => status === 'active' && strategy !== null).length,
      total: sleeves.filter(({ strategy }) => strategy !== null).length,
    },
    positions: {
      gross: whole?.positions ?? 0,
      net: basis.positions.netted.filter(({ quantity }) => quantity !== 0).length,
    },
    nextRebalance: nextRebalance(config?.capitalPlan?.rebalancing ?? null, whole?.at ?? null),
    roundTrips: report?.portfolio.roundTrips ?? 0,
    fees: money(report?.portfolio.fees ?? 0, currency),
  }
}

export function volatilityOf(value: number | null): Figure {
  return value === null ? { value, why: 'It needs 20 days that have ended.' } : { value, why: '' }
}

export function sharpeOf(value: number | null, isComputed: boolean): Figure {
  if (value !== null) return { value, why: '' }
  return { value, why: isComputed ? 'Its returns do not vary yet.' : 'It is being computed.' }
}

function nextRebalance(rule: RebalancingRule | null, now: number | null): Figures['nextRebalance'] {
  const method = rule === null || rule.triggers.length === 0 ? '' : rule.by
  if (rule === null || method === '') {
    return { at: null, sessions: null, method, why: 'Capital is dealt once and not moved by a rule.' }
  }
  if (!rule.triggers.includes('periodic') || rule.schedule.kind === 'never') {
    return { at: null, sessions: null, method, why: `It waits for: ${rule.triggers.join(', ')}.` }
  }
  if (rule.schedule.kind === 'days') {
    return { at: null, sessions: null, method, why: `Every ${rule.schedule.every} trading days.` }
  }
  const at = now === null ? null : nextOf(rule.schedule, now)
  return { at: momentOrNull(at), sessions: null, method, why: at === null ? NO_CLOSE : '' }
}

/** First midnight of UTC of the next week, month or quarter. */
function nextOf({ unit }: Extract<DaySchedule, { kind: 'calendar' }>, now: number): number {
  const date = new Date(now)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  if (unit === 'month') return Date.UTC(year, month + 1, 1)
  if (unit === 'quarter') return Date.UTC(year, month - (month % 3) + 3, 1)
  return Date.UTC(year, month, date.getUTCDate() + ((8 - date.getUTCDay()) % 7 || 7))
}

export function capitalOf(counts: number, currency: string): number {
  return counts / countsPerUnit(currency as CurrencyCode)
}
