import type { ClientOrderId } from '../../domain/broker.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Store } from '../../domain/store.ts'
import type { OrderId } from '../../domain/units.ts'
import { explainOrder, explainStored } from '../../live/explain/explain.ts'
import { rerunBacktest } from '../../live/explain/rerun.ts'
import { loadPortfolio } from '../config/load.ts'
import { explanationDocument } from '../explain/document.ts'
import { type Route, routeOf } from '../explain/route.ts'
import { explanationText } from '../explain/text.ts'
import { strategiesWith } from '../live/recorded.ts'
import { marketOfPast } from '../market/past.ts'
import { type StoreOptions, withPortfolio } from '../operate/portfolio-of.ts'
import { print, printJson, progressBar } from '../output.ts'
import { requireFolder } from '../paths.ts'
import { type MarketSource, pastOf, type RunReach, reachOf } from '../run.ts'

interface ExplainOptions extends RunReach {
  readonly store?: string
  readonly portfolio?: string
  readonly data?: string
  readonly seed: number
  readonly json?: boolean
}

const DEFAULT_STORE = 'polyfolio.db'

/** `polyfolio explain ORDER`: the whole chain of one order, of a store's journal or of a backtest that is run again. */
export async function explain(order: string, config: string | undefined, options: ExplainOptions): Promise<void> {
  if (config !== undefined && options.store === undefined) return explainBacktest(order, config, options)
  const store = options.store ?? DEFAULT_STORE
  const loaded = config === undefined ? null : await loadPortfolio(config)
  const asked: StoreOptions = {
    store,
    ...(loaded === null ? {} : { portfolio: loaded.config.name }),
    ...(options.portfolio === undefined ? {} : { portfolio: options.portfolio }),
  }
  await withPortfolio(asked, async ({ store: opened, portfolio }) => {
    const number = await numberIn(opened, portfolio, order, store)
    const span = await opened.paging.orderSpan(portfolio, number)
    const chain = await explainStored(opened, portfolio, strategiesWith(loaded), number, span)
    tell(chain, number, `the store "${store}"`, await routeIn(opened, portfolio, number), options)
  })
}

async function explainBacktest(order: string, file: string, options: ExplainOptions): Promise<void> {
  const number = numberOf(order)
  if (number === null) throw unknown(order, 'a backtest, whose orders have numbers alone', null)
  if (options.data !== undefined) requireFolder(options.data)
  const source: MarketSource = options.data === undefined ? { seed: options.seed } : { data: options.data }
  const loaded = await loadPortfolio(file)
  const bar = progressBar()
  const reach = reachOf(source, options)
  const market = marketOfPast(loaded, await pastOf(loaded, source, reach, bar), reach)
  bar.done()
  const rerun = rerunBacktest({ config: loaded.config, market, strategies: [...loaded.strategies.values()] })
  tell(await explainOrder(rerun, number), number, `this run of "${file}"`, null, options)
}

function tell(
  { explanation, orders }: Awaited<ReturnType<typeof explainOrder>>,
  order: number,
  where: string,
  route: Route | null,
  options: ExplainOptions,
): void {
  if (explanation === null) throw unknown(String(order), where, orders)
  if (options.json === true) printJson(explanationDocument(explanation, route))
  else print(explanationText(explanation, route))
}

function numberOf(order: string): number | null {
  const number = Number(order)
  return /^\d+$/.test(order) && Number.isSafeInteger(number) ? number : null
}

/** By its number in the kernel, or by the id that the broker was told. */
async function numberIn(store: Store, portfolio: string, order: string, name: string): Promise<number> {
  const number = numberOf(order)
  if (number !== null) return number
  const record = await store.orderOf(portfolio, order as ClientOrderId)
  if (record === undefined) throw unknown(order, `the store "${name}"`, null)
  return record.order
}

export async function routeIn(store: Store, portfolio: string, order: number): Promise<Route | null> {
  const record = await store.orderByNumber(portfolio, order as OrderId)
  return record === undefined ? null : routeOf(record, await store.executionsOf(portfolio, record.clientId))
}

function unknown(order: string, where: string, orders: number | null): FaultError {
  const held = orders === null ? '' : `, which has ${orders} orders`
  return new FaultError(fault('ORDER_UNKNOWN', { order, where: `${where}${held}` }))
}
