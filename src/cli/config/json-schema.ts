import { z } from 'zod'
import { STRATEGIES } from '../../pipeline/strategies/registry.ts'
import { instrumentSchema } from './schema/instruments.ts'
import { portfolioSchema } from './schema/portfolio.ts'
import { sleeveSchema } from './schema/sleeve.ts'
import { parametersSchema } from './strategies.ts'

type JsonSchema = Record<string, unknown>

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return rest
}

/**
 * JSON Schema (2020-12) of portfolio files, from the same schemas that check them: editors complete keys, show what they
 * mean and mark mistakes. A sleeve's parameters are those of the strategy that it names.
 */
export function portfolioJsonSchema(): JsonSchema {
  const sleeve = jsonSchemaOf(sleeveSchema)
  const byStrategy = STRATEGIES.map((strategy) =>
    // entries, because an object with a `then` would look like a promise
    Object.fromEntries([
      ['if', { properties: { strategy: { const: strategy.name } }, required: ['strategy'] }],
      // oxlint-disable-next-line unicorn/no-thenable
      ['then', { properties: { parameters: jsonSchemaOf(parametersSchema(strategy.parameters)) } }],
    ]),
  )
  const portfolio = jsonSchemaOf(portfolioSchema)
  const properties = portfolio['properties'] as JsonSchema
  const reference = {
    type: 'object',
    required: ['use'],
    properties: { use: { type: 'string', description: 'a file that holds the sleeve' } },
    description: 'a sleeve kept in a file of its own; other keys replace those of the file',
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Polyfolio portfolio',
    ...portfolio,
    properties: {
      ...properties,
      instruments: { type: 'object', additionalProperties: { $ref: '#/$defs/instrument' } },
      sleeves: {
        type: 'array',
        minItems: 1,
        items: {
          anyOf: [
            { type: 'string', description: 'a file that holds the sleeve' },
            reference,
            { $ref: '#/$defs/sleeve' },
          ],
        },
      },
    },
    $defs: { sleeve: { ...sleeve, allOf: byStrategy }, instrument: jsonSchemaOf(instrumentSchema) },
  }
}
