/** A job is a command of the command line, run in a thread of its own: what it prints is its result. */
import { CALLED_OFF, type JobOutcome, type JobUnderWay, type NewJob } from '../../domain/jobs.ts'
import { startModule } from '../isolation/thread.ts'

/** Nobody waits longer for an answer. */
const JOB_MS_MOST = 6 * 3_600_000
/** A document larger than this is not kept. */
const RESULT_MOST = 64 << 20
/** The end of what was said on stderr. */
const SAID_MOST = 4_000
/** A sleeve was paused by a fault: the result is complete all the same. */
const COMPLETE: ReadonlySet<number> = new Set([0, 3])

export async function runJob(
  { kind, args }: Pick<NewJob, 'kind' | 'args'>,
  { signal }: Pick<JobUnderWay, 'signal'>,
): Promise<JobOutcome> {
  const worker = startModule(new URL('../main', import.meta.url), {
    argv: [kind, ...args, '--json'],
    stdout: true,
    stderr: true,
  })
  const stop = (): void => void worker.terminate()
  const timer = setTimeout(stop, JOB_MS_MOST)
  signal.addEventListener('abort', stop)
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
  signal.removeEventListener('abort', stop)
  if (signal.aborted) return { state: 'failed', error: CALLED_OFF }
  if (COMPLETE.has(code) && printed !== '') return { state: 'done', result: printed }
  const reason = thrown === '' ? said.trim() : thrown
  return { state: 'failed', error: reason === '' ? `it ended with ${code} and said nothing` : reason }
}
