import type { Dated } from '../../../src/api/contract/answers.ts'
import type { Figures } from '../../../src/api/contract/overview.ts'
import { type Figure, type MoneyStyle, money, moneyShort, numberOf, percent } from '../format.ts'
import { preferences } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { useReading } from './readings.ts'

/** How amounts read here: in the portfolio's currency, or, discreetly, as parts of its value. */
export interface Amounts {
  readonly currency: string
  readonly isDiscreet: boolean
  readonly money: (figure: Figure, style?: MoneyStyle) => string
  readonly short: (figure: Figure) => string
}

/** Amounts in a currency; with a value to hide them behind, as parts of it. */
export function amountsOf(currency: string, hiddenBehind: number | null): Amounts {
  if (hiddenBehind === null)
    return {
      currency,
      isDiscreet: false,
      money: (figure, style) => money(figure, { currency, ...style }),
      short: (figure) => moneyShort(figure, currency),
    }
  const part = (figure: Figure): number | null => {
    const value = numberOf(figure)
    return value === null || hiddenBehind === 0 ? null : value / hiddenBehind
  }
  return {
    currency,
    isDiscreet: true,
    money: (figure, style) => percent(part(figure), { signed: style?.signed === true }),
    short: (figure) => percent(part(figure), { decimals: 1 }),
  }
}

/** The one way that amounts reach the page. */
export function useAmounts(): Amounts {
  const isDiscreet = useStore(preferences, ({ discreet }) => discreet)
  const { data } = useReading<Dated<Figures>>('figures')
  const value = numberOf(data?.data.value)
  return amountsOf(data?.data.currency ?? 'USD', isDiscreet ? (value ?? 0) : null)
}
