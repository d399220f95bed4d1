/** Schemas of the Risk page. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type {
  ClosePair,
  Concentration,
  ConcentrationBar,
  ConcentrationFigures,
  ConcentrationPart,
  Correlation,
  Diversification,
  Drawdown,
  DrawdownPeriod,
  Gauge,
  PairReturns,
  RiskPage,
  RiskPart,
  RiskParts,
  RollingVolatility,
  TailOf,
  TailRisk,
} from '../../contract/risk-page.ts'
import { figure } from '../answers.ts'
import { line, panel } from './analysis.ts'
import { byMethodAndLevel, riskFigures, tailView } from './risk.ts'
import { same } from './same.ts'

const gauge = same<Gauge>()(
  z.object({ value: figure, limit: figure, use: figure, target: figure }).meta({ id: 'Gauge' }),
)
const rollingVolatility = same<RollingVolatility>()(
  z
    .object({
      windows: z.array(z.object({ window: z.number(), value: figure })),
      gauge: gauge,
      window: z.number(),
      lines: z.array(line),
    })
    .meta({ id: 'RollingVolatility' }),
)
const tailOf = same<TailOf>()(z.object({ name: z.string(), title: z.string(), tail: tailView }).meta({ id: 'TailOf' }))
const tailRisk = same<TailRisk>()(
  z
    .object({
      equity: z.number(),
      book: tailView,
      portfolio: tailView,
      sleeves: z.array(tailOf),
      observations: z.number(),
      intervals: riskFigures.shape.intervals,
      limit: z.object({ level: z.string(), limit: z.number() }).nullable(),
    })
    .meta({ id: 'TailRisk' }),
)
const diversification = same<Diversification>()(
  z
    .object({
      ratio: figure,
      volatilityOverSum: figure,
      volatilityOverWeighted: figure,
      window: z.number(),
      weighted: figure,
      volatility: figure,
      benefit: figure,
      limit: figure,
    })
    .meta({ id: 'Diversification' }),
)
export const drawdownPeriod = same<DrawdownPeriod>()(
  z
    .object({
      rank: z.number(),
      peak: z.string().nullable(),
      trough: z.string(),
      recovered: z.string().nullable(),
      depth: z.number(),
      fall: z.number(),
      recovery: figure,
      length: z.number(),
    })
    .meta({ id: 'DrawdownPeriod' }),
)
const drawdown = same<Drawdown>()(
  z
    .object({
      line: line,
      current: figure,
      deepest: figure,
      haltAt: figure,
      resumeAt: figure,
      liquidateAt: figure,
      worst: z.array(drawdownPeriod),
    })
    .meta({ id: 'Drawdown' }),
)
const riskPart = same<RiskPart>()(
  z
    .object({
      name: z.string(),
      title: z.string(),
      weight: figure,
      component: figure,
      share: figure,
      marginal: figure,
      volatility: figure,
      without: figure,
      varComponent: byMethodAndLevel(figure),
      cvarComponent: byMethodAndLevel(figure),
    })
    .meta({ id: 'RiskPart' }),
)
const riskParts = same<RiskParts>()(
  z
    .object({
      volatility: figure,
      cvar: byMethodAndLevel(figure),
      cash: figure,
      parts: z.array(riskPart),
      largest: z.string().nullable(),
      benefit: figure,
    })
    .meta({ id: 'RiskParts' }),
)
const closePair = same<ClosePair>()(
  z.object({ left: z.string(), right: z.string(), correlation: figure, runDays: figure }).meta({ id: 'ClosePair' }),
)
const correlation = same<Correlation>()(
  z
    .object({
      window: z.number(),
      names: z.array(z.string()),
      titles: z.array(z.string()),
      order: z.array(z.number()),
      matrix: z.array(z.array(figure)),
      observations: z.array(z.array(z.number())),
      needed: z.number(),
      threshold: z.number(),
      close: z.array(closePair),
      runOf: figure,
    })
    .meta({ id: 'Correlation' }),
)
const concentrationFigures = same<ConcentrationFigures>()(
  z
    .object({ largest: figure, topFive: figure, herfindahl: figure, effectiveCount: figure })
    .meta({ id: 'ConcentrationFigures' }),
)
const concentrationPart = same<ConcentrationPart>()(
  z.object({ sleeve: z.string(), title: z.string(), weight: z.number() }).meta({ id: 'ConcentrationPart' }),
)
const concentrationBar = same<ConcentrationBar>()(
  z
    .object({
      name: z.string(),
      net: z.number(),
      gross: z.number(),
      parts: z.array(concentrationPart),
      limit: figure,
      isAbove: z.boolean(),
    })
    .meta({ id: 'ConcentrationBar' }),
)
const concentration = same<Concentration>()(
  z
    .object({
      by: z.enum(['instrument', 'assetClass', 'sector']),
      bars: z.array(concentrationBar),
      other: z.number(),
      limit: figure,
    })
    .meta({ id: 'Concentration' }),
)
export const riskPage = same<RiskPage>()(
  z
    .object({
      currency: z.string(),
      equity: z.number(),
      from: z.string().nullable(),
      to: z.string().nullable(),
      days: z.number(),
      leverage: z.object({ gross: gauge, net: gauge }),
      volatility: panel(rollingVolatility),
      tail: panel(tailRisk),
      diversification: panel(diversification),
      drawdown: panel(drawdown),
      parts: panel(riskParts),
      correlation: panel(z.array(correlation)),
      concentration: panel(z.object({ figures: concentrationFigures, groups: z.array(concentration) })),
    })
    .meta({ id: 'RiskPage' }),
)
export const pairReturns = same<PairReturns>()(
  z
    .object({
      left: z.string(),
      right: z.string(),
      leftTitle: z.string(),
      rightTitle: z.string(),
      window: z.number(),
      points: z.array(z.object({ day: z.string(), left: z.number(), right: z.number() })),
      fit: z.object({ slope: z.number(), intercept: z.number(), correlation: z.number() }).nullable(),
      rolling: line,
      thresholds: z.array(z.number()),
      run: z.object({ days: z.number(), of: z.number() }).nullable(),
    })
    .meta({ id: 'PairReturns' }),
)
