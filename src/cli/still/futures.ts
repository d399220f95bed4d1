/** Long questions that are answered when a report is written: whoever reads it cannot ask them. */
import type { JobView, MonteCarloInput, StressInput } from '../../api/contract/jobs.ts'
import { answerTo } from '../jobs/answers.ts'
import type { AskedQuestion, QuestionPlace } from '../jobs/questions.ts'
import type { Answers } from './answers.ts'

const ASKED: MonteCarloInput = { method: 'block-bootstrap', horizon: 252, paths: 2_000, seed: 1, drawdown: 0.2 }

/** Every scenario of the portfolio. */
const EVERY: StressInput = { scenarios: [], own: [] }

/** Why there is none is told in its place. */
export async function futuresOf(portfolio: string, store: string, configs: readonly string[]): Promise<Answers> {
  const place = { store, configs }
  return answered('monte-carlo', { kind: 'portfolio-monte-carlo', portfolio, input: ASKED, place })
}

/** What every scenario would do to the book of the moment. */
export async function stressesOf(portfolio: string, place: QuestionPlace): Promise<Answers> {
  return answered('stress', { kind: 'portfolio-stress', portfolio, input: EVERY, place })
}

/** Under this id the pages look for it. */
async function answered(kind: 'monte-carlo' | 'stress', question: AskedQuestion): Promise<Answers> {
  const at = new Date().toISOString()
  const id = `kept-${kind}`
  const job = { id, kind, actor: 'report', at, endedAt: at, progress: null } as const
  const view: JobView = await answerTo(question, () => {}).then(
    (result) => ({ ...job, state: 'done', result, error: '' }),
    (error: Error) => ({ ...job, state: 'failed', result: null, error: error.message }),
  )
  return { [`/api/v1/p/${encodeURIComponent(question.portfolio)}/jobs/${id}`]: view }
}
