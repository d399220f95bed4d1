import type { FundingRecord } from '../../../domain/market-records.ts'
import { choice, integer, real, type ValuesOf } from '../../../domain/parameters.ts'
import type { IntentSink, View } from '../../../domain/strategy.ts'
import type { Quantity } from '../../../domain/units.ts'
import { defineStrategy } from '../define.ts'
import { above, below } from '../thresholds.ts'
import { annualised, basisOf, fundingYield, type Payment, withPayments } from './carry.ts'

const parameters = {
  entry: real(0.04, { min: 0, max: 5, search: [0.02, 0.3], title: 'Yield a year above which a pair is entered' }),
  exit: real(0.01, { min: -5, max: 5, search: [-0.05, 0.1], title: 'Yield a year below which it is left' }),
  measure: choice('either', ['either', 'basis', 'funding'], 'What counts as yield: the larger one, or one of the two'),
  averageBars: integer(1, { min: 1, max: 60, search: [1, 10], title: 'Bars that the basis is averaged over' }),
  horizon: real(7, {
    min: 0.25,
    max: 365,
    title: 'Days over which the basis of a derivative without expiry is taken to be earned',
  }),
  fundingDays: integer(7, { min: 1, max: 60, search: [2, 30], title: 'Days of funding that are looked back on' }),
  weight: real(0.45, { min: 0.01, max: 5, title: "Value of each leg as a part of the pair's equal share of capital" }),
  perContract: real(1, {
    min: 0.000001,
    max: 1_000_000,
    title: 'Price of the derivative over that of the spot where both are worth the same: 10 for ES against SPY',
  }),
  band: real(0.05, { min: 0.001, max: 1, search: [0.01, 0.2], title: 'How far the legs may drift apart in value' }),
  growth: real(0.25, {
    min: 0.01,
    max: 10,
    title: 'Growth of a leg beyond its weight at which both are cut back to it',
  }),
} as const

type Settings = ValuesOf<typeof parameters>

/** What is kept of a pair: past bases, newest last, and the funding of the last days. */
type Notes = { readonly bases: readonly number[]; readonly payments: readonly Payment[] }
type Memory = { readonly pairs: { readonly [spot: string]: Notes } }

/** Columns of a spot and of what is sold short against it. */
interface Pair {
  readonly spot: number
  readonly derivative: number
}

type CarryView = View<Settings, Memory>

/** Long the spot, short its derivative, while the difference pays. See README.md. */
export const cashAndCarry = defineStrategy({
  name: 'cash-and-carry',
  summary: 'long a spot, short its future or perpetual, while the difference pays',
  group: 2,
  sizes: 'own',
  parameters,
  reads: ['funding'],
  check: ({ entry, exit }) => (exit < entry ? null : `"exit" must be below "entry" of ${entry}`),
  start: (): Memory => ({ pairs: {} }),
  decide(view: CarryView, out) {
    const { universe, slice } = view
    const count = Math.floor(universe.length / 2)
    const pairs: Record<string, Notes> = {}
    for (let place = 0; place < count; place += 1) {
      const pair = { spot: universe[2 * place]!, derivative: universe[2 * place + 1]! }
      const key = String(slice.instruments[pair.spot]!)
      const notes = noted(view, pair, view.memory.pairs[key] ?? NOTHING)
      pairs[key] = notes
      if (Number.isNaN(slice.close[pair.spot]!) || Number.isNaN(slice.close[pair.derivative]!)) {
        closeOrphan(view, out, pair)
        continue
      }
      decidePair(view, out, pair, { income: incomeOf(view, pair, notes), share: view.capital / count })
    }
    return { pairs }
  },
})

const NOTHING: Notes = { bases: [], payments: [] }

function noted(view: CarryView, { spot, derivative }: Pair, before: Notes): Notes {
  const { parameters: settings, slice } = view
  const records = view.records(derivative).filter((record): record is FundingRecord => record.kind === 'funding')
  const payments = withPayments(before.payments, records, { at: slice.at, days: settings.fundingDays })
  const basis = basisOf(slice.close[spot]!, slice.close[derivative]!, settings.perContract)
  if (Number.isNaN(basis)) return { ...before, payments }
  return { bases: [...before.bases, basis].slice(-settings.averageBars), payments }
}

/** Yield of the pair a year; NaN while it is not known. */
function incomeOf(view: CarryView, { derivative }: Pair, { bases, payments }: Notes): number {
  const { averageBars, horizon, fundingDays, measure } = view.parameters
  const funding = fundingYield(payments, fundingDays)
  if (measure === 'funding') return funding
  let basis = Number.NaN
  if (bases.length === averageBars) {
    const mean = bases.reduce((total, one) => total + one, 0) / averageBars
    const expiry = view.instrument(derivative).future?.expiry ?? null
    basis = annualised(mean, { today: view.slice.tradeDate, expiry, horizon })
  }
  if (measure === 'basis' || Number.isNaN(funding)) return basis
  return Number.isNaN(basis) ? funding : Math.max(basis, funding)
}

