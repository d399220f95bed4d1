import type { Fault } from '../../domain/faults.ts'
import { WEEKDAY, weekday } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { drop, finding, momentOf, type Rows, refusal } from './rows.ts'

/** A first bar that opens this many times above or below its close shows a price that never traded. */
const FIRST_BAR_RATIO = 2
/** How near the second bar must open to the first bar's close for the first open to be the odd one. */
const FIRST_BAR_AGREES = 0.1
const WEEKEND_SHARE_MAX = 0.05
const THIN_SHARE_NOTED = 0.05

function pricesOf(rows: Rows, row: number): readonly number[] {
  const { raw } = rows
  return raw.prices === 'close' ? [raw.close[row]!] : [raw.open[row]!, raw.high[row]!, raw.low[row]!, raw.close[row]!]
}

const PRICE_NAMES = ['open', 'high', 'low', 'close'] as const

function nameOf(rows: Rows, position: number): string {
  return rows.raw.prices === 'close' ? 'close' : PRICE_NAMES[position]!
}

/** Days on which nothing was recorded are no bars; a bar that lacks one of its prices is refused. */
export function dropEmptyRows(rows: Rows): Fault | null {
  const { raw } = rows
  const empty = rows.kept.filter((row) => pricesOf(rows, row).every(Number.isNaN))
  const all = rows.kept
  drop(rows, empty, 'empty-rows', 'rows without any price were dropped')
  if (rows.kept.length === 0) return refusal(raw, all[0]!, 'no row holds a price; export the file again')
  for (const row of rows.kept) {
    const missing = pricesOf(rows, row).findIndex(Number.isNaN)
    if (missing === -1) continue
    return refusal(raw, row, `${nameOf(rows, missing)} is empty on ${momentOf(raw, row)}; fill it in or delete the row`)
  }
  return null
}

/** Prices of zero before the first real one are days before the listing; anywhere else they are no prices. */
export function judgeZeros(rows: Rows): Fault | null {
  const { raw } = rows
  const before: number[] = []
  for (const row of rows.kept) {
    if (!pricesOf(rows, row).every((price) => price === 0)) break
    before.push(row)
  }
  if (before.length < rows.kept.length) {
    drop(rows, before, 'zero-prices', 'rows with zero prices before the first real one were dropped')
  }
  const isWrong = (row: number): boolean => pricesOf(rows, row).some((price) => !(price > 0))
  const wrong = rows.kept.filter(isWrong)
  const first = wrong[0]
  if (first === undefined) return null
  const position = pricesOf(rows, first).findIndex((price) => !(price > 0))
  const price = pricesOf(rows, first)[position]!
  const also = wrong.length > 1 ? ` (and on ${wrong.length - 1} more rows)` : ''
  const reason = `${nameOf(rows, position)} is ${price} on ${momentOf(raw, first)}${also}: not a price that could be paid; correct or delete these rows`
  return refusal(raw, first, reason)
}

/** High and low must hold open and close; where they do not, they are widened. */
export function widenRanges(rows: Rows): void {
  const { raw } = rows
  if (raw.prices === 'close') return
  const lines: number[] = []
  let largest = 0
  for (const row of rows.kept) {
    const high = Math.max(raw.high[row]!, raw.open[row]!, raw.close[row]!, raw.low[row]!)
    const low = Math.min(raw.low[row]!, raw.open[row]!, raw.close[row]!, raw.high[row]!)
    if (high === raw.high[row] && low === raw.low[row]) continue
    largest = Math.max(largest, (high - raw.high[row]!) / high, (raw.low[row]! - low) / low)
    rows.high[row] = high
    rows.low[row] = low
    lines.push(raw.lines[row]!)
  }
  if (lines.length === 0) return
  const percent = Math.floor(largest * 10_000 + 0.5) / 100
  const text = `high and low were widened to hold open and close, by ${percent} % at most`
  rows.findings.push(finding('repair', 'range-widened', text, lines))
}

/**
 * An intraday recording that starts with a placeholder open, the extreme of its bar and far from where the second bar
 * goes on, loses its first bar. A first day may really open far from its close.
 */
