import { z } from 'zod'
import { INSTRUMENT_KINDS } from '../../../domain/instruments.ts'
import { alertsSchema } from './alerts.ts'
import { allocationSchema } from './allocation.ts'
import { approvalsSchema } from './approvals.ts'
import { eventsSchema } from './events.ts'
import { instrumentSchema, optionsSchema } from './instruments.ts'
import { groupsSchema, portfolioLimitsSchema } from './limits.ts'
import { deploySchema, flowsSchema, operationsSchema, rebalancingSchema } from './money-moves.ts'
import { overlaysSchema } from './overlays.ts'
import { paperSchema } from './paper.ts'
import { policySchema } from './policy.ts'
import { routingSchema } from './routing.ts'
import { engineSchema, liveSchema, modeSchema } from './running.ts'
import { storeSchema } from './store.ts'
import { fraction, leverage, notNegative, positive, text, wholePositive } from './terms.ts'
import { screenSchema } from './universe.ts'
import { violationsSchema } from './violations.ts'

const schedule = z.strictObject({
  name: text.default('own'),
  per_share: notNegative.default(0),
  per_contract: notNegative.default(0),
  bps: notNegative.default(0).describe('basis points of traded value'),
  minimum_per_order: notNegative.default(0),
  maximum_fraction: fraction.nullable().default(null),
  step: positive.default(0.01).describe('fees are rounded half up to this'),
})

const slippage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('bps'), bps: notNegative }),
  z.strictObject({ kind: z.literal('spread'), fraction: notNegative.describe('half of the spread') }),
  z.strictObject({ kind: z.literal('participation'), impact: notNegative }),
])

const costs = z.strictObject({
  commission: z
    .union([text, schedule], { error: 'must be the name of a schedule or a block with its parts' })
    .default('none')
    .describe('a named schedule such as alpaca or ibkr_pro_tiered, or a block of its own'),
  slippage: slippage.default({ kind: 'none' }),
  participation_max: fraction.nullable().default(null).describe("largest part of a bar's volume one order may take"),
})

const kindMargin = z
  .union([fraction, z.strictObject({ initial: fraction, maintenance: fraction })], {
    error: 'must be a fraction, or a block with "initial" and "maintenance"',
  })
  .describe('part of the value that must be covered; of a single number four fifths must stay')

const account = z
  .strictObject({
    id: text.default('main'),
    kind: z.enum(['cash', 'margin']).default('margin'),
    initial_margin: fraction.default(0.5),
    maintenance_margin: fraction.default(0.25),
    short_maintenance_margin: fraction.default(0.3),
    margins: z
      .strictObject({ future: kindMargin.optional(), perpetual: kindMargin.optional() })
      .optional()
      .describe('of kinds that are margined at their own venue: 0.1 of a future, 0.2 of a perpetual where left out'),
  })
  .prefault({})

export const portfolioSchema = z.strictObject({
  name: text,
  notes: text.optional(),
  currency: text.default('USD'),
  capital: positive,
  leverage: leverage.optional().describe('gross exposure over equity that is allowed; 1 where left out'),
  day_calendar: z.enum(['nyse', 'continuous']).optional().describe("the calendar whose closes end the portfolio's day"),
  periods: wholePositive.optional().describe('portfolio days in a year: 252 on an exchange, 365 round the clock'),
  netting: z.boolean().default(true).describe('false: every sleeve sends its own orders; for comparison only'),
  account,
  limits: portfolioLimitsSchema,
  groups: groupsSchema,
  allocation: allocationSchema.optional().describe('how capital is dealt between the sleeves, and when again'),
  overlays: overlaysSchema.optional().describe('what acts on the weights from day to day'),
  shadows: z
    .boolean()
    .optional()
    .describe('a book of each sleeve alone at full capital, by which it is scored; true where something scores'),
  violations: violationsSchema.optional(),
  approvals: approvalsSchema.optional(),
  rebalancing: rebalancingSchema.optional().describe('when capital is dealt anew while the portfolio runs; never'),
  flows: flowsSchema.default([]),
  operations: operationsSchema.default([]),
  deploy: deploySchema.optional(),
  parity: z
    .record(z.string(), z.string())
    .default({})
    .describe('currencies that you take as equal in value, such as USDT: USD; the report repeats it'),
  costs: z.partialRecord(z.enum(INSTRUMENT_KINDS), costs).default({}),
  paper: paperSchema.optional(),
  routing: routingSchema.optional(),
  benchmark: text.nullable().default(null).describe('an instrument to compare with'),
  policy: policySchema.optional(),
  mode: modeSchema,
  engine: engineSchema,
  live: liveSchema,
  alerts: alertsSchema.optional().describe('who is told of what, and through which services'),
  store: storeSchema.describe('what is kept while it runs: encryption, backups, retention'),
  options: optionsSchema.optional(),
  events: eventsSchema,
  screen: screenSchema.optional(),
  snapshots: z
    .array(text)
    .default([])
    .describe('files of what companies were on a day, relative to the data folder: criteria ask them from that day on'),
  instruments_file: z.union([text, z.array(text)], { error: 'must be a file name or a list of them' }).optional(),
  instruments: z.record(z.string(), instrumentSchema).default({}),
  configurations: text
    .optional()
    .describe('a file of trained configurations: every active one is a sleeve, with its stage and its record'),
  sleeves: z.array(z.unknown()).min(1),
})
export type RawPortfolio = z.output<typeof portfolioSchema>
