import { existsSync, statSync } from 'node:fs'
import { FaultError, fault } from '../domain/faults.ts'

/** A folder that the user named must be there before anything is read from it. */
export function requireFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return
  throw new FaultError(fault('DATA_FOLDER_MISSING', { folder }))
}
