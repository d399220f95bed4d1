import { z } from 'zod'
import { LIFECYCLE_STAGES } from '../../domain/allocation.ts'
import { MARKET_REGIMES } from '../../domain/regimes.ts'
import { parseDate } from '../../domain/sessions.ts'
import { TIMEFRAMES } from '../../domain/timeframes.ts'
import { fraction, fractionOrZero, identifier, positive, text, wholePositive } from '../config/schema/terms.ts'

/** What the first line of every such file says it is. */
const FORMAT = 'polyfolio.configurations'
const FORMAT_VERSION = 1

const count = z.int().gte(0)
const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date as YYYY-MM-DD')
  .refine((value) => parseDate(value) !== null, 'must be a day that exists')
const stage = z.enum(LIFECYCLE_STAGES)

/** What it has earned so far: on the data that it was trained on, on paper, or live. */
const performance = z.strictObject({
  trades: count,
  gross_win_rate: fractionOrZero.describe('fraction of round trips that won before costs'),
  net_return: z.number().optional().describe('of the whole period, as a fraction'),
  profit_factor: positive.optional().describe('sum of gains over sum of losses'),
  from: date.optional(),
  to: date.optional(),
})

/** What it showed on data that it was not trained on. */
const validation = z.strictObject({
  sharpe_ratio: z.number().describe('annual'),
  trades: count.default(0),
  days: count.default(0).describe('on paper or live'),
  probabilistic_sharpe: fractionOrZero
    .nullable()
    .default(null)
    .describe('probability that the Sharpe ratio is above 0'),
  deflated_sharpe: fractionOrZero.nullable().default(null).describe('the same, for the best of so many alternatives'),
  maximum_drawdown: fraction.nullable().default(null).describe('deepest fall, as a positive fraction'),
})

const regime = z.strictObject({
  allowed: z.array(z.enum(MARKET_REGIMES)).min(1).describe('entries only in these; exits always'),
})

const change = z.strictObject({
  date,
  from: stage,
  to: stage,
  forced: z.boolean().describe('an operator overruled the rule'),
  note: z.string(),
})

const configuration = z.strictObject({
  id: identifier.describe('the id of the sleeve that trades it'),
  version: wholePositive.describe('another parameter set is another version'),
  title: text.optional(),
  strategy_name: text,
  pair: text.describe('an instrument of the portfolio'),
  exchange: z.string().default(''),
  timeframe: z.enum(TIMEFRAMES),
  lifecycle_stage: stage,
  is_active: z.boolean(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  performance,
  validation,
  regime: regime.nullable().default(null),
  created: date,
  retired: date.nullable().default(null),
  history: z.array(change).default([]).describe('every change of stage, oldest first'),
})

export const storeSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  configurations: z.array(configuration),
})

/** One version of a trained parameter set with its records. */
export type Configuration = z.output<typeof configuration>
export type ConfigurationStore = z.output<typeof storeSchema>

export const EMPTY_STORE: ConfigurationStore = { format: FORMAT, version: FORMAT_VERSION, configurations: [] }
