import fc from 'fast-check'
import type { PortfolioConfig, SleeveConfig } from '../../src/domain/config.ts'
import type { PortfolioLimits } from '../../src/domain/limits.ts'
import { ORDER_TYPES, type OrderType, type Protection } from '../../src/domain/orders.ts'
import type { IntentSink, View } from '../../src/domain/strategy.ts'
import {
  accountId,
  calendarId,
  currencyCode,
  MAGNITUDE_MAX,
  money,
  type Price,
  quantity,
  sleeveId,
} from '../../src/domain/units.ts'
import type { RunInput } from '../../src/engine/run/run.ts'
import { SCHEDULES } from '../../src/exchange/schedules.ts'
import { sma } from '../../src/indicators/sma/sma.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'
import { type DrawnInstrument, drawnInstrument, FORMS, isCoin, marketOf, specOf } from './drawn-market.ts'

/*
 * Portfolios drawn by fast-check: what every sleeve wishes on every bar, on which instruments, under which account. The
 * kernel, the exchange and the run loop that play them are the real ones.
 */

const WANTS = ['enter', 'exit', 'target', 'change'] as const

export interface DrawnWish {
  readonly sleeve: number
  readonly bar: number
  readonly column: number
  readonly want: (typeof WANTS)[number]
  readonly side: 1 | -1
  /** Multiples of the instrument's base size. */
  readonly size: number
  readonly type: OrderType
  readonly force: 'cycle' | 'day' | 'gtc'
  /** Of limit and stop prices from the close, in thousandths. */
  readonly offset: number
  readonly protection: Protection | null
  /** Another sleeve that wishes the opposite on the same bar; from 8 on, all of them want the same thing in other sizes. */
  readonly mirror: number | null
}

export interface DrawnPortfolio {
  readonly seed: number
  readonly sleeves: number
  readonly bars: number
  /** Swings that break accounts. */
  readonly wild: boolean
  readonly instruments: readonly DrawnInstrument[]
  readonly netting: boolean
  readonly margin: boolean
  readonly reserve: boolean
  readonly tight: boolean
  readonly schedule: 'none' | 'minimum' | 'bps'
  readonly slips: boolean
  readonly participationMax: number | null
  readonly wishes: readonly DrawnWish[]
}

const protection = fc.option(
  fc.record(
    {
      stop: fc.constantFrom(0.02, 0.1),
      target: fc.constantFrom(0.03, 0.15),
      trail: fc.record({ fraction: fc.constantFrom(0.03, 0.1), intrabar: fc.boolean() }),
      bars: fc.integer({ min: 1, max: 4 }),
    },
    { requiredKeys: [] },
  ),
) as fc.Arbitrary<Protection | null>

const wish: fc.Arbitrary<DrawnWish> = fc.record({
  sleeve: fc.nat(7),
  bar: fc.nat(15),
  column: fc.nat(3),
  want: fc.constantFrom(...WANTS),
  side: fc.constantFrom<1 | -1>(1, -1),
  size: fc.constantFrom(1, 1, 2, 3, 5, 9),
  type: fc.oneof(
    { weight: 3, arbitrary: fc.constant<OrderType>('market') },
    { weight: 2, arbitrary: fc.constantFrom(...ORDER_TYPES) },
  ),
  force: fc.constantFrom<DrawnWish['force'][]>('day', 'cycle', 'gtc') as fc.Arbitrary<DrawnWish['force']>,
  offset: fc.constantFrom(-60, -10, 0, 10, 60),
  protection,
  mirror: fc.option(fc.nat(10), { freq: 3 }),
})

/** Every shape at once: many sleeves, shorts, flips, caps, lots, splits, dividends, late and early ends, netting off. */
export const drawnPortfolio: fc.Arbitrary<DrawnPortfolio> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000_000 }),
  sleeves: fc.integer({ min: 1, max: 8 }),
  bars: fc.integer({ min: 3, max: 16 }),
  wild: fc.boolean(),
  instruments: fc.array(drawnInstrument, { minLength: 1, maxLength: 4 }),
  netting: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  margin: fc.integer({ min: 0, max: 2 }).map((draw) => draw > 0),
  reserve: fc.boolean(),
  tight: fc.integer({ min: 0, max: 2 }).map((draw) => draw === 0),
  schedule: fc.constantFrom('none', 'minimum', 'bps'),
  slips: fc.boolean(),
  participationMax: fc.constantFrom(null, null, 0.1, 0.5),
  wishes: fc.array(wish, { minLength: 1, maxLength: 48 }),
})

