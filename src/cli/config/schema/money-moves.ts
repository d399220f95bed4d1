import { z } from 'zod'
import { LIFECYCLE_STAGES } from '../../../domain/allocation.ts'
import { REBALANCING_METHODS, REBALANCING_TRIGGERS } from '../../../domain/capital.ts'
import { fraction, text, wholePositive } from './terms.ts'

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2024-01-31')

const trigger = z.enum(REBALANCING_TRIGGERS)
const method = z.enum(['never', ...REBALANCING_TRIGGERS])
const ofMethod = 'must be one of never, every_bar, periodic, threshold, on_breach, manual, or a list of them'

const rebalancingBlock = z.strictObject({
  method: z.union([method, z.array(trigger).min(1)], { error: ofMethod }).default('never'),
  every: z
    .union([wholePositive, z.enum(['day', 'week', 'month', 'quarter'])], {
      error: 'must be a count of portfolio days, or one of day, week, month, quarter',
    })
    .optional()
    .describe(
      'of periodic: portfolio days, or the first day of a week, month or quarter; 21 for sharpe_weighted, else 60',
    ),
  threshold: fraction.default(0.05).describe('of threshold: points of weight that a sleeve may drift, as a fraction'),
  by: z
    .enum(REBALANCING_METHODS)
    .default('transfer')
    .describe('cash alone moves; positions are scaled along; or everything is closed first'),
})

/** When capital is dealt anew, and how: a word alone, or a block. */
export const rebalancingSchema = z.union([method, rebalancingBlock], {
  error: `${ofMethod}, or a block with \`method\``,
})
export type RawRebalancing = z.output<typeof rebalancingSchema>

export const flowsSchema = z
  .array(
    z.strictObject({
      date: date.describe('applied before the first trade of that day, or of the next one that trades'),
      amount: z.number().describe('money that comes in; negative for money that is taken out'),
      to: text.optional().describe('the sleeve; by the weights in force where left out'),
    }),
  )
  .describe('deposits and withdrawals')
export type RawFlow = z.output<typeof flowsSchema>[number]

export const operationsSchema = z
  .array(
    z.strictObject({
      date,
      pause: text.optional().describe('this sleeve opens nothing from now on'),
      resume: text.optional(),
      remove: text.optional().describe('this sleeve is closed; its money goes to the reserve'),
      add: text.optional().describe('this sleeve begins, with its weight of the portfolio'),
      rebalance: z.enum(REBALANCING_METHODS).optional(),
      confirm_stage: z
        .strictObject({ sleeve: text, stage: z.enum(LIFECYCLE_STAGES) })
        .optional()
        .describe('this sleeve enters this stage: a proposal of the lifecycle is confirmed, or you decide yourself'),
    }),
  )
  .describe("the operator's commands on stated days; one command each")
export type RawOperation = z.output<typeof operationsSchema>[number]

const fall = z.strictObject({ benchmark_drawdown: fraction.describe('fall of the benchmark from its highest close') })

export const deploySchema = z
  .strictObject({
    when: fall,
    to: z.array(text).min(1).describe('sleeves that are lent to, in equal parts'),
    amount: fraction.describe("part of the reserve's free cash"),
    until: z.union([fall, z.strictObject({ days: wholePositive.describe('portfolio days') })], {
      error: 'must be {benchmark_drawdown: FRACTION} or {days: COUNT}',
    }),
  })
  .describe('the reserve lends when the market has fallen, and takes back')
export type RawDeploy = z.output<typeof deploySchema>

export const startsSchema = date.describe('the sleeve begins on this day, with its weight of the portfolio then')
