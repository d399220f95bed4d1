/** Explains one order in a thread of its own: its part of the journal is played twice, and nobody waits behind it. */
import { parentPort, workerData } from 'node:worker_threads'
import { openStore } from '../../adapters/store/open.ts'
import { explainStored } from '../../live/explain/explain.ts'
import { routeIn } from '../commands/explain.ts'
import { loadPortfolio } from '../config/load.ts'
import { strategiesWith } from '../live/recorded.ts'
import type { ExplainQuestion } from './explainer.ts'
import { explainView } from './view.ts'

async function explained({ store: name, configs, portfolio, order }: ExplainQuestion): Promise<unknown> {
  const store = await openStore(name, { create: false })
  try {
    const all = await Promise.all(configs.map((config) => loadPortfolio(config)))
    const loaded = all.find(({ config }) => config.name === portfolio) ?? null
    const { explanation } = await explainStored(
      store,
      portfolio,
      strategiesWith(loaded),
      order,
      await store.paging.orderSpan(portfolio, order),
    )
    return explanation === null ? null : explainView(explanation, await routeIn(store, portfolio, order))
  } finally {
    await store.close()
  }
}

parentPort?.postMessage(await explained(workerData as ExplainQuestion))
