/** Explains one order, or what waits for an approval, in a thread of its own: its part of the journal is played twice, and nobody waits behind it. */
import { parentPort, workerData } from 'node:worker_threads'
import { openStore } from '../../adapters/store/open.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { ExplainView } from '../../api/contract/explain.ts'
import { PAGE_MAX } from '../../domain/paging.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { explainStored } from '../../live/explain/explain.ts'
import { explainStoredWish } from '../../live/explain/wish.ts'
import { routeIn } from '../commands/explain.ts'
import { loadPortfolio } from '../config/load.ts'
import { strategiesWith } from '../live/recorded.ts'
import type { ExplainQuestion } from './explainer.ts'
import { explainView, wishView } from './view.ts'

async function explained({ store: name, configs, portfolio, of }: ExplainQuestion): Promise<ExplainView | null> {
  const store = await openStore(name, { create: false })
  try {
    const all = await Promise.all(configs.map((config) => loadPortfolio(config)))
    const loaded = all.find(({ config }) => config.name === portfolio) ?? null
    const strategies = strategiesWith(loaded)
    if ('wish' in of) return await wishIn(store, portfolio, strategies, of.wish)
    const span = await store.paging.orderSpan(portfolio, of.order)
    const { explanation } = await explainStored(store, portfolio, strategies, of.order, span)
    return explanation === null ? null : explainView(explanation, await routeIn(store, portfolio, of.order))
  } finally {
    await store.close()
  }
}

async function wishIn(
  store: OpenedStore,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
  wish: number,
): Promise<ExplainView | null> {
  const rows = await store.paging.latest(portfolio, 'approval', PAGE_MAX)
  const row = rows.find(({ id }) => id === wish)
  if (row === undefined) return null
  const span = await store.paging.momentSpan(portfolio, row.askedAt)
  const explanation = await explainStoredWish(store, portfolio, strategies, wish, span)
  return explanation === null ? null : wishView(explanation)
}

parentPort?.postMessage(await explained(workerData as ExplainQuestion))