const LOOSE: PortfolioLimits = {
  positionsMax: null,
  assetClassWeightMax: null,
  positionWeightMax: null,
  leverageMax: 2,
  drawdown: null,
}
const TIGHT: PortfolioLimits = {
  positionsMax: 5,
  assetClassWeightMax: 0.8,
  positionWeightMax: 0.3,
  leverageMax: 0.9,
  drawdown: { halt: 0.01, resume: 0.005, resetPeakAfter: 2 },
}

const COSTS = {
  none: SCHEDULES.none,
  minimum: { ...SCHEDULES.none, name: 'minimum', perShare: 0.0035, minimumPerOrder: 0.35, maximumFraction: 0.01 },
  bps: { ...SCHEDULES.none, name: 'bps', bps: 25, step: 0.000001 },
} as const

/** Money counts of all sleeves together; where a coin is in play that comes near 2^52 units, what buys nearly all of it. */
function capitalOf(drawn: DrawnPortfolio): number {
  const big = drawn.instruments.find(({ form }) => form === 'bigCoin')
  if (big === undefined) return 1_000_000_000_000 * drawn.sleeves
  return Math.floor(MAGNITUDE_MAX * 0.95 * specOf(big).price * (1_000_000 / FORMS.bigCoin.unitsPerWhole))
}

const formAt = (drawn: DrawnPortfolio, index: number) => drawn.instruments[index]!.form

/** Units that one `size` of a wish means. */
export function baseOf(drawn: DrawnPortfolio, index: number): number {
  const one = drawn.instruments[index]!
  const spec = specOf(one)
  const part = one.form === 'bigCoin' ? 0.4 : 0.12
  const steps = Math.floor((((capitalOf(drawn) / 5_000_000) * part) / spec.price / spec.step) * spec.unitsPerWhole)
  return Math.max(1, steps) * spec.step
}

export function configOf(drawn: DrawnPortfolio): PortfolioConfig {
  const clocks = [...new Set(drawn.instruments.map((one) => (isCoin(one) ? 'coins' : 'stocks')))]
  const count = drawn.sleeves + (drawn.reserve ? 1 : 0)
  const total = capitalOf(drawn)
  // The first sleeve is the largest, as big as five others.
  const partOf = (ordinal: number): number => Math.floor((total * (ordinal === 0 ? 5 : 1)) / (count + 4))
  const sleeves: SleeveConfig[] = Array.from({ length: count }, (_, ordinal) => {
    const capital = partOf(ordinal)
    const clock = clocks[ordinal % clocks.length]! as SleeveConfig['clock'] & string
    return {
      id: sleeveId(ordinal < drawn.sleeves ? `s${ordinal}` : 'reserve'),
      title: `sleeve ${ordinal}`,
      strategy: ordinal < drawn.sleeves ? `scripted-${ordinal}` : null,
      parameters: {},
      capital: money(capital),
      weight: (ordinal === 0 ? 5 : 1) / (count + 4),
      clock,
      calendar: calendarId(clock),
      periods: 252,
      universe: drawn.instruments.flatMap((one, index) =>
        (isCoin(one) ? 'coins' : 'stocks') === clock ? [specOf(one).id(index)] : [],
      ),
      universeRules: { volatilityMin: null, volatilityBars: 60, volumeMin: null, volumeBars: 20, notEvaluated: [] },
      sizing:
        ordinal % 2 === 0
          ? { kind: 'percent', fraction: 0.2, of: 'sleeve' }
          : { kind: 'notional', amount: (capital / 1_000_000) * 0.13 },
      limits: { positionsMax: drawn.tight ? 2 : null, positionWeightMax: drawn.tight ? 0.4 : null, weekend: null },
      status: 'active',
      onFault: ordinal % 2 === 0 ? 'hold' : 'flatten',
      expected: null,
    }
  })
  const costs = {
    commission: COSTS[drawn.schedule],
    slippage: drawn.slips ? ({ kind: 'bps', bps: 7 } as const) : ({ kind: 'none' } as const),
    participationMax: drawn.participationMax,
  }
  return {
    name: 'drawn',
    currency: currencyCode('USD'),
    capital: money(sleeves.reduce((sum, sleeve) => sum + sleeve.capital, 0)),
    sleeves,
    limits: drawn.tight ? TIGHT : { ...LOOSE, leverageMax: drawn.margin ? 2 : 1 },
    netting: drawn.netting,
    account: {
      id: accountId('main'),
      kind: drawn.margin ? 'margin' : 'cash',
      initialMargin: 0.5,
      maintenanceMargin: 0.25,
      shortMaintenanceMargin: 0.3,
    },
    costs: { equity: costs, crypto: costs, perpetual: costs },
    parity: {},
    dayCalendar: calendarId(clocks[0]!),
    periods: 252,
    groups: {},
  }
}

