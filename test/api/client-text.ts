/** The operations of the client as a module: a function for each, in the types of the contract. */
import type { ApiDocument, Operation, Schema } from './document.ts'

const ENVELOPES: readonly (readonly [name: string, properties: string, of: string])[] = [
  ['Dated', 'asOf data every late seq', 'data'],
  ['Page', 'next rows total', 'rows'],
  ['Analysis', 'asOf data seq why', 'data'],
]

export function operationsText({ paths }: ApiDocument, contract: ReadonlyMap<string, string>): string {
  const used = new Set<string>()
  const lines = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      operationText(path, method, operation, typesIn(used, contract)),
    ),
  )
  const files = new Map<string, string[]>()
  for (const name of [...used].sort()) files.set(contract.get(name)!, [...(files.get(contract.get(name)!) ?? []), name])
  const imports = [...files]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([file, names]) => `import type { ${names.join(', ')} } from '../contract/${file}'`)
  return `${HEAD}\n${imports.join('\n')}\n${SHAPES}
export function operations(ask: Ask) {
  const part = encodeURIComponent
  return {
${lines.join('\n')}
  }
}
`
}

const HEAD = '/* Made by `npm run openapi` from the document of the API. */'
const SHAPES = `
export type Ask = <Answer>(
  method: string,
  path: string,
  more?: { readonly query?: Readonly<Record<string, unknown>>; readonly body?: unknown },
) => Promise<Answer>

export type Operations = ReturnType<typeof operations>
`

type TypeOf = (schema: Schema) => string

function operationText(path: string, method: string, operation: Operation, typeOf: TypeOf): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation
  const inPath = parameters.filter((one) => one.in === 'path')
  const inQuery = parameters.filter((one) => one.in === 'query')
  const body = requestBody === undefined ? null : Object.values(requestBody.content)[0]!.schema
  const isDemanded = inQuery.some(({ required }) => required === true)
  const fields = inQuery.map(
    ({ name, required, schema }) => `readonly ${name}${required === true ? '' : '?'}: ${typeOf(schema)}`,
  )
  const given = [
    ...inPath.map(({ name }) => `${name}: string | number`),
    ...(body === null ? [] : [`body: ${typeOf(body)}`]),
    ...(inQuery.length === 0 ? [] : [`query: { ${fields.join('; ')} }${isDemanded ? '' : ' = {}'}`]),
  ]
  const more = [...(body === null ? [] : ['body']), ...(inQuery.length === 0 ? [] : ['query'])]
  const answer = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1].content
  const type = answer === undefined ? 'Blob' : typeOf(Object.values(answer)[0]!.schema)
  const address = `\`${path.replace(/\{(\w+)\}/g, (_, name: string) => `\${part(${name})}`)}\``
  const rest = more.length === 0 ? '' : `, { ${more.join(', ')} }`
  return `    /** ${summary}. */\n    ${operationId}: (${given.join(', ')}) => ask<${type}>('${method.toUpperCase()}', ${address}${rest}),`
}

function typesIn(used: Set<string>, contract: ReadonlyMap<string, string>): TypeOf {
  const named = (name: string): string => {
    used.add(name)
    return name
  }
  const typeOf: TypeOf = (schema) => {
    const { $ref, properties, anyOf, oneOf, items, type } = schema
    const view = schema['x-view']
    if (view !== undefined && contract.has(view)) return named(view)
    if ($ref !== undefined) {
      const name = $ref.split('/').at(-1)!
      return contract.has(name) ? named(name) : 'unknown'
    }
    if (schema.const !== undefined) return literal(schema.const)
    if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
    const parts = anyOf ?? oneOf
    if (parts !== undefined) return [...new Set(parts.map(typeOf))].join(' | ')
    if (Array.isArray(type)) return type.map((one) => typeOf({ type: one as string })).join(' | ')
    if (properties !== undefined) return objectType(schema, typeOf, named)
    if (type === 'array') return `readonly (${items === undefined ? 'unknown' : typeOf(items)})[]`
    if (type === 'object') return 'Readonly<Record<string, unknown>>'
    return (
      { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' }[type as string] ??
      'unknown'
    )
  }
  return typeOf
}

function objectType(
  { properties = {}, required = [] }: Schema,
  typeOf: TypeOf,
  named: (name: string) => string,
): string {
  const names = Object.keys(properties).sort().join(' ')
  const envelope = ENVELOPES.find(([, own]) => own === names)
  if (envelope !== undefined) {
    const [name, , of] = envelope
    const inner = of === 'rows' ? properties[of]!.items! : properties[of]!
    return `${named(name)}<${typeOf(inner)}>`
  }
  const fields = Object.entries(properties).map(([name, part]) => {
    return `readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(part)}`
  })
  return `{ ${fields.join('; ')} }`
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}
