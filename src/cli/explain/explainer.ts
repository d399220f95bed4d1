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
  /** An order by its number, or an entry that waits for an approval by the number of its intent. */
  readonly of: { readonly order: number } | { readonly wish: number }
}

/** Nobody waits longer, and nobody keeps others waiting for longer. */
const MS_MOST = 120_000
const KEPT_MOST = 200
const HEAP_MB = 768

export function openExplainer(data: Pick<ExplainQuestion, 'store' | 'configs'>): Explainer {
  const kept = new Map<string, ExplainView>()
  let before: Promise<unknown> = Promise.resolve()

  async function ask(portfolio: string, of: ExplainQuestion['of']): Promise<ExplainView | null> {
    const worker = startModule(new URL('./thread', import.meta.url), {
      workerData: { ...data, portfolio, of } satisfies ExplainQuestion,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    })
    const timer = setTimeout(() => void worker.terminate(), MS_MOST)
    try {
      const ended = once(worker, 'exit').then(() => {
        throw new Error('it could not be explained')
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

  async function explained(
    portfolio: string,
    of: ExplainQuestion['of'],
    isFinal: (view: ExplainView) => boolean,
  ): Promise<ExplainView | null> {
    const key = JSON.stringify([portfolio, of])
    const known = kept.get(key)
    if (known !== undefined) return known
    const answer = before.catch(() => {}).then(() => ask(portfolio, of))
    before = answer
    const view = await answer
    if (view !== null && isFinal(view)) {
      kept.set(key, view)
      if (kept.size > KEPT_MOST) kept.delete(kept.keys().next().value!)
    }
    return view
  }

  return {
    explain: (portfolio, order) =>
      explained(portfolio, { order }, ({ document }) => (document as { readonly end: unknown }).end !== null),
    // What led to a question is past when it is asked.
    explainWish: (portfolio, wish) => explained(portfolio, { wish }, () => true),
  }
}
