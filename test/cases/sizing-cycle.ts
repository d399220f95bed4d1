/** Worked cases of lifecycle sizes within one cycle: each entry uses up room for the next. */

import type { LifecycleStage } from '../../src/domain/allocation.ts'
import { type LifecycleSize, lifecycleSize } from '../../src/pipeline/allocation/lifecycle.ts'
import { inOrder, lifecycleRules } from '../../src/pipeline/risk/rule-sets.ts'
import { lifecycleDesk } from '../fixtures/lifecycle-desk.ts'

type Input = Readonly<Record<string, unknown>>

interface Config {
  readonly pair?: string
  readonly stage: LifecycleStage
  readonly sharpe: number
  /** Percent. */
  readonly win_rate: number
  readonly signal: number
  readonly direction?: string
}

const sizeOf = ({ stage, sharpe, win_rate: winRate, signal }: Config): LifecycleSize =>
  lifecycleSize(stage, sharpe, winRate / 100, signal, false)

export function sizingCycleCase(input: Input): Record<string, unknown> {
  const value = Number(input['value'])
  const limits = {
    exposureMax: Number(input['max_total']),
    stageMax: input['stage_caps'] as Readonly<Partial<Record<LifecycleStage, number>>>,
    assetMax: Number(input['max_asset']),
    cashMin: Number(input['min_cash']),
    dailyLossMax: null,
    positionsMax: null,
    sizeMin: Number(input['min_size']),
  }
  const desk = lifecycleDesk(inOrder(lifecycleRules(limits), 'lifecycle'), {
    value,
    exposure: Number(input['existing_exposure']),
    assetExposure: input['asset_exposure'] as Readonly<Record<string, number>>,
  })
  const sizes = (input['configs'] as Config[]).map((config) => {
    const pair = config.pair ?? ''
    const wanted = sizeOf(config).size * value
    const { size } = desk.enter({ asset: pair, stage: config.stage, wanted, opens: true })
    return { pair, wanted, size }
  })
  return { sizes, exposure_after: desk.exposure() }
}

/** Several configurations at once; one that holds has no size and no details. */
export function lifecycleScenarioCase(input: Input): Record<string, unknown> {
  const capital = Number(input['capital'])
  const details = (input['configs'] as Config[]).map((config) => {
    if (config.direction === 'HOLD' || config.signal === 0) return null
    const own = sizeOf(config)
    return {
      base: own.base,
      sharpe_multiplier: own.sharpeMultiplier,
      confidence_raw: own.confidenceRaw,
      confidence_factor: own.confidence,
      uncapped: own.uncapped * capital,
      cap: own.base * capital,
      size: own.size * capital,
    }
  })
  const sizes = details.map((own) => own?.size ?? 0)
  return { sizes, details, total: sizes.reduce((sum, size) => sum + size, 0) }
}
