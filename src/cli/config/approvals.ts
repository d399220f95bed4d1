/** Which entries an operator is asked about, as the kernel takes it. */
import type { ApprovalRules } from '../../domain/approvals.ts'
import { sleeveId } from '../../domain/units.ts'
import type { Problems } from './problems.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import { hint } from './suggest.ts'

/** @param sleeves ids of those that trade */
export function approvalsOf(
  raw: RawPortfolio,
  sleeves: readonly string[],
  problems: Problems,
): { readonly approvals?: ApprovalRules } {
  const stated = raw.approvals
  if (stated === undefined) return {}
  const { all, above = null, stages, expires_after: expiresAfter } = stated
  if (!all && above === null && stages.length + stated.sleeves.length === 0)
    problems.at(['approvals'], 'asks about no entry; add "all: true", "above:", "stages:" or "sleeves:"')
  for (const [place, sleeve] of stated.sleeves.entries()) {
    if (sleeves.includes(sleeve)) continue
    const reason = `no sleeve that trades has the id "${sleeve}"${hint(sleeve, sleeves)}`
    problems.at(['approvals', 'sleeves', place], reason)
  }
  if (stages.length > 0 && raw.overlays?.lifecycle === undefined)
    problems.at(['approvals', 'stages'], 'speaks of stages that no sleeve has; add "overlays: {lifecycle: ...}"')
  return { approvals: { all, above, stages, sleeves: stated.sleeves.map(sleeveId), expiresAfter } }
}
