import { z } from 'zod'
import { fraction, notNegative, positive, text, wholePositive, windowDays } from './terms.ts'

/* Limits on what may be opened, level by level. Left out or null: not asked. */

const optional = <S extends z.ZodType>(schema: S) => schema.nullable().default(null)

const measuredOver = windowDays.default(60).describe('portfolio days that it is measured over')
const positionsMax = optional(wholePositive).describe('positions that may be open at once, waiting ones included')
const dailyLossMax = optional(fraction).describe(
  'no entry once the day has lost more than this fraction of the equity with which it began',
)
const volatility = optional(
  z.strictObject({ limit: positive.describe('annual, as a fraction'), window: measuredOver }),
).describe('no entry while the volatility at the last day’s end is above this')

const drawdown = optional(
  z.strictObject({
    halt: fraction.describe('new positions halt when the fall from the peak is above this fraction'),
    resume: fraction.describe('and resume when it is below this one'),
    reset_peak_after: optional(wholePositive).describe('flat sessions after which the peak is reset'),
    liquidate: fraction
      .nullable()
      .optional()
      .describe('everything is sold when the fall is above this deeper fraction; null: never'),
  }),
)
export type RawDrawdown = z.output<typeof drawdown>

const lifecycle = z
  .strictObject({
    exposure_max: fraction.default(0.5).describe('gross exposure of all sleeves, as a fraction of equity'),
    asset_max: fraction.default(0.2).describe('exposure to one instrument, all sleeves netted'),
    cash_min: fraction.default(0.3).describe('fraction of equity that is never put to work'),
    daily_loss_max: optional(fraction).default(0.02),
    positions_max: optional(wholePositive).default(10),
    size_min: notNegative.default(100).describe('smaller entries are not worth their costs, in money'),
  })
  .describe('refuses in the order of a lifecycle portfolio: daily loss, exposure, asset, smallest size, PAPER, places')

export const portfolioLimitsSchema = z
  .strictObject({
    positions_max: positionsMax,
    asset_class_weight_max: optional(fraction).describe('exposure to one asset class, as a fraction of equity'),
    position_weight_max: optional(fraction).describe(
      'exposure to one instrument, all sleeves netted, as a fraction of equity',
    ),
    drawdown,
    leverage_net_max: optional(positive).describe('long less short exposure over equity, either way'),
    exposure_max: optional(positive).describe('gross exposure as a fraction of equity'),
    sector_weight_max: optional(fraction).describe(
      'exposure to one sector, as a fraction of equity; instruments without one are a sector together',
    ),
    currency_weight_max: optional(fraction).describe('exposure to the instruments of one currency'),
    concentration: optional(
      z.strictObject({
        positions: wholePositive.default(5),
        weight_max: positive.describe('the largest positions together, as a fraction of equity'),
      }),
    ),
    cash_min: optional(fraction).describe('fraction of equity that is never put to work'),
    daily_loss_max: dailyLossMax,
    volatility,
    value_at_risk: optional(
      z.strictObject({
        limit: fraction.describe('loss of one day as a fraction of equity'),
        confidence: z.number().gt(0.5).lt(1).default(0.95),
        window: measuredOver,
      }),
    ).describe('no entry while it was above this at the last day’s end'),
    diversification: optional(
      z.strictObject({
        limit: z
          .number()
          .gte(1)
          .describe('volatilities of the sleeves by weight, over the volatility of the portfolio'),
        window: measuredOver,
      }),
    ).describe('no entry while the ratio was below this at the last day’s end'),
    correlation: optional(z.strictObject({ limit: fraction, window: measuredOver })).describe(
      'of two sleeves whose returns correlate above this, the one with the lower Sharpe ratio takes no entry',
    ),
    lifecycle: optional(lifecycle),
  })
  .prefault({})
export type RawPortfolioLimits = z.output<typeof portfolioLimitsSchema>

const stop = z.strictObject({
  required: z.boolean().default(false).describe('an entry that brings no stop or trail along is refused'),
  default: optional(fraction).describe('stop of an entry that brings none, as a fraction of its price'),
  max: optional(fraction).describe('wider stops are drawn in to this fraction of the entry price'),
})

const position = z.strictObject({
  weight_max: optional(positive).describe('largest position as a fraction of the equity that `of` names'),
  of: z.enum(['sleeve', 'portfolio']).default('sleeve'),
  notional_max: optional(positive).describe("largest position in the portfolio's currency"),
  size_min: optional(positive).describe("smallest entry in the portfolio's currency"),
  stop: optional(stop),
  volume: optional(
    z.strictObject({
      fraction: fraction.describe('largest position as a part of the mean volume of a bar'),
      bars: wholePositive.default(20),
    }),
  ),
})

export const sleeveLimitsSchema = z
  .strictObject({
    positions_max: positionsMax,
    position_weight_max: optional(fraction).describe("largest position as a fraction of the sleeve's equity"),
    weekend: optional(
      z.strictObject({
        size_factor: fraction.describe('factor on the size of entries on Saturday and Sunday UTC'),
        positions_max: z.int().gte(0).describe('positions that may be opened over one weekend'),
        day_loss_max: fraction.describe('no entry once the day has lost more than this fraction of the sleeve'),
      }),
    ),
    leverage_max: optional(positive).describe("gross exposure over the sleeve's equity"),
    exposure_max: optional(positive).describe("gross exposure as a fraction of the portfolio's equity"),
    drawdown,
    daily_loss_max: dailyLossMax,
    volatility,
    orders: optional(
      z.strictObject({ per_day: optional(wholePositive), per_minute: optional(wholePositive) }),
    ).describe('orders that the sleeve may send, exits included; an exit is never held back'),
    order_cap: optional(positive).describe(
      'largest position after an order, over the capital that the sleeve is allocated: 1.1 for a tenth more',
    ),
    position: optional(position),
  })
  .prefault({})
export type RawSleeveLimits = z.output<typeof sleeveLimitsSchema>

export const groupsSchema = z
  .record(
    z.string(),
    z.strictObject({
      sleeves: z.array(text).default([]).describe('ids of sleeves; left out: all of them'),
      instruments: z.array(text).default([]).describe('instruments; left out: all of them'),
      limits: z.strictObject({
        weight_max: optional(fraction).describe("equity of the group's sleeves as a fraction of the portfolio's"),
        exposure_max: optional(positive).describe(
          "exposure, netted between the group's sleeves, as a fraction of the portfolio's equity",
        ),
        positions_max: positionsMax,
      }),
    }),
  )
  .default({})
  .describe('sleeves or instruments under common limits')
export type RawGroups = z.output<typeof groupsSchema>
