import type { Fault } from '../../domain/faults.ts'
import type { RawSeries } from '../../domain/recorded.ts'
import { drop, finding, keyOf, momentOf, type Rows, refusal } from './rows.ts'

/** Two numbers that differ by no more than this part of each other are one number written twice. */
const WRITTEN_TWICE = 1e-9

function sameNumber(first: number, second: number): boolean {
  if (Number.isNaN(first) || Number.isNaN(second)) return Number.isNaN(first) && Number.isNaN(second)
  return Math.abs(first - second) <= WRITTEN_TWICE * Math.max(Math.abs(first), Math.abs(second))
}

function sameValues(raw: RawSeries, one: number, other: number): boolean {
  const columns = [raw.open, raw.high, raw.low, raw.close, raw.volume, raw.adjustedClose, raw.dividend, raw.split]
  return columns.every((column) => column === null || sameNumber(column[one]!, column[other]!))
}

/** Puts rows oldest first. A file whose dates go back now and then is refused, unless it repeats itself. */
export function putInOrder(rows: Rows): Fault | null {
  const { raw } = rows
  let back: number | null = null
  let forward = false
  for (let at = 1; at < rows.kept.length; at += 1) {
    const [before, now] = [keyOf(raw, rows.kept[at - 1]!), keyOf(raw, rows.kept[at]!)]
    if (now < before) back ??= at
    if (now > before) forward = true
  }
  if (back === null) return null
  if (!forward) {
    rows.kept = [...rows.kept].reverse()
    const text = 'rows stood newest first and were reversed'
    rows.findings.push({ kind: 'repair', code: 'newest-first', text, line: raw.lines[0]!, count: rows.kept.length })
    return null
  }
  return unrollBlocks(rows, back)
}

/** A file that starts over again and again holds the same stretch several times: one copy stays. */
function unrollBlocks(rows: Rows, back: number): Fault | null {
  const { raw } = rows
  const first = keyOf(raw, rows.kept[0]!)
  const seen = new Map<number, number[]>()
  const gone: number[] = []
  let latest = first
  let blocks = 1
  for (let at = 0; at < rows.kept.length; at += 1) {
    const row = rows.kept[at]!
    const key = keyOf(raw, row)
    const previous = at === 0 ? key : keyOf(raw, rows.kept[at - 1]!)
    const twins = seen.get(key) ?? []
    if (key < previous) {
      if (key !== first) return goesBack(rows, back)
      blocks += 1
    }
    if (twins.length === 0 && key < latest) return goesBack(rows, at)
    if (twins.some((twin) => raw.times[twin] === raw.times[row] && sameValues(raw, twin, row))) gone.push(row)
    else seen.set(key, [...twins, row])
    latest = Math.max(latest, key)
  }
  drop(rows, gone, 'repeated-blocks', `the file holds the same stretch ${blocks} times; one copy was kept`)
  rows.kept = [...rows.kept].sort((one, other) => keyOf(raw, one) - keyOf(raw, other) || one - other)
  return null
}

function goesBack(rows: Rows, at: number): Fault {
  const { raw } = rows
  const [before, now] = [rows.kept[at - 1]!, rows.kept[at]!]
  const reason = `date ${momentOf(raw, now)} stands after ${momentOf(raw, before)}; sort the file, oldest row first`
  return refusal(raw, now, reason)
}

/** One row per day or bar: copies are dropped, earlier looks at an unfinished day give way, contradictions are refused. */
export function settleDuplicates(rows: Rows): Fault | null {
  const { raw } = rows
  const copies: number[] = []
  const early: number[] = []
  let standing = rows.kept[0]!
  for (let at = 1; at < rows.kept.length; at += 1) {
    const row = rows.kept[at]!
    if (keyOf(raw, row) !== keyOf(raw, standing)) {
      standing = row
    } else if (sameValues(raw, standing, row)) {
      copies.push(row)
    } else if (isLaterLook(raw, standing, row)) {
      early.push(standing)
      standing = row
    } else {
      const reason = `${momentOf(raw, row)} stands here with other values than on line ${raw.lines[standing]}; keep the right row`
      return refusal(raw, row, reason)
    }
  }
  drop(rows, copies, 'duplicate-rows', 'rows that repeat an earlier row were dropped')
  drop(rows, early, 'early-snapshots', 'earlier looks at an unfinished day were dropped, the last one was kept')
  return null
}

/** The same day seen later: same open, a range and a volume that only grew. */
function isLaterLook(raw: RawSeries, early: number, late: number): boolean {
  return (
    raw.resolution === 'day' &&
    raw.times[late]! > raw.times[early]! &&
    sameNumber(raw.open[early]!, raw.open[late]!) &&
    raw.high[late]! >= raw.high[early]! &&
    raw.low[late]! <= raw.low[early]! &&
    raw.volume[late]! >= raw.volume[early]!
  )
}

const DAY_GAP_NOTED = 15
const YEAR_DAYS = 365
const MS_PER_DAY = 86_400_000

/** Says where the calendar has holes, and drops a single first bar that stands more than a year before the rest. */
export function noteGaps(rows: Rows): void {
  const { raw } = rows
  const gapDays = (at: number): number => (raw.times[rows.kept[at]!]! - raw.times[rows.kept[at - 1]!]!) / MS_PER_DAY
  if (rows.kept.length > 2 && gapDays(1) > YEAR_DAYS) {
    const days = Math.floor(gapDays(1))
    drop(rows, [rows.kept[0]!], 'lone-bar', `the first bar stands alone, ${days} days before the next, and was dropped`)
  }
  const gaps: number[] = []
  let longest = 0
  for (let at = 1; at < rows.kept.length; at += 1) {
    if (gapDays(at) <= DAY_GAP_NOTED) continue
    gaps.push(raw.lines[rows.kept[at]!]!)
    longest = Math.max(longest, gapDays(at))
  }
  if (gaps.length === 0) return
  const text = `gaps of more than ${DAY_GAP_NOTED} days, the longest ${Math.floor(longest)} days`
  rows.findings.push(finding('note', 'gaps', text, gaps))
}
