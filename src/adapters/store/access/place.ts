/** What the parts of access share. */
import type { Instant } from '../../../domain/units.ts'
import type { ChainPlace } from '../audit-chain.ts'
import type { Secrets } from '../secrets.ts'

export interface AccessPlace extends ChainPlace {
  readonly secrets: Secrets
}

/** Where the secret of an account's codes stands. */
export function secretPlace(key: string): string {
  return `account/${key}`
}

export function momentOf(value: number | null): Instant | null {
  return value === null ? null : (Number(value) as Instant)
}
