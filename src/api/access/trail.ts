/** Who saw and who did what: on its way to the audit log. What was done is written at once, what was seen some at a time. */
import type { AccessLog, NewAccess } from '../../domain/access.ts'
import type { ApiLog } from '../ports.ts'

const FLUSH_MS = 1_000
/** A panel that refreshes is one look of whoever sits before it. */
const LOOK_MS = 5 * 60_000
const LOOKS_MOST = 10_000
/** Rows that wait for a store that takes none. */
const WAITING_MOST = 50_000

export interface Trail {
  did(row: NewAccess): Promise<void>
  /** What was refused: on record soon, and nobody waits for it. */
  noted(row: NewAccess): void
  /** Once in a while for the same look. */
  saw(row: NewAccess): void
  close(): Promise<void>
}

export function openTrail(access: AccessLog, log: ApiLog): Trail {
  let waiting: NewAccess[] = []
  let writing: Promise<void> = Promise.resolve()
  const looks = new Map<string, number>()

  const flush = (): void => {
    if (waiting.length === 0) return
    const rows = waiting
    waiting = []
    writing = writing
      .then(() => access.logAccess(rows))
      .catch((error: unknown) => {
        log.error('what was seen could not be written down yet', { error, rows: rows.length })
        waiting = [...rows, ...waiting].slice(-WAITING_MOST)
      })
  }
  const timer = setInterval(flush, FLUSH_MS)
  timer.unref()
  return {
    did: (row) => access.logAccess([row]),
    noted(row) {
      waiting.push(row)
    },
    saw(row) {
      const key = `${row.user} ${row.action} ${row.portfolio} ${row.subject} ${row.outcome}`
      const last = looks.get(key)
      if (last !== undefined && row.at - last < LOOK_MS) return
      looks.delete(key)
      looks.set(key, row.at)
      if (looks.size > LOOKS_MOST) looks.delete(looks.keys().next().value!)
      waiting.push(row)
    },
    async close() {
      clearInterval(timer)
      flush()
      await writing
    },
  }
}
