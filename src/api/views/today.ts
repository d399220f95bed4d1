/** What was gained since the day began on the clock of the portfolio's exchange, money that came taken out. */
import { countsPerUnit } from '../../domain/currencies.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import type { MoneyAndFraction } from '../contract/overview.ts'
import { money } from './amounts.ts'
import { type Basis, currencyOf } from './basis.ts'

const NO_DAY = 'There is no day before this one yet.'

/** @param sleeve '' for the whole */
export function todayView(
  basis: Pick<Basis, 'last' | 'dayBefore' | 'cameToday' | 'config' | 'beat'>,
  sleeve: string,
): MoneyAndFraction {
  const now = basis.last.get(sleeve)
  const before = basis.dayBefore.get(sleeve)
  if (now === undefined || before === undefined || before.growth <= 0) {
    return { amount: null, fraction: null, why: NO_DAY }
  }
  const currency = currencyOf(basis)
  const came = (basis.cameToday.get(sleeve) ?? 0) / countsPerUnit(currency as CurrencyCode)
  return {
    amount: money(now.equity - before.equity - came, currency),
    fraction: now.growth / before.growth - 1,
    why: '',
  }
}
