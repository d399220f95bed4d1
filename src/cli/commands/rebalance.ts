import type { RebalancingMethod } from '../../domain/capital.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { formatDate } from '../../domain/sessions.ts'
import { previewRebalance, type RebalancePreview } from '../../engine/rebalance/preview.ts'
import { runBare } from '../../engine/run/run.ts'
import { loadPortfolio } from '../config/load.ts'
import { marketOfPast } from '../market/past.ts'
import { type AskOptions, askEngine } from '../operate/ask.ts'
import { print, printJson, progressBar } from '../output.ts'
import { requireFolder } from '../paths.ts'
import { longDate, money, percentTo, quantityText } from '../report/numbers.ts'
import { type MarketSource, pastOf, type RunReach, reachOf } from '../run.ts'
import { textTable } from '../text-table.ts'

interface RebalanceOptions extends RunReach, AskOptions {
  readonly data?: string
  readonly seed: number
  readonly preview?: boolean
  readonly by?: RebalancingMethod
}

/**
 * `polyfolio rebalance`: what dealing capital anew would move, order and cost on the last day of a run; without a file, an
 * order to the engine that runs.
 */
export async function rebalance(file: string | undefined, options: RebalanceOptions): Promise<void> {
  if (file === undefined) {
    await askEngine({ kind: 'rebalance', by: options.by ?? 'transfer' }, options)
    return
  }
  if (options.preview !== true) {
    const reason =
      'is needed: a backtest is history, so there is nothing to carry out; date the command under `operations` to run with it'
    throw new FaultError(fault('OPTION_INVALID', { option: '--preview', reason }))
  }
  if (options.data !== undefined) requireFolder(options.data)
  const { from, to } = options
  if (from !== undefined && to !== undefined && from > to) {
    const reason = `${formatDate(from)} is after --to ${formatDate(to)}; give the earlier day first`
    throw new FaultError(fault('OPTION_INVALID', { option: '--from', reason }))
  }
  const source: MarketSource = options.data === undefined ? { seed: options.seed } : { data: options.data }
  const loaded = await loadPortfolio(file)
  const reach = reachOf(source, options)
  const bar = progressBar()
  const market = marketOfPast(loaded, await pastOf(loaded, source, reach, bar), reach)
  const { config } = loaded
  const strategies = [...loaded.strategies.values()]
  const onProgress = (fraction: number): void => bar.at(fraction, 'running')
  const { kernel, exchange } = runBare({ config, market, strategies, onProgress })
  bar.done()
  if (kernel.runtime.tradeDate === 0) {
    const reason = 'gives a run without a day, so there is no book to rebalance; run a longer period'
    throw new FaultError(fault('OPTION_INVALID', { option: file, reason }))
  }
  const by = options.by ?? config.capitalPlan?.rebalancing.by ?? 'transfer'
  const view = viewOf(previewRebalance(kernel, exchange, by), config.name, config.currency)
  if (options.json === true) printJson(view)
  else printView(view)
}

function viewOf(preview: RebalancePreview, name: string, currency: string) {
  const { by, tradeDate, sleeves, transfers, orders, fees, slippage, open } = preview
  return {
    portfolio: name,
    currency,
    date: formatDate(tradeDate),
    by,
    equity: sleeves.reduce((sum, { before }) => sum + before, 0),
    sleeves: sleeves.map(({ sleeve, ...rest }) => ({ name: sleeve, ...rest })),
    transfers,
    orders: orders.map((order) => ({
      ...order,
      sleeves: order.sleeves.map(({ sleeve, quantity }) => ({ name: sleeve, quantity })),
    })),
    cost: { fees, slippage, total: fees + slippage },
    open: open === '' ? null : open,
  }
}

type View = ReturnType<typeof viewOf>

function printView(view: View): void {
  const amount = (value: number): string => money(value, view.currency)
  print(
    `${view.portfolio} on ${longDate(view.date)}: rebalancing by ${view.by} would do this. Nothing has been changed.`,
  )
  const sleeves = view.sleeves.map(({ name, weight, before, target, after, unfunded }) => [
    name,
    percentTo(weight, 1),
    amount(before),
    amount(target),
    amount(after),
    unfunded === 0 ? '' : amount(unfunded),
  ])
  print(`\n${textTable(['sleeve', 'weight', 'has', 'target', 'would have', 'unfunded'], sleeves, [1, 2, 3, 4, 5])}`)
  const transfers = view.transfers.map(({ from, to, amount: moved }) => `${amount(moved)} from ${from} to ${to}`)
  print(`\n${transfers.length === 0 ? 'No money moves.' : transfers.join('\n')}`)
  if (view.orders.length === 0) print('\nNo orders.')
  else {
    const orders = view.orders.map(({ stage, instrument, quantity, value, fee, slippage, sleeves: shares }) => [
      stage === 'before' ? 'first' : 'then',
      instrument,
      quantityText(quantity),
      amount(value),
      amount(fee),
      amount(slippage),
      shares.map(({ name, quantity: share }) => `${name} ${quantityText(share)}`).join(', '),
    ])
    const header = ['', 'instrument', 'quantity', 'value', 'fee', 'slippage', 'of']
    print(`\n${textTable(header, orders, [2, 3, 4, 5])}`)
  }
  const { fees, slippage, total } = view.cost
  print(`\nEstimated cost: ${amount(total)} (fees ${amount(fees)}, slippage ${amount(slippage)}), at the last marks.`)
  if (view.open !== null) print(`\n${view.open}`)
}
