import { z } from 'zod'
import { text, weight } from './terms.ts'

const part = z.strictObject({
  weight: weight.describe('part of the portfolio that the policy gives the sleeve'),
  benchmark: text
    .nullable()
    .default(null)
    .describe('the instrument that the part would be invested in; left out, the sleeve itself'),
})

export const policySchema = z
  .record(z.string(), part)
  .describe('what the result is judged against, by sleeve; the weights of the sleeves where left out')
export type RawPolicy = z.output<typeof policySchema>
