import { z } from 'zod'
import { notNegative, positive, text, wholePositive, windowDays } from './terms.ts'

const bounds = z.strictObject({ min: notNegative.optional(), max: positive.optional() })

/** What is asked of what a snapshot of companies says, and of prices: of a sleeve's universe as of `polyfolio screen`. */
const criteria = {
  price: bounds.optional().describe('the last price as traded lies within these'),
  dollar_volume_min: positive.optional().describe('mean of price times volume a day must be above this'),
  market_cap: bounds.optional().describe('market capitalisation lies within these'),
  float_max: positive.optional().describe('shares that trade freely must be below this'),
  sectors: z.array(text).min(1).optional().describe('sectors or industries, or names defined under sector_groups'),
  sector_groups: z
    .record(z.string(), z.array(text).min(1))
    .optional()
    .describe('name -> sectors or industries that it stands for'),
}

export const universeRulesSchema = z
  .strictObject({
    volatility_min: positive.nullable().default(null).describe('annualised volatility must be above this fraction'),
    volatility_max: positive.optional().describe('annualised volatility must be below this fraction'),
    volatility_bars: windowDays.default(60),
    volume_min: positive.nullable().default(null).describe('mean volume must be above this many shares'),
    volume_bars: wholePositive.default(20).describe('bars of the mean volume, in shares and in money'),
    ...criteria,
    float_min: positive.optional().describe('shares that trade freely must be above this'),
    not_evaluated: z
      .array(text)
      .default([])
      .describe('criteria that no point-in-time data exists for; the report names them'),
  })
  .prefault({})
  .describe('what a symbol must meet, on the day, to take a new entry; figures of companies come from `snapshots:`')
export type RawUniverseRules = z.output<typeof universeRulesSchema>

/** Criteria of `polyfolio screen`: each left out is not asked. */
export const screenSchema = z.strictObject({
  ...criteria,
  volume_min: notNegative.optional().describe('average daily volume must be above this'),
  sectors_required: z
    .boolean()
    .default(true)
    .describe('false: a name outside the sectors passes and is marked, for where the sector is a preference'),
})
export type RawScreen = z.output<typeof screenSchema>
