/** Schemas of the violations of a report. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type { ResolutionView, ReviewView, SleeveReviewView, ViolationView } from '../../contract/violations.ts'
import { same } from './same.ts'

const resolutionView = same<ResolutionView>()(
  z.object({ how: z.string(), value: z.number().nullable(), note: z.string() }).meta({ id: 'ResolutionView' }),
)
const sleeveReviewView = same<SleeveReviewView>()(
  z
    .object({ sleeve: z.string(), profit: z.number(), share: z.number(), trades: z.number(), violations: z.number() })
    .meta({ id: 'SleeveReviewView' }),
)
const reviewView = same<ReviewView>()(
  z
    .object({
      since: z.string(),
      drawdown: z.number(),
      sleeves: z.array(sleeveReviewView),
      proposal: z.object({ action: z.string(), subject: z.string(), reason: z.string() }),
    })
    .meta({ id: 'ReviewView' }),
)
export const violationView = same<ViolationView>()(
  z
    .object({
      id: z.number(),
      at: z.string(),
      severity: z.string(),
      rule: z.string(),
      about: z.string(),
      subject: z.string(),
      value: z.number().nullable(),
      limit: z.number().nullable(),
      action: z.string(),
      resolvedAt: z.string().nullable(),
      resolution: resolutionView.nullable(),
      review: reviewView.nullable(),
      reviewed: z.boolean(),
      parameters: z.object({ before: z.unknown(), after: z.unknown() }).nullable(),
    })
    .meta({ id: 'ViolationView' }),
)
