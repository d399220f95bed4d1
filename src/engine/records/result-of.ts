import type { PortfolioConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { sessionOf, utcDate } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { averagePrice } from '../../pipeline/ledger/books.ts'
import { capitalResult } from '../capital/result.ts'
import { shownSleeves } from '../external/sleeve.ts'
import { INVARIANTS } from '../invariants.ts'
import { undated } from '../run/dated.ts'
import type { Run } from '../run/drive.ts'
import type { Runtime } from '../runtime.ts'
import { accountSizeNotes } from '../universe/account-size.ts'
import { benchmarksOf } from './benchmarks.ts'
import { booksRecord } from './books-record.ts'
import { withExcursions } from './excursions.ts'
import { optionRisk } from './option-risk.ts'
import type { Recorder } from './recorder.ts'
import type { ExposureRecord, PositionRecord, RunResult, ShadowResult, SleeveResult } from './result.ts'
import { syntheticData } from './synthetic.ts'

/** Everything a finished run leaves behind. */
export function resultOf(run: Run, recorder: Recorder): RunResult {
  const { runtime } = run.kernel
  const { state } = runtime
  const { series } = recorder.days
  const days = Int32Array.from(series.days)
  const orders = recorder.orders.records()
  const options = optionRisk(runtime, run.market)
  const checked = Object.fromEntries(
    Object.entries(INVARIANTS).map(([id, name]) => [
      `${id} ${name}`,
      run.auditor === null ? 0 : run.auditor.counts[id as keyof typeof INVARIANTS],
    ]),
  )
  return {
    config: shownConfig(runtime),
    instruments: state.instruments,
    days,
    equity: Float64Array.from(series.equity),
    cash: Float64Array.from(series.cash),
    grossExposure: Float64Array.from(series.gross),
    netExposure: Float64Array.from(series.net),
    sleeves: shownConfig(runtime).sleeves.map((_, ordinal) => sleeveResult(run, recorder, ordinal, days)),
    trades: withExcursions(recorder.trades.trades, orders, run.market, state.config!),
    orders,
    attribution: recorder.attribution,
    refusals: recorder.refusals,
    signals: recorder.signals,
    violations: state.violations,
    memberships: recorder.memberships,
    firstSnapshot: firstSnapshotOf(run),
    positions: positionsOf(runtime),
    exposures: exposuresOf(runtime),
    ...(options === null ? {} : { options }),
    benchmarks: benchmarksOf(state.config!, run.market, days),
    netting: recorder.orders.netting(),
    shadows: shadowsOf(runtime, recorder),
    allocation: {
      weights: Float64Array.from(recorder.allocation.weights),
      correlation: Float64Array.from(recorder.allocation.correlation),
    },
    capital: capitalResult(runtime, recorder.capitalBook),
    maxOrdersPerInstrumentCycle: recorder.orders.ordersPerInstrumentCycle(),
    invariants: { checked, violated: run.auditor?.violated ?? [] },
    notes: [...run.market.notes, ...run.dates.notes, ...accountSizeNotes(runtime), ...undated(run)],
    canonical: booksRecord(runtime, recorder.attribution),
    cycles: run.cycle,
    events: run.seq,
  }
}

/** Without an external sleeve that nothing was ever booked to. */
function shownConfig(runtime: Runtime): PortfolioConfig {
  const config = runtime.state.config!
  const shown = shownSleeves(runtime).length
  return shown === config.sleeves.length ? config : { ...config, sleeves: config.sleeves.slice(0, shown) }
}

/** Snapshots speak of a day of the calendar, whatever the clock. */
function firstSnapshotOf({ market }: Run): TradeDate | null {
  const first = market.records?.find(({ kind }) => kind === 'fundamentals')
  return first === undefined ? null : utcDate(first.eventAt)
}

function shadowsOf(runtime: Runtime, recorder: Recorder): ShadowResult[] {
  const results: ShadowResult[] = []
  runtime.shadows?.books.forEach((book, ordinal) => {
    if (book === null) return
    const { orders, units, notional, trades } = book.tally
    const equity = Float64Array.from(recorder.days.series.shadows[ordinal] ?? [])
    const fault = book.fault === '' ? null : book.fault
    const sleeve = runtime.sleeves[ordinal]!.config.id
    results.push({ sleeve, equity, fees: book.fees, trades, orders, units, notional, fault })
  })
  return results
}

function sleeveResult(run: Run, recorder: Recorder, ordinal: number, days: Int32Array): SleeveResult {
  const { runtime } = run.kernel
  const { state } = runtime
  const { books } = state
  const { config, strategy } = runtime.sleeves[ordinal]!
  const own = recorder.days.series.sleeves[ordinal] ?? { equity: [], flows: [], cash: [], exposure: [], positions: [] }
  const paused = state.sleeves[ordinal]!.paused
  const counts = countsPerUnit(state.config!.currency)
  let realised = 0
  let unrealised = 0
  for (const instrument of state.instruments) {
    const at = ordinal * books.width + instrument.index
    const currency = books.currency[instrument.index]!
    if (currency === 0) realised += books.realised[at]!
    const quantity = books.quantity[at]!
    if (quantity === 0) continue
    const cost = books.cost[at]! * books.multiplier[instrument.index]!
    unrealised +=
      currency === 0
        ? quantity * runtime.unitValue[instrument.index]! - cost
        : openGainAbroad(runtime, at, instrument.index, quantity, cost)
  }
  const purse = ordinal * books.currencies
  const foreign = (figure: 'realised' | 'fees' | 'dividends'): number => state.foreign?.[figure][ordinal] ?? 0
  const violation = state.violations.find(
    (candidate) => candidate.rule === 'sleeveFault' && candidate.subject === runtime.sleeves[ordinal]!.config.id,
  )
  return {
    id: runtime.sleeves[ordinal]!.config.id,
    equity: Float64Array.from(own.equity),
    flows: Float64Array.from(own.flows),
    cash: Float64Array.from(own.cash),
    exposure: Float64Array.from(own.exposure),
    openPositions: Int32Array.from(own.positions),
    maxPositionWeight: recorder.days.maxPositionWeight[ordinal] ?? 0,
    fees: books.fees[purse]! / counts + foreign('fees'),
    realised: realised + foreign('realised'),
    unrealised,
    dividends: books.dividends[purse]! / counts + foreign('dividends'),
    slippage: recorder.orders.costs[ordinal]?.slippage ?? 0,
    crossingGain: recorder.orders.costs[ordinal]?.crossingGain ?? 0,
    financing: recorder.financing[ordinal] ?? 0,
    sessions: sessionsOn(runtime, ordinal, days),
    currencyGain: state.foreign?.currencyGain[ordinal] ?? null,
    synthetic: syntheticData(config, strategy?.reads ?? [], run.market),
    paused:
      violation === undefined
        ? null
        : {
            at: violation.at as Instant,
            tradeDate: violation.value as TradeDate,
            cause: paused.replace(/^fault: /, ''),
          },
  }
}

/** What a foreign position gained in its own currency, at the rate of now, less what rates did to that gain on the way. */
function openGainAbroad(runtime: Runtime, at: number, instrument: number, quantity: number, cost: number): number {
  const { books, mark, rate, foreign } = runtime.state
  const gain = quantity * mark[instrument]! * books.scale[instrument]! - cost
  return gain * rate[books.currency[instrument]!]! - foreign!.onGains[at]!
}

/** 1 on the portfolio days on which the sleeve's own calendar has a session; a calendar that is not known has all. */
function sessionsOn({ sleeves, sessions }: Runtime, ordinal: number, days: Int32Array): Uint8Array {
  const calendar = sessions.get(sleeves[ordinal]!.config.calendar)
  return Uint8Array.from(days, (day) => (calendar === undefined || sessionOf(calendar, day as TradeDate) >= 0 ? 1 : 0))
}

function exposuresOf({ state, unitValue }: Runtime): ExposureRecord[] {
  const held = new Float64Array(state.instruments.length)
  for (const { index, option } of state.instruments)
    if (option === null) held[index] = Math.abs(state.books.accountQuantity[index]! * unitValue[index]!)
  for (const { underlying, maximumLoss, quantity } of state.structures)
    held[underlying] = held[underlying]! + maximumLoss * quantity
  return state.instruments.flatMap(({ index, symbol }) =>
    held[index] === 0 ? [] : [{ instrument: symbol, exposure: held[index]! }],
  )
}

/** What every sleeve holds at the last marks, in declared order. */
export function positionsOf(runtime: Runtime): PositionRecord[] {
  const { state } = runtime
  const positions: PositionRecord[] = []
  for (const sleeve of runtime.sleeves) {
    for (const instrument of state.instruments) {
      const at = sleeve.ordinal * state.books.width + instrument.index
      const quantity = state.books.quantity[at]!
      if (quantity === 0) continue
      const averagePriceNow = averagePrice(state.books, sleeve.ordinal, instrument.index)
      const value = quantity * runtime.unitValue[instrument.index]!
      const cost = quantity * averagePriceNow * state.books.scale[instrument.index]!
      const isForeign = state.books.currency[instrument.index] !== 0
      positions.push({
        sleeve: sleeve.config.id,
        instrument: instrument.symbol,
        quantity: quantity / instrument.unitsPerWhole,
        averagePrice: averagePriceNow,
        mark: state.mark[instrument.index]!,
        value,
        unrealised: isForeign ? openGainAbroad(runtime, at, instrument.index, quantity, cost) : value - cost,
      })
    }
  }
  return positions
}
