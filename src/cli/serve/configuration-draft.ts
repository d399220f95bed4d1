/** A draft of a portfolio file, read as if it stood where the file stands. */
import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { ProblemDetail } from '../../api/contract/answers.ts'
import { describeFault, FaultError } from '../../domain/faults.ts'
import { strayFiles } from '../config/draft-files.ts'
import { readDocument } from '../config/includes.ts'
import { loadPortfolio } from '../config/load.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { ConfigRefused } from '../config/problems.ts'

export interface ReadDraft {
  readonly problems: readonly ProblemDetail[]
  /** With the files that it names; null where it cannot be read as YAML at all. */
  readonly document: unknown
  /** Null where anything is wrong. */
  readonly loaded: LoadedPortfolio | null
}

/**
 * @param file the one whose place it would take; undefined: none
 * @param present what stands there: a draft names no other files outside of the folder
 */
export async function readDraft(text: string, file: string | undefined, present: string): Promise<ReadDraft> {
  const strays = strayFiles(text, present)
  if (strays.length > 0) {
    const problems = strays.map(({ path, reason }) => ({ at: path, text: `${path} ${reason}` }))
    return { problems, document: null, loaded: null }
  }
  const draft = join(file === undefined ? tmpdir() : dirname(file), `.draft-${randomUUID()}.yaml`)
  const name = basename(file ?? 'draft.yaml')
  const named = (said: string): string => said.replaceAll(draft, name).replaceAll(basename(draft), name)
  let document: unknown = null
  try {
    writeFileSync(draft, text, { mode: 0o600 })
    document = readDocument(draft).value
    return { problems: [], document, loaded: await loadPortfolio(draft) }
  } catch (error) {
    if (error instanceof ConfigRefused) {
      const problems = error.faults.map((one) => ({
        at: String(one.values['path'] ?? ''),
        text: named(describeFault(one)),
      }))
      return { problems, document, loaded: null }
    }
    if (error instanceof FaultError) {
      return { problems: [{ at: 'yaml', text: named(error.message) }], document, loaded: null }
    }
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
