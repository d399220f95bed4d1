/** The code that a portfolio's strategies decide by, beside what its journal says of it. */

import { isSameData } from '../engine/canonical.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import type { KernelState } from '../engine/state.ts'
import { engineAlert } from './engine-rules.ts'

type Codes = KernelState['codes']

/**
 * What the kernel is to be told before it goes on: the codes as they are now, and which of the strategies have other code
 * than the one they decided by. It goes on with the new one: whoever started it may have mended it.
 */
export function codeChanged(
  { config, codes: before }: Pick<KernelState, 'config' | 'codes'>,
  now: Codes = {},
): readonly EventBody[] {
  const codes = { ...before, ...now }
  if (config === null || isSameData(before, codes)) return []
  const configured = { kind: 'configured', config, codes } as const
  const others = Object.keys(now).filter((name) => before[name] !== undefined && before[name] !== now[name])
  if (others.length === 0) return [configured]
  const text = `${others.join(', ')}: the code is another one than what decided so far; from now on this one decides`
  return [configured, engineAlert('codeDiffers', text)]
}
