/** A job is a command of the command line, run in a thread of its own: what it prints is its result. */
import type { JobOutcome, NewJob } from '../../domain/jobs.ts'
import { startModule } from '../isolation/thread.ts'

/** Nobody waits longer for an answer. */
const JOB_MS_MOST = 6 * 3_600_000
/** A document larger than this is not kept. */
const RESULT_MOST = 64 << 20
/** The end of what was said on stderr. */
const SAID_MOST = 4_000
/** A sleeve was paused by a fault: the result is complete all the same. */
const COMPLETE: ReadonlySet<number> = new Set([0, 3])

export async function runJob({ kind, args }: Pick<NewJob, 'kind' | 'args'>): Promise<JobOutcome> {
  const worker = startModule(new URL('../main', import.meta.url), {
    argv: [kind, ...args, '--json'],
    stdout: true,
    stderr: true,
  })
  const timer = setTimeout(() => void worker.terminate(), JOB_MS_MOST)
  let [printed, said, thrown] = ['', '', '']
  worker.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
    if (printed.length > RESULT_MOST) void worker.terminate()
  })
  worker.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-SAID_MOST)
  })
  worker.on('error', (error) => {
    thrown = error.message
  })
  const code = await new Promise<number>((done) => worker.once('exit', done))
  clearTimeout(timer)
  if (COMPLETE.has(code) && printed !== '') return { state: 'done', result: printed }
  const reason = thrown === '' ? said.trim() : thrown
  return { state: 'failed', error: reason === '' ? `it ended with ${code} and said nothing` : reason }
}
