/** What was gained since the last day ended: the last closes against those of the day before, money that came taken out. */
import { countsPerUnit } from '../../domain/currencies.ts'
import type { EquityRow } from '../../domain/projections.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import type { MoneyAndFraction } from '../contract/overview.ts'
import { money } from './amounts.ts'

interface Gain {
  readonly amount: number
  readonly fraction: number
}

/** @param days oldest first, the last one going on; null with fewer than one day before it */
function gainOf(days: readonly EquityRow[], currency: string): Gain | null {
  const [before, now] = days.slice(-2)
  if (before === undefined || now === undefined || before.growth <= 0) return null
  const came = now.flow / countsPerUnit(currency as CurrencyCode)
  return { fraction: now.growth / before.growth - 1, amount: now.equity - before.equity - came }
}

export function todayView(days: readonly EquityRow[], currency: string): MoneyAndFraction {
  const gain = gainOf(days, currency)
  if (gain === null) return { amount: null, fraction: null, why: 'There is no day before this one yet.' }
  return { amount: money(gain.amount, currency), fraction: gain.fraction, why: '' }
}
