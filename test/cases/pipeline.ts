/**
 * Worked cases of the whole chain over daily returns: weights, bench, ladder and breaker. They go through the walk in weight
 * space; where moving money costs nothing also through the kernel, with recorded streams in its sleeves, and both must
 * give the same equity.
 */
import { runBacktest } from '../../src/engine/run/run.ts'
import { type Walk, walkWeights } from '../../src/research/weight-walk/walk.ts'
import type { WalkEvent } from '../../src/research/weight-walk/walk-input.ts'
import { streamRun } from '../fixtures/stream-portfolio.ts'
import type { ReadTable } from './case-files.ts'
import { type PipelineSetting, settingOf, walkInputOf } from './pipeline-setting.ts'

type Input = Readonly<Record<string, unknown>>

/** Streams are held in whole units, so that a kernel's equity differs from the walk's by rounding. */
const ROUNDING = 1e-7

export function runPipelineCase(input: Input, readTable: ReadTable): Record<string, unknown> {
  const setting = settingOf(input, readTable)
  const walk = walkWeights(walkInputOf(setting))
  if (setting.cost === 0) expectAgreement(setting, walk)
  return outcomeOf(setting, walk)
}

/** The kernel with a sleeve of kind `return_stream` each, rebalanced by transfer every day, gives the same equity. */
function expectAgreement(setting: PipelineSetting, walk: Walk): void {
  const { allocation, overlays, dates } = setting
  const schedule = { kind: 'days', every: 1 } as const
  const rebalancing = { triggers: ['periodic'], schedule, threshold: 0, by: 'transfer' } as const
  const plan = { allocation, overlays, rebalancing, shadows: false }
  const { equity, invariants } = runBacktest({ ...streamRun({ ...setting, plan }), checks: true })
  const apart = dates.findIndex((_, day) => !(Math.abs(equity[day]! / walk.equity[day]! - 1) <= ROUNDING))
  if (apart >= 0) throw new Error(`on ${dates[apart]} the kernel has ${equity[apart]}, the walk ${walk.equity[apart]}`)
  if (invariants.violated.length > 0) throw new Error(invariants.violated[0])
}

function outcomeOf({ names, dates, capital }: PipelineSetting, walk: Walk): Record<string, unknown> {
  const days = dates.length
  const streams = names.length
  const final = walk.equity[days - 1]!
  const byName = (of: (stream: number) => unknown): Readonly<Record<string, unknown>> =>
    Object.fromEntries(names.map((name, stream) => [name, of(stream)]))
  const ladderDays = (isCounted: (factor: number) => boolean) => (stream: number) =>
    dates.filter((_, day) => isCounted(walk.ladder[day * streams + stream]!)).length
  return {
    days_multiplier_below_1: byName(ladderDays((factor) => factor < 1)),
    days_multiplier_zero: byName(ladderDays((factor) => factor === 0)),
    final_equity: final,
    max_drawdown: Math.max(0, ...walk.drawdown),
    turnover: walk.turnover.reduce((sum, moved) => sum + moved, 0),
    costs: walk.cost.reduce((sum, cost) => sum + cost, 0),
    events: walk.events.flatMap((event) => eventOf(event, names, dates)),
    equity_at: Object.fromEntries([...walk.equity].map((equity, day) => [String(day), equity])),
    final_weights: [...walk.held.subarray((days - 1) * streams)],
    total_return: final / capital - 1,
  }
}

function eventOf(event: WalkEvent, names: readonly string[], dates: readonly string[]): readonly unknown[] {
  const place = { index: event.row, date: dates[event.row], event: event.kind.toUpperCase() }
  switch (event.kind) {
    case 'halt':
    case 'resume':
      return [{ ...place, drawdown: event.drawdown }]
    case 'bench':
    case 'return': {
      const pair = event.pair?.map((sleeve) => names[sleeve]) ?? null
      const sharpe = Object.fromEntries((event.pair ?? []).map((sleeve) => [names[sleeve], event.sharpe[sleeve]]))
      return [{ ...place, strategy: names[event.sleeve], pair, corr: event.correlation, sharpe }]
    }
    default:
      return []
  }
}
