import type { ReactNode } from 'react'
import type { Job } from '../../data/jobs.ts'

/** How far a long question is, with a way to give it up; what went wrong, if anything did. */
export function JobProgress({ job, what }: { readonly job: Job; readonly what: string }): ReactNode {
  const { view, isRunning, error, cancel } = job
  if (error !== null) return <p className="fault job-line" role="alert">{`${what} failed: ${error}`}</p>
  if (!isRunning)
    return view?.state === 'cancelled' ? <p className="hint job-line">{`${what} was cancelled.`}</p> : null
  const progress = view?.progress ?? null
  return (
    <div className="job-line" role="status">
      <progress aria-label={`${what}, progress`} value={progress?.done ?? undefined} max={progress?.of ?? undefined} />
      <span className="second">
        {progress === null ? 'Waiting for a worker' : `${progress.what} ${progress.done} of ${progress.of}`}
      </span>
      <button type="button" className="button" onClick={cancel}>
        Cancel
      </button>
    </div>
  )
}
