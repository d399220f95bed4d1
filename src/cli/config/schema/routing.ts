import { z } from 'zod'
import { CAPABILITIES, ROUTE_CLASSES } from '../../../domain/routing.ts'
import { positive, text } from './terms.ts'

const capabilities = z.array(z.enum(CAPABILITIES))
const table = z.partialRecord(z.enum(ROUTE_CLASSES), z.array(text))

/** Which broker trades what: below the threshold two brokers are enough, above it futures and forex have one. */
export const routingSchema = z
  .strictObject({
    threshold: positive.default(25_000).describe('portfolio equity from which the upper table holds'),
    downgrade_below: positive.optional().describe('equity below which the lower one holds again; nine tenths of it'),
    brokers: z
      .record(z.string(), capabilities)
      .default({
        alpaca: ['short', 'fractional', 'structure'],
        ibkr: ['short', 'fractional', 'structure'],
        ccxt: ['short', 'fractional'],
      })
      .describe('every broker, and what it can do'),
    lower: table
      .default({ equity: ['alpaca'], option: ['alpaca'], crypto: ['ccxt'] })
      .describe('brokers of a small account by class of instrument, the preferred one first'),
    upper: table
      .default({ equity: ['alpaca'], option: ['alpaca'], future: ['ibkr'], forex: ['ibkr'], crypto: ['ccxt'] })
      .describe('brokers of a larger one'),
  })
  .describe('which broker trades what, by the size of the account; measured at the portfolio day’s close')
export type RawRouting = z.output<typeof routingSchema>

/** What a sleeve trades while the account is too small for its own universe. */
export const universeBelowSchema = z
  .strictObject({
    below: positive.describe('the threshold of the routing'),
    universe: z.array(text).min(1).describe('instruments in order of preference'),
  })
  .describe('what it trades instead while the account is too small for its universe')
