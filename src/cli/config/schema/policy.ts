import { z } from 'zod'
import { text } from './terms.ts'

const part = z.strictObject({
  weight: z.number().gte(0).describe('part of the portfolio that the policy gives the sleeve'),
  benchmark: text
    .nullable()
    .default(null)
    .describe('the instrument that the part would be invested in; left out, the sleeve itself'),
})

export const policySchema = z
  .record(z.string(), part)
  .describe('what the result is judged against, by sleeve; the weights of the sleeves where left out')
export type RawPolicy = z.output<typeof policySchema>
