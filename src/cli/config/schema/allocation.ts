import { z } from 'zod'
import { ALLOCATION_METHODS, COVARIANCE_ESTIMATORS } from '../../../domain/allocation.ts'
import { fraction, fractionOrZero, notNegative, positive, wholePositive, windowDays } from './terms.ts'

const bounds = z.tuple([fractionOrZero, fractionOrZero]).describe('lowest and highest weight, such as [0.15, 0.30]')

/** When something periodic is due: every N portfolio days, or on the first day of a week, month or quarter. */
export const daySchedule = z.union([wholePositive, z.enum(['week', 'month', 'quarter', 'never'])], {
  error: 'must be a count of portfolio days, or one of week, month, quarter, never',
})
export type RawDaySchedule = z.output<typeof daySchedule>

const group = z.strictObject({
  sleeves: z.array(z.string()).min(1),
  bounds: bounds.default([0, 1]).describe('lowest and highest weight of all of them together'),
})

const budgetGroup = z.strictObject({
  share: notNegative.describe('part of the risk; only the proportion to the others counts'),
  sleeves: z.record(z.string(), notNegative).describe('name -> share of what the group has'),
})

const known = z.strictObject({
  sharpe: z.number().optional().describe('annual'),
  win_rate: fractionOrZero.optional(),
  payoff: positive.optional().describe('mean gain of a winner over mean loss of a loser'),
  strength: fractionOrZero.optional().describe('strength of its signal'),
})

/** How weights are computed, and when. */
export const allocationSchema = z.strictObject({
  method: z.enum(ALLOCATION_METHODS).default('fixed'),
  window: windowDays.default(60).describe('portfolio days of returns that weights are computed from'),
  min_observations: wholePositive
    .optional()
    .describe('with fewer days the first weights stay; 20 for the score-weighted methods, else the window'),
  recompute: daySchedule
    .optional()
    .describe(
      'when weights are computed anew; every 60 days, 21 for the score-weighted methods, never for stated ones',
    ),
  covariance: z.enum(COVARIANCE_ESTIMATORS).default('sample'),
  bounds: z
    .union([bounds, z.record(z.string(), bounds)], {
      error: 'must be [lowest, highest] for every sleeve, or a block of sleeve: [lowest, highest]',
    })
    .optional()
    .describe('fractions of the portfolio; one pair for all sleeves, or one per sleeve'),
  groups: z.record(z.string(), group).default({}).describe('bounds on what several sleeves have together'),
  budget: z
    .record(
      z.string(),
      z.union([notNegative, budgetGroup], { error: 'must be a share, or a block of share and sleeves' }),
    )
    .optional()
    .describe('shares of the risk by sleeve, or by group of sleeves'),
  turnover_penalty: fractionOrZero.default(0).describe('every move of a weight is this much shorter'),
  buffer: fractionOrZero.default(0).describe('a weight that would move by no more than this stays'),
  kelly_fraction: fraction.default(0.5),
  kelly: z.enum(['joint', 'each']).default('joint'),
  risk_free: z.number().default(0).describe('annual'),
  compatibility: z
    .enum(['literal'])
    .optional()
    .describe(
      'lifecycle sizes by the formula to the letter: a Sharpe ratio of 0 or less keeps the smallest confidence',
    ),
  volatilities: z
    .record(z.string(), positive)
    .optional()
    .describe('annual volatility of each sleeve: first weights come from them where none are stated'),
  known: z.record(z.string(), known).default({}).describe('what is known of a sleeve before the run shows it'),
})
export type RawAllocation = z.output<typeof allocationSchema>
