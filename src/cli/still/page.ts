/** The dashboard's pages as one file: what was built, with the answers in it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import { packageRoot } from '../package-root.ts'
import type { Answers } from './answers.ts'

const PLACE = '<script id="kept-answers" type="application/json"></script>'

/** @param refresh seconds after which an open file is read again; null: never */
export async function stillPage(answers: Answers, refresh: number | null): Promise<string> {
  const built = join(packageRoot(), 'dist', 'report.html')
  const page = await readFile(built, 'utf8').catch((cause: unknown) => {
    throw new FaultError(fault('FILE_MISSING', { file: built }), cause)
  })
  // No text of a user's ends the element that it stands in.
  const text = JSON.stringify({ refresh, answers }).replaceAll('<', '\\u003c')
  return page.replace(PLACE, () => PLACE.replace('></', () => `>${text}</`))
}
