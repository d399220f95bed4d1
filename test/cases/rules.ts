/** Worked cases of the rules that act on a portfolio: ladder, bench, breaker, limits, reactions, routing, netting. */

import type { RiskRule, RiskView } from '../../src/domain/risk.ts'
import { ROUTE_CLASSES, type RoutingTable } from '../../src/domain/routing.ts'
import type { ViolationKind } from '../../src/domain/violations.ts'
import { fixedAllocation } from '../../src/pipeline/allocation/fixed.ts'
import { sharpeTargets } from '../../src/pipeline/metrics/attainable-sharpe.ts'
import { nettingBenefit } from '../../src/pipeline/netting/benefit.ts'
import { brokersInUse, routeOf, startRouting } from '../../src/pipeline/orders/route.ts'
import { drawdownOf, startBreaker, stepBreaker } from '../../src/pipeline/risk/breaker.ts'
import { dailyLossBreached } from '../../src/pipeline/risk/daily-loss.ts'
import { deployment } from '../../src/pipeline/risk/deployment.ts'
import { judge } from '../../src/pipeline/risk/judge.ts'
import { leverageReduction } from '../../src/pipeline/risk/leverage-reduction.ts'
import { respond } from '../../src/pipeline/risk/reactions.ts'
import { drawdownBreaker, orderCap } from '../../src/pipeline/risk/rules.ts'
import { stageRoom } from '../../src/pipeline/risk/stage-room.ts'
import { stepTrail } from '../../src/pipeline/risk/trail.ts'
import { changeOf, riskBooks } from '../fixtures/risk-books.ts'
import { benchCase, runLengthCase } from './bench.ts'
import type { ReadTable } from './case-files.ts'
import { ladderCase, ladderPoint } from './ladder.ts'
import type { RunCase } from './run-case.ts'
import { lifecycleScenarioCase, sizingCycleCase } from './sizing-cycle.ts'

type Input = Readonly<Record<string, unknown>>
type Named = Readonly<Record<string, number>>

/** The drawdown breaker, fed one equity after the other. */
function breakerCase(input: Input, readTable: ReadTable): Record<string, unknown> {
  const table = input['file'] === undefined ? null : readTable(String(input['file']))
  const equity = (table === null ? input['equity'] : table.columns.get('equity')) as readonly number[]
  const dates = table?.columns.get('date') ?? null
  const rule = { halt: Number(input['halt']), resume: Number(input['resume']), resetPeakAfter: null }
  const state = startBreaker((input['initial_peak'] as number | null | undefined) ?? equity[0]!)
  const steps = equity.map((value, index) => {
    const move = stepBreaker(state, rule, value)
    return { index, move, halted: state.halted, drawdown: drawdownOf(state, value) }
  })
  const events = steps.flatMap(({ index, move, drawdown }) =>
    move === null ? [] : [{ index, event: move.toUpperCase(), drawdown, date: dates?.[index] }],
  )
  const beyond = steps.map((step) => step.drawdown > rule.halt)
  return {
    events,
    halted: steps.map((step) => step.halted),
    drawdown: steps.map((step) => step.drawdown),
    halted_days: steps.filter((step) => step.halted).length,
    max_drawdown: Math.max(...steps.map((step) => step.drawdown)),
    transitions_without_hysteresis: beyond.filter((now, index) => now !== (beyond[index - 1] ?? false)).length,
  }
}

interface Order {
  readonly id: number
  readonly symbol: string
  readonly qty: number
}

/** What of an order passes: a turn is a reducing change and a new one. */
function passing(rules: readonly RiskRule[], books: RiskView, held: number, asked: number, price = 1): number {
  const closing = Math.sign(asked) * Math.min(Math.abs(asked), Math.max(0, -Math.sign(asked) * held))
  const passes = (quantity: number, reducing: boolean): number => {
    const verdict = { quantity: 0, rule: null, value: 0, limit: 0 }
    judge(changeOf(quantity, { reducing, unitExposure: price }), books, rules, verdict)
    return verdict.quantity
  }
  return passes(closing, true) + passes(asked - closing, false)
}

