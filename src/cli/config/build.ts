import type { CostRules, ExpectedRanges, PortfolioConfig, Sizing, SleeveConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { fault } from '../../domain/faults.ts'
import type { InstrumentKind } from '../../domain/instruments.ts'
import { barLength, type Timeframe } from '../../domain/timeframes.ts'
import {
  type CalendarId,
  type CurrencyCode,
  calendarId,
  currencyCode,
  instrumentId,
  MAGNITUDE_MAX,
  type Money,
  money,
  sleeveId,
} from '../../domain/units.ts'
import type { MembershipChange, UniverseRules } from '../../domain/universe.ts'
import { SCHEDULES, type ScheduleName } from '../../exchange/schedules.ts'
import { splitByLargestRemainder } from '../../numerics/exact.ts'
import { accountOf } from './account.ts'
import { approvalsOf } from './approvals.ts'
import { planOf } from './capital.ts'
import type { CheckedSleeve, WeightedSleeve } from './checked-sleeve.ts'
import { capitalInOf } from './currencies.ts'
import type { ConfigDocument } from './document.ts'
import { clockOf } from './instruments.ts'
import { groupsOf, portfolioLimitsOf, sleeveLimitsOf } from './limits.ts'
import type { InstrumentDeclaration } from './loaded.ts'
import { awaitedSleeves, type MoneyMember, moneyMovesOf, needsReserve, withAwaited } from './money-moves.ts'
import { paperOf } from './paper.ts'
import { policyOf } from './policy.ts'
import type { Problems } from './problems.ts'
import { namesOf, routingOf, substituteOf } from './routing.ts'
import { sleeveLimitsSchema } from './schema/limits.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import type { RawSleeve } from './schema/sleeve.ts'
import { hint } from './suggest.ts'
import { universeRulesOf } from './universe-rules.ts'
import { violationsOf } from './violations.ts'

const SESSIONS_A_YEAR = 252
const PERIODS: Readonly<Record<string, number>> = { nyse: SESSIONS_A_YEAR, continuous: 365 }
/** Trading time of a session in ms; what has no entry trades round the clock. */
const SESSION_MS: Readonly<Record<string, number>> = { nyse: 6.5 * 3_600_000 }
const DAY_MS = 86_400_000

/** Bars of a timeframe in a year: a year's trading time divided by their length. */
function periodsOf(calendar: CalendarId, timeframe: Timeframe): number {
  const days = PERIODS[calendar] ?? SESSIONS_A_YEAR
  const length = barLength(timeframe)
  return length === null ? days : Math.round((days * (SESSION_MS[calendar] ?? DAY_MS)) / length)
}

/** How often the largest capital fits into the largest count of money. */
const CAPITAL_ROOM = 4
/** Weights are read as billionths, so that three thirds written as 0.333333333 are still told from 1. */
const WEIGHT_SCALE = 1_000_000_000

/** The kernel's configuration from checked parts; what does not fit together is collected as a problem. */
export function buildConfig(
  document: ConfigDocument,
  problems: Problems,
  parts: {
    readonly raw: RawPortfolio
    readonly sleeves: readonly CheckedSleeve[]
    readonly instruments: readonly InstrumentDeclaration[]
    /** By sleeve, of those whose universe follows one. */
    readonly histories: ReadonlyMap<string, readonly MembershipChange[]>
  },
): PortfolioConfig {
  const { raw, instruments } = parts
  const dayCalendar = raw.day_calendar ?? dayCalendarOf(instruments)
  const periods = raw.periods ?? PERIODS[dayCalendar] ?? SESSIONS_A_YEAR
  const { plan, weighted } = planOf(raw, parts.sleeves, periods, problems)
  const members = parts.sleeves.map(memberOf)
  const reserved = withReserve(weighted, document, problems, raw.leverage)
  const sleeves = needsReserve(raw, members) ? withEmptyReserve(reserved) : reserved
  const currency = currencyCode(raw.currency)
  const capital = capitalOf(raw.capital, currency, problems)
  const capitals = capitalsOf(capital, sleeves)
  const declared = new Map(instruments.map((declaration) => [String(declaration.instrument.id), declaration]))
  const calendars = new Set(instruments.map(({ instrument }) => String(instrument.calendar)))
  if (calendars.size > 0 && !calendars.has(dayCalendar)) {
    const reason = `no instrument trades on the calendar "${dayCalendar}", so no day would ever end; leave this out`
    problems.at(['day_calendar'], reason)
  }
  const { histories } = parts
  const sectorGroups = raw.screen?.sector_groups ?? {}
  const context = { document, problems, declared, dayCalendar: calendarId(dayCalendar), histories, sectorGroups }
  const named = { sleeves: sleeves.map((sleeve) => sleeve.raw.id), instruments: Object.keys(raw.instruments) }
  const policy = policyOf(raw.policy, named, problems)
  const config: PortfolioConfig = {
    name: raw.name,
    currency,
    capital,
    sleeves: withAwaited(
      sleeves.map((sleeve, index) => sleeveConfig(sleeve, capitals[index]!, context)),
      awaitedSleeves(raw, members),
    ),
    ...moneyMovesOf(raw, sleeves.map(memberOf), problems),
    limits: portfolioLimitsOf(raw, plan?.overlays.lifecycle ?? null, problems),
    netting: raw.netting,
    account: accountOf(raw, problems),
    costs: costsOf(raw, problems),
    parity: parityOf(raw, problems),
    dayCalendar: calendarId(dayCalendar),
    periods,
    groups: groupsOf(raw.groups, named, problems),
    ...paperOf(raw.paper, named.instruments, problems),
    ...routingOf(raw, sleeves, problems),
    ...approvalsOf(raw, tradingIds(sleeves), problems),
    ...(raw.engine.stale_exit === 'market' ? { staleExit: 'market' } : {}),
    ...(raw.benchmark === null ? {} : { benchmark: instrumentId(raw.benchmark) }),
    ...(policy === undefined ? {} : { policy }),
    ...(plan === undefined ? {} : { capitalPlan: plan }),
  }
  return { ...config, ...violationsOf(raw.violations, config, problems) }
}

function tradingIds(sleeves: readonly WeightedSleeve[]): readonly string[] {
  return sleeves.flatMap(({ raw, strategy }) => (strategy === null ? [] : [raw.id]))
}

/** Exchange before round the clock; a portfolio of recorded streams alone ends its days with the first stream's dates. */
function dayCalendarOf(instruments: readonly InstrumentDeclaration[]): string {
  const calendars = instruments.map(({ instrument }) => String(instrument.calendar))
  if (calendars.length === 0 || calendars.includes('nyse')) return 'nyse'
  return calendars.includes('continuous') ? 'continuous' : calendars[0]!
}

/** What commands and flows need to know of a sleeve: a recorded stream trades, too, and so has a strategy. */
function memberOf({ raw, strategy, position }: CheckedSleeve): MoneyMember {
  return { id: raw.id, strategy, starts: raw.starts, position }
}

function parityOf(raw: RawPortfolio, problems: Problems): Readonly<Record<string, CurrencyCode>> {
  for (const [from, to] of Object.entries(raw.parity)) {
    if (to !== raw.currency) {
      problems.at(['parity', from], `must name the portfolio's currency ${raw.currency}, was "${to}"`)
    }
  }
  return Object.fromEntries(Object.entries(raw.parity).map(([from, to]) => [from, currencyCode(to)]))
}

/** Sum of weights + cash = 1: what the sleeves leave over belongs to a reserve named `cash`. */
function withReserve(
  sleeves: readonly WeightedSleeve[],
  document: ConfigDocument,
  problems: Problems,
  leverage: number | undefined,
): readonly WeightedSleeve[] {
  const sum = sleeves.reduce((total, { raw }) => total + Math.round(raw.weight * WEIGHT_SCALE), 0)
  const text = String(sum / WEIGHT_SCALE)
  if (leverage === undefined && sum > WEIGHT_SCALE) {
    problems.add(fault('WEIGHTS_ABOVE_ONE', { ...document.placeOf(['sleeves'], 'key'), sum: text }))
  } else if (leverage !== undefined && sum > leverage * WEIGHT_SCALE) {
    problems.at(['leverage'], `allows weights up to ${leverage}, but they add up to ${text}; lower them or raise it`)
  }
  if (sum >= WEIGHT_SCALE) return sleeves
  const rest = (WEIGHT_SCALE - sum) / WEIGHT_SCALE
  const reserve = sleeves.find(({ raw }) => raw.id === 'cash')
  if (reserve !== undefined) {
    problems.at(
      ['sleeves', reserve.position ?? 0, 'weight'],
      `weights and cash add up to ${text}; give the remaining ${rest} to a sleeve`,
    )
    return sleeves
  }
  return [...sleeves, { raw: reserveOf(rest), strategy: null, parameters: {}, position: null }]
}

/** Money that moves while the portfolio runs must have a place to go to, also where the weights leave none. */
function withEmptyReserve(sleeves: readonly WeightedSleeve[]): readonly WeightedSleeve[] {
  if (sleeves.some(({ strategy }) => strategy === null)) return sleeves
  return [...sleeves, { raw: reserveOf(0), strategy: null, parameters: {}, position: null }]
}

function reserveOf(weight: number): WeightedSleeve['raw'] {
  return {
    id: 'cash',
    kind: 'trading',
    title: 'Cash',
    weight,
    strategy: null,
    parameters: {},
    timeframe: '1d',
    universe: [],
    universe_rules: { volatility_min: null, volatility_bars: 60, volume_min: null, volume_bars: 20, not_evaluated: [] },
    limits: sleeveLimitsSchema.parse({}),
    status: 'active',
    on_fault: 'hold',
    isolation: 'none',
    expected: null,
  }
}

/** Books are exact up to 2^52 counts; a portfolio starts with room to grow. */
function capitalOf(amount: number, currency: CurrencyCode, problems: Problems): Money {
  const counts = Math.round(amount * countsPerUnit(currency))
  const most = MAGNITUDE_MAX / CAPITAL_ROOM
  if (counts >= 1 && counts <= most) return money(counts)
  const bound = counts < 1 ? 1 : most
  const text = Math.floor(bound) / countsPerUnit(currency)
  problems.at(['capital'], `must be at ${counts < 1 ? 'least' : 'most'} ${text} ${currency}, was "${amount}"`)
  return money(1)
}

/** Capital by weight, to the last count; with leverage the weights share the capital that there is. */
function capitalsOf(capital: Money, sleeves: readonly WeightedSleeve[]): readonly Money[] {
  const weights = sleeves.map(({ raw }) => Math.round(raw.weight * WEIGHT_SCALE))
  if (weights.every((weight) => weight === 0)) return weights.map(() => money(0))
  return splitByLargestRemainder(capital, weights).map(money)
}

interface SleeveContext {
  readonly document: ConfigDocument
  readonly problems: Problems
  readonly declared: ReadonlyMap<string, InstrumentDeclaration>
  readonly dayCalendar: CalendarId
  readonly histories: ReadonlyMap<string, readonly MembershipChange[]>
  /** Of the portfolio's screen: a sleeve's own come before them. */
  readonly sectorGroups: Readonly<Record<string, readonly string[]>>
}

function sleeveConfig(sleeve: WeightedSleeve, capital: Money, context: SleeveContext): SleeveConfig {
  const { raw } = sleeve
  const calendar = calendarOfSleeve(sleeve, context)
  return {
    id: sleeveId(raw.id),
    title: raw.title ?? raw.id,
    strategy: sleeve.strategy,
    ...(sleeve.isolatedAs === undefined ? {} : { isolatedAs: sleeve.isolatedAs }),
    parameters: sleeve.parameters,
    capital,
    ...capitalInOf(raw),
    weight: raw.weight,
    clock: clockOf(calendar, raw.timeframe),
    ...(raw.watch === undefined ? {} : { watch: clockOf(calendar, raw.watch) }),
    calendar,
    periods: raw.periods ?? periodsOf(calendar, raw.timeframe),
    universe: raw.universe.map(instrumentId),
    ...belowOf(raw),
    universeRules: rulesOf(sleeve, context),
    ...(raw.regimes === undefined ? {} : { regimes: raw.regimes }),
    sizing: sizingOf(sleeve, context.problems),
    limits: sleeveLimitsOf(raw.limits, ['sleeves', sleeve.position ?? 0, 'limits'], context.problems),
    status: raw.status,
    onFault: raw.on_fault,
    expected: expectedOf(raw),
    ...(raw.returns === undefined ? {} : { kind: 'return_stream' as const, recorded: raw.returns }),
  }
}

function rulesOf(
  { raw, position }: CheckedSleeve,
  { histories, sectorGroups, problems }: SleeveContext,
): UniverseRules {
  const rules = universeRulesOf(
    raw.universe_rules,
    sectorGroups,
    ['sleeves', position ?? 0, 'universe_rules'],
    problems,
  )
  const history = histories.get(raw.id)
  return history === undefined ? rules : { ...rules, history }
}

function belowOf(raw: RawSleeve): Pick<SleeveConfig, 'universeBelow'> {
  const substitute = substituteOf(raw)
  return substitute === null ? {} : { universeBelow: substitute.universe.map(instrumentId) }
}

/** The one calendar of the sleeve's instruments: its bars must close together. */
function calendarOfSleeve({ raw, position }: CheckedSleeve, context: SleeveContext): CalendarId {
  let calendar: CalendarId | null = null
  const places = placesOf(raw, position ?? 0)
  namesOf(raw).forEach((id, index) => {
    const declaration = context.declared.get(id)
    if (declaration === undefined) return
    if (index < raw.universe.length && raw.universe.indexOf(id) !== index) {
      context.problems.at(places[index]!, `"${id}" is listed twice; keep one`)
    }
    const own = declaration.instrument.calendar
    calendar ??= own
    if (own !== calendar) {
      context.problems.at(
        places[index]!,
        `"${id}" trades on the calendar ${own}, the instruments before it on ${calendar}; give it a sleeve of its own`,
      )
    }
  })
  return calendar ?? context.dayCalendar
}

/** Where each instrument that a sleeve may trade is written. */
function placesOf(raw: RawSleeve, position: number): readonly (readonly (string | number)[])[] {
  const substitute = raw.universe_below === undefined ? ['universe_below_25000'] : ['universe_below', 'universe']
  return [
    ...raw.universe.map((_, index) => ['sleeves', position, 'universe', index]),
    ...(substituteOf(raw)?.universe ?? []).map((_, index) => ['sleeves', position, ...substitute, index]),
  ]
}

function sizingOf({ raw, strategy, sizes, position }: CheckedSleeve, problems: Problems): Sizing {
  const sizing = raw.sizing
  if (sizes === 'own') return { kind: 'own' }
  if (sizing === undefined) {
    if (strategy !== null) {
      problems.at(
        ['sleeves', position ?? 0, 'sizing'],
        'is missing; add for example "sizing: {kind: notional, amount: 1000}"',
      )
    }
    return { kind: 'notional', amount: 0 }
  }
  switch (sizing.kind) {
    case 'maximum_loss':
      return { kind: 'maximumLoss', budget: sizing.budget, contractsMax: sizing.contracts_max }
    case 'percent':
      return { kind: 'percent', fraction: sizing.fraction, of: sizing.of }
    case 'quantity':
      return { kind: 'quantity', quantity: sizing.quantity }
    default:
      return { kind: 'notional', amount: sizing.amount }
  }
}

function expectedOf({ expected }: RawSleeve): ExpectedRanges | null {
  if (expected === null) return null
  return { sharpe: expected.sharpe, winRate: expected.win_rate, tradesPerMonth: expected.trades_per_month }
}

function costsOf(raw: RawPortfolio, problems: Problems): PortfolioConfig['costs'] {
  const costs: { [K in InstrumentKind]?: CostRules } = {}
  for (const [kind, entry] of Object.entries(raw.costs) as [InstrumentKind, RawCosts][]) {
    const commission = commissionOf(entry.commission, ['costs', kind, 'commission'], problems)
    if (commission === null) continue
    costs[kind] = { commission, slippage: entry.slippage, participationMax: entry.participation_max }
  }
  return costs
}

type RawCosts = NonNullable<RawPortfolio['costs']['equity']>

function commissionOf(
  raw: RawCosts['commission'],
  path: readonly string[],
  problems: Problems,
): CostRules['commission'] | null {
  if (typeof raw === 'string') {
    const known = Object.hasOwn(SCHEDULES, raw) ? SCHEDULES[raw as ScheduleName] : undefined
    if (known === undefined) {
      problems.at(path, `no schedule is named "${raw}"${hint(raw, Object.keys(SCHEDULES))}`)
    }
    return known ?? null
  }
  return {
    name: raw.name,
    perShare: raw.per_share,
    perContract: raw.per_contract,
    bps: raw.bps,
    minimumPerOrder: raw.minimum_per_order,
    maximumFraction: raw.maximum_fraction,
    tiers: [],
    saleFraction: 0,
    salePerShare: 0,
    salePerShareMax: 0,
    step: raw.step,
  }
}
