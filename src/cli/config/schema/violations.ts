import { z } from 'zod'
import { REACTIONS, SEVERITIES, VIOLATION_KINDS } from '../../../domain/violations.ts'
import { fraction, notNegative, wholePositive } from './terms.ts'

/* What happens when a limit is exceeded while positions are held. */

const action = z.enum(REACTIONS)

const rule = z.strictObject({
  severity: z.enum(SEVERITIES).optional(),
  action: action.optional().describe('what is done, whatever the severity asks for'),
  recovery: notNegative.optional().describe('the violation is over beyond this, in the unit of the limit'),
  reentry: z.boolean().optional().describe('false: after it entries have their full size at once'),
})

const reentry = z.strictObject({
  steps: z.array(fraction).min(1).default([0.25, 0.5, 0.75, 1]).describe('factors on the size of entries, rising'),
  sessions_per_step: wholePositive.default(5).describe('sessions without a new breach before the next step'),
})

export const violationsSchema = z
  .strictObject({
    actions: z
      .partialRecord(z.enum(SEVERITIES), action)
      .default({})
      .describe('severity -> what is done: halts, reductions, pauses and trims where left out'),
    rules: z.partialRecord(z.enum(VIOLATION_KINDS), rule).default({}).describe('one rule -> what is said of it alone'),
    reentry: reentry.nullable().prefault({}).describe('how entries return after a halt; null: at once'),
    correlation: z
      .strictObject({
        level: fraction.default(0.7).describe('two sleeves that correlate above this are worth an alert'),
        move: z.number().gt(0).lte(2).default(0.3).describe('a correlation that moved by more is a new regime'),
        days: wholePositive.default(30).describe('portfolio days over which it moved'),
      })
      .prefault({}),
  })
  .describe('with this block sizes are watched while they are held, not only before a trade')
export type RawViolations = z.output<typeof violationsSchema>
