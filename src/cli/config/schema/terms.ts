import { z } from 'zod'

/** Words that several parts of a portfolio file use. Fractions are of 1; keys are snake_case; unknown keys are errors. */

export const fraction = z.number().gt(0).lte(1)
export const fractionOrZero = z.number().gte(0).lte(1)
export const positive = z.number().gt(0)
export const notNegative = z.number().gte(0)
export const wholePositive = z.int().gte(1)
/** No portfolio holds more than this many times what it has. */
const WEIGHT_MAX = 1000
export const weight = z.number().gte(0).lte(WEIGHT_MAX)
export const leverage = z.number().gte(1).lte(WEIGHT_MAX)
/** Days that something is measured over; every one of them is kept, and no history is longer. */
const DAYS_MAX = 100_000
export const windowDays = z.int().gte(2).lte(DAYS_MAX)
export const text = z.string().min(1)
export const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'must be small letters, digits and _ and begin with a letter')
export const range = z.tuple([z.number(), z.number()]).describe('lowest and highest, as a list of two')
