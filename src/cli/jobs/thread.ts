/* The thread that answers one question about a portfolio, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { describeFault, FaultError } from '../../domain/faults.ts'
import { answerTo } from './answers.ts'
import type { AskedQuestion, QuestionWord } from './questions.ts'

const say = (word: QuestionWord): void => parentPort!.postMessage(word)

function reasonOf(error: unknown): string {
  if (error instanceof FaultError) return describeFault(error.fault)
  return error instanceof Error ? error.message : String(error)
}

try {
  const result = await answerTo(workerData as AskedQuestion, (done, of, what) =>
    say({ kind: 'progress', done, of, what }),
  )
  say({ kind: 'done', result })
} catch (error) {
  say({ kind: 'failed', error: reasonOf(error) })
}