/** Each wish, and for a mirrored one its opposite by another sleeve. */
function expanded(drawn: DrawnPortfolio): DrawnWish[] {
  return drawn.wishes.flatMap((one) => {
    const own = { ...one, sleeve: one.sleeve % drawn.sleeves }
    if (one.mirror === null) return [own]
    if (one.mirror > 7)
      return Array.from({ length: drawn.sleeves }, (_, sleeve) =>
        sleeve === own.sleeve ? { ...own, side: (0 - one.side) as 1 | -1 } : { ...own, sleeve, size: 1 + sleeve },
      )
    return [own, { ...own, sleeve: one.mirror % drawn.sleeves, side: (0 - one.side) as 1 | -1 }]
  })
}

/** What a sleeve's script does on one bar instead of its wishes; null where it goes on with them. */
export type Deviation = (bar: number, view: View, out: IntentSink) => { readonly answer: unknown } | null

const PRICED: readonly OrderType[] = ['limit', 'stop', 'stopLimit']

/** The strategy that a drawn sleeve runs: its wishes by its own bar count, kept in its memory. */
export function scriptOf(
  drawn: DrawnPortfolio,
  ordinal: number,
  deviation?: Deviation,
): RunInput['strategies'][number] {
  const byBar = new Map<number, DrawnWish[]>()
  for (const one of expanded(drawn)) {
    if (one.sleeve !== ordinal) continue
    const list = byBar.get(one.bar)
    if (list === undefined) byBar.set(one.bar, [one])
    else list.push(one)
  }
  return defineStrategy({
    name: `scripted-${ordinal}`,
    parameters: {},
    indicators: () => ({ average: sma(3) }),
    lookback: () => 2,
    start: (): { readonly bar: number } => ({ bar: 0 }),
    decide(view, out) {
      const { bar } = view.memory
      const odd = deviation?.(bar, view as never, out) ?? null
      if (odd !== null) return odd.answer as never
      const targets = new Set<number>()
      const width = view.universe.length
      for (const one of width === 0 ? [] : (byBar.get(bar) ?? [])) {
        const column = view.universe[one.column % width]!
        const index = view.slice.instruments[column]!
        // Without a bar there is no price that a limit or stop could be set by.
        if (Number.isNaN(view.slice.close[column]!) && PRICED.includes(one.type)) continue
        const options = {
          terms: termsOf(one, view.slice.close[column]!),
          ...(one.protection === null ? {} : { protection: one.protection }),
        }
        // Odd counts, so that shares do not divide evenly.
        const units = quantity(
          (baseOf(drawn, index) * one.size + FORMS[formAt(drawn, index)].step * ordinal) * one.side,
        )
        const reason = `${one.want} ${one.type}`
        if (one.want === 'enter') out.enter(column, one.side, reason, options)
        else if (one.want === 'exit') out.exit(column, reason, options)
        else if (one.want === 'change') out.change(column, units, reason, options)
        else if (!targets.has(column)) {
          targets.add(column)
          out.target(column, units, reason, options)
        }
      }
      return { bar: bar + 1 }
    },
  }) as unknown as RunInput['strategies'][number]
}

function termsOf(one: DrawnWish, close: number) {
  const price = (close * (1 + one.offset / 1_000)) as Price
  const second = (close * (1 - one.offset / 2_000)) as Price
  const limit = one.type === 'limit' || one.type === 'stopLimit' ? { limit: price } : {}
  const stop = one.type === 'stop' || one.type === 'stopLimit' ? { stop: second } : {}
  return { type: one.type, force: one.force, ...limit, ...stop }
}

/** The run of a drawn portfolio, ready to be played. */
export function runInputOf(drawn: DrawnPortfolio): RunInput {
  return {
    config: configOf(drawn),
    market: marketOf(drawn),
    strategies: Array.from({ length: drawn.sleeves }, (_, ordinal) => scriptOf(drawn, ordinal)),
    checks: true,
  }
}
