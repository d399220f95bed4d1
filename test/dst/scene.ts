/** What one history is about: a small portfolio, its market, and what goes wrong; all of it from one seed. */
import type { PortfolioConfig, SleeveConfig } from '../../src/domain/config.ts'
import type { Protection, Terms } from '../../src/domain/orders.ts'
import type { View } from '../../src/domain/strategy.ts'
import { currencyCode, money, type Price, type Quantity, sleeveId } from '../../src/domain/units.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { SCHEDULES } from '../../src/exchange/schedules.ts'
import { createRandom, type Random } from '../../src/numerics/random.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'
import { capitalPlanOf } from '../fixtures/capital-plan.ts'
import { MARGIN_ACCOUNT } from '../fixtures/margin-account.ts'
import { drawFaults, type FaultClass, type FaultPlan } from './faults.ts'
import { CALENDAR, CLOCK, type DrawnMarket, drawMarket, type MarketScript, marketOf } from './market.ts'
import { type PortfolioFile, portfolioFile } from './portfolio-file.ts'

export const PORTFOLIO = 'simulated'
/** Whole dollars of each sleeve. */
const CAPITAL = 200_000
const SHARE = 1_000_000
export const LEVERAGE_MAX = 1.5

const NEVER_REBALANCED = { triggers: [], schedule: { kind: 'never' }, threshold: 0, by: 'transfer' } as const

interface Wish {
  readonly column: number
  readonly shares: number
  readonly terms: 'market' | 'limit' | 'stop' | 'near'
  /** Of the priced ones from the close. */
  readonly offset: number
  readonly protection: Protection | null
}

export interface Scene {
  readonly seed: number
  readonly market: DrawnMarket
  readonly input: Omit<RunInput, 'journal'>
  readonly faults: FaultPlan
  /** The portfolio file, and what becomes of it. */
  readonly file: PortfolioFile
  /** From here on nothing goes wrong any more. */
  readonly calmFrom: number
}

/** A scene as plain data: what is kept of one that must never break again, however scenes are drawn later. */
export interface Script {
  /** Of what is drawn while it is played. */
  readonly seed: number
  readonly market: MarketScript
  readonly faults: FaultPlan
  /** By sleeve and bar. */
  readonly wishes: readonly (readonly (readonly Wish[])[])[]
  /** Of sleeves that may join later. Left out: none. */
  readonly joining?: readonly (readonly (readonly Wish[])[])[]
  /** Capital is dealt by weights. Left out: it is not. */
  readonly isPlanned?: boolean
}

/** Part of the market during which things go wrong. */
const STORMY_PART = 0.7

const calmFromOf = ({ begin, end }: DrawnMarket): number => begin + Math.floor((end - begin) * STORMY_PART)

export function drawScript(seed: number, without: ReadonlySet<FaultClass>): Script {
  const random = createRandom(`history ${seed}`)
  const script = drawMarket(random.fork('market'), without)
  const market = marketOf(script)
  const faults = drawFaults(random.fork('faults'), { from: market.begin - 30_000, until: calmFromOf(market) }, without)
  const sleeves = random.fork('sleeves').integer(2, 4)
  const wishes = Array.from({ length: sleeves }, (_, ordinal) => wishesOf(random.fork(`wishes ${ordinal}`), market))
  const { changes = [] } = faults.operator
  if (changes.length === 0) return { seed, market: script, faults, wishes }
  const joins = changes.filter(({ edit }) => edit === 'join')
  const joining = joins.map((_, place) => wishesOf(random.fork(`joining ${place}`), market))
  return { seed, market: script, faults, wishes, joining, isPlanned: random.fork('plan').uniform() < 0.5 }
}

export function sceneOf({ seed, market: script, faults, wishes, joining = [], isPlanned = false }: Script): Scene {
  const market = marketOf(script)
  const strategies = [...wishes, ...joining].map((own, ordinal) => strategyOf(ordinal, own))
  const { approvals = null, changes = [] } = faults.operator
  const base = configOf(market, wishes.length, approvals)
  const weights = wishes.map(() => 1 / wishes.length)
  const config = isPlanned ? { ...base, capitalPlan: capitalPlanOf(NEVER_REBALANCED, weights) } : base
  const file = portfolioFile(config, changes, (ordinal, weight) => ({
    ...sleeveOf(market, ordinal, wishes.length),
    weight,
  }))
  const input = { config, market: market.data, strategies, checks: true }
  return { seed, market, calmFrom: calmFromOf(market), faults, input, file }
}

