/** What reaches the user: stdout for results, stderr for everything else, pages where they are asked for. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { FaultError, fault } from '../domain/faults.ts'

/** One line of text, or several, on stdout. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** The one JSON document of `--json`. Undefined, NaN and infinities are null: nothing is left out silently. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, (_, part: unknown) => (isNothing(part) ? null : part), 2))
}

const isNothing = (value: unknown): boolean =>
  value === undefined || (typeof value === 'number' && !Number.isFinite(value))

/** A reader that goes away (`polyfolio ... | head`) ends the program quietly. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EPIPE') process.exit(process.exitCode ?? 0)
      throw cause
    })
  }
}

export interface Progress {
  /** A fraction from 0 to 1, and what is being done. */
  at(fraction: number, doing: string): void
  done(): void
}

const BAR_WIDTH = 28
const REDRAW_MS = 60

/** A bar on stderr where that is a terminal; else nothing at all. */
export function progressBar(): Progress {
  if (!process.stderr.isTTY) return { at: () => {}, done: () => {} }
  let drawn = 0
  return {
    at(fraction, doing) {
      const now = Date.now()
      if (now - drawn < REDRAW_MS && fraction < 1) return
      drawn = now
      const filled = Math.floor(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH)
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`
      process.stderr.write(`\r${bar} ${String(Math.floor(fraction * 100)).padStart(3)} %  ${doing}\u001b[K`)
    },
    done() {
      process.stderr.write('\r\u001b[K')
    },
  }
}

/** Writes a page beside its place and moves it there. @throws FaultError OUTPUT_EXISTS where it cannot be written */
export async function writePage(file: string, text: string): Promise<void> {
  const partial = `${file}.partial-${process.pid}`
  try {
    await writeFile(partial, text)
    await rename(partial, file)
  } catch (cause) {
    await rm(partial, { force: true })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FaultError(fault('OUTPUT_EXISTS', { path: file, reason }), cause)
  }
}
