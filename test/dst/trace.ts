import { createHash } from 'node:crypto'

/** Everything that happened in one history, as lines; equal histories have equal hashes. */
export interface Trace {
  say(time: number, line: string): void
  /** For whoever reads the lines: no part of the hash, and made only where lines are kept. */
  note(time: number, line: () => string): void
  /** Lines, where they are kept. */
  readonly lines: readonly string[]
  hash(): string
}

/** @param keep the number of last lines that are kept: none costs nothing */
export function createTrace(keep: number): Trace {
  const hash = createHash('sha256')
  const lines: string[] = []
  let pending = ''

  function keepLine(line: string): void {
    lines.push(line)
    if (lines.length > 2 * keep) lines.splice(0, lines.length - keep)
  }

  return {
    lines,
    say(time, line) {
      pending += `${time} ${line}\n`
      if (pending.length > 16_384) {
        hash.update(pending)
        pending = ''
      }
      if (keep > 0) keepLine(`${time} ${line}`)
    },
    note(time, line) {
      if (keep > 0) keepLine(`${time} ${line()}`)
    },
    hash: () => hash.copy().update(pending).digest('hex'),
  }
}
