/** What a broker says of an account without an order, each thing once: streams repeat, and say again what was missed. */
import type { KernelState } from '../state.ts'

/** Ids that are remembered: years of assignments, dividends and deposits. */
export const TOLD_MOST = 10_000

/** Whether it is heard for the first time. What has no id comes from elsewhere than a broker, and always counts. */
export function isToldFirst(state: Pick<KernelState, 'told'>, id: string | undefined): boolean {
  if (id === undefined) return true
  const told = state.told ?? []
  if (told.includes(id)) return false
  state.told = [...told.slice(Math.max(0, told.length + 1 - TOLD_MOST)), id]
  return true
}
