/** Schemas of the risk of a report. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type {
  DrawdownView,
  ExcursionView,
  IntervalView,
  OptionRiskView,
  RiskFigures,
  ShiftView,
  StabilityView,
  TailView,
} from '../../contract/risk.ts'
import { figure } from '../answers.ts'
import { same } from './same.ts'

const drawdownView = same<DrawdownView>()(
  z.object({ name: z.string(), current: figure, deepest: figure }).meta({ id: 'DrawdownView' }),
)
export function byMethodAndLevel<T extends z.ZodType>(t: T) {
  return z.object({
    historical: z.record(z.string(), t),
    gaussian: z.record(z.string(), t),
    cornishFisher: z.record(z.string(), t),
  })
}

const intervalView = same<IntervalView>()(z.object({ low: figure, high: figure }).meta({ id: 'IntervalView' }))
export const tailView = same<TailView>()(
  z
    .object({
      var: byMethodAndLevel(figure),
      cvar: byMethodAndLevel(figure),
      varInterval: byMethodAndLevel(intervalView),
      cvarInterval: byMethodAndLevel(intervalView),
    })
    .meta({ id: 'TailView' }),
)
const shiftView = same<ShiftView>()(
  z
    .object({
      date: z.string(),
      kind: z.enum(['moved', 'above', 'below']),
      correlation: z.number(),
      reference: z.number(),
    })
    .meta({ id: 'ShiftView' }),
)
const stabilityView = same<StabilityView>()(
  z
    .object({ left: z.string(), right: z.string(), current: figure, deviation: figure, alerts: z.array(shiftView) })
    .meta({ id: 'StabilityView' }),
)
const optionRiskView = same<OptionRiskView>()(
  z
    .object({
      structures: z.array(
        z.object({
          sleeve: z.string(),
          underlying: z.string(),
          structure: z.string(),
          quantity: z.number(),
          maximumLoss: figure,
          delta: figure,
          gamma: figure,
          vega: figure,
          theta: figure,
          chain: z.enum(['recorded', 'model']).nullable(),
        }),
      ),
      underlyings: z.array(
        z.object({
          underlying: z.string(),
          shares: figure,
          options: figure,
          net: figure,
          value: figure,
          weight: figure,
        }),
      ),
    })
    .meta({ id: 'OptionRiskView' }),
)
const excursionView = same<ExcursionView>()(
  z
    .object({
      name: z.string(),
      count: z.number(),
      meanAdverse: figure,
      worstAdverse: figure,
      meanFavourable: figure,
      bestFavourable: figure,
      meanAdverseOfWinners: figure,
      meanFavourableOfLosers: figure,
      edgeRatio: figure,
    })
    .meta({ id: 'ExcursionView' }),
)
export const riskFigures = same<RiskFigures>()(
  z
    .object({
      names: z.array(z.string()),
      weights: z.array(figure),
      cash: figure,
      from: z.string().nullable(),
      to: z.string().nullable(),
      observations: z.number(),
      periods: z.number(),
      portfolioVolatility: figure,
      volatilities: z.array(figure),
      marginals: z.array(figure),
      components: z.array(figure),
      shares: z.array(figure),
      volatilityWithout: z.array(figure),
      betas: z.object({
        portfolio: z.array(figure),
        benchmark: z.string().nullable(),
        portfolioToBenchmark: figure,
        benchmarkOfSleeves: z.array(figure),
      }),
      drawdowns: z.array(drawdownView),
      rolling: z.array(z.object({ window: z.number(), portfolio: figure, sleeves: z.array(figure) })),
      book: tailView,
      portfolio: tailView,
      sleeves: z.array(tailView),
      varComponents: byMethodAndLevel(z.array(figure)),
      cvarComponents: byMethodAndLevel(z.array(figure)),
      varSum: byMethodAndLevel(figure),
      varCorrelated: byMethodAndLevel(figure),
      intervals: z.object({ confidence: z.number(), draws: z.number(), seed: z.number(), blockLength: z.number() }),
      diversification: z.object({
        ratio: figure,
        volatilityOverSum: figure,
        volatilityOverWeighted: figure,
        window: z.number(),
        weighted: figure,
        volatility: figure,
        benefit: figure,
      }),
      matrix: z.array(z.array(figure)),
      stability: z.array(stabilityView),
      concentration: z.object({
        largest: figure,
        topFive: figure,
        herfindahl: figure,
        effectiveCount: figure,
        instruments: z.array(z.object({ instrument: z.string(), weight: figure })),
      }),
      exposure: z.object({ sleeves: figure, gross: figure, net: figure, netted: figure }),
      options: optionRiskView.exactOptional(),
      excursions: z.array(excursionView),
    })
    .meta({ id: 'RiskFigures' }),
)
