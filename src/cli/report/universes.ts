import type { UniverseFigures } from '../../api/contract/report.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { MembershipRecord, RunResult, SleeveResult } from '../../engine/records/result.ts'
import { membershipOf } from '../../pipeline/universe/membership.ts'
import type { Column } from './csv.ts'
import { configOf } from './returns.ts'

/** Between several reasons in one cell, as a universe history has them. */
const SEPARATOR = '; '

/** Universes that are judged day by day: who is a member at the end, and every change on the way. */
export function universeFigures(result: RunResult): UniverseFigures[] {
  return result.sleeves.flatMap((sleeve) => {
    const { universe, universeRules, strategy } = configOf(result, sleeve)
    if (strategy === null || membershipOf(universeRules) === null) return []
    const changes = result.memberships.filter((change) => change.sleeve === sleeve.id)
    return {
      sleeve: sleeve.id,
      names: universe.length,
      members: membersOf(changes),
      changes: changes.map(({ tradeDate, instrument, isMember, reasons }) => ({
        date: formatDate(tradeDate),
        symbol: instrument,
        status: isMember ? ('in' as const) : ('out' as const),
        reasons,
      })),
    }
  })
}

/** Those whose last change let them in, in the order in which they first came. */
function membersOf(changes: readonly MembershipRecord[]): readonly string[] {
  const last = new Map(changes.map(({ instrument, isMember }) => [instrument, isMember]))
  return [...last].flatMap(([instrument, isMember]) => (isMember ? [instrument] : []))
}

/** Changes counted as a reader is told of them, without those of the first days that only say how it began. */
export function membershipWords({ names, members, changes }: UniverseFigures): string {
  const known = new Set<string>()
  let [entered, left] = [0, 0]
  for (const { symbol, status } of changes) {
    if (known.has(symbol)) {
      if (status === 'in') entered += 1
      else left += 1
    }
    known.add(symbol)
  }
  return `${members.length} of ${names} names are members at the end, ${entered} entered and ${left} left on the way`
}

export const UNIVERSE_COLUMNS: readonly Column<MembershipRecord>[] = [
  { name: 'date', cell: ({ tradeDate }) => formatDate(tradeDate) },
  { name: 'symbol', cell: ({ instrument }) => instrument },
  { name: 'status', cell: ({ isMember }) => (isMember ? 'in' : 'out') },
  { name: 'reasons', cell: ({ reasons }) => reasons.join(SEPARATOR) },
  { name: 'sleeve', cell: ({ sleeve }: { readonly sleeve: SleeveResult['id'] }) => sleeve },
]
