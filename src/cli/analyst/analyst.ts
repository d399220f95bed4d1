/** Figures of running portfolios, computed in a thread of its own from their journals. */
import type { Worker } from 'node:worker_threads'
import type { Analysis } from '../../api/contract/analysis.ts'
import type { Analyses, ExportAsked } from '../../api/ports.ts'
import { startModule } from '../isolation/thread.ts'
import type { AnalystData, Answer, Asked, Question } from './protocol.ts'

export interface Analyst extends Analyses {
  /** Writes one table into a file that is not there yet. */
  writeFile(portfolio: string, asked: ExportAsked, file: string): Promise<void>
  close(): Promise<void>
}

/** Megabytes that the thread may use for what it knows of portfolios. */
const HEAP_MB = 1_024
/** What is young is collected early: answers come and go. */
const YOUNG_MB = 8

interface Waiting {
  resolve(analysis: Analysis<unknown>): void
  reject(error: Error): void
}

/** The thread is started by the first question, and again where it was lost. */
export function openAnalyst(data: AnalystData): Analyst {
  const waiting = new Map<number, Waiting>()
  /** Questions that are the same are one while nobody has answered them. */
  const under = new Map<string, Promise<Analysis<unknown>>>()
  let worker: Worker | null = null
  let asked = 0
  let isClosed = false

  const lost = (reason: string): void => {
    worker = null
    const all = [...waiting.values()]
    waiting.clear()
    for (const { reject } of all) reject(new Error(reason))
  }
  const started = (): Worker => {
    if (worker !== null) return worker
    const made = startModule(new URL('./thread', import.meta.url), {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    })
    made.unref()
    made.on('message', (answer: Answer) => {
      const found = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('failed' in answer) found?.reject(new Error(answer.failed))
      else found?.resolve(answer.analysis)
    })
    made.on('error', (error) => lost(`the thread that computes figures failed: ${error.message}`))
    made.on('exit', () => lost('the thread that computes figures has ended'))
    worker = made
    return made
  }
  const ask = (portfolio: string, question: Asked): Promise<Analysis<unknown>> => {
    const key = JSON.stringify([portfolio, question])
    const known = under.get(key)
    if (known !== undefined) return known
    const answer = new Promise<Analysis<unknown>>((resolve, reject) => {
      if (isClosed) throw new Error('the analyst is closed')
      asked += 1
      waiting.set(asked, { resolve, reject })
      started().postMessage({ id: asked, portfolio, asked: question } satisfies Question)
    }).finally(() => under.delete(key))
    under.set(key, answer)
    return answer
  }
  const asking = async <T>(portfolio: string, question: Asked): Promise<Analysis<T>> =>
    (await ask(portfolio, question)) as Analysis<T>
  return {
    report: (portfolio) => asking(portfolio, { kind: 'report' }),
    risk: (portfolio) => asking(portfolio, { kind: 'risk' }),
    pair: (portfolio, pair) => asking(portfolio, { kind: 'pair', ...pair }),
    performance: (portfolio) => asking(portfolio, { kind: 'performance' }),
    sleeve: (portfolio, sleeve, { instrument }) =>
      asking(portfolio, { kind: 'sleeve', sleeve, ...(instrument === undefined ? {} : { instrument }) }),
    async writeFile(portfolio, wanted, file) {
      const { data, why } = await ask(portfolio, { kind: 'export', file, ...wanted })
      if (data === null) throw new Error(why)
    },
    async close() {
      isClosed = true
      await worker?.terminate()
    },
  }
}
