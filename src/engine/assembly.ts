/** What the configuration gives a kernel: sleeves, their clocks, indicators and views; and what is listed. */

import { assert } from '../domain/assert.ts'
import { orderColumns } from '../domain/columns.ts'
import type { PortfolioConfig } from '../domain/config.ts'
import { isExternal } from '../domain/external.ts'
import type { Instrument } from '../domain/instruments.ts'
import { volumeAverage } from '../indicators/volume-average/volume-average.ts'
import { createRollingMoments } from '../pipeline/allocation/rolling.ts'
import { createBooks, postFlow } from '../pipeline/ledger/books.ts'
import { openCapital } from './capital/day.ts'
import { createClock, type IndicatorRows, requestIndicator } from './clock.ts'
import { sharesOf } from './orders/batch.ts'
import type { Parts } from './parts.ts'
import { chainOf } from './positions/rolling.ts'
import { addInstrument } from './positions/structures.ts'
import { valueAll } from './positions/valuation.ts'
import { buildSleeves, indexInstrument, type Runtime, setMark } from './runtime.ts'
import type { Shadows } from './shadows/shadow-book.ts'
import { widenState } from './state.ts'
import { openRouting } from './universe/account-size.ts'
import { isMember, screenOf } from './universe/membership.ts'
import { sleeveView } from './view.ts'
import { openWatch } from './watch/step.ts'
import { noOrders } from './wishes/order-rate.ts'

/** @param openShadows is asked for shadows once the sleeves stand, where the configuration wants them */
export function configure(
  parts: Parts,
  config: PortfolioConfig,
  codes: Readonly<Record<string, string>>,
  openShadows: () => Shadows,
): void {
  const { state } = parts.runtime
  assert(state.config === null, 'a kernel is configured once')
  state.config = config
  state.codes = codes
  state.currencies = [config.currency]
  state.rate = Float64Array.of(1)
  state.books = createBooks(config.sleeves.length, 1, 0)
  state.sleeves = config.sleeves.map((sleeve) => ({
    memory: {},
    paused: sleeve.status === 'paused' ? 'paused in the configuration' : '',
    ...(sleeve.awaited === true ? ({ standing: 'awaited' } as const) : {}),
    bars: 0,
    dayStartEquity: 0,
    equityBefore: 0,
    day: 0,
    ...(sleeve.limits.orders === undefined ? {} : { orders: noOrders() }),
  }))
  widenState(state, 16)
  takeConfig(parts, config)
  for (const sleeve of parts.runtime.sleeves) {
    const { strategy, config: own, ordinal } = sleeve
    if (strategy !== null) state.sleeves[ordinal]!.memory = strategy.start(own.parameters)
    postFlow(state.books, 0, ordinal, own.capital)
  }
  valueAll(parts.runtime)
  for (const sleeve of parts.runtime.sleeves) {
    const own = state.sleeves[sleeve.ordinal]!
    own.dayStartEquity = sleeve.equity
    own.equityBefore = sleeve.equity
  }
  openWatch(parts.runtime)
  state.moments = createRollingMoments(config.sleeves.filter((sleeve) => !isExternal(sleeve)).length)
  state.previousEquity = Float64Array.from(parts.runtime.sleeves, (sleeve) => sleeve.equity)
  openRouting(parts.runtime)
  if (config.capitalPlan?.shadows === true) parts.runtime.shadows = openShadows()
  openCapital(parts)
}

/** Builds what the configuration gives: sleeves, their clocks, indicators and views. */
export function takeConfig(parts: Parts, config: PortfolioConfig): void {
  const { runtime } = parts
  runtime.batch = orderColumns(config.account.id, {
    instrumentId: (index) => runtime.state.instruments[index]!.id,
    shares: (row) => sharesOf(runtime, row),
  })
  runtime.sleeves = buildSleeves(runtime, config)
  for (const sleeve of runtime.sleeves) runtime.sleeveOrdinal.set(sleeve.config.id, sleeve.ordinal)
  const any = runtime.sleeves.some((sleeve) => sleeve.screened)
  parts.views = runtime.sleeves.map((sleeve) => {
    const id = sleeve.config.clock
    let clock = runtime.clocks.get(id)
    if (clock === undefined) {
      clock = createClock(id)
      runtime.clocks.set(id, clock)
    }
    parts.screens.push(screenOf(sleeve, clock))
    if (sleeve.strategy === null) return null
    const named = new Map<string, { entry: IndicatorRows; output: number }>()
    for (const [name, request] of Object.entries(sleeve.strategy.indicators(sleeve.config.parameters))) {
      const entry = requestIndicator(clock, request, sleeve.lookback)
      for (const [index, output] of request.outputs.entries()) {
        named.set(output === '' ? name : `${name}.${output}`, { entry, output: index })
      }
    }
    return sleeveView(runtime, sleeve, clock, named, parts.wishes)
  })
  runtime.averageVolume = averageVolumeOf(runtime)
  runtime.eligible = any ? (sleeve, instrument) => isMember(runtime.state, sleeve, chainOf(runtime, instrument)) : null
}

/** Mean volumes for the sleeves whose limits speak of them; null where none does. */
function averageVolumeOf(runtime: Runtime): Runtime['averageVolume'] {
  const { state, sleeves, clocks } = runtime
  const means = sleeves.map(({ config }) => {
    const volume = config.limits.position?.volume ?? null
    if (volume === null) return null
    const clock = clocks.get(config.clock)!
    return { clock, rows: requestIndicator(clock, volumeAverage(volume.bars), 0) }
  })
  if (means.every((mean) => mean === null)) return null
  return (sleeve, instrument) => {
    const mean = means[sleeve] ?? null
    const column = mean?.clock.columnOf[chainOf(runtime, instrument)] ?? -1
    if (mean === null || column < 0) return Number.NaN
    // Indicators read volume on the signal scale: back to shares as they are traded today.
    return mean.rows.rows[0]![column]! * state.factor[instrument]! * state.instruments[instrument]!.unitsPerWhole
  }
}

export function list(runtime: Runtime, instrument: Instrument): void {
  assert(
    instrument.index === runtime.state.instruments.length,
    `instrument "${instrument.id}" must take index ${runtime.state.instruments.length}`,
  )
  addInstrument(runtime, instrument)
}

/** Takes a restored instrument's constants and value again; it is listed already. */
export function indexAgain(runtime: Runtime, instrument: Instrument): void {
  indexInstrument(runtime, instrument)
  const mark = runtime.state.mark[instrument.index]!
  if (!Number.isNaN(mark)) setMark(runtime, instrument.index, mark)
}
