/* The thread that computes: one question after the other, none of it on the loop that serves. */
import { parentPort, workerData } from 'node:worker_threads'
import { openStore } from '../../adapters/store/open.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { loadPortfolio } from '../config/load.ts'
import { strategiesWith } from '../live/recorded.ts'
import { type Followed, followPortfolio } from './followed.ts'
import type { AnalystData, Answer, Question } from './protocol.ts'

const { store: name, configs } = workerData as AnalystData
const opened: Promise<OpenedStore> = openStore(name, { create: false })
const followed = new Map<string, Promise<Followed>>()

async function strategiesOf(portfolio: string): Promise<ReadonlyMap<string, Strategy>> {
  for (const config of configs) {
    const loaded = await loadPortfolio(config)
    if (loaded.config.name === portfolio) return strategiesWith(loaded)
  }
  return strategiesWith(null)
}

async function follow(portfolio: string): Promise<Followed> {
  const strategies = await strategiesOf(portfolio)
  return followPortfolio({ store: await opened, portfolio, strategies, now: () => performance.now() })
}

async function answerTo({ id, portfolio, asked }: Question): Promise<Answer> {
  let following = followed.get(portfolio)
  if (following === undefined) {
    following = follow(portfolio)
    followed.set(portfolio, following)
  }
  try {
    return { id, analysis: await (await following).answer(asked) }
  } catch (error) {
    followed.delete(portfolio)
    return { id, failed: error instanceof Error ? error.message : String(error) }
  }
}

let turn: Promise<void> = Promise.resolve()
parentPort!.on('message', (question: Question) => {
  turn = turn.then(async () => parentPort!.postMessage(await answerTo(question)))
})
