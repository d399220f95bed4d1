/** Schemas of the Strategy page of one sleeve. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type {
  Sizing,
  SizingTerm,
  SleeveBar,
  SleeveEquity,
  SleeveIndicator,
  SleeveMark,
  SleevePage,
  SleeveParameter,
  SleeveParameters,
  SleevePosition,
  SleevePrices,
  SleeveSignal,
} from '../../contract/sleeve-page.ts'
import { figure } from '../answers.ts'
import { line, panel } from './analysis.ts'
import { sleeveFigures } from './report.ts'
import { same } from './same.ts'

const sleeveMark = same<SleeveMark>()(
  z
    .object({
      day: z.string(),
      at: z.string(),
      instrument: z.string(),
      what: z.enum(['entry', 'exit']),
      side: z.string(),
      quantity: z.number(),
      price: figure,
      order: z.string(),
      reason: z.string(),
      pnl: figure,
    })
    .meta({ id: 'SleeveMark' }),
)
const sleeveEquity = same<SleeveEquity>()(
  z
    .object({
      equity: line,
      actual: line,
      shadow: line.nullable(),
      marks: z.array(sleeveMark),
      gap: z
        .object({
          actual: figure,
          shadow: figure,
          difference: figure,
          fees: figure,
          shadowFees: figure,
          crossingGain: z.number(),
          slippage: z.number(),
          refused: z.number(),
          trimmed: z.number(),
        })
        .nullable(),
    })
    .meta({ id: 'SleeveEquity' }),
)
const sleeveBar = same<SleeveBar>()(
  z
    .object({
      day: z.string(),
      open: z.number(),
      high: z.number(),
      low: z.number(),
      close: z.number(),
      volume: z.number(),
    })
    .meta({ id: 'SleeveBar' }),
)
const sleeveIndicator = same<SleeveIndicator>()(
  z
    .object({ name: z.string(), of: z.string(), isPrice: z.boolean(), values: z.array(figure) })
    .meta({ id: 'SleeveIndicator' }),
)
const sleeveSignal = same<SleeveSignal>()(
  z
    .object({
      day: z.string(),
      at: z.string(),
      quantity: z.number(),
      confidence: z.number(),
      price: z.number(),
      stop: figure,
      target: figure,
      regime: z.string(),
      reason: z.string(),
    })
    .meta({ id: 'SleeveSignal' }),
)
const sleevePrices = same<SleevePrices>()(
  z
    .object({
      instruments: z.array(z.string()),
      instrument: z.string(),
      decimals: z.number(),
      bars: z.array(sleeveBar),
      indicators: z.array(sleeveIndicator),
      signals: z.array(sleeveSignal),
      marks: z.array(sleeveMark),
    })
    .meta({ id: 'SleevePrices' }),
)
const sizingTerm = same<SizingTerm>()(
  z.object({ name: z.string(), value: z.union([z.number(), z.string()]) }).meta({ id: 'SizingTerm' }),
)
const sizing = same<Sizing>()(
  z
    .object({
      formula: z.string(),
      terms: z.array(sizingTerm),
      asked: figure,
      allowed: figure,
      rules: z.array(z.object({ rule: z.string(), outcome: z.string(), value: figure, limit: figure, left: figure })),
    })
    .meta({ id: 'Sizing' }),
)
const sleevePosition = same<SleevePosition>()(
  z
    .object({
      instrument: z.string(),
      side: z.enum(['long', 'short']),
      quantity: z.number(),
      entryPrice: z.number(),
      price: z.number(),
      value: z.number(),
      weight: figure,
      unrealised: z.number(),
      enteredAt: z.string().nullable(),
      entryDay: z.string().nullable(),
      held: figure,
      order: z.string().nullable(),
      reason: z.string(),
      sizing: panel(sizing),
    })
    .meta({ id: 'SleevePosition' }),
)
const sleeveParameter = same<SleeveParameter>()(
  z
    .object({ name: z.string(), value: z.unknown(), standard: z.unknown(), isStandard: z.boolean(), about: z.string() })
    .meta({ id: 'SleeveParameter' }),
)
const sleeveParameters = same<SleeveParameters>()(
  z
    .object({
      strategy: z.string(),
      about: z.string(),
      instruments: z.array(z.string()),
      timeframe: z.string(),
      parameters: z.array(sleeveParameter),
    })
    .meta({ id: 'SleeveParameters' }),
)
export const sleevePage = same<SleevePage>()(
  z
    .object({
      currency: z.string(),
      name: z.string(),
      title: z.string(),
      sleeves: z.array(z.object({ name: z.string(), title: z.string() })),
      status: z.enum(['active', 'paused', 'cash', 'external']),
      stage: z.string().nullable(),
      figures: sleeveFigures,
      equity: panel(sleeveEquity),
      prices: panel(sleevePrices),
      positions: panel(z.array(sleevePosition)),
      parameters: panel(sleeveParameters),
    })
    .meta({ id: 'SleevePage' }),
)