function configOf(
  market: DrawnMarket,
  sleeves: number,
  approvals: { readonly minutes: number } | null,
): PortfolioConfig {
  const costs = { commission: SCHEDULES.none, slippage: { kind: 'none' }, participationMax: null } as const
  return {
    name: PORTFOLIO,
    currency: currencyCode('USD'),
    capital: money(sleeves * CAPITAL * 1_000_000),
    sleeves: Array.from({ length: sleeves }, (_, ordinal) => sleeveOf(market, ordinal, sleeves)),
    limits: {
      positionsMax: null,
      assetClassWeightMax: null,
      positionWeightMax: 0.5,
      leverageMax: LEVERAGE_MAX,
      drawdown: null,
    },
    netting: true,
    account: MARGIN_ACCOUNT,
    costs: { equity: costs },
    parity: {},
    dayCalendar: CALENDAR,
    periods: 252,
    groups: {},
    ...(approvals === null
      ? {}
      : { approvals: { all: true, above: null, stages: [], sleeves: [], expiresAfter: approvals } }),
  }
}

function sleeveOf(market: DrawnMarket, ordinal: number, sleeves: number): SleeveConfig {
  return {
    id: sleeveId(`s${ordinal}`),
    title: `sleeve ${ordinal}`,
    strategy: `scripted-${ordinal}`,
    parameters: {},
    capital: money(CAPITAL * 1_000_000),
    weight: 1 / sleeves,
    clock: CLOCK,
    calendar: CALENDAR,
    periods: 252,
    universe: market.instruments.map(({ id }) => id),
    universeRules: { volatilityMin: null, volatilityBars: 60, volumeMin: null, volumeBars: 20, notEvaluated: [] },
    sizing: { kind: 'own' },
    limits: { positionsMax: null, positionWeightMax: null, weekend: null },
    status: 'active',
    onFault: 'hold',
    expected: null,
  }
}

/** By bar. Sizes are odd counts, so that shares do not divide evenly. */
function wishesOf(random: Random, market: DrawnMarket): readonly (readonly Wish[])[] {
  const bars = market.data.blocks[0]!.opens.length - 1
  return Array.from({ length: bars }, () => {
    const columns = new Set<number>()
    const count = random.uniform() < 0.6 ? random.integer(1, 2) : 0
    for (let wish = 0; wish < count; wish += 1) columns.add(random.integer(0, market.instruments.length - 1))
    return [...columns].map((column) => ({
      column,
      shares: random.uniform() < 0.2 ? 0 : random.integer(-150, 400),
      terms: (['market', 'market', 'market', 'limit', 'stop', 'near'] as const)[random.integer(0, 5)]!,
      offset: random.uniform() * 0.01,
      protection: random.uniform() < 0.2 ? { stop: 0.01, target: 0.015 } : null,
    }))
  })
}

function strategyOf(ordinal: number, wishes: readonly (readonly Wish[])[]): RunInput['strategies'][number] {
  return defineStrategy({
    name: `scripted-${ordinal}`,
    parameters: {},
    start: (): { readonly bar: number } => ({ bar: 0 }),
    decide(view, out) {
      const { bar } = view.memory
      for (const wish of wishes[bar] ?? []) {
        const close = view.slice.close[wish.column]!
        if (Number.isNaN(close)) continue
        const held = (view as unknown as View).projected(wish.column)
        const wanted = wish.shares * SHARE
        out.target(wish.column, wanted as Quantity, `bar ${bar}`, {
          terms: termsOf(wish, close, wanted > held),
          ...(wish.protection === null || wanted === 0 ? {} : { protection: wish.protection }),
        })
      }
      return { bar: bar + 1 }
    },
  }) as unknown as RunInput['strategies'][number]
}

function termsOf({ terms, offset }: Wish, close: number, isBuy: boolean): Terms {
  const cents = (price: number): Price => (Math.floor(price * 100) / 100) as Price
  const away = isBuy ? 1 + offset : 1 - offset
  const toward = isBuy ? 1 - offset : 1 + offset
  switch (terms) {
    case 'market':
      return { type: 'market', force: 'day' }
    case 'limit':
      return { type: 'limit', limit: cents(close * toward), force: 'gtc' }
    case 'near':
      return { type: 'limit', limit: cents(close * away), force: 'day' }
    default:
      return { type: 'stop', stop: cents(close * away), force: 'day' }
  }
}
