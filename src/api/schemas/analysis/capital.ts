/** Schemas of the capital of a report. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type { CapitalDayView, CapitalFigures, CapitalRecordView } from '../../contract/capital.ts'
import { same } from './same.ts'

const capitalDayView = same<CapitalDayView>()(
  z
    .object({
      tradeDate: z.string().nullable(),
      computed: z.boolean(),
      weights: z.array(z.number()),
      factors: z.array(z.number()),
    })
    .meta({ id: 'CapitalDayView' }),
)
const capitalRecordView = same<CapitalRecordView>()(
  z
    .object({
      at: z.string(),
      tradeDate: z.string(),
      cause: z.string(),
      sleeve: z.string().nullable(),
      before: z.number().nullable(),
      after: z.number().nullable(),
      moved: z.number(),
      reason: z.string(),
    })
    .meta({ id: 'CapitalRecordView' }),
)
export const capitalFigures = same<CapitalFigures>()(
  z
    .object({
      method: z.string().nullable(),
      names: z.array(z.string()),
      days: z.array(capitalDayView),
      records: z.array(capitalRecordView),
      closeness: z.array(z.object({ left: z.string(), right: z.string(), runDays: z.number() })),
      stages: z.array(z.object({ sleeve: z.string(), stage: z.string(), proposed: z.string().nullable() })),
    })
    .meta({ id: 'CapitalFigures' }),
)
