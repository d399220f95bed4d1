/** What a rebalancing would do now, tried on copies of the kernel and of the broker: nothing of it happens. */
import type { RebalancingMethod } from '../../domain/capital.ts'
import { quoteColumns } from '../../domain/columns.ts'
import type { Instant, SleeveId, TradeDate } from '../../domain/units.ts'
import { type SimulatedExchange, simulatedExchange } from '../../exchange/simulated.ts'
import { withoutApprovals } from '../gates/approvals.ts'
import { type Kernel, restoreKernel } from '../kernel.ts'
import { valueAll } from '../positions/valuation.ts'
import { createRecorder, type Recorder } from '../records/recorder.ts'
import { answer, type Dialogue, give } from '../run/drive.ts'
import type { Runtime } from '../runtime.ts'
import { baseUnit, weightsInForce } from './free-cash.ts'
import { standingOf } from './rebalance.ts'
import { REBALANCE } from './resize.ts'

/** One net order, as it would fill at the last marks. Money in the base currency. */
export interface PreviewOrder {
  /** Before the money moves, or with what came. */
  readonly stage: 'before' | 'after'
  readonly instrument: string
  /** Whole shares, contracts or coins; signed. What netting leaves to nobody but the sleeves is 0. */
  readonly quantity: number
  /** At the last mark. */
  readonly value: number
  readonly fee: number
  readonly slippage: number
  readonly sleeves: readonly { readonly sleeve: SleeveId; readonly quantity: number }[]
}

export interface PreviewSleeve {
  readonly sleeve: SleeveId
  readonly weight: number
  readonly before: number
  readonly target: number
  readonly after: number
  /** What it should give and could not. */
  readonly unfunded: number
}

export interface RebalancePreview {
  readonly by: RebalancingMethod
  /** The last portfolio day. */
  readonly tradeDate: TradeDate
  readonly sleeves: readonly PreviewSleeve[]
  readonly transfers: readonly { readonly from: SleeveId; readonly to: SleeveId; readonly amount: number }[]
  readonly orders: readonly PreviewOrder[]
  readonly fees: number
  readonly slippage: number
  /** Why it would not be finished by this; '' where it would. */
  readonly open: string
}

/**
 * Tries a rebalancing at the last marks: the kernel's own steps, the broker's own costs, and no strategy that decides
 * meanwhile. What waits or rests already stays where it is and binds its money. Volume is not known ahead, so slippage
 * that depends on it counts nothing.
 */
export function previewRebalance(
  kernel: Kernel,
  exchange: Pick<SimulatedExchange, 'state'>,
  by: RebalancingMethod,
): RebalancePreview {
  const recorder = createRecorder()
  const trial = copyOf(kernel, exchange, recorder)
  const { runtime } = trial.kernel
  valueAll(runtime)
  const standing = standingOf(runtime)
  const weights = weightsInForce(runtime)
  const before = runtime.sleeves.map(({ equity }) => equity)
  const marks = runtime.state.mark.slice()
  ask(trial, by)
  playAuction(trial)
  const stages = recorder.orders.records().length
  if (isUnderWay(runtime)) {
    ask(trial, by)
    playAuction(trial)
  }
  valueAll(runtime)
  const orders = ordersOf(runtime, recorder, marks, stages)
  const amount = (counts: number): number => counts / baseUnit(runtime)
  return {
    by,
    tradeDate: runtime.tradeDate as TradeDate,
    sleeves: runtime.sleeves.map(({ config, ordinal, equity }) => ({
      sleeve: config.id,
      weight: weights[ordinal]!,
      before: before[ordinal]!,
      target: amount(standing.target[ordinal]!),
      after: equity,
      unfunded: amount(runtime.state.rebalance?.unfunded[ordinal] ?? 0),
    })),
    transfers: transfersOf(recorder),
    orders,
    fees: orders.reduce((sum, { fee }) => sum + fee, 0),
    slippage: orders.reduce((sum, { slippage }) => sum + slippage, 0),
    open: isUnderWay(runtime) ? 'what could not be closed keeps the money waiting' : '',
  }
}

function isUnderWay({ state }: Runtime): boolean {
  return state.rebalance !== undefined && state.rebalance.underWay !== null
}

