/** What the store said of a portfolio at one moment: all that the readings of the first page follow from. */
import type { PortfolioConfig } from '../../domain/config.ts'
import type { Heartbeat } from '../../domain/control.ts'
import type { Positions, ViolationPageRow } from '../../domain/paging.ts'
import type { EquityRow, SleeveRow } from '../../domain/projections.ts'
import type { Sessions } from '../../domain/sessions.ts'
import type { Dated } from '../contract/answers.ts'
import type { BacktestReport } from '../contract/report.ts'
import { momentOrNull } from './moments.ts'

/** A running engine speaks about once a second. */
const SPEAKS_EVERY_MS = 5_000

export interface Basis {
  readonly portfolio: string
  /** Number of the last event in the tables; -1: none. */
  readonly seq: number
  /** Its moment. */
  readonly eventAt: number | null
  /** Null: no engine ever spoke. */
  readonly beat: Heartbeat | null
  readonly isRunning: boolean
  readonly isDemo: boolean
  /** Null before the first event. */
  readonly config: PortfolioConfig | null
  /** Number of the event from which on it holds; -1: none does. */
  readonly version: number
  /** In declared order. */
  readonly sleeves: readonly SleeveRow[]
  /** The last close of each sleeve, and of the whole (''). */
  readonly last: ReadonlyMap<string, EquityRow>
  /** Its last days, oldest first; the last one goes on. */
  readonly days: ReadonlyMap<string, readonly EquityRow[]>
  /** The last close before today began on the exchange's clock, and counts of money that came since. */
  readonly dayBefore: ReadonlyMap<string, EquityRow>
  readonly cameToday: ReadonlyMap<string, number>
  /** When the whole was worth more than ever before, money that came taken out. */
  readonly peakAt: number | null
  /** Weight times factor as dealt last, by sleeve. */
  readonly targets: ReadonlyMap<string, number>
  readonly positions: Positions
  /** Orders that opened what is held, by `sleeve/instrument`. */
  readonly openedBy: ReadonlyMap<string, number>
  /** Prices at the end of the day before, by instrument, where they are known. */
  readonly before: ReadonlyMap<string, number>
  readonly openViolations: readonly ViolationPageRow[]
  /** Of the portfolio's days, from the last one that has ended a few months on; null while none has, or none are known. */
  readonly sessions: Sessions | null
  /** Null while nothing is computed yet. */
  readonly report: BacktestReport | null
  /** When the figures of the whole run were last completed, and when they are next due; null: not yet, or not known. */
  readonly updated: { readonly last: number | null; readonly next: number | null }
}

export function currencyOf({ config, beat }: Pick<Basis, 'config' | 'beat'>): string {
  return config?.currency ?? beat?.currency ?? 'USD'
}

/** Instruments whose prices are too old to trade by. */
export function lateOf({ beat }: Pick<Basis, 'beat'>): readonly string[] {
  const stale = (beat?.gates ?? []).filter(({ gate, instrument }) => gate === 'fresh' && instrument !== null)
  return stale.map(({ instrument }) => instrument as string)
}

/**
 * Dates a reading. An engine that runs vouches for its figures each time it speaks; one that has ended in order leaves
 * figures that nothing newer is expected of; one that fell silent leaves them to grow old.
 */
export function dated<T>(basis: Pick<Basis, 'beat' | 'seq' | 'eventAt'>, data: T): Dated<T> {
  const { beat, seq, eventAt } = basis
  const asOf = beat === null ? eventAt : beat.at - (beat.dataAge ?? 0)
  const every = beat === null || beat.ended !== '' ? null : SPEAKS_EVERY_MS
  return { asOf: momentOrNull(asOf), seq, every, late: lateOf(basis), data }
}