/** Orders through the breaker's rule. */
function haltedOrdersCase(input: Input): Record<string, unknown> {
  const positions = input['positions'] as Named
  const books = riskBooks({ halted: input['halted'] as boolean })
  const rules = [drawdownBreaker(Number.NaN)]
  const allowed = (input['orders'] as Order[]).map(({ id, symbol, qty }) => {
    const held = positions[symbol] ?? 0
    return [String(id), passing(rules, books, held, qty)] as const
  })
  return { allowed: Object.fromEntries(allowed) }
}

function leverageCase(input: Input): Record<string, unknown> {
  const positions = input['positions'] as Named
  const limit = { equity: Number(input['equity']), leverageMax: Number(input['max_leverage']) }
  const { leverage, factor } = leverageReduction(Object.values(positions), limit)
  const after = Object.entries(positions).map(([name, exposure]) => [name, exposure * factor] as const)
  return { gross_leverage: leverage, scale: factor, after: Object.fromEntries(after) }
}

function nettingOrdersCase(input: Input): Record<string, unknown> {
  const orders = Object.values(input['orders'] as Readonly<Record<string, Named>>)
  const benefit = (prices: Named) =>
    nettingBenefit(
      Object.entries(prices).map(([symbol, price]) => ({
        wanted: Float64Array.from(orders, (own) => own[symbol] ?? 0),
        price,
      })),
      { perUnit: 0, perOrder: 0 },
    )
  const { separate, netted } = benefit(input['prices'] as Named)
  const fields = (gross: number, net: number) => ({
    gross,
    net,
    savings: gross - net,
    savings_pct: gross === 0 ? 0 : (gross - net) / gross,
  })
  return {
    right_shares: fields(separate.units, netted.units),
    right_notional: fields(separate.notional, netted.notional),
  }
}

function nettingCostCase(input: Input): Record<string, unknown> {
  const wanted = Float64Array.of(Number(input['a']), Number(input['b']))
  const at = (perUnit: number, perOrder: number) => nettingBenefit([{ wanted, price: 0 }], { perUnit, perOrder })
  const perShare = at(Number(input['per_share']), 0)
  const perOrder = at(0, Number(input['per_order']))
  const saved = (separate: number, netted: number): number => 1 - netted / separate
  return {
    net: Math.sign(wanted[0]! + wanted[1]!) * perShare.netted.units,
    shares_saved_pct: saved(perShare.separate.units, perShare.netted.units),
    orders_saved_pct: saved(perShare.separate.orders, perShare.netted.orders),
    per_share_fee: { separate: perShare.separate.fees, netted: perShare.netted.fees },
    per_order_fee: { separate: perOrder.separate.fees, netted: perOrder.netted.fees },
  }
}

/** Judged on closes: the trail first, then the count of bars. */
function trailingCase(input: Input): Record<string, unknown> {
  const closes = input['closes'] as number[]
  const entry = Number(input['entry_index'] ?? 0)
  let extreme = closes[entry]!
  for (let index = entry + 1; index < closes.length; index += 1) {
    const trail = stepTrail(extreme, closes[index]!, Number(input['trail']), true)
    extreme = trail.extreme
    const exit = { exit_index: index, stop_level: trail.level, exit_price: closes[index] }
    if (trail.hit) return { ...exit, reason: 'trailing' }
    if (index - entry >= Number(input['time_stop'] ?? Number.POSITIVE_INFINITY)) return { ...exit, reason: 'time' }
  }
  return { exit_index: null, stop_level: null, exit_price: null, reason: null }
}

/** The routing table of a portfolio of six bots. */
const ROUTING: RoutingTable = {
  brokers: {
    alpaca: ['short', 'fractional', 'structure'],
    ibkr: ['short', 'structure'],
    ccxt: ['short', 'fractional'],
  },
  upgradeAt: 25_000,
  downgradeBelow: 22_500,
  lower: { equity: ['alpaca'], option: ['alpaca'], crypto: ['ccxt'] },
  upper: { equity: ['alpaca'], option: ['alpaca'], crypto: ['ccxt'], future: ['ibkr'], forex: ['ibkr'] },
}

function routingCase(input: Input): Record<string, unknown> {
  const state = startRouting(ROUTING, Number(input['capital']))
  const routing = ROUTE_CLASSES.map((routeClass) => {
    const route = routeOf(ROUTING, state, { routeClass, needs: [], universeBelow: null })
    return [routeClass, route.kind === 'broker' ? route.broker : null] as const
  })
  return { brokers: brokersInUse(ROUTING, state.tier), routing: Object.fromEntries(routing) }
}

