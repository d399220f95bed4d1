/**
 * The limits of a lifecycle portfolio: entries of one cycle are judged in turn and each uses up room, so that the same
 * room is never given twice. The smallest room binds; a refusal is named in the order of `LIFECYCLE_RULES`.
 */
import type { LifecycleStage } from '../../domain/allocation.ts'
import { dailyLossBreached } from './daily-loss.ts'

export type Stage = LifecycleStage

/** In the order in which they are asked: the first to object names the refusal. */
export const LIFECYCLE_RULES = [
  'dailyLoss',
  'exposure',
  'cashReserve',
  'stageTotal',
  'assetWeight',
  'minimumSize',
  'paper',
  'positions',
] as const
export type LifecycleRule = (typeof LIFECYCLE_RULES)[number]

/** Fractions of portfolio value unless said otherwise; null binds nothing. */
export interface LifecycleLimits {
  readonly exposureMax: number
  /** Exposure of all sleeves in a stage together; a stage that is not named has no limit of its own. */
  readonly stageMax: Readonly<Partial<Record<Stage, number>>>
  readonly assetMax: number
  readonly cashMin: number
  readonly dailyLossMax: number | null
  readonly positionsMax: number | null
  /** In money: what is smaller is not worth its costs. */
  readonly sizeMin: number
}

/** Persisted within a cycle; amounts are absolute exposures in money. Pending entries count as held. */
export interface LifecycleBook {
  readonly value: number
  readonly dayProfit: number
  exposure: number
  positions: number
  readonly stageExposure: Partial<Record<Stage, number>>
  readonly assetExposure: Record<string, number>
}

export interface LifecycleEntry {
  readonly asset: string
  readonly stage: Stage
  /** Money asked for. */
  readonly wanted: number
  /** Opens a position that is not held yet. */
  readonly opens: boolean
}

export interface LifecycleVerdict {
  readonly size: number
  /** What trimmed or refused; null where all passed. */
  readonly rule: LifecycleRule | null
  readonly value: number
  readonly limit: number
}

/** Judges one entry and books what passes. */
export function judgeLifecycleEntry(
  book: LifecycleBook,
  limits: LifecycleLimits,
  entry: LifecycleEntry,
): LifecycleVerdict {
  const verdict = verdictOn(book, limits, entry)
  if (verdict.size === 0) return verdict
  book.exposure += verdict.size
  if (entry.opens) book.positions += 1
  book.stageExposure[entry.stage] = (book.stageExposure[entry.stage] ?? 0) + verdict.size
  book.assetExposure[entry.asset] = (book.assetExposure[entry.asset] ?? 0) + verdict.size
  return verdict
}

function verdictOn(book: LifecycleBook, limits: LifecycleLimits, entry: LifecycleEntry): LifecycleVerdict {
  const refusal = (rule: LifecycleRule, value: number, limit: number): LifecycleVerdict => ({
    size: 0,
    rule,
    value,
    limit,
  })
  const { dailyLossMax } = limits
  if (dailyLossMax !== null && dailyLossBreached({ profit: book.dayProfit, value: book.value }, dailyLossMax))
    return refusal('dailyLoss', 0 - book.dayProfit, dailyLossMax * book.value)
  let verdict: LifecycleVerdict = { size: entry.wanted, rule: null, value: entry.wanted, limit: entry.wanted }
  for (const { rule, used, limit } of roomsFor(book, limits, entry)) {
    const room = Math.max(0, limit - used)
    if (room < verdict.size) verdict = { size: room, rule, value: used + entry.wanted, limit }
    if (room === 0) return verdict
  }
  if (verdict.size < limits.sizeMin)
    return verdict.rule === null ? refusal('minimumSize', entry.wanted, limits.sizeMin) : { ...verdict, size: 0 }
  if (entry.stage === 'PAPER') return refusal('paper', entry.wanted, 0)
  if (entry.opens && limits.positionsMax !== null && book.positions >= limits.positionsMax)
    return refusal('positions', book.positions + 1, limits.positionsMax)
  return verdict
}

interface Room {
  readonly rule: LifecycleRule
  readonly used: number
  readonly limit: number
}

function roomsFor(book: LifecycleBook, limits: LifecycleLimits, entry: LifecycleEntry): readonly Room[] {
  const { value } = book
  const stageMax = limits.stageMax[entry.stage]
  return [
    { rule: 'exposure', used: book.exposure, limit: limits.exposureMax * value },
    { rule: 'cashReserve', used: book.exposure, limit: (1 - limits.cashMin) * value },
    ...(stageMax === undefined
      ? []
      : [{ rule: 'stageTotal' as const, used: book.stageExposure[entry.stage] ?? 0, limit: stageMax * value }]),
    { rule: 'assetWeight', used: book.assetExposure[entry.asset] ?? 0, limit: limits.assetMax * value },
  ]
}

export interface StageRoom {
  readonly sumOfStages: number
  /** The stages together may want more than the whole allows. */
  readonly totalBinds: boolean
  /** The reserve is asked for more than the exposure limit leaves anyway. */
  readonly cashBinds: boolean
}

/** Which of a portfolio's own limits can ever bind: for checking a configuration. */
export function stageRoom(limits: Pick<LifecycleLimits, 'exposureMax' | 'stageMax' | 'cashMin'>): StageRoom {
  const sumOfStages = Object.values(limits.stageMax).reduce((sum, limit) => sum + limit, 0)
  return {
    sumOfStages,
    totalBinds: sumOfStages > limits.exposureMax,
    cashBinds: 1 - limits.cashMin < Math.min(limits.exposureMax, sumOfStages),
  }
}
