import type { ReactNode } from 'react'
import { useSecond } from '../data/clock.ts'
import { connection } from '../data/connection.ts'
import { useMarketNow } from '../data/market-clock.ts'
import type { Source } from '../data/source.ts'
import { preferences } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { age, instantOf, isoInZone, moment } from '../times.ts'
import { type Freshness, freshnessOf } from './freshness.ts'
import { Icon } from './Icon.tsx'

type Dated = Pick<Source<unknown>, 'asOf' | 'every' | 'late'>

const NAMES_SHOWN = 2

export function useFreshness({ asOf, every, late }: Dated): Freshness {
  const nowMs = useSecond()
  const { state, heardAt } = useStore(connection)
  return freshnessOf({
    asOfMs: instantOf(asOf),
    every,
    lateNames: late.length,
    nowMs,
    heardAtMs: state === 'connecting' ? null : heardAt,
    isLost: state === 'lost',
  })
}

function lateText(late: readonly string[], ageText: string): string {
  if (late.length === 0) return `${ageText} late`
  const named = late.slice(0, NAMES_SHOWN).join(', ')
  const rest = late.length - NAMES_SHOWN
  return rest > 0 ? `${named} and ${rest} more late` : `${named} late`
}

/** How old a panel's figures are; amber with a clock when they are late. */
export function AgeChip(source: Dated): ReactNode {
  const { state, ageMs } = useFreshness(source)
  const zone = useStore(preferences, ({ zone: chosen }) => chosen)
  const marketMs = useMarketNow()
  const nowMs = useSecond()
  if (state === 'unknown' || source.asOf === null) return <span className="age" />
  const title = `As of ${isoInZone(source.asOf, zone)}`
  if (state === 'closed')
    return (
      <span className="age" title={title}>
        <span className="age-word">as of</span>
        {moment(source.asOf, zone, (instantOf(source.asOf) ?? 0) > marketMs ? nowMs : marketMs)}
      </span>
    )
  const isLate = state !== 'fresh'
  const text =
    state === 'late' ? lateText(source.late, age(ageMs)) : state === 'fresh' ? age(ageMs) : `${age(ageMs)} old`
  return (
    <span className={`age ${isLate ? 'age-late' : 'age-fresh'}`} title={title}>
      {isLate && <Icon name="clock" />}
      {text}
    </span>
  )
}
