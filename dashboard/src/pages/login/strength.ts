/** Fewest characters of a passphrase. */
const PASSPHRASE_LEAST = 15
const PASSPHRASE_GOOD = 24

export interface Strength {
  /** From 0 to 1. */
  readonly part: number
  readonly text: string
  readonly isEnough: boolean
}

/** How long and how varied a passphrase is; length counts most, repeated characters count once in four. */
export function strengthOf(passphrase: string): Strength {
  const { length } = passphrase
  if (length === 0)
    return { part: 0, text: `At least ${PASSPHRASE_LEAST} characters. A sentence is good.`, isEnough: false }
  const distinct = new Set(passphrase.toLowerCase()).size
  const effective = Math.min(length, distinct + Math.floor(length / 4) + 4)
  const part = Math.min(1, effective / PASSPHRASE_GOOD)
  if (length < PASSPHRASE_LEAST)
    return { part, text: `${PASSPHRASE_LEAST - length} more characters are needed.`, isEnough: false }
  if (distinct < 6) return { part, text: 'Long enough, but it repeats itself.', isEnough: false }
  return { part, text: effective >= PASSPHRASE_GOOD ? 'Strong.' : 'Good. Longer is better.', isEnough: true }
}