/** A kernel and a broker that go on alone, with strategies that wish nothing. */
function copyOf(kernel: Kernel, exchange: Pick<SimulatedExchange, 'state'>, recorder: Recorder): Dialogue {
  const snapshot = kernel.snapshot()
  const { shadows: _, ...state } = snapshot.state as { readonly shadows?: unknown }
  const strategies = new Map(
    [...kernel.runtime.strategies].map(([name, strategy]) => [
      name,
      { ...strategy, decide: (view: { readonly memory: never }) => view.memory },
    ]),
  )
  const copy = restoreKernel({ ...snapshot, state }, { strategies: strategies as never, observer: recorder })
  recorder.attach(copy.runtime)
  const config = copy.runtime.state.config!
  // What protects positions, what an expiry left and a rebalancing under way are not what is asked about.
  copy.runtime.state.guards = []
  copy.runtime.state.leftovers = []
  // Nor are gates that are shut today, and whom an operator would be asked about.
  delete copy.runtime.state.gates
  copy.runtime.state.config = withoutApprovals(copy.runtime.state.config!)
  if (copy.runtime.state.rebalance !== undefined) copy.runtime.state.rebalance.underWay = null
  for (const [underlying, chain] of kernel.runtime.chains) copy.runtime.chains.set(underlying, chain)
  return {
    kernel: copy,
    exchange: simulatedExchange({
      account: config.account,
      currency: config.currency,
      cash: config.capital,
      parity: config.parity,
      costs: config.costs,
      from: { ...exchange.state(), orders: [] },
    }),
    auditor: null,
    seq: copy.runtime.state.seq + 1,
    at: copy.runtime.state.at as Instant,
    moment: 'auction',
  }
}

function ask(trial: Dialogue, by: RebalancingMethod): void {
  const id = `preview-${trial.seq}`
  give(trial, { kind: 'operator', id, actor: 'preview', seen: trial.seq, command: { kind: 'rebalance', by } })
}

/** An auction of every instrument at its last mark, for what the rebalancing wishes alone. */
function playAuction(trial: Dialogue): void {
  const { runtime } = trial.kernel
  const { state } = runtime
  state.waiting = state.waiting.filter(({ reason }) => reason === REBALANCE)
  state.waitingStructures = state.waitingStructures.filter(({ reason }) => reason === REBALANCE)
  if (state.waiting.length === 0 && state.waitingStructures.length === 0) return
  const listed = state.instruments.filter(({ index }) => runtime.isOption[index] !== 1 && state.delisted[index] !== 1)
  const instrument = Int32Array.from(listed, ({ index }) => index)
  const price = Float64Array.from(listed, ({ index }) => state.mark[index]!)
  const volume = new Float64Array(price.length).fill(Number.NaN)
  const chains = [...runtime.chains.values()]
  const tradeDate = runtime.tradeDate as TradeDate
  const bars = { instrument, open: price, high: price, low: price, close: price, volume }
  answer(trial, trial.exchange.open(trial.at, tradeDate, bars, chains))
  const quotes = quoteColumns(instrument, { first: price, low: price, high: price, last: price })
  give(trial, { kind: 'quotes', cycle: state.cycle + 1, phase: 'auction', tradeDate, quotes, chains })
}

function ordersOf(runtime: Runtime, recorder: Recorder, marks: Float64Array, stages: number): readonly PreviewOrder[] {
  const { instruments, books, rate } = runtime.state
  return recorder.orders.records().map((order, row) => {
    const known = instruments.find(({ symbol }) => symbol === order.instrument)
    const scale = known === undefined ? 0 : known.multiplier * rate[books.currency[known.index]!]!
    const mark = known === undefined ? 0 : marks[known.index]!
    return {
      stage: row < stages ? 'before' : 'after',
      instrument: order.instrument,
      quantity: order.filled,
      value: order.filled * mark * scale,
      fee: order.fee,
      slippage: order.price === null ? 0 : (order.price - mark) * order.filled * scale,
      sleeves: order.shares.map(({ sleeve, crossed, filled }) => ({ sleeve, quantity: crossed + filled })),
    }
  })
}

/** Each transfer is booked twice in a row: where it leaves, and where it arrives. */
function transfersOf(recorder: Recorder): RebalancePreview['transfers'] {
  const booked = recorder.attribution.filter(({ kind }) => kind === 'transfer')
  return booked.flatMap((one, row) =>
    row % 2 === 0 ? [{ from: one.sleeve, to: booked[row + 1]!.sleeve, amount: 0 - one.cash }] : [],
  )
}
