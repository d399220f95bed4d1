import { z } from 'zod'

/** Words that several parts of a portfolio file use. Fractions are of 1; keys are snake_case; unknown keys are errors. */

export const fraction = z.number().gt(0).lte(1)
export const fractionOrZero = z.number().gte(0).lte(1)
export const positive = z.number().gt(0)
export const notNegative = z.number().gte(0)
export const wholePositive = z.int().gte(1)
export const text = z.string().min(1)
export const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'must be small letters, digits and _ and begin with a letter')
export const range = z.tuple([z.number(), z.number()]).describe('lowest and highest, as a list of two')
