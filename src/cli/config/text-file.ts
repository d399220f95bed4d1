import { existsSync, readFileSync, statSync } from 'node:fs'
import { FaultError, fault } from '../../domain/faults.ts'

/** Reads a text file that the user named; a missing or unreadable one is a fault. */
export function readText(file: string): string {
  if (!existsSync(file)) throw new FaultError(fault('FILE_MISSING', { file }))
  if (statSync(file).isDirectory()) {
    throw new FaultError(fault('FILE_UNREADABLE', { file, reason: 'it is a folder; name a file in it' }))
  }
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new FaultError(fault('FILE_UNREADABLE', { file, reason: (cause as Error).message }), cause)
  }
}
