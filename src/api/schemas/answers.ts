/** Schemas of what every answer has in common. Each is checked against the contract where it is compiled. */
import { z } from 'zod'
import type { Dated, Page, Problem, ProblemDetail } from '../contract/answers.ts'

/** Decimal text, never a float. */
export const amount = z.string().describe('decimal text, such as -1506650.12')
export const instant = z.string().describe('ISO 8601 in UTC')
export const day = z.string().describe('trade date, YYYY-MM-DD')
export const figure = z.number().nullable()

export const problemDetail = z.object({ at: z.string(), text: z.string() }).meta({ id: 'ProblemDetail' })
problemDetail satisfies z.ZodType<ProblemDetail>

export const problem = z
  .object({
    status: z.int(),
    code: z.enum([
      'invalid',
      'sign_in_needed',
      'sign_in_wrong',
      'role_needed',
      'step_up_needed',
      'confirm_needed',
      'origin_refused',
      'host_unknown',
      'not_found',
      'method_unknown',
      'stale',
      'id_reused',
      'too_large',
      'type_unknown',
      'throttled',
      'unavailable',
      'failed',
    ]),
    title: z.string(),
    requestId: z.string(),
    details: z.array(problemDetail).exactOptional(),
    retryAfter: z.number().exactOptional(),
    conflict: z.object({ seen: z.number(), changedAt: z.number(), what: z.string(), now: z.unknown() }).exactOptional(),
  })
  .meta({ id: 'Problem' })
problem satisfies z.ZodType<Problem>

export function dated<T extends z.ZodType>(data: T) {
  return z.object({
    asOf: instant.nullable(),
    seq: z.int(),
    every: z.number().nullable(),
    late: z.array(z.string()),
    data,
  })
}

export function page<T extends z.ZodType>(row: T) {
  return z.object({ rows: z.array(row), total: z.int().nullable(), next: z.string().nullable() })
}
dated(page(z.string())) satisfies z.ZodType<Dated<Page<string>>>

/** Names in paths: printable, and no part of a path. */
export const portfolioName = z.string().min(1).max(120).describe('name of the portfolio')
export const sleeveName = z.string().min(1).max(120)
export const commandId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .describe('random, such as a UUID: the same id is done once')
export const limit = (most: number, standard: number) => z.coerce.number().int().min(1).max(most).default(standard)
/** A moment or a trade date, as a query names it. */
export const when = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/)
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is no date')
  .describe('YYYY-MM-DD, or a moment of UTC')