export function dropOddStart(rows: Rows): void {
  const { raw } = rows
  const [first, second] = rows.kept
  if (first === undefined || second === undefined || raw.prices === 'close' || raw.resolution === 'day') return
  const ratio = raw.open[first]! / raw.close[first]!
  if (ratio < FIRST_BAR_RATIO && ratio > 1 / FIRST_BAR_RATIO) return
  if (raw.open[first] !== raw.high[first] && raw.open[first] !== raw.low[first]) return
  if (Math.abs(raw.open[second]! / raw.close[first]! - 1) > FIRST_BAR_AGREES) return
  const text = `the first bar opens at ${raw.open[first]} and closes at ${raw.close[first]}, where the next bar goes on; it was dropped`
  drop(rows, [first], 'odd-first-bar', text)
}

export function judgeVolumes(rows: Rows): Fault | null {
  const { raw } = rows
  for (const row of rows.kept) {
    if (raw.volume[row]! >= 0 || Number.isNaN(raw.volume[row])) continue
    return refusal(raw, row, `volume is ${raw.volume[row]} on ${momentOf(raw, row)}; correct the row`)
  }
  if (!raw.hasVolume) return null
  const missing = rows.kept.filter((row) => Number.isNaN(raw.volume[row]))
  const lines = (of: readonly number[]): readonly number[] => of.map((row) => raw.lines[row]!)
  if (missing.length > 0) {
    rows.findings.push(finding('note', 'volume-missing', 'rows with prices but without a volume', lines(missing)))
  }
  const still = rows.kept.filter((row) => raw.volume[row] === 0)
  if (still.length > THIN_SHARE_NOTED * rows.kept.length) {
    rows.findings.push(finding('note', 'zero-volume', 'rows on which nothing was traded', lines(still)))
  }
  return null
}

/** A bar that has not happened yet cannot be a record. */
export function judgeFuture(rows: Rows, today: TradeDate): Fault | null {
  const { raw } = rows
  const ahead = rows.kept.find((row) => raw.dates[row]! > today)
  if (ahead === undefined) return null
  return refusal(raw, ahead, `${momentOf(raw, ahead)} lies in the future; correct the date`)
}

/** Saturdays and Sundays in a file that otherwise keeps to weekdays. */
export function noteWeekends(rows: Rows): void {
  const { raw } = rows
  if (raw.resolution !== 'day') return
  const odd = rows.kept.filter((row) => {
    const day = weekday(raw.dates[row] as TradeDate)
    return day === WEEKDAY.saturday || day === WEEKDAY.sunday
  })
  if (odd.length === 0 || odd.length > WEEKEND_SHARE_MAX * rows.kept.length) return
  const text = 'rows on a Saturday or Sunday in a file that keeps to weekdays; a weekday calendar leaves them out'
  const lines = odd.map((row) => raw.lines[row]!)
  rows.findings.push(finding('note', 'weekend-rows', text, lines))
}

/** An adjusted close that never differs from the close knows nothing of dividends. */
export function noteAdjusted(rows: Rows): void {
  const { raw } = rows
  if (raw.adjustedClose === null || rows.kept.length < 2) return
  if (rows.kept.some((row) => raw.adjustedClose![row] !== raw.close[row])) return
  const text = 'the adjusted close equals the close on every row: it holds no dividend and no split'
  const lines = rows.kept.map((row) => raw.lines[row]!)
  rows.findings.push(finding('note', 'adjusted-equals-close', text, lines))
}

const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 24 * MS_PER_HOUR

/**
 * Daily bars stamped with the instant of midnight in New York (04:00 or 05:00 UTC) come from a broker's bars, whose free
 * feed counts the trades of one venue only. The file itself cannot tell, so it is said.
 */
export function noteVenue(rows: Rows): void {
  const { raw } = rows
  if (raw.resolution !== 'day' || !raw.hasVolume) return
  const isNewYorkMidnight = (row: number): boolean => {
    const ofDay = raw.times[row]! % MS_PER_DAY
    return ofDay === 4 * MS_PER_HOUR || ofDay === 5 * MS_PER_HOUR
  }
  if (!rows.kept.every(isNewYorkMidnight)) return
  const text =
    "stamps of midnight in New York are those of a broker's bars: their volume may be one venue's, a few per cent of all; compare it before a rule relies on it"
  const lines = rows.kept.map((row) => raw.lines[row]!)
  rows.findings.push(finding('note', 'venue-volume', text, lines))
}
