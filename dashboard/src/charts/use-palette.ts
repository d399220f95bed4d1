import { useMemo } from 'react'
import { useAmounts } from '../data/amounts.ts'
import { useOrdinals } from '../panels/sleeves.tsx'
import { isPhone } from './house.ts'
import { sleeveDash, usePaint } from './paint.ts'
import type { Palette } from './palette.ts'

/** What charts are drawn with now: another object when the theme, the sleeves or the way amounts are told is another. */
export function usePalette(): Palette {
  const paint = usePaint()
  const ordinalOf = useOrdinals()
  const { money, short, currency, isDiscreet } = useAmounts()
  // biome-ignore lint/correctness/useExhaustiveDependencies: amounts read another way only when the currency or the discretion is another
  return useMemo(
    () => ({
      paint,
      get isPhone() {
        return isPhone() // asked at every drawing: a window is made narrow while it is looked at
      },
      strokeOf: (sleeve) => {
        const ordinal = ordinalOf(sleeve)
        return ordinal === null
          ? { colour: paint.text2, dash: 'solid' }
          : { colour: paint.sleeve(ordinal), dash: sleeveDash(ordinal) }
      },
      money,
      moneyShort: short,
    }),
    [paint, ordinalOf, currency, isDiscreet],
  )
}
