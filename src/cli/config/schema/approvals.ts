import { z } from 'zod'
import { LIFECYCLE_STAGES } from '../../../domain/allocation.ts'
import { positive, text, wholePositive } from './terms.ts'

/* Entries that an operator is asked about before they are sent. */

/** A question that is older than this is nobody's any more: wishes that wait at all lapse after ten days. */
const MINUTES_MAX = 14_400
const BARS_MAX = 10_000

const expiresAfter = z
  .union(
    [z.strictObject({ bars: wholePositive.max(BARS_MAX) }), z.strictObject({ minutes: positive.max(MINUTES_MAX) })],
    { error: 'must be a block with "bars" or "minutes"' },
  )
  .default({ bars: 1 })
  .describe("how long an answer is waited for, in minutes or bars of the sleeve's clock; silence rejects")

export const approvalsSchema = z
  .strictObject({
    all: z.boolean().default(false).describe('every entry'),
    above: positive.optional().describe('entries worth more than this, in the currency of the portfolio'),
    stages: z.array(z.enum(LIFECYCLE_STAGES)).default([]).describe('entries of sleeves in these lifecycle stages'),
    sleeves: z.array(text).default([]).describe('entries of these sleeves'),
    expires_after: expiresAfter,
  })
  .describe('entries that an operator is asked about in paper and live trading; exits never wait')
