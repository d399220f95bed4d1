import { z } from 'zod'
import { INSTRUMENT_KINDS } from '../../../domain/instruments.ts'
import { fraction, fractionOrZero, notNegative, text } from './terms.ts'

const kinds = z.enum(INSTRUMENT_KINDS)
/** Half of a spread never is the whole price. */
const halfSpread = z.number().gte(0).lt(1)
/** No request is on its way for longer than an hour. */
const LATENCY_MS_MAX = 3_600_000

export const paperSchema = z
  .strictObject({
    fills: z
      .enum(['strict', 'backtest'])
      .default('strict')
      .describe('strict: every part below makes fills worse or fewer; backtest: orders fill as in a backtest'),
    half_spread: z
      .partialRecord(kinds, halfSpread)
      .optional()
      .describe('half of the spread by kind, as a fraction of price, where nobody quotes; limits must cross it, too'),
    participation: fraction.optional().describe("largest part of a bar's volume one order may take; a tenth"),
    commission: z
      .partialRecord(kinds, text)
      .optional()
      .describe('a named schedule for each kind whose "costs" name none'),
    latency: z
      .int()
      .gte(0)
      .lte(LATENCY_MS_MAX)
      .optional()
      .describe('milliseconds from sending to the market, of orders and cancels; 250'),
    borrow: z
      .strictObject({
        rate: notNegative.optional().describe('what shares held short cost a year where no record says it; 0.03'),
        unavailable: z.array(text).default([]).describe('instruments that nobody lends'),
      })
      .optional(),
    pin_band: fractionOrZero
      .optional()
      .describe('contracts sold that expire this near to their strike are assigned; 0.005'),
    order_minimum: z
      .partialRecord(kinds, notNegative)
      .optional()
      .describe('smallest value of an order that opens, by kind'),
    broker: text.nullable().optional().describe('the broker whose capabilities it takes on, such as alpaca'),
  })
  .describe('how much stricter than bars alone orders on paper are filled')
export type RawPaper = z.output<typeof paperSchema>
