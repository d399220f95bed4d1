/**
 * A scenario of wishes, prices, broker answers and corporate actions, put through the kernel itself: what `net` prints
 * and what the worked ledger cases are checked against. Names are those of the scenario files.
 */

import { quoteColumns } from '../../domain/columns.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { Command } from '../../domain/events.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { tradedCash } from '../../domain/traded-cash.ts'
import { type Instant, type Price, sleeveId, type TradeDate } from '../../domain/units.ts'
import { commission, nothingTraded } from '../../exchange/commission.ts'
import { averagePrice } from '../../pipeline/ledger/books.ts'
import { valueAll } from '../positions/valuation.ts'
import { setMark } from '../runtime.ts'
import { COUNTS, difference, plain } from './scenario-log.ts'
import { give, intentOf, num, type ScenarioBar, type ScenarioInput, type Scene, stage } from './scenario-stage.ts'

type Row = Record<string, unknown>

/** Runs a scenario; amounts come back as decimal text, undefined ones as null. */
export function runScenario(input: ScenarioInput): { readonly bars: readonly Row[] } {
  const scene = stage(input)
  return { bars: input.bars.map((bar, index) => playBar(scene, bar, index)) }
}

type ScenarioIntent = NonNullable<ScenarioBar['intents']>[number]

function summed(intents: readonly ScenarioIntent[]): readonly ScenarioIntent[] {
  const sums = new Map<string, { readonly strategy: string; readonly symbol: string; qty: number }>()
  for (const { strategy, symbol, qty } of intents) {
    const key = JSON.stringify([strategy, symbol])
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, { strategy, symbol, qty: Number(qty) })
    else sum.qty += Number(qty)
  }
  return [...sums.values()].filter(({ qty }) => qty !== 0)
}

function playBar(scene: Scene, bar: ScenarioBar, index: number): Row {
  const { runtime } = scene.kernel
  scene.at = index + 1
  scene.log.clear()
  const corporate = (bar.corporate_actions ?? []).map((action) => playAction(scene, action))
  for (const [symbol, text] of Object.entries(bar.prices)) setMark(runtime, scene.symbols.indexOf(symbol), Number(text))
  valueAll(runtime)
  // One decision per sleeve and symbol, by first appearance: what a sleeve says of one symbol in one bar is summed.
  for (const intent of summed(bar.intents ?? [])) {
    give(scene, {
      kind: 'decided',
      cycle: index,
      sleeve: sleeveId(intent.strategy),
      intents: [intentOf(scene, intent)],
      memory: {},
    })
  }
  const quoted = scene.symbols.filter((symbol) => bar.prices[symbol] !== undefined)
  const prices = Float64Array.from(quoted, (symbol) => Number(bar.prices[symbol]))
  const quotes = quoteColumns(
    Int32Array.from(quoted, (symbol) => scene.symbols.indexOf(symbol)),
    { first: prices, low: prices, high: prices, last: prices },
  )
  const commands = give(scene, {
    kind: 'quotes',
    cycle: index,
    phase: 'auction',
    tradeDate: (20000101 + index) as TradeDate,
    quotes,
    chains: [],
  })
  for (const command of commands) if (command.kind === 'submit') fillOrders(scene, bar, command)
  valueAll(runtime)
  return describeBar(scene, bar, corporate)
}

/** The broker of the scenario: fills what the bar says, at its price, and charges its schedule once per order. */
function fillOrders(scene: Scene, bar: ScenarioBar, command: Extract<Command, { kind: 'submit' }>): void {
  const { runtime } = scene.kernel
  const { orders } = command
  scene.fills.clear(scene.at as Instant)
  const ends: { order: number; rejected: boolean }[] = []
  for (let row = 0; row < orders.count; row += 1) {
    const index = orders.instrument[row]!
    const symbol = scene.symbols[index]!
    const answer = bar.fills?.[symbol]
    const instrument = runtime.state.instruments[index]!
    const price = num(answer?.price, Number(bar.prices[symbol]))
    scene.log.priced(symbol, price)
    if (answer?.status === 'rejected') {
      ends.push({ order: orders.id[row]!, rejected: true })
      continue
    }
    const ordered = orders.quantity[row]!
    const filled =
      answer?.filled === undefined
        ? ordered
        : Math.floor(Math.abs(Number(answer.filled)) * instrument.unitsPerWhole + 0.5) * Math.sign(ordered)
    if (Math.abs(filled) > Math.abs(ordered)) {
      const most = plain(Math.abs(ordered) / instrument.unitsPerWhole)
      const reason = `"${answer?.filled}" is more than the ${most} that were ordered`
      throw new FaultError(
        fault('SCENARIO_INVALID', { file: 'scenario', path: `bar "${bar.t}" fills.${symbol}.filled`, reason }),
      )
    }
    if (filled !== 0) {
      const whole = Math.abs(filled) / instrument.unitsPerWhole
      const sold = filled < 0 ? whole : 0
      const traded = {
        ...nothingTraded(),
        shares: whole,
        value: whole * price * instrument.multiplier,
        soldShares: sold,
        soldValue: sold * price,
      }
      const fee = commission(scene.config.costs.equity!.commission, instrument, traded, 0, scene.config.currency)
      scene.executions += 1
      scene.fills.push(orders.id[row]!, scene.executions, index, filled, price, fee)
    }
    if (filled !== ordered) ends.push({ order: orders.id[row]!, rejected: false })
  }
  if (scene.fills.count > 0) give(scene, { kind: 'fills', fills: scene.fills })
  for (const { order, rejected } of ends) {
    give(scene, {
      kind: 'order',
      order: order as never,
      state: rejected ? 'rejected' : 'cancelled',
      evidence: 'scenario',
    })
  }
}

