import { z } from 'zod'
import { MARKET_REGIMES } from '../../../domain/regimes.ts'
import { TIMEFRAMES } from '../../../domain/timeframes.ts'
import { sleeveLimitsSchema } from './limits.ts'
import { startsSchema } from './money-moves.ts'
import { universeBelowSchema } from './routing.ts'
import {
  fraction,
  fractionOrZero,
  identifier,
  notNegative,
  positive,
  range,
  text,
  weight,
  wholePositive,
} from './terms.ts'
import { universeRulesSchema } from './universe.ts'

const sizing = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('notional'),
      amount: positive.describe("a fixed amount of the instrument's currency per entry, floored to the step"),
    }),
    z.strictObject({
      kind: z.literal('percent'),
      fraction: fraction.describe('fraction of equity per entry'),
      of: z.enum(['sleeve', 'portfolio']).default('sleeve'),
    }),
    z.strictObject({ kind: z.literal('quantity'), quantity: positive.describe('whole shares, contracts or coins') }),
    z.strictObject({
      kind: z.literal('maximum_loss'),
      budget: positive.describe('structures: the largest loss per trade in money'),
      contracts_max: wholePositive,
    }),
  ])
  .describe('how a wish to enter becomes a quantity')

const expected = z
  .strictObject({
    sharpe: range.nullable().default(null),
    win_rate: z.tuple([fractionOrZero, fractionOrZero]).nullable().default(null),
    trades_per_month: z.tuple([notNegative, notNegative]).nullable().default(null),
  })
  .describe('what the author expects; reports show it beside what happened')

const returns = z
  .strictObject({
    file: text.describe('CSV or Parquet relative to the data folder: a column of dates and one of returns per series'),
    column: text.describe('the column whose returns the sleeve earns'),
    simulation: z
      .strictObject({
        volatility: positive.describe('annualised, as a fraction'),
        drift: z.number().default(0.06).describe('logarithmic growth per year'),
        market_correlation: z.number().gte(-1).lte(1).default(0.2),
      })
      .optional()
      .describe('its character on the simulated market'),
  })
  .describe('where a recorded stream of returns comes from')

export const sleeveSchema = z.strictObject({
  id: identifier.describe('short name: used in files and tables'),
  kind: z
    .enum(['trading', 'return_stream'])
    .default('trading')
    .describe('`return_stream`: holds recorded returns, as of an outside manager or an account elsewhere'),
  returns: returns.optional(),
  title: text.optional().describe('name for the reader; the id where left out'),
  weight: weight
    .optional()
    .describe(
      "part of the portfolio's capital, as a fraction of 1; may be left out of all sleeves where an allocation deals the capital",
    ),
  capital_in: z
    .record(z.string(), fraction)
    .optional()
    .describe('parts of the capital that are changed into other currencies at the first rate known, such as EUR: 0.4'),
  strategy: text
    .nullable()
    .default(null)
    .describe('a built-in strategy, or a file such as ./my-strategy.ts; without one the sleeve only holds cash'),
  parameters: z.record(z.string(), z.unknown()).default({}).describe("the strategy's own settings; defaults otherwise"),
  timeframe: z.enum(TIMEFRAMES).default('1d').describe('length of the bars that the sleeve decides on'),
  watch: z
    .enum(TIMEFRAMES)
    .optional()
    .describe('shorter bars on which it does not decide, but on which prices, stops, targets and limits are judged'),
  periods: wholePositive
    .optional()
    .describe(
      'bars in a year, for annualising: of days 252 on an exchange and 365 round the clock, of hours 1638 and 8760',
    ),
  universe: z.array(text).default([]).describe('instruments in order of preference'),
  universe_below: universeBelowSchema.optional(),
  universe_below_25000: z
    .array(text)
    .min(1)
    .optional()
    .describe('what it trades instead while the account is below 25,000, such as [SPY, QQQ] for futures'),
  universe_file: text
    .optional()
    .describe('instead of `universe`: a file of symbols, one a line (.txt), in a column (.csv) or as a list (.yaml)'),
  universe_history: text
    .optional()
    .describe('a file of who was in and who was out from which day on, as `polyfolio screen --write` keeps it'),
  regimes: z
    .array(z.enum(MARKET_REGIMES))
    .min(1)
    .optional()
    .describe(
      'states of an instrument, judged at each close of the portfolio, in which entries are made; exits always',
    ),
  universe_rules: universeRulesSchema,
  sizing: sizing
    .optional()
    .describe('what an entry is worth; not needed, and not read, where the strategy divides the capital itself'),
  limits: sleeveLimitsSchema,
  status: z.enum(['active', 'paused']).default('active'),
  starts: startsSchema.optional(),
  on_fault: z
    .enum(['hold', 'flatten'])
    .default('hold')
    .describe('what happens to open positions when the strategy fails'),
  isolation: z
    .enum(['none', 'worker'])
    .default('none')
    .describe(
      '`worker`: the strategy decides in a thread of its own, within a budget; a hang or crash pauses this sleeve alone',
    ),
  budget: z
    .strictObject({
      milliseconds: z
        .int()
        .gte(50)
        .lte(600_000)
        .default(5_000)
        .describe('of the processor for one decision; a strategy that sleeps is stopped after twelve times that'),
      megabytes: z.int().gte(64).lte(16_384).default(256).describe('of the heap of its thread'),
    })
    .optional()
    .describe('what an isolated strategy may use'),
  expected: expected.nullable().default(null),
  notes: text.optional(),
})

export type RawSleeve = z.output<typeof sleeveSchema>
