/** What part of a position's value must be covered, by what it is. */
import type { InstrumentKind } from './instruments.ts'

/** Kinds that are traded on margin at their own venue, whatever Regulation T says of shares. */
export const MARGINED_KINDS = ['future', 'perpetual'] as const
export type MarginedKind = (typeof MARGINED_KINDS)[number]

/** Fractions of the value of a position, long or short alike. */
export interface KindMargin {
  readonly initial: number
  readonly maintenance: number
}

/**
 * What the reader gets who states nothing: 10 % of the value of index futures, of which four fifths must stay; 20 % of a
 * perpetual (five times), of which half must stay.
 */
export const STANDARD_MARGINS: Readonly<Record<MarginedKind, KindMargin>> = {
  future: { initial: 0.1, maintenance: 0.08 },
  perpetual: { initial: 0.2, maintenance: 0.1 },
}

interface MarginAccount {
  readonly kind: 'cash' | 'margin' | 'given'
  readonly margins?: { readonly [Kind in MarginedKind]?: KindMargin }
}

/** The kind's own margin; null where it is margined as shares are, or not at all. */
export function marginOf(account: MarginAccount, kind: InstrumentKind): KindMargin | null {
  if (account.kind !== 'margin' || (kind !== 'future' && kind !== 'perpetual')) return null
  return account.margins?.[kind] ?? STANDARD_MARGINS[kind]
}
