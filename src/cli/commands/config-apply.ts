import { existsSync } from 'node:fs'
import { FaultError, fault } from '../../domain/faults.ts'
import { fingerprintOf } from '../live/configuring.ts'
import { type AskOptions, askEngine } from '../operate/ask.ts'

/** `polyfolio config apply`: the engine takes its portfolio file as it stands now, between two instants. */
export function configApply(file: string, options: AskOptions): Promise<void> {
  if (!existsSync(file)) throw new FaultError(fault('FILE_MISSING', { file }))
  return askEngine({ kind: 'configure', file: fingerprintOf(file) }, options)
}
