/** Daily series of the portfolio and its sleeves. */

import { cashValue, collateral } from '../positions/valuation.ts'
import type { Recording } from './recording.ts'

export interface DaySeries {
  readonly days: number[]
  readonly equity: number[]
  readonly cash: number[]
  readonly gross: number[]
  readonly net: number[]
  readonly sleeves: {
    readonly equity: number[]
    readonly flows: number[]
    readonly cash: number[]
    readonly exposure: number[]
    readonly positions: number[]
  }[]
  /** Equity of the shadows, by sleeve ordinal; empty without one. */
  readonly shadows: number[][]
}

export interface DayBook {
  readonly series: DaySeries
  /** Largest position of each sleeve so far, as a fraction of its equity. */
  readonly maxPositionWeight: number[]
  /** Money that came to a sleeve from outside or another sleeve, in counts. */
  flow(sleeve: number, counts: number): void
  day(tradeDate: number): void
  /** There may be more sleeves from now on: until today they had nothing. */
  configured(): void
}

export function dayBook({ runtime, moneyOf }: Recording): DayBook {
  const flows: number[] = []
  // Money that moves at the very close comes after the value of the day: it is a flow of the next one.
  const late = new Map<number, number>()
  let lateAt = -1
  const maxPositionWeight: number[] = []
  const series: DaySeries = { days: [], equity: [], cash: [], gross: [], net: [], sleeves: [], shadows: [] }

  function takeLate(seq: number): void {
    if (lateAt === seq) return
    lateAt = seq
    for (const [sleeve, counts] of late) flows[sleeve] = (flows[sleeve] ?? 0) + counts
    late.clear()
  }

  function day(tradeDate: number): void {
    const { sleeves, equity, cash, state, unitValue, isOption, roster, shadows } = runtime()
    let gross = 0
    let net = 0
    takeLate(state.seq)
    const last = series.days.length - 1
    const again = series.days[last] === tradeDate
    sleeves.forEach((sleeve, ordinal) => {
      let exposure = collateral(runtime(), ordinal)
      let positions = 0
      const row = ordinal * state.books.width
      const moved = moneyOf(late.get(ordinal) ?? 0)
      // What moves at a close is a flow of the next day: this day's positions were held with it.
      const whole = moved === 0 ? sleeve.equity : sleeve.equity - moved
      for (const index of roster.live) {
        const quantity = state.books.quantity[row + index]!
        if (quantity === 0 || isOption[index] === 1) continue
        const value = quantity * unitValue[index]!
        positions += 1
        exposure += Math.abs(value)
        const weight = whole > 0 ? Math.abs(value) / whole : 0
        if (weight > (maxPositionWeight[ordinal] ?? 0)) maxPositionWeight[ordinal] = weight
      }
      for (const structure of state.structures) {
        if (structure.sleeve !== ordinal || structure.covered === true) continue
        positions += 1
        const weight = whole > 0 ? (structure.maximumLoss * structure.quantity) / whole : 0
        if (weight > (maxPositionWeight[ordinal] ?? 0)) maxPositionWeight[ordinal] = weight
      }
      series.sleeves[ordinal] ??= { equity: [], flows: [], cash: [], exposure: [], positions: [] }
      const own = series.sleeves[ordinal]
      const at = again ? last : last + 1
      own.equity[at] = whole
      own.flows[at] = (again ? own.flows[at]! : 0) + moneyOf(flows[ordinal] ?? 0)
      own.cash[at] = cashValue(runtime(), ordinal) - moved
      own.exposure[at] = exposure
      own.positions[at] = positions
      flows[ordinal] = 0
    })
    for (const index of roster.live) {
      if (isOption[index] === 1) continue
      const value = state.books.accountQuantity[index]! * unitValue[index]!
      gross += Math.abs(value)
      net += value
    }
    gross += collateral(runtime(), null)
    const at = again ? last : last + 1
    shadows?.books.forEach((book, ordinal) => {
      series.shadows[ordinal] ??= []
      if (book !== null) series.shadows[ordinal][at] = book.equity
    })
    series.days[at] = tradeDate
    series.equity[at] = equity
    series.cash[at] = cash
    series.gross[at] = gross
    series.net[at] = net
  }

  return {
    series,
    maxPositionWeight,
    flow: (sleeve, counts) => {
      takeLate(runtime().state.seq)
      late.set(sleeve, (late.get(sleeve) ?? 0) + counts)
    },
    day,
    configured() {
      const days = series.days.length
      for (let ordinal = series.sleeves.length; ordinal < runtime().sleeves.length; ordinal += 1) {
        const nothing = (): number[] => Array.from({ length: days }, () => 0)
        series.sleeves[ordinal] = {
          equity: nothing(),
          flows: nothing(),
          cash: nothing(),
          exposure: nothing(),
          positions: nothing(),
        }
      }
    },
  }
}
