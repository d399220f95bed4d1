/** What a rebalancing would do now, tried on copies of the kernel and of the broker: nothing of it happens. */
import type { RebalancingMethod } from '../../domain/capital.ts'
import type { SleeveId, TradeDate } from '../../domain/units.ts'
import type { SimulatedExchange } from '../../exchange/simulated.ts'
import type { Kernel } from '../kernel.ts'
import { valueAll } from '../positions/valuation.ts'
import { createRecorder, type Recorder } from '../records/recorder.ts'
import type { Runtime } from '../runtime.ts'
import { baseUnit, weightsInForce } from './free-cash.ts'
import { standingOf } from './rebalance.ts'
import { REBALANCE } from './resize.ts'
import { type PreviewOrder, playAuction, previewOrders, tell, trialOf } from './trial.ts'

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
  const trial = trialOf(kernel, exchange, recorder)
  const { runtime } = trial.kernel
  valueAll(runtime)
  const standing = standingOf(runtime)
  const weights = weightsInForce(runtime)
  const before = runtime.sleeves.map(({ equity }) => equity)
  const marks = runtime.state.mark.slice()
  tell(trial, { kind: 'rebalance', by })
  playAuction(trial, REBALANCE)
  const stages = recorder.orders.records().length
  if (isUnderWay(runtime)) {
    tell(trial, { kind: 'rebalance', by })
    playAuction(trial, REBALANCE)
  }
  valueAll(runtime)
  const orders = previewOrders(runtime, recorder, marks, stages)
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

/** Each transfer is booked twice in a row: where it leaves, and where it arrives. */
function transfersOf(recorder: Recorder): RebalancePreview['transfers'] {
  const booked = recorder.attribution.filter(({ kind }) => kind === 'transfer')
  return booked.flatMap((one, row) =>
    row % 2 === 0 ? [{ from: one.sleeve, to: booked[row + 1]!.sleeve, amount: 0 - one.cash }] : [],
  )
}
