/** The cone of possible futures, drawn when a report is written: whoever reads it cannot ask for one. */
import type { JobView, MonteCarloInput } from '../../api/contract/jobs.ts'
import { answerTo } from '../jobs/answers.ts'
import type { Answers } from './answers.ts'

const ASKED: MonteCarloInput = { method: 'block-bootstrap', horizon: 252, paths: 2_000, seed: 1, drawdown: 0.2 }

/** Why there is none is told in its place. */
export async function futuresOf(portfolio: string, store: string, configs: readonly string[]): Promise<Answers> {
  const place = { store, configs }
  const question = { kind: 'portfolio-monte-carlo', portfolio, input: ASKED, place } as const
  const at = new Date().toISOString()
  const job = { id: KEPT, kind: 'monte-carlo', actor: 'report', at, endedAt: at, progress: null } as const
  const view: JobView = await answerTo(question, () => {}).then(
    (result) => ({ ...job, state: 'done', result, error: '' }),
    (error: Error) => ({ ...job, state: 'failed', result: null, error: error.message }),
  )
  return { [`/api/v1/p/${encodeURIComponent(portfolio)}/jobs/${KEPT}`]: view }
}

/** Under this id the pages look for it. */
const KEPT = 'kept-monte-carlo'
