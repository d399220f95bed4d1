/** Explains orders to pages: one at a time, and what an order that has ended came to is kept. */
import { once } from 'node:events'
import type { ExplainView } from '../../api/contract/explain.ts'
import type { Explainer } from '../../api/ports.ts'
import { startModule } from '../isolation/thread.ts'

export interface ExplainQuestion {
  readonly store: string
  /** Portfolio files: where strategies of the user's own are found. */
  readonly configs: readonly string[]
  readonly portfolio: string
  readonly order: number
}

/** Nobody waits longer, and nobody keeps others waiting for longer. */
const MS_MOST = 120_000
const KEPT_MOST = 200
const HEAP_MB = 768

export function openExplainer(data: Pick<ExplainQuestion, 'store' | 'configs'>): Explainer {
  const kept = new Map<string, ExplainView>()
  let before: Promise<unknown> = Promise.resolve()

  async function ask(portfolio: string, order: number): Promise<ExplainView | null> {
    const worker = startModule(new URL('./thread', import.meta.url), {
      workerData: { ...data, portfolio, order },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    })
    const timer = setTimeout(() => void worker.terminate(), MS_MOST)
    try {
      const ended = once(worker, 'exit').then(() => {
        throw new Error(`order ${order} could not be explained`)
      })
      // It ends after it has answered, too.
      ended.catch(() => {})
      const [view] = (await Promise.race([once(worker, 'message'), ended])) as [ExplainView | null]
      return view
    } finally {
      clearTimeout(timer)
      void worker.terminate()
    }
  }

  return {
    async explain(portfolio, order) {
      const key = `${portfolio} ${order}`
      const known = kept.get(key)
      if (known !== undefined) return known
      const answer = before.catch(() => {}).then(() => ask(portfolio, order))
      before = answer
      const view = await answer
      if (view !== null && (view.document as { readonly end: unknown }).end !== null) {
        kept.set(key, view)
        if (kept.size > KEPT_MOST) kept.delete(kept.keys().next().value!)
      }
      return view
    },
  }
}
