import type { AccountRules, PortfolioConfig, SleeveConfig } from '../../src/domain/config.ts'
import type { Instrument } from '../../src/domain/instruments.ts'
import type { PortfolioLimits } from '../../src/domain/limits.ts'
import type { DatedAction } from '../../src/domain/market.ts'
import { addDays, sessionsFrom, startOfDay, tradeDate } from '../../src/domain/sessions.ts'
import type { IntentSink, View } from '../../src/domain/strategy.ts'
import {
  calendarId,
  clockId,
  currencyCode,
  type Instant,
  money,
  sleeveId,
  type TradeDate,
} from '../../src/domain/units.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { SCHEDULES } from '../../src/exchange/schedules.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'
import { instrumentOf } from '../fixtures/exchange-rig.ts'
import { MARGIN_ACCOUNT } from '../fixtures/margin-account.ts'

/** Small runs written by hand: a price per bar, and what each sleeve does on each bar. */

const HOURS = 3_600_000
export const SHARE = 1_000_000
export const dayOf = (bar: number): TradeDate => addDays(tradeDate(20_240_102), bar)
export const openOf = (bar: number): Instant => (startOfDay(dayOf(bar)) + 14 * HOURS) as Instant
const closeOf = (bar: number): Instant => (startOfDay(dayOf(bar)) + 21 * HOURS) as Instant

export interface HandBar {
  readonly open: number
  readonly high?: number
  readonly low?: number
  readonly close?: number
  readonly factor?: number
}

export type Act = (view: View, out: IntentSink, bar: number) => void

export interface HandRun {
  readonly prices: Readonly<Record<string, readonly HandBar[]>>
  readonly instruments?: Readonly<Record<string, Partial<Instrument>>>
  readonly actions?: readonly DatedAction[]
  /** Null: a reserve that only holds cash. */
  readonly sleeves: Readonly<
    Record<
      string,
      { readonly capital: number; readonly act: Act | null; readonly limits?: Partial<SleeveConfig['limits']> }
    >
  >
  readonly limits?: Partial<PortfolioLimits>
  readonly sleeveLimits?: Partial<SleeveConfig['limits']>
  readonly groups?: PortfolioConfig['groups']
  readonly capitalPlan?: PortfolioConfig['capitalPlan']
  readonly violations?: PortfolioConfig['violations']
  readonly account?: Partial<AccountRules>
  readonly volume?: number
  readonly participationMax?: number
}

export function handRun(hand: HandRun): RunInput {
  const symbols = Object.keys(hand.prices)
  const bars = hand.prices[symbols[0]!]!.length
  const instruments = symbols.map((symbol, index) => ({
    ...instrumentOf(symbol, index),
    calendar: calendarId('days'),
    clocks: [clockId('days')],
    ...hand.instruments?.[symbol],
  }))
  const days = Array.from({ length: bars }, (_, bar) => bar)
  const grid = (read: (bar: HandBar) => number): Float64Array =>
    Float64Array.from({ length: bars * symbols.length }, (_, at) =>
      read(hand.prices[symbols[at % symbols.length]!]![Math.floor(at / symbols.length)]!),
    )
  const close = (bar: HandBar): number => bar.close ?? bar.open
  const costs = {
    commission: SCHEDULES.none,
    slippage: { kind: 'none' },
    participationMax: hand.participationMax ?? null,
  } as const
  return {
    config: configOf(hand, symbols, costs),
    market: {
      instruments,
      blocks: [
        {
          clock: clockId('days'),
          calendar: calendarId('days'),
          instruments: instruments.map(({ id }) => id),
          tradeDates: Int32Array.from(days, dayOf),
          opens: Float64Array.from(days, openOf),
          closes: Float64Array.from(days, closeOf),
          open: grid(({ open }) => open),
          high: grid((bar) => bar.high ?? Math.max(bar.open, close(bar))),
          low: grid((bar) => bar.low ?? Math.min(bar.open, close(bar))),
          close: grid(close),
          volume: grid(() => hand.volume ?? 1_000_000),
          factor: grid((bar) => bar.factor ?? 1),
        },
      ],
      actions: hand.actions ?? [],
      sessions: [
        sessionsFrom(
          calendarId('days'),
          days.map((bar) => ({ date: dayOf(bar), open: openOf(bar), close: closeOf(bar) })),
        ),
      ],
      chains: null,
      notes: [],
    },
    strategies: strategiesOf(hand),
    checks: true,
  }
}

function strategiesOf(hand: HandRun): RunInput['strategies'] {
  return Object.entries(hand.sleeves).flatMap(([id, { act }]) =>
    act === null
      ? []
      : [
          defineStrategy({
            name: id,
            parameters: {},
            start: (): { readonly bar: number } => ({ bar: 0 }),
            decide(view, out) {
              act(view as unknown as View, out, view.memory.bar)
              return { bar: view.memory.bar + 1 }
            },
          }) as unknown as RunInput['strategies'][number],
        ],
  )
}

function configOf(
  hand: HandRun,
  symbols: readonly string[],
  costs: NonNullable<PortfolioConfig['costs']['equity']>,
): PortfolioConfig {
  const entries = Object.entries(hand.sleeves)
  return {
    name: 'by hand',
    currency: currencyCode('USD'),
    capital: money(entries.reduce((sum, [, { capital }]) => sum + capital * 1_000_000, 0)),
    sleeves: entries.map(([id, { capital, act, limits }]) => ({
      id: sleeveId(id),
      title: id,
      strategy: act === null ? null : id,
      parameters: {},
      capital: money(capital * 1_000_000),
      weight: 1 / entries.length,
      clock: clockId('days'),
      calendar: calendarId('days'),
      periods: 252,
      universe: symbols as never,
      universeRules: { volatilityMin: null, volatilityBars: 60, volumeMin: null, volumeBars: 20, notEvaluated: [] },
      sizing: { kind: 'quantity', quantity: 100 },
      limits: { positionsMax: null, positionWeightMax: null, weekend: null, ...hand.sleeveLimits, ...limits },
      status: 'active',
      onFault: 'hold',
      expected: null,
    })),
    limits: {
      positionsMax: null,
      assetClassWeightMax: null,
      positionWeightMax: null,
      leverageMax: 4,
      drawdown: null,
      ...hand.limits,
    },
    netting: true,
    account: { ...MARGIN_ACCOUNT, ...hand.account },
    costs: { equity: costs, crypto: costs, future: costs, perpetual: costs },
    parity: {},
    dayCalendar: calendarId('days'),
    periods: 252,
    groups: hand.groups ?? {},
    ...(hand.violations === undefined ? {} : { violations: hand.violations }),
    ...(hand.capitalPlan === undefined ? {} : { capitalPlan: hand.capitalPlan }),
  }
}
