/** How strictly a portfolio is filled on paper, as the paper venue takes it. */
import { BROKERS } from '../../adapters/brokers/capabilities.ts'
import { PAPER_DEFAULTS } from '../../adapters/brokers/paper/strictness.ts'
import type { CommissionSchedule } from '../../domain/commissions.ts'
import type { InstrumentKind } from '../../domain/instruments.ts'
import type { PaperFills } from '../../domain/paper.ts'
import { instrumentId } from '../../domain/units.ts'
import { SCHEDULES, type ScheduleName } from '../../exchange/schedules.ts'
import type { Problems } from './problems.ts'
import type { RawPaper } from './schema/paper.ts'
import { hint } from './suggest.ts'

/**
 * @param instruments names that the portfolio declares
 * @returns nothing where the file says nothing: then it is as strict as it is by default
 */
export function paperOf(
  raw: RawPaper | undefined,
  instruments: readonly string[],
  problems: Problems,
): { readonly paper?: PaperFills } {
  if (raw === undefined) return {}
  const { fills, half_spread: halfSpread, borrow, order_minimum: orderMinimum, broker = null } = raw
  if (fills === 'backtest') {
    for (const key of Object.keys(raw))
      if (key !== 'fills') problems.at(['paper', key], 'says nothing beside "fills: backtest"; leave one of them out')
    return { paper: { fills } }
  }
  for (const [place, name] of (borrow?.unavailable ?? []).entries()) {
    if (instruments.includes(name)) continue
    const reason = `instrument "${name}" is not declared${hint(name, instruments)}`
    problems.at(['paper', 'borrow', 'unavailable', place], reason)
  }
  if (broker !== null && !Object.hasOwn(BROKERS, broker)) {
    const names = Object.keys(BROKERS)
    problems.at(
      ['paper', 'broker'],
      `nobody knows what "${broker}" can do${hint(broker, names)}; known are ${names.join(', ')}`,
    )
  }
  return {
    paper: {
      fills,
      halfSpread: { ...PAPER_DEFAULTS.halfSpread, ...halfSpread },
      participation: raw.participation ?? PAPER_DEFAULTS.participation,
      commission: { ...PAPER_DEFAULTS.commission, ...commissionsOf(raw.commission ?? {}, problems) },
      latency: raw.latency ?? PAPER_DEFAULTS.latency,
      borrowRate: borrow?.rate ?? PAPER_DEFAULTS.borrowRate,
      unborrowable: (borrow?.unavailable ?? []).map(instrumentId),
      pinBand: raw.pin_band ?? PAPER_DEFAULTS.pinBand,
      orderMinimum: { ...PAPER_DEFAULTS.orderMinimum, ...orderMinimum },
      broker,
    },
  }
}

function commissionsOf(
  raw: NonNullable<RawPaper['commission']>,
  problems: Problems,
): Partial<Record<InstrumentKind, CommissionSchedule>> {
  const found: Partial<Record<InstrumentKind, CommissionSchedule>> = {}
  for (const [kind, name] of Object.entries(raw) as [InstrumentKind, string][]) {
    if (Object.hasOwn(SCHEDULES, name)) found[kind] = SCHEDULES[name as ScheduleName]
    else {
      const reason = `no schedule is named "${name}"${hint(name, Object.keys(SCHEDULES))}`
      problems.at(['paper', 'commission', kind], reason)
    }
  }
  return found
}
