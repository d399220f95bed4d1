import { utcDate } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'

const MS_PER_DAY = 86_400_000

/** The last date that can have begun anywhere on earth. */
export function today(): TradeDate {
  return utcDate((Date.now() + MS_PER_DAY) as Instant)
}
