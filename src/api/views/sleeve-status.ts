/** Whether a sleeve takes new positions, and why not. */
import type { SleeveRow as StoredSleeve } from '../../domain/projections.ts'
import type { SleeveStatus } from '../contract/overview.ts'
import type { Basis } from './basis.ts'

export function statusOf(
  { openViolations, targets, config }: Pick<Basis, 'openViolations' | 'targets' | 'config'>,
  { sleeve, strategy, status, reason, weight }: StoredSleeve,
): { readonly status: SleeveStatus; readonly reason: string } {
  const kind = config?.sleeves.find(({ id }) => id === sleeve)?.kind
  if (strategy === null && kind === undefined) return { status: 'reserve', reason: '' }
  if (status === 'paused') return { status: 'paused', reason }
  const halting = openViolations.find(
    (one) => one.sleeve === sleeve && ['halt_entries', 'pause_strategy', 'liquidate_all'].includes(one.action),
  )
  if (halting !== undefined) return { status: 'halted', reason: `${halting.rule} is broken: no new positions` }
  const target = targets.get(sleeve)
  if (target !== undefined && target === 0 && weight > 0)
    return { status: 'reduced', reason: 'it is dealt no capital now' }
  return { status: 'active', reason: '' }
}
