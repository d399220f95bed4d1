import { type Fault, fault, type Result } from '../../domain/faults.ts'
import type { CorporateAction, DatedAction } from '../../domain/market.ts'
import type { DividendRecords } from '../../domain/recorded.ts'
import type { Finding, Series } from '../../domain/series.ts'
import { formatDate, type Sessions, sessionOf, sessionOnOrAfter } from '../../domain/sessions.ts'
import type { Instant, InstrumentId, TradeDate } from '../../domain/units.ts'

/** Whether prices are as traded on the day, or divided by every later split. */
export type PriceBasis = 'raw' | 'adjusted'

export interface Split {
  /** Row of the series whose prices are the first after the split. */
  readonly row: number
  readonly date: TradeDate
  readonly line: number
  /** New shares for old ones: 7 and 1 for a 7:1 split, 1 and 10 for a reverse split. */
  readonly numerator: number
  readonly denominator: number
}

export interface Ratio {
  readonly numerator: number
  readonly denominator: number
}

export interface CashDividend {
  /** Ex-date. */
  readonly date: TradeDate
  /** Per share as counted on that day for raw prices, per share of today for adjusted ones. */
  readonly amount: number
  readonly line: number
}

const PARTS_MAX = 100
const NEARNESS = 1e-5
/** Numerically equal distances: the smaller terms win. */
const TIE = 1e-12
/** A split smaller than this is lost in a day's ordinary moves. */
const VISIBLE_RATIO = 1.25

/**
 * The ratio a:b, both up to 100, that a rounded decimal coefficient stands for: 0.33333333 is 1:3, 7.000007 is 7:1.
 *
 * @returns null where none lies within one part in a hundred thousand
 */
export function ratioOf(coefficient: number): Ratio | null {
  let best: Ratio | null = null
  let nearest = NEARNESS + TIE
  for (let denominator = 1; denominator <= PARTS_MAX; denominator += 1) {
    const numerator = Math.floor(coefficient * denominator + 0.5) // half up: the nearest whole count
    if (!(numerator >= 1 && numerator <= PARTS_MAX)) continue
    const distance = Math.abs(numerator / denominator / coefficient - 1)
    if (distance >= nearest - TIE) continue
    nearest = distance
    best = { numerator, denominator }
  }
  return best
}

/**
 * The splits of a series' split column; 1, 0 and empty cells are none (vendors write all three).
 *
 * @returns the fault SPLIT_UNCLEAR with file and line for a coefficient that is near no ratio
 */
export function splitsOf(series: Series): Result<readonly Split[]> {
  const splits: Split[] = []
  for (const [row, coefficient] of (series.split ?? new Float64Array(0)).entries()) {
    if (coefficient === 1 || coefficient === 0 || Number.isNaN(coefficient)) continue
    const ratio = ratioOf(coefficient)
    const line = series.lines[row]!
    if (ratio === null) {
      return { ok: false, error: fault('SPLIT_UNCLEAR', { file: series.source, line, value: coefficient }) }
    }
    if (ratio.numerator === ratio.denominator) continue
    splits.push({ row, date: series.dates[row] as TradeDate, line, ...ratio })
  }
  return { ok: true, value: splits }
}

/** How many times larger or smaller one number is than another: 1 is equal. */
function timesApart(one: number, other: number): number {
  return Math.max(one / other, other / one)
}

/** Whether the price jumps by the ratio on the split's day; null where the day before is missing or the ratio is small. */
function jumpsAt(series: Series, split: Split): boolean | null {
  const ratio = split.numerator / split.denominator
  if (split.row === 0 || timesApart(ratio, 1) < VISIBLE_RATIO) return null
  const open = Number.isNaN(series.open[split.row]!) ? series.close[split.row]! : series.open[split.row]!
  const jump = series.close[split.row - 1]! / open
  return timesApart(jump, ratio) < timesApart(jump, 1)
}

