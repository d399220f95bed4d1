import { LIFECYCLE_STAGES, type LifecycleStage } from '../../domain/allocation.ts'
import type { LifecycleOverlay, Overlays } from '../../domain/capital.ts'
import { STAGE_BASES } from '../../pipeline/allocation/lifecycle.ts'
import { STAGE_RULE } from '../../pipeline/allocation/stage-changes.ts'
import type { Path } from './document.ts'
import type { Problems } from './problems.ts'
import type { RawOverlays } from './schema/overlays.ts'
import { checkNames } from './sleeve-names.ts'

/** What the sleeves of a stage may have together where the file does not say. */
const STAGE_TOTALS: Readonly<Partial<Record<LifecycleStage, number>>> = {
  MATURE: 0.3,
  VALIDATION: 0.15,
  DISCOVERY: 0.05,
  DECAY: 0.1,
}

interface Portfolio {
  readonly sleeves: readonly { readonly id: string }[]
  readonly leverage: number | undefined
}

/** The overlays as written, with what does not fit together as problems. */
export function overlaysOf(raw: RawOverlays, source: Portfolio, problems: Problems): Overlays {
  const { correlation_bench, correlation_reduction, month_ladder, volatility_target, correlation_spike } = raw
  const base = (key: string): Path => ['overlays', key]
  if (month_ladder !== null && month_ladder.zero_at <= month_ladder.half_at)
    problems.at(
      [...base('month_ladder'), 'zero_at'],
      `must be above half_at (${month_ladder.half_at}), was "${month_ladder.zero_at}"`,
    )
  if (correlation_spike !== null && correlation_spike.resume >= correlation_spike.halt)
    problems.at(
      [...base('correlation_spike'), 'resume'],
      `must be below halt (${correlation_spike.halt}), was "${correlation_spike.resume}"`,
    )
  const most = source.leverage ?? 1
  if (volatility_target !== null && volatility_target.scale_max > most)
    problems.at(
      [...base('volatility_target'), 'scale_max'],
      `must be at most the leverage of the portfolio (${most}), was "${volatility_target.scale_max}"; raise leverage or lower this`,
    )
  return {
    lifecycle: raw.lifecycle === null ? null : lifecycleOf(raw.lifecycle, source, problems),
    bench: correlation_bench,
    reduction: correlation_reduction,
    ladder:
      month_ladder === null
        ? null
        : {
            halfAt: month_ladder.half_at,
            zeroAt: month_ladder.zero_at,
            sharpeRelease: month_ladder.sharpe_release,
            window: month_ladder.window,
          },
    volatilityTarget:
      volatility_target === null
        ? null
        : {
            target: volatility_target.target,
            window: volatility_target.window,
            band: volatility_target.band,
            scaleMax: volatility_target.scale_max,
          },
    spike: correlation_spike,
  }
}

function lifecycleOf(
  raw: NonNullable<RawOverlays['lifecycle']>,
  { sleeves }: Portfolio,
  problems: Problems,
): LifecycleOverlay {
  const names = sleeves.map(({ id }) => id)
  const path: Path = ['overlays', 'lifecycle', 'stages']
  checkNames(raw.stages, names, path, problems)
  checkNames(raw.validated_drawdown, names, ['overlays', 'lifecycle', 'validated_drawdown'], problems)
  const missing = names.filter((name) => raw.stages[name] === undefined)
  if (missing.length > 0) {
    const stages = LIFECYCLE_STAGES.join(', ')
    problems.at(path, `names no stage for ${missing.join(', ')}; give every sleeve one of ${stages}`)
  }
  const { promotion, decay } = raw
  return {
    stages: names.map((name) => raw.stages[name] ?? 'PAPER'),
    validatedDrawdown: names.map((name) => raw.validated_drawdown[name] ?? null),
    stageBase: capsOf(STAGE_BASES, raw.base),
    stageMax: capsOf(STAGE_TOTALS, raw.total),
    rule: {
      ...STAGE_RULE,
      validation: { trades: promotion.validation_trades, probability: promotion.validation_probability },
      mature: {
        trades: promotion.mature_trades,
        days: promotion.mature_days,
        probability: promotion.mature_probability,
      },
      decay: { days: decay.days, sharpe: decay.sharpe, drawdownMultiple: decay.drawdown_multiple },
      paper: { days: decay.paper_after },
      trials: { count: promotion.trials, deviation: promotion.trials_deviation },
    },
    changes: raw.changes,
  }
}

/** Caps by stage: those of the file before the usual ones; null lifts a cap. */
function capsOf(
  usual: Readonly<Partial<Record<LifecycleStage, number>>>,
  given: Readonly<Partial<Record<LifecycleStage, number | null>>>,
): Readonly<Partial<Record<LifecycleStage, number>>> {
  const caps: Partial<Record<LifecycleStage, number>> = {}
  for (const stage of LIFECYCLE_STAGES) {
    const cap = given[stage] === undefined ? usual[stage] : given[stage]
    if (cap !== undefined && cap !== null) caps[stage] = cap
  }
  return caps
}