function deploymentCase(input: Input): Record<string, unknown> {
  const channels = input['channels'] as readonly { capital: number; slots: number; size: number }[]
  const places = channels.map(({ capital, slots, size }) => ({ capital, positionsMax: slots, size }))
  const result = deployment(places, Number(input['total']))
  return {
    deployed: result.deployed,
    total_deployed: result.total,
    share: result.share,
    max_positions: result.positionsMax,
    utilisation: result.utilisation,
  }
}

/** A paused share stays cash: weights are checked with it and dealt without it. */
function pausedCase(input: Input): Record<string, unknown> {
  const weights = input['allocations'] as number[]
  const status = input['status'] as string[]
  const active = fixedAllocation(weights.map((weight, at) => (status[at] === 'active' ? weight : 0)))
  return {
    sum_all: 1 - fixedAllocation(weights).cash,
    sum_active: active.weights.reduce((sum, weight) => sum + weight, 0),
    cash: active.cash,
  }
}

/** What the documents that name these violations call the reactions. */
function severityCase(input: Input): Record<string, unknown> {
  const kinds = input['violations'] as ViolationKind[]
  const severities = kinds.map((kind) => respond([{ kind, subject: 'portfolio' }])[0]!)
  return {
    severity: severities.map((response) => response.severity),
    recommended: severities.map((response) => response.reaction),
  }
}

function sharpeTargetCase(input: Input): Record<string, unknown> {
  const { consistent, attainable } = sharpeTargets(
    input['channel_sharpe_min'] as (number | null)[],
    Number(input['portfolio_target']),
  )
  return { consistent, sqrt_sum_squares: attainable }
}

function stageLimitsCase(input: Input): Record<string, unknown> {
  const [MATURE = 0, VALIDATION = 0, DISCOVERY = 0, DECAY = 0] = input['max_per_stage'] as number[]
  const room = stageRoom({
    exposureMax: Number(input['max_total']),
    cashMin: Number(input['min_cash']),
    stageMax: { MATURE, VALIDATION, DISCOVERY, DECAY },
  })
  return { sum_of_stage_limits: room.sumOfStages }
}

function orderCapCase(input: Input): Record<string, unknown> {
  const [asked, price, allocated] = [Number(input['amount']), Number(input['price']), Number(input['allocated'])]
  const held = Number(input['position'] ?? input['held'] ?? 0)
  const part = 1.1
  const left = Math.max(0, Math.sign(asked) * held)
  const books = riskBooks({ sleeveAllocation: () => allocated, sleeveExposure: () => left * price })
  return {
    order_value: asked * price,
    limit: part * allocated,
    scaled_amount: passing([orderCap(part)], books, held, asked, price),
  }
}

/** By the beginning of a case's name, in order. */
const RULES: readonly (readonly [string, (input: Input, readTable: ReadTable) => Record<string, unknown>])[] = [
  ['mtd_point_', ladderPoint],
  ['mtd_breaker_', ladderCase],
  ['dd_breaker_orders', haltedOrdersCase],
  ['dd_breaker_', breakerCase],
  ['corr_rule_', benchCase],
  ['corr_run_', runLengthCase],
  ['leverage_reduce_', leverageCase],
  ['netting_benefit_', nettingOrdersCase],
  ['netting_cost_', nettingCostCase],
  ['trailing_stop_', trailingCase],
  ['broker_split_', routingCase],
  ['channel_deployed_capital', deploymentCase],
  ['config_paused_', pausedCase],
  ['violation_severity_', severityCase],
  ['portfolio_sharpe_vs_', sharpeTargetCase],
  ['stage_limits_', stageLimitsCase],
  ['order_cap_', orderCapCase],
  ['sizing_cycle_limits_', sizingCycleCase],
  ['lifecycle_seed_scenario', lifecycleScenarioCase],
  [
    'daily_loss_',
    (input) => ({
      can_trade: !dailyLossBreached({ profit: Number(input['daily_pnl']), value: Number(input['total_value']) }, 0.02),
    }),
  ],
]

/** Answers a case of the portfolio's rules in the keys of its `expected`; null for what is not built. */
export const runRulesCase: RunCase = (input, readTable, { name }) =>
  RULES.find(([prefix]) => name.startsWith(prefix))?.[1](input, readTable) ?? null
