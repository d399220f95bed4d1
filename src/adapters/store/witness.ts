/**
 * How far a journal was written, beside the file: a file whose log was deleted is whole in itself, and only ends too early.
 * Written after the commit and never waited for, so that it may be behind, but never ahead of what is on the disk.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import { OWNER_ONLY } from './own-files.ts'

/** The end of a journal. */
export interface Seen {
  readonly next: number
  /** Its last link, as hexadecimal text. */
  readonly head: string
}

export interface Witness {
  wrote(portfolio: string, seen: Seen): void
  /** Null where nothing was ever seen, or what was seen cannot be read. */
  seen(portfolio: string): Seen | null
  close(): void
}

const LENGTH = 96
const FORM = /^(\d+) ([0-9a-f]{64}) *\n$/

export function witnessBeside(
  file: string,
  nameOf: (file: string, portfolio: string, ending: string) => string,
): Witness {
  const open = new Map<string, number>()
  const handleOf = (portfolio: string): number => {
    const known = open.get(portfolio)
    if (known !== undefined) return known
    const made = openSync(nameOf(file, portfolio, 'head'), 'w', OWNER_ONLY)
    open.set(portfolio, made)
    return made
  }
  return {
    wrote(portfolio, { next, head }) {
      writeSync(handleOf(portfolio), `${next} ${head}`.padEnd(LENGTH - 1).concat('\n'), 0)
    },
    seen(portfolio) {
      const name = nameOf(file, portfolio, 'head')
      const found = existsSync(name) ? FORM.exec(readFileSync(name, 'latin1')) : null
      return found === null ? null : { next: Number(found[1]), head: found[2]! }
    },
    close() {
      for (const handle of open.values()) closeSync(handle)
      open.clear()
    },
  }
}
