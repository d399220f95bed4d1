/** What somebody is told of an engine itself; of its orders the desk tells. */
import type { EventBody } from '../engine/run/broker-side.ts'

export const ENGINE_RULES = [
  'uncompared',
  'loopLag',
  'unanswered',
  'calendarDiffers',
  'cycleFails',
  'codeDiffers',
] as const
export type EngineRule = (typeof ENGINE_RULES)[number]

/** Somebody must look. */
export function engineAlert(rule: EngineRule, text: string): EventBody {
  return { kind: 'alert', rule, instrument: null, clientId: null, text }
}