function decidePair(
  view: CarryView,
  out: IntentSink,
  { spot, derivative }: Pair,
  { income, share }: { readonly income: number; readonly share: number },
): void {
  const { entry, exit } = view.parameters
  const long = view.position(spot)
  const sold = view.position(derivative)
  const isWaiting = view.projected(spot) !== long || view.projected(derivative) !== sold
  if (long === 0 && sold === 0) {
    if (!isWaiting && above(income, entry)) enter(view, out, { spot, derivative }, share)
    return
  }
  // A hedge that is not there is no carry: a leg that was refused takes the other one with it.
  const isWhole = long > 0 && sold < 0
  const reason = isWhole ? (below(income, exit) ? 'carry is gone' : null) : isWaiting ? null : 'leg missing'
  if (reason === null) {
    if (isWhole && !isWaiting && !cutBack(view, out, { spot, derivative }, share))
      rebalance(view, out, { spot, derivative })
    return
  }
  if (long !== 0) out.exit(spot, reason)
  if (sold !== 0) out.exit(derivative, reason)
}

/** What is left of a pair whose other leg has ended, such as a contract that was settled: no bar of it will come. */
function closeOrphan(view: CarryView, out: IntentSink, { spot, derivative }: Pair): void {
  for (const [held, other] of [
    [spot, derivative],
    [derivative, spot],
  ] as const) {
    if (Number.isNaN(view.slice.close[held]!) || view.position(held) === 0) continue
    if (view.position(other) === 0 && view.projected(other) === 0) out.exit(held, 'leg missing')
  }
}

/** Value of one tradable step. */
function stepValue(view: CarryView, column: number): number {
  return view.instrument(column).step * view.unitValue(column)
}

/** Both legs of equal value, in whole steps of the coarser one first. */
function enter(view: CarryView, out: IntentSink, { spot, derivative }: Pair, share: number): void {
  const bought = stepValue(view, spot)
  const sold = stepValue(view, derivative)
  if (!(bought > 0 && sold > 0) || !view.eligible(spot) || !view.eligible(derivative)) return
  if (!view.instrument(derivative).shortable) {
    out.refuse(derivative, 'notHoldable')
    return
  }
  if (!targetBoth(view, out, { spot, derivative }, share, 'carry'))
    out.refuse(bought > sold ? spot : derivative, 'belowStep')
}

/** Both legs at their weight; false, with nothing wished, where that is less than a step of the coarser one. */
function targetBoth(
  view: CarryView,
  out: IntentSink,
  { spot, derivative }: Pair,
  share: number,
  reason: string,
): boolean {
  const [bought, sold] = [stepValue(view, spot), stepValue(view, derivative)]
  const coarse = Math.max(bought, sold)
  const steps = Math.floor((view.parameters.weight * share) / coarse + 1e-9)
  if (steps === 0) return false
  out.target(spot, unitsOf(view, spot, (steps * coarse) / bought), reason)
  out.target(derivative, (0 - unitsOf(view, derivative, (steps * coarse) / sold)) as Quantity, reason)
  return true
}

/** A pair whose price has run is too large for the capital that stands behind its short leg. */
function cutBack(view: CarryView, out: IntentSink, { spot, derivative }: Pair, share: number): boolean {
  const [long, short] = [spot, derivative].map((column) => Math.abs(view.position(column)) * view.unitValue(column))
  const { weight, growth } = view.parameters
  return (
    above(Math.max(long!, short!), weight * share * (1 + growth)) &&
    targetBoth(view, out, { spot, derivative }, share, 'cut back')
  )
}

function unitsOf(view: CarryView, column: number, steps: number): Quantity {
  return (Math.floor(steps + 0.5) * view.instrument(column).step) as Quantity
}

/** The short follows the value of the spot where they have drifted apart by more than the band, as far as steps allow. */
function rebalance(view: CarryView, out: IntentSink, { spot, derivative }: Pair): void {
  const value = view.position(spot) * view.unitValue(spot)
  const short = 0 - view.position(derivative) * view.unitValue(derivative)
  if (!above(Math.abs(value - short), view.parameters.band * Math.max(value, short))) return
  const step = stepValue(view, derivative)
  if (!(step > 0)) return
  const wanted = 0 - unitsOf(view, derivative, value / step)
  if (wanted !== view.position(derivative) && wanted < 0) out.target(derivative, wanted as Quantity, 'rebalance')
}
