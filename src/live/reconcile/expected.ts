/** What the books have taken that a broker posts at its own time: dividends, funding, borrowing, and fees in coins. */
import type { CurrencyCode, Instant } from '../../domain/units.ts'
import type { Observer, Posting } from '../../engine/records/observer.ts'
import { createRecording } from '../../engine/records/recording.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { type Accrual, type FeeInKind, TOLERANCE_RULES, type ToleranceRules } from './tolerance.ts'

export interface Expected {
  readonly observer: Pick<Observer, 'posting'> & { attach(runtime: Runtime): void }
  /** Of the windows in which the broker may still be late. */
  take(): { readonly accruals: readonly Accrual[]; readonly feesInKind: readonly FeeInKind[] }
  /** For the next process: plain data. */
  state(): ExpectedState
}

export interface ExpectedState {
  readonly accruals: readonly (Accrual & { readonly instrument: number })[]
  readonly fees: readonly FeeInKind[]
}

/** Of a split the money for fractions. */
const ACCRUED: ReadonlySet<Posting['kind']> = new Set(['dividend', 'funding', 'borrow', 'split'])

/** @param kept by the process before; postings since are told again */
export function expectedPostings(rules: ToleranceRules = TOLERANCE_RULES, kept?: ExpectedState): Expected {
  const recording = createRecording()
  let accruals = [...(kept?.accruals ?? [])]
  let fees = [...(kept?.fees ?? [])]

  function forget(now: number): void {
    if ((accruals[0]?.at ?? now) <= now - rules.accrualWindowMs)
      accruals = accruals.filter(({ at }) => at > now - rules.accrualWindowMs)
    if ((fees[0]?.at ?? now) <= now - rules.feeWindowMs) fees = fees.filter(({ at }) => at > now - rules.feeWindowMs)
  }

  /** The sleeves' parts are one payment of the broker's. */
  function accrue(instrument: number, cash: number): void {
    const { state } = recording.runtime()
    const at = state.at as Instant
    const last = accruals.findIndex((one) => one.instrument === instrument && one.at === at)
    const currency = state.currencies[state.books.currency[instrument]!] as CurrencyCode
    const before = last < 0 ? 0 : accruals[last]!.amount
    const whole = { instrument, currency, amount: before + cash, at }
    if (last < 0) accruals.push(whole)
    else accruals[last] = whole
  }

  return {
    observer: {
      attach: recording.attach,
      posting({ kind, instrument, quantity, cash }) {
        if (instrument < 0) return
        const { state } = recording.runtime()
        forget(state.at)
        if (ACCRUED.has(kind) && cash !== 0) accrue(instrument, cash)
        const { id, kind: listed } = state.instruments[instrument]!
        if (kind === 'fill' && listed === 'crypto' && quantity > 0)
          fees.push({ instrument: id, bought: quantity, at: state.at as Instant })
      },
    },
    take: () => ({ accruals, feesInKind: fees }),
    state: () => ({ accruals, fees }),
  }
}
