import type { Fault } from '../../domain/faults.ts'
import { finding, momentOf, type Rows, refusal } from './rows.ts'

/** A close that changes by more than this factor in one bar. */
const WILD_FACTOR = 2.5
/** So many of them, and such a part of all bars, are two instruments in one file. */
const WILD_COUNT = 20
const WILD_SHARE = 0.01

/** Ratios that companies split by; a whole number a stands for a:1 and for 1:a. */
const COMMON_RATIOS = [2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100] as const
/** How near the jump from close to open comes to the ratio. */
const RATIO_NEARNESS = 0.04
/** After a split the day itself is quiet; in a crash or a squeeze it is not. */
const QUIET_RANGE = 1.15

interface SplitLikeJump {
  readonly row: number
  /** New shares for old ones: 7 and 1 for a 7:1 split. */
  readonly numerator: number
  readonly denominator: number
}

/** A file whose price leaps back and forth between two levels belongs to two instruments. */
export function judgeWildness(rows: Rows): Fault | null {
  const { raw, kept } = rows
  const wild: number[] = []
  for (let at = 1; at < kept.length; at += 1) {
    const change = raw.close[kept[at]!]! / raw.close[kept[at - 1]!]!
    if (change > WILD_FACTOR || change < 1 / WILD_FACTOR) wild.push(at)
  }
  if (wild.length < WILD_COUNT || wild.length < WILD_SHARE * kept.length) return null
  const [before, now] = [kept[wild[0]! - 1]!, kept[wild[0]!]!]
  const reason = `close goes from ${raw.close[before]} to ${raw.close[now]} on ${momentOf(raw, now)}, one of ${wild.length} jumps beyond a factor of ${WILD_FACTOR}: the rows of two instruments are mixed; export the file again`
  return refusal(raw, now, reason)
}

/**
 * Days that open at the last close divided by a common split ratio, trade, and stay quiet: splits that nobody adjusted
 * for. Bars that never move (no trade) tell nothing.
 */
function splitLikeJumps(rows: Rows): readonly SplitLikeJump[] {
  const { raw, kept } = rows
  if (raw.prices === 'close' || raw.resolution !== 'day') return []
  const found: SplitLikeJump[] = []
  for (let at = 1; at < kept.length; at += 1) {
    const row = kept[at]!
    const moved = raw.high[row]! > raw.low[row]! && raw.high[row]! / raw.low[row]! < QUIET_RANGE
    const jump = raw.close[kept[at - 1]!]! / raw.open[row]!
    if (!moved || !(raw.volume[row]! > 0) || (jump < 1.9 && jump > 1 / 1.9)) continue
    for (const ratio of COMMON_RATIOS) {
      if (Math.abs(jump / ratio - 1) <= RATIO_NEARNESS) found.push({ row, numerator: ratio, denominator: 1 })
      if (Math.abs(jump * ratio - 1) <= RATIO_NEARNESS) found.push({ row, numerator: 1, denominator: ratio })
    }
  }
  return found
}

/**
 * A file without a split column whose prices jump like splits again and again is raw, and its returns are wrong: it is
 * refused. A single such jump may be news, and is noted.
 */
export function judgeSplitLike(rows: Rows): Fault | null {
  const { raw } = rows
  if (raw.split !== null) return null
  const jumps = splitLikeJumps(rows)
  const first = jumps[0]
  if (first === undefined) return null
  const ratio = `${first.numerator}:${first.denominator}`
  if (jumps.length === 1) {
    const text = `the price of ${momentOf(raw, first.row)} jumps like an unadjusted ${ratio} split`
    rows.findings.push(finding('note', 'split-like-jump', text, [raw.lines[first.row]!]))
    return null
  }
  const others = jumps.length - 1
  const reason = `the price of ${momentOf(raw, first.row)} jumps like an unadjusted ${ratio} split, and ${others} more day(s) do so too; add a column split_coefficient, or use split-adjusted prices`
  return refusal(raw, first.row, reason)
}
