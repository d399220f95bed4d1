/** Schemas of what all analyses have in common. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type { Line } from '../../contract/analysis.ts'
import { figure } from '../answers.ts'
import { same } from './same.ts'

export function panel<T extends z.ZodType>(t: T) {
  return z.union([z.object({ data: t, why: z.literal('') }), z.object({ data: z.null(), why: z.string() })])
}

export const line = same<Line>()(
  z
    .object({ name: z.string(), title: z.string(), days: z.array(z.string()), values: z.array(figure) })
    .meta({ id: 'Line' }),
)
