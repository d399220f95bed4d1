import { z } from 'zod'
import { LIFECYCLE_STAGES } from '../../../domain/allocation.ts'
import { fraction, fractionOrZero, notNegative, positive, wholePositive, windowDays } from './terms.ts'

const window = (days: number) => windowDays.default(days).describe('portfolio days of scored returns')

const byStage = z.partialRecord(z.enum(LIFECYCLE_STAGES), fractionOrZero.nullable())

const lifecycle = z.strictObject({
  stages: z.record(z.string(), z.enum(LIFECYCLE_STAGES)).describe('the stage with which each sleeve begins'),
  base: byStage.default({}).describe('most that one sleeve of a stage may have; null: no cap'),
  total: byStage.default({}).describe('most that all sleeves of a stage may have together; null: no cap'),
  changes: z
    .enum(['proposed', 'applied'])
    .default('proposed')
    .describe('whether a change of stage waits for an operator'),
  validated_drawdown: z
    .record(z.string(), fraction)
    .default({})
    .describe('deepest fall that validation showed, per sleeve: a fall well beyond it is decay'),
  promotion: z
    .strictObject({
      validation_trades: wholePositive.default(30),
      validation_probability: fraction.default(0.9).describe('that the Sharpe ratio is above 0 (PSR)'),
      mature_trades: wholePositive.default(100),
      mature_days: wholePositive.default(90),
      mature_probability: fraction.default(0.95).describe('of the deflated Sharpe ratio (DSR)'),
      trials: wholePositive.default(1).describe('alternatives that the strategy was chosen from'),
      trials_deviation: notNegative.nullable().default(null).describe('of the Sharpe ratios per day of those'),
    })
    .prefault({}),
  decay: z
    .strictObject({
      days: windowDays.default(60),
      sharpe: z.number().default(0).describe('per day'),
      drawdown_multiple: positive.default(1.5).describe('of the validated drawdown'),
      paper_after: wholePositive.default(60).describe('days of decay'),
    })
    .prefault({}),
})

/** What acts on the weights, in the order in which it acts. */
export const overlaysSchema = z.strictObject({
  lifecycle: lifecycle.nullable().default(null).describe('what a sleeve may have by how far it has proved itself'),
  correlation_bench: z
    .strictObject({
      threshold: fraction.default(0.7),
      days: wholePositive.default(30).describe('in a row, for going and for coming back'),
      window: window(90),
    })
    .nullable()
    .default(null)
    .describe('of two sleeves that move together for long, the one with the lower Sharpe ratio sits out'),
  correlation_reduction: z
    .strictObject({ threshold: fraction.default(0.7), window: window(90) })
    .nullable()
    .default(null)
    .describe('both weights x threshold / correlation while two sleeves move together'),
  month_ladder: z
    .strictObject({
      half_at: fraction.default(0.15).describe('fall since the month began after which entries have half their size'),
      zero_at: fraction.default(0.25).describe('fall after which there are none, until the sleeve has recovered'),
      sharpe_release: z.number().default(0.5).describe('annual, over the window: above it a sleeve has recovered'),
      window: window(90),
    })
    .nullable()
    .default(null),
  volatility_target: z
    .strictObject({
      target: positive.describe('annual volatility of the portfolio that the weights may promise'),
      window: window(60),
      band: fractionOrZero.default(0.1).describe('smaller changes of the scale are left out, as a fraction of it'),
      scale_max: positive.default(1).describe('above 1 only where the portfolio states a leverage'),
    })
    .nullable()
    .default(null),
  correlation_spike: z
    .strictObject({
      halt: fraction.default(0.8).describe('mean correlation of all pairs above which nobody enters'),
      resume: fraction.default(0.7),
      window: window(20),
    })
    .nullable()
    .default(null),
})
export type RawOverlays = z.output<typeof overlaysSchema>
