import type { AccountRules } from '../../domain/config.ts'
import { type KindMargin, MARGINED_KINDS } from '../../domain/margins.ts'
import { accountId } from '../../domain/units.ts'
import type { Problems } from './problems.ts'
import type { RawPortfolio } from './schema/portfolio.ts'

type RawMargins = NonNullable<RawPortfolio['account']['margins']>

/** Part of the initial margin that must stay, where one number states both. */
const MAINTENANCE_PART = 0.8

/** The account's rules; margins that nobody could ever keep are problems. */
export function accountOf({ account: raw, options }: RawPortfolio, problems: Problems): AccountRules {
  const margins = raw.margins === undefined ? {} : marginsOf(raw.margins, problems)
  if (raw.kind === 'cash' && raw.margins !== undefined) {
    problems.at(['account', 'margins'], 'belong to a margin account; a cash account pays for everything in full')
  }
  return {
    id: accountId(raw.id),
    kind: raw.kind,
    initialMargin: raw.initial_margin,
    maintenanceMargin: raw.maintenance_margin,
    shortMaintenanceMargin: raw.short_maintenance_margin,
    ...(options === undefined || options.pin_band === 0 ? {} : { pinBand: options.pin_band }),
    ...(Object.keys(margins).length === 0 ? {} : { margins }),
  }
}

function marginsOf(raw: RawMargins, problems: Problems): AccountRules['margins'] & object {
  const margins: { [Kind in keyof RawMargins]?: KindMargin } = {}
  for (const kind of MARGINED_KINDS) {
    const stated = raw[kind]
    if (stated === undefined) continue
    const own = typeof stated === 'number' ? { initial: stated, maintenance: stated * MAINTENANCE_PART } : stated
    if (own.maintenance > own.initial) {
      const reason = `must be at most the initial margin of ${own.initial}, was "${own.maintenance}"`
      problems.at(['account', 'margins', kind, 'maintenance'], reason)
    }
    margins[kind] = own
  }
  return margins
}