function contradiction(series: Series, split: Split, basis: PriceBasis, isDeclared: boolean): Fault {
  const event = `the ${split.numerator}:${split.denominator} split of ${formatDate(split.date)}`
  const refuse = (reason: string): Fault => fault('DATA_REFUSED', { file: series.source, line: split.line, reason })
  if (!isDeclared) {
    const [before, here] = basis === 'raw' ? ['jump', 'do not'] : ['do not jump', 'do']
    return refuse(
      `prices ${before} at the splits before, but ${here} at ${event}: raw and adjusted rows are mixed; export the file again`,
    )
  }
  return basis === 'adjusted'
    ? refuse(`prices are declared adjusted, but jump at ${event} as raw prices do; declare them raw`)
    : refuse(`prices are declared raw, but do not jump at ${event}; declare them adjusted`)
}

/**
 * Whether prices are raw or adjusted, judged by what they do on the days of splits.
 *
 * @param declared what the user says; null asks the prices alone
 * @returns a refusal with the line where prices contradict the declaration; a file that shows no split is taken as
 *   declared, as adjusted where nothing is declared
 */
export function priceBasis(series: Series, splits: readonly Split[], declared: PriceBasis | null): Result<PriceBasis> {
  let basis = declared
  for (const split of splits) {
    const jumps = jumpsAt(series, split)
    if (jumps === null) continue
    const shown: PriceBasis = jumps ? 'raw' : 'adjusted'
    basis ??= shown
    if (shown !== basis) return { ok: false, error: contradiction(series, split, basis, declared !== null) }
  }
  const jump = series.findings.find(({ code }) => code === 'split-like-jump')
  if (basis === 'raw' && series.split === null && jump !== undefined) {
    const reason = `${jump.text}, and raw prices need their splits; add a column split_coefficient`
    return { ok: false, error: fault('DATA_REFUSED', { file: series.source, line: jump.line, reason }) }
  }
  return { ok: true, value: basis ?? 'adjusted' }
}

/**
 * The factor of each row that turns raw prices into signal prices: 1 at the first bar, times the ratio at each split,
 * so that what is known never changes later. Adjusted prices need none: all ones.
 */
export function forwardFactors(series: Series, splits: readonly Split[], basis: PriceBasis): Float64Array {
  const factors = new Float64Array(series.dates.length).fill(1)
  if (basis === 'adjusted') return factors
  let factor = 1
  let from = 0
  for (const split of splits) {
    factors.fill(factor, from, split.row)
    factor = (factor * split.numerator) / split.denominator
    from = split.row
  }
  return factors.fill(factor, from)
}

/**
 * Cash dividends per share as shares are counted on the series' price basis. A dividends file counts in today's shares;
 * for raw prices each amount is brought back over the splits after its ex-date. Without a file the series' own column
 * is taken as it stands.
 */
export function dividendsOf(request: {
  readonly series: Series
  readonly splits: readonly Split[]
  readonly basis: PriceBasis
  readonly file: DividendRecords | null
}): readonly CashDividend[] {
  const { series, splits, basis, file } = request
  const found: CashDividend[] = []
  if (file === null) {
    for (const [row, amount] of (series.dividend ?? new Float64Array(0)).entries()) {
      if (amount > 0) found.push({ date: series.dates[row] as TradeDate, amount, line: series.lines[row]! })
    }
    return found
  }
  for (const [row, perShareToday] of file.amounts.entries()) {
    const date = file.dates[row] as TradeDate
    const amount = basis === 'raw' ? perShareToday * sharesToday(splits, date) : perShareToday
    if (amount > 0) found.push({ date, amount, line: file.lines[row]! })
  }
  return found
}

/**
 * The same, refused where one of them is above what a share is worth: nobody pays that, so the amount is a slip of the pen
 * or of another share count.
 */
