/** A portfolio file that is changed from a page: written whole or not at all, its earlier versions kept beside it. */
import { createHash, randomUUID } from 'node:crypto'
import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'

/** One version as it was saved here. */
const savedVersion = z.object({
  /** Number of the event from which on it held. */
  seq: z.int(),
  /** Of its text. */
  fingerprint: z.string(),
  /** Empty where the engine was started with it. */
  by: z.string(),
  savedAt: z.iso.datetime().nullable(),
})
export type SavedVersion = z.output<typeof savedVersion>

const registerOf = (file: string): string => `${file}.versions`
/** `portfolio.yaml.v812-3f0c9a1b`. */
const keptName = (file: string, { seq, fingerprint }: VersionedText): string =>
  `${file}.v${seq}-${fingerprint.slice(0, 8)}`

type VersionedText = Pick<SavedVersion, 'seq' | 'fingerprint'>

export function fingerprintOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Why a file cannot be written from here; empty where it can. */
export function unwritable(file: string): string {
  try {
    accessSync(file, constants.W_OK)
    accessSync(dirname(file), constants.W_OK)
    return ''
  } catch {
    return `${basename(file)} and its folder may not be written by this process: change it where it is kept.`
  }
}

/** Whoever reads it finds the old text or the new one, also after the power failed. */
export function replaceFile(file: string, text: string): void {
  const fresh = join(dirname(file), `.${basename(file)}.${randomUUID()}`)
  try {
    writeFileSync(fresh, text, { mode: statSync(file).mode & 0o777 })
    synced(fresh)
    renameSync(fresh, file)
    synced(dirname(file))
  } finally {
    rmSync(fresh, { force: true })
  }
}

function synced(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Keeps a version's text beside the file, and who saved it. */
export function keepVersion(file: string, text: string, version: SavedVersion): void {
  const kept = keptName(file, version)
  const mode = statSync(file).mode & 0o777
  if (!existsSync(kept)) {
    writeFileSync(kept, text, { mode })
    synced(kept)
  }
  appendFileSync(registerOf(file), `${JSON.stringify(version)}\n`, { mode })
}

/** Where the file of a version is kept; null: it is not there, or is not what was kept. */
export function keptFile(file: string, version: VersionedText): string | null {
  return keptText(file, version) === null ? null : keptName(file, version)
}

/** The text of a version; null: it is not there, or is not what was kept. */
export function keptText(file: string, version: VersionedText): string | null {
  try {
    const text = readFileSync(keptName(file, version), 'utf8')
    return fingerprintOf(text) === version.fingerprint ? text : null
  } catch {
    return null
  }
}

/** Oldest first; of two lines of one event the later one counts. A line that was cut off is none. */
export function versionsOf(file: string): ReadonlyMap<number, SavedVersion> {
  if (!existsSync(registerOf(file))) return new Map()
  const lines = readFileSync(registerOf(file), 'utf8').split('\n')
  const versions = lines.flatMap((line) => {
    try {
      const read = savedVersion.safeParse(JSON.parse(line))
      return read.success ? [read.data] : []
    } catch {
      return []
    }
  })
  return new Map(versions.map((version) => [version.seq, version]))
}