function playAction(scene: Scene, action: NonNullable<ScenarioBar['corporate_actions']>[number]): Row {
  const { runtime } = scene.kernel
  const { books } = runtime.state
  const index = scene.symbols.indexOf(action.symbol)
  const instrument = runtime.state.instruments[index]!
  const cashBefore = Array.from(books.cash)
  const accountBefore = books.accountCash[0]!
  const cashOf = (sleeve: number): string =>
    plain((books.cash[sleeve]! - cashBefore[sleeve]!) / countsPerUnit(scene.config.currency))
  const tradeDate = 20000101 as TradeDate
  if (action.type === 'dividend') {
    give(scene, {
      kind: 'corporateAction',
      tradeDate,
      action: { kind: 'dividend', instrument: instrument.id, amount: num(action.amount) },
    })
    return {
      type: 'dividend',
      symbol: action.symbol,
      broker_cash: plain((books.accountCash[0]! - accountBefore) / COUNTS),
      per_strategy: Object.fromEntries(scene.names.map((name, sleeve) => [name, cashOf(sleeve)])),
    }
  }
  const [numerator, denominator] = action.ratio ?? ['1', '1']
  give(scene, {
    kind: 'corporateAction',
    tradeDate,
    action: {
      kind: 'split',
      instrument: instrument.id,
      numerator: Number(numerator),
      denominator: Number(denominator),
      priceAfter: action.price_after === undefined ? null : (Number(action.price_after) as Price),
    },
  })
  const involved = scene.names.map((name, sleeve) => ({ name, sleeve }))
  const holders = involved.filter(
    ({ sleeve }) => books.quantity[sleeve * books.width + index] !== 0 || books.cash[sleeve] !== cashBefore[sleeve],
  )
  return {
    type: 'split',
    symbol: action.symbol,
    broker_qty: plain(books.accountQuantity[index]! / instrument.unitsPerWhole),
    broker_cash_in_lieu: plain((books.accountCash[0]! - accountBefore) / COUNTS),
    qty: Object.fromEntries(
      holders.map(({ name, sleeve }) => [
        name,
        plain(books.quantity[sleeve * books.width + index]! / instrument.unitsPerWhole),
      ]),
    ),
    cash_in_lieu: Object.fromEntries(holders.map(({ name, sleeve }) => [name, cashOf(sleeve)])),
  }
}

/** Cash and positions at their marks, in whole money counts. */
function equityOf(scene: Scene, cash: number, offset: number, held: Float64Array): number {
  const { state, perPrice } = scene.kernel.runtime
  let total = cash
  for (let index = 0; index < scene.symbols.length; index += 1) {
    const units = held[offset + index]!
    if (units === 0) continue
    const worth = tradedCash(units, state.mark[index]!, perPrice[index]!)
    total += units > 0 ? worth : 0 - worth
  }
  return total
}

function describeBar(scene: Scene, bar: ScenarioBar, corporate: readonly Row[]): Row {
  const { runtime } = scene.kernel
  const { books, instruments } = runtime.state
  const unit = (index: number): number => instruments[index]!.unitsPerWhole
  const strategies = Object.fromEntries(
    scene.names.map((name, sleeve) => {
      const held = scene.symbols
        .map((symbol, index) => ({ symbol, index, units: books.quantity[sleeve * books.width + index]! }))
        .filter(({ units }) => units !== 0)
      let realised = 0
      for (let index = 0; index < scene.symbols.length; index += 1)
        realised += books.realised[sleeve * books.width + index]!
      const equity = equityOf(scene, books.cash[sleeve]!, sleeve * books.width, books.quantity)
      // Equity change = realised + unrealised + dividends - fees: all but realised are whole money counts.
      const booked = scene.start[sleeve]! + books.dividends[sleeve]! - books.fees[sleeve]!
      const unrealised = held.length === 0 ? '0' : difference(equity - booked, realised)
      return [
        name,
        {
          cash: plain(books.cash[sleeve]! / COUNTS),
          positions: Object.fromEntries(held.map(({ symbol, index, units }) => [symbol, plain(units / unit(index))])),
          avg_cost: Object.fromEntries(
            held.map(({ symbol, index }) => [symbol, plain(averagePrice(books, sleeve, index))]),
          ),
          realised_pnl: plain(realised),
          unrealised_pnl: unrealised,
          fees: plain(books.fees[sleeve]! / COUNTS),
          dividends: plain(books.dividends[sleeve]! / COUNTS),
          equity: plain(equity / COUNTS),
        },
      ]
    }),
  )
  const positions = Object.fromEntries(
    scene.symbols
      .map((symbol, index) => [symbol, books.accountQuantity[index]! / unit(index)] as const)
      .filter(([, held]) => held !== 0)
      .map(([symbol, held]) => [symbol, plain(held)]),
  )
  const said = scene.log.describe(scene)
  return {
    t: bar.t,
    ...said.orders,
    corporate,
    strategies,
    portfolio: {
      cash: plain(books.accountCash[0]! / COUNTS),
      positions,
      equity: plain(equityOf(scene, books.accountCash[0]!, 0, books.accountQuantity) / COUNTS),
    },
    netting: said.netting,
  }
}
