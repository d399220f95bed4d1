import { z } from 'zod'
import { ASSET_CLASSES } from '../../../domain/instruments.ts'
import { notNegative, positive, text, wholePositive } from './terms.ts'

const DECLARED_KINDS = ['equity', 'etf', 'crypto', 'perpetual', 'future', 'fx', 'stream'] as const

/** The character of an instrument on the simulated market: what `demo` runs on. */
const simulation = z
  .strictObject({
    price: positive.describe('price before the first day'),
    volatility: positive.describe('annualised, as a fraction'),
    drift: z.number().default(0.06).describe('logarithmic growth per year, dividends included'),
    average_volume: positive.describe('units per day'),
    market_correlation: z.number().gte(-1).lte(1).default(0.5),
    family: text.optional().describe('instruments of one family share a second factor'),
    family_correlation: z.number().gte(0).lte(1).optional(),
    dividend_yield: notNegative.optional(),
    splits_per_year: notNegative.optional(),
    jumps_per_year: notNegative.optional(),
    selloffs_per_year: notNegative.optional(),
    bursts_per_year: notNegative.optional(),
    listed: text.optional().describe('first day of trading, YYYY-MM-DD'),
    ends: text.optional().describe('last day of trading, YYYY-MM-DD'),
    follows: text
      .optional()
      .describe('of a perpetual: the coin whose price it follows, where the portfolio trades that, too'),
    premium: z.number().gte(-0.1).lte(0.1).optional().describe('its mean premium over that; 0.0002 where left out'),
    premium_deviation: notNegative.lte(0.1).optional().describe('its standard deviation; 0.0006 where left out'),
  })
  .describe('its character on the simulated market')

export const instrumentSchema = z.strictObject({
  file: text.optional().describe('price file, relative to the data folder'),
  dividends: text.optional().describe('file of ex-dates and cash dividends, relative to the data folder'),
  prices: z
    .enum(['adjusted', 'raw'])
    .default('adjusted')
    .describe('`adjusted`: split-adjusted as vendors give them; `raw`: as traded, with a split column'),
  kind: z.enum(DECLARED_KINDS).default('equity'),
  name: text.optional(),
  symbol: text.optional().describe('ticker; the key where left out'),
  asset_class: z.enum(ASSET_CLASSES).optional(),
  sector: text.optional(),
  industry: text.optional(),
  currency: text.optional().describe("the portfolio's where left out; the right side of a currency pair"),
  calendar: z.enum(['nyse', 'continuous']).optional(),
  unit: positive.optional().describe('smallest amount that can exist, a power of ten: 0.000001 share, 0.00000001 BTC'),
  step: positive.optional().describe('smallest amount that is traded, in whole shares or coins'),
  round_lot: positive.optional().describe('orders are whole multiples of this, in whole shares or coins'),
  multiplier: positive.optional(),
  tick: positive.optional().describe('smallest price step; the usual one of its kind where left out'),
  shortable: z.boolean().optional(),
  borrow_rate: notNegative.optional().describe('what a short pays a year, as a fraction of what it owes: 0.01'),
  simulation: simulation.optional(),
  roll: z
    .discriminatedUnion('by', [
      z.strictObject({
        by: z.literal('days'),
        days: wholePositive.default(5).describe('trading days of a contract that are left when its chain leaves it'),
      }),
      z.strictObject({ by: z.literal('volume') }).describe('once the next contract trades more'),
    ])
    .optional()
    .describe('of a future: when it passes to its next contract; 5 days before the expiry where left out'),
  contracts: z
    .array(
      z.strictObject({
        file: text.describe('price file of one contract, relative to the data folder'),
        expiry: text.describe('its last day of trading, YYYY-MM-DD'),
        symbol: text.optional().describe('such as ESH24; made of key and expiry where left out'),
      }),
    )
    .min(1)
    .optional()
    .describe('of a future: its contracts, in the order of their expiries'),
  synthetic: z
    .strictObject({
      from: text.describe('the instrument whose prices they follow'),
      seed: z.int().nonnegative(),
      scale: positive.default(1).describe('points of the future for one of the instrument: 10 for ES from SPY'),
      carry: z.number().gte(-1).lte(1).default(0.02).describe('mean cost of carry a year, as a fraction'),
      noise: z.number().gte(0).lte(0.5).default(0.005).describe('standard deviation of it'),
    })
    .optional()
    .describe('of a future: quarterly contracts that are generated, and marked so'),
})
export type RawInstrument = z.output<typeof instrumentSchema>
export type RawSimulation = z.output<typeof simulation>

const volatility = z
  .discriminatedUnion('from', [
    z.strictObject({
      from: z.literal('index'),
      file: text.describe('closes of a volatility index in percent points, relative to the data folder'),
    }),
    z.strictObject({
      from: z.literal('ratio'),
      to: text.describe('the underlying whose volatility index is taken, times the ratio of their 60-day volatilities'),
    }),
    z.strictObject({
      from: z.literal('series'),
      file: text.describe('at-the-money implied volatilities as fractions by date, relative to the data folder'),
      column: text,
      factor: positive.default(1.1).describe('where the series has no value: factor on 60-day realised volatility'),
    }),
    z.strictObject({
      from: z.literal('realised'),
      factor: positive.default(1.1).describe('factor on 60-day realised volatility'),
    }),
  ])
  .describe('where the at-the-money implied volatility comes from')

export const optionsSchema = z
  .strictObject({
    rate: z.number().default(0.03).describe('interest rate per year'),
    skew: z.number().default(0.15).describe('volatility that a put gains per unit of |delta| below 0.5'),
    half_spread: notNegative.default(0.02).describe('half of the quoted spread as a fraction of the mid price'),
    half_spread_min: notNegative.default(0.02).describe('half of the quoted spread at least, in money'),
    days_max: wholePositive.default(90).describe('expiries are listed up to this many days out'),
    pin_band: notNegative
      .lt(0.1)
      .default(0)
      .describe('contracts sold that expire out of the money within this fraction of their strike are assigned too'),
    strikes: z
      .array(z.strictObject({ below: positive.nullable(), step: positive }))
      .min(1)
      .default([
        { below: 100, step: 1 },
        { below: 250, step: 2.5 },
        { below: null, step: 5 },
      ])
      .describe('distance of strikes by price level'),
    recorded: z
      .array(text)
      .default([])
      .describe('files of recorded option chains, relative to the data folder: used on the days that they hold'),
    underlyings: z.record(
      z.string(),
      z.strictObject({
        expiries: z.enum(['weekly', 'monthly']).default('monthly').describe('every Friday, or third Fridays'),
        style: z
          .enum(['american', 'european'])
          .default('american')
          .describe('american: exercised on any day, into shares; european: at expiry only, in cash, as on indices'),
        volatility,
      }),
    ),
  })
  .describe('how option chains are priced where no recorded chain exists')
export type RawOptions = z.output<typeof optionsSchema>
