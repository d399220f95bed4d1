/** Copies of the kernel and of the broker on which a question is tried: nothing of it happens. */
import { quoteColumns } from '../../domain/columns.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import type { OperatorCommand } from '../../domain/events.ts'
import type { Instant, SleeveId, TradeDate } from '../../domain/units.ts'
import { type SimulatedExchange, simulatedExchange } from '../../exchange/simulated.ts'
import { type Kernel, restoreKernel } from '../kernel.ts'
import type { Recorder } from '../records/recorder.ts'
import { answer, type Dialogue, give } from '../run/drive.ts'
import type { Runtime } from '../runtime.ts'

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

/** A kernel and a broker that go on alone, with strategies that wish nothing. */
export function trialOf(kernel: Kernel, exchange: Pick<SimulatedExchange, 'state'>, recorder: Recorder): Dialogue {
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
  copy.runtime.state.config = askingNobody(copy.runtime.state.config!)
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

/** What waits for an operator goes on waiting by the rule that it was asked by; nothing new is asked. */
function askingNobody(config: PortfolioConfig): PortfolioConfig {
  const { approvals } = config
  if (approvals === undefined) return config
  return { ...config, approvals: { ...approvals, all: false, above: null, stages: [], sleeves: [] } }
}

/** An operator's word to the copy. */
export function tell(trial: Dialogue, command: OperatorCommand): void {
  give(trial, { kind: 'operator', id: `preview-${trial.seq}`, actor: 'preview', seen: trial.seq, command })
}

/** An auction of every instrument at its last mark, for the wishes of one reason alone; null: of any. */
export function playAuction(trial: Dialogue, asked: string | null): void {
  const { runtime } = trial.kernel
  const { state } = runtime
  if (asked !== null) {
    state.waiting = state.waiting.filter(({ reason }) => reason === asked)
    state.waitingStructures = state.waitingStructures.filter(({ reason }) => reason === asked)
  }
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

/** @param stages how many of the orders were sent before money moved */
export function previewOrders(
  runtime: Runtime,
  recorder: Recorder,
  marks: Float64Array,
  stages: number,
): readonly PreviewOrder[] {
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
