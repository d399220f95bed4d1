/** Where this program keeps what outlives it: POLYFOLIO_HOME, or the folder that the system has for such things. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { FaultError, fault } from '../domain/faults.ts'

/** Nobody else on the machine may read it. */
const OWN = 0o700

export function homeFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const asked = environment['POLYFOLIO_HOME']
  if (asked !== undefined && asked !== '') return resolve(asked)
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'polyfolio')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'polyfolio')
  const state = environment['XDG_STATE_HOME']
  return join(state === undefined || state === '' ? join(homedir(), '.local', 'state') : state, 'polyfolio')
}

/** The same, made where it is not there. @throws FaultError OUTPUT_EXISTS where it cannot be */
export function makeHomeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: OWN })
    return folder
  } catch (cause) {
    const reason = `${cause instanceof Error ? cause.message : String(cause)}; name another one by POLYFOLIO_HOME`
    throw new FaultError(fault('OUTPUT_EXISTS', { path: folder, reason }), cause)
  }
}