export function payableDividends(request: Parameters<typeof dividendsOf>[0]): Result<readonly CashDividend[]> {
  const { series, file } = request
  const dividends = dividendsOf(request)
  for (const { date, amount, line } of dividends) {
    const next = series.dates.findIndex((day) => day >= date)
    const before = next <= 0 ? undefined : series.close[next - 1]
    // A reverse split of the same day is already in the price of that day.
    if (before === undefined || !(amount > Math.max(before, series.close[next]!))) continue
    const reason = `the dividend of ${formatDate(date)} is ${amount} a share, above the close of ${before} before it; correct the amount, or its share count`
    return { ok: false, error: fault('DATA_REFUSED', { file: (file ?? series).source, line, reason }) }
  }
  return { ok: true, value: dividends }
}

/** How many shares of today one share of a date has become. */
function sharesToday(splits: readonly Split[], date: TradeDate): number {
  let shares = 1
  for (const split of splits) {
    if (split.date > date) shares = (shares * split.numerator) / split.denominator
  }
  return shares
}

/**
 * Splits and dividends as dated actions at the open of their session; splits come before dividends of the same day. A
 * date on which the calendar is closed moves to the next session and is noted. Adjusted prices have no split actions.
 *
 * @param lastDate actions after this date are left out: no price follows them
 */
export function corporateActions(request: {
  readonly instrument: InstrumentId
  readonly splits: readonly Split[]
  readonly dividends: readonly CashDividend[]
  readonly basis: PriceBasis
  readonly sessions: Sessions
  readonly firstDate: TradeDate
  readonly lastDate: TradeDate
}): { readonly actions: readonly DatedAction[]; readonly notes: readonly Finding[] } {
  const { instrument, sessions, firstDate, lastDate } = request
  const actions: DatedAction[] = []
  const notes: Finding[] = []
  const add = (date: TradeDate, line: number, action: CorporateAction): void => {
    if (date <= firstDate || date > lastDate) return
    const session = sessionOnOrAfter(sessions, date)
    if (session === null || session > lastDate) return
    if (session !== date) {
      const text = `the ${action.kind} of ${formatDate(date)} falls on a closed day and takes place on ${formatDate(session)}`
      notes.push({ kind: 'note', code: 'action-moved', text, line, count: 1 })
    }
    const at = sessions.opens[sessionOf(sessions, session)] as Instant
    actions.push({ at, tradeDate: session, action })
  }
  if (request.basis === 'raw') {
    for (const { date, line, numerator, denominator } of request.splits) {
      add(date, line, { kind: 'split', instrument, numerator, denominator, priceAfter: null })
    }
  }
  for (const { date, line, amount } of request.dividends) add(date, line, { kind: 'dividend', instrument, amount })
  // The sort is stable, so a split stays before the dividend of its day.
  return { actions: [...actions].sort((one, other) => one.at - other.at), notes }
}

/** A series with everything that point-in-time use of it needs. */
export interface AdjustedSeries {
  readonly series: Series
  readonly basis: PriceBasis
  readonly splits: readonly Split[]
  readonly factors: Float64Array
  readonly dividends: readonly CashDividend[]
}

/**
 * Splits, basis, factors and dividends of a series in one go.
 *
 * @param declared what the configuration says of the prices; null asks the file alone
 * @param file the instrument's dividends file; null takes the series' own column
 */
export function adjustSeries(
  series: Series,
  declared: PriceBasis | null,
  file: DividendRecords | null,
): Result<AdjustedSeries> {
  const splits = splitsOf(series)
  if (!splits.ok) return splits
  const basis = priceBasis(series, splits.value, declared)
  if (!basis.ok) return basis
  const shared = { series, splits: splits.value, basis: basis.value }
  const factors = forwardFactors(series, splits.value, basis.value)
  const dividends = payableDividends({ ...shared, file })
  return dividends.ok ? { ok: true, value: { ...shared, factors, dividends: dividends.value } } : dividends
}
