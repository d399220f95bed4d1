/** The document of the API, made from the schemas that requests are held against. */
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'

const DESCRIPTION =
  'Amounts are decimal text, fractions are fractions, instants are ISO 8601 in UTC. Every refusal is a Problem. ' +
  'Changes from a page need its session and the header x-polyfolio-csrf; programs send Authorization: Bearer.'

export async function addDocument(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Polyfolio', version, description: DESCRIPTION },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: '__Host-polyfolio' },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }, { token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => documentOf(app))
}

/** The document as it is published: one schema for each name, and no bounds that only say what a number is. */
export function documentOf(app: FastifyInstance): unknown {
  return tidied(app.swagger())
}

/** A schema that goes in is the same as one that comes out: those that go in allow nothing beside what they name. */
const INPUT = /^(.*\/components\/schemas\/\w+)Input$/
const DESCRIPTIONS: Readonly<Record<string, string>> = { default: 'Refused', '503': 'Not ready' }
const ANSWER = 'Default Response'

function tidied(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => tidied(item))
  if (value === null || typeof value !== 'object') {
    return key === '$ref' && typeof value === 'string' ? value.replace(INPUT, '$1') : value
  }
  const entries = Object.entries(value).filter(([name, part]) => {
    if (key === 'schemas' && name.endsWith('Input')) return false
    return !(Math.abs(part as number) === Number.MAX_SAFE_INTEGER || name === 'propertyNames')
  })
  return Object.fromEntries(
    entries.map(([name, part]) => {
      const own = tidied(part, name)
      if (key !== 'responses') return [name, own]
      const answer = own as { readonly description?: string }
      return [
        name,
        answer.description === ANSWER ? { ...answer, description: DESCRIPTIONS[name] ?? 'Answered' } : answer,
      ]
    }),
  )
}
