import { existsSync, statSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { FaultError, fault } from '../domain/faults.ts'

/** A folder that the user named must be there before anything is read from it. */
export function requireFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return
  throw new FaultError(fault('DATA_FOLDER_MISSING', { folder }))
}

/** A file as seen from the folder that the user is in, where it lies below that; else in full. */
export function shortPath(file: string): string {
  const path = relative(process.cwd(), file)
  return path.startsWith('..') || isAbsolute(path) ? file : path
}
