import type { PortfolioConfig, Sizing } from '../../src/domain/config.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import type { DatedAction, MarketData } from '../../src/domain/market.ts'
import { defaultsOf, type Parameter, type Parameters } from '../../src/domain/parameters.ts'
import { addDays, sessionsFrom, startOfDay, weekday } from '../../src/domain/sessions.ts'
import type { IntentSink, Strategy } from '../../src/domain/strategy.ts'
import {
  calendarId,
  clockId,
  currencyCode,
  type Instant,
  instrumentId,
  money,
  sleeveId,
  type TradeDate,
} from '../../src/domain/units.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { SCHEDULES } from '../../src/exchange/schedules.ts'
import { modelChainSource } from '../../src/pipeline/market/model-chains.ts'
import { rigSymbol } from '../../src/research/contract/rig-records.ts'
import { rigInstrument } from '../../src/research/contract/strategy-rig.ts'
import type { RigMarket } from '../contracts/strategy-rig.ts'
import { MARGIN_ACCOUNT } from '../fixtures/margin-account.ts'

/** Built-in strategies through the whole engine, on the drawn markets of the strategy contract. */

const HOURS = 3_600_000
const opensAt = (date: TradeDate): Instant => (startOfDay(date) + 14.5 * HOURS) as Instant
const closesAt = (date: TradeDate): Instant => (startOfDay(date) + 21 * HOURS) as Instant

function instrumentOf(column: number): Instrument {
  return { ...rigInstrument(column), calendar: calendarId('days'), clocks: [clockId('days')], ticks: [] }
}

/** The days that a market trades, and half a year beyond: a calendar is known ahead. */
function calendarOf(first: TradeDate): TradeDate[] {
  const dates: TradeDate[] = []
  for (let date = first; dates.length < 1_100; date = addDays(date, 1)) {
    if (weekday(date) !== 0 && weekday(date) !== 6) dates.push(date)
  }
  return dates
}

function dataOf(market: RigMarket): MarketData {
  const instruments = Array.from({ length: market.columns }, (_, column) => instrumentOf(column))
  const sessions = sessionsFrom(
    calendarId('days'),
    calendarOf(market.dates[0]!).map((date) => ({ date, open: opensAt(date), close: closesAt(date) })),
  )
  const actions: DatedAction[] = []
  for (let bar = 1; bar < market.bars; bar += 1) {
    const at = bar * market.columns + 1
    if (market.factor[at] === market.factor[at - market.columns]) continue
    const date = market.dates[bar]!
    actions.push({
      at: opensAt(date),
      tradeDate: date,
      action: { kind: 'split', instrument: instruments[1]!.id, numerator: 2, denominator: 1, priceAfter: null },
    })
  }
  const { open, high, low, close, volume, factor } = market
  return {
    instruments,
    blocks: [
      {
        clock: clockId('days'),
        calendar: calendarId('days'),
        instruments: instruments.map(({ id }) => id),
        tradeDates: Int32Array.from(market.dates),
        opens: Float64Array.from(market.dates, opensAt),
        closes: Float64Array.from(market.dates, closesAt),
        open,
        high,
        low,
        close,
        volume,
        factor,
      },
    ],
    actions,
    sessions: [sessions],
    chains: modelChainSource({
      underlyings: instruments.map(({ id }) => ({
        id,
        weekly: true,
        volatility: () => 0.3,
        dividendYield: () => 0,
      })),
      sessions,
    }),
    notes: [],
    ...(market.records === undefined ? {} : { records: market.records }),
  }
}

const CAPITAL = money(200_000_000_000)
const COSTS = {
  commission: SCHEDULES.ibkr_pro_tiered,
  slippage: { kind: 'bps', bps: 3 },
  participationMax: 0.1,
} as const

function configOf(strategies: readonly Strategy[], market: RigMarket): PortfolioConfig {
  const sleeves = strategies.map((strategy) => {
    const sizing: Sizing =
      strategy.name === 'theta-decay'
        ? { kind: 'maximumLoss', budget: 2_500, contractsMax: 2 }
        : { kind: 'notional', amount: 20_000 }
    return {
      id: sleeveId(strategy.name),
      title: strategy.name,
      strategy: strategy.name,
      parameters: defaultsOf(strategy.parameters as Readonly<Record<string, Parameter>>) as Parameters,
      capital: CAPITAL,
      weight: 1 / strategies.length,
      clock: clockId('days'),
      calendar: calendarId('days'),
      periods: 252,
      universe: Array.from({ length: market.columns }, (_, column) => instrumentId(rigSymbol(column))),
      universeRules: { volatilityMin: 0.05, volatilityBars: 20, volumeMin: 1_000, volumeBars: 10, notEvaluated: [] },
      sizing,
      limits: { positionsMax: 6, positionWeightMax: 0.5, weekend: null },
      status: 'active' as const,
      onFault: 'hold' as const,
      expected: null,
    }
  })
  return {
    name: 'strategies',
    currency: currencyCode('USD'),
    capital: money(CAPITAL * sleeves.length),
    sleeves,
    limits: {
      positionsMax: 20,
      assetClassWeightMax: null,
      positionWeightMax: 0.5,
      leverageMax: 1.5,
      drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: 10 },
    },
    netting: true,
    account: MARGIN_ACCOUNT,
    costs: { equity: COSTS, option: { ...COSTS, commission: SCHEDULES.ibkr_options } },
    parity: {},
    dayCalendar: calendarId('days'),
    periods: 252,
    groups: {},
  }
}

/** One line per wish: the day, the sleeve, the call and all it was given. */
export type DecisionLog = { readonly tradeDate: number; readonly text: string }[]

function logged(strategy: Strategy, log: DecisionLog): Strategy {
  return {
    ...strategy,
    decide(view, out) {
      const sink = Object.fromEntries(
        Object.entries(out).map(([call, wish]) => [
          call,
          (...given: unknown[]) => {
            log.push({
              tradeDate: view.slice.tradeDate,
              text: `${strategy.name} ${call} ${JSON.stringify(given)}`,
            })
            ;(wish as (...arguments_: unknown[]) => void)(...given)
          },
        ]),
      )
      return strategy.decide(view, sink as unknown as IntentSink)
    },
  }
}

/** A run of these strategies, one sleeve each, that writes every decision to the log. */
export function strategyInput(strategies: readonly Strategy[], market: RigMarket, log: DecisionLog): RunInput {
  return {
    config: configOf(strategies, market),
    market: dataOf(market),
    strategies: strategies.map((strategy) => logged(strategy, log)) as unknown as RunInput['strategies'],
    checks: true,
  }
}
