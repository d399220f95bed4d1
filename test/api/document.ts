/** The document of the API, and what is made from it: the reference, and the operations of the client. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { addDocument, documentOf } from '../../src/api/document.ts'
import type { Gate } from '../../src/api/gate.ts'
import { addEndpoints } from '../../src/api/routes/all.ts'
import type { Context } from '../../src/api/routes/context.ts'
import { packageVersion } from '../../src/cli/package-root.ts'
import { operationsText } from './client-text.ts'

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly additionalProperties?: Schema | boolean
  readonly description?: string
  readonly 'x-view'?: string
}

export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema: Schema
    readonly description?: string
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
  readonly 'x-role': string
  readonly 'x-step-up'?: boolean
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** Whatever is asked of it, there is something: routes are built, and never run. */
const ANYTHING: unknown = new Proxy(function anything() {}, { get: () => ANYTHING, apply: () => ANYTHING })

/** With every route that there may be. */
export async function apiDocument(): Promise<ApiDocument> {
  const app = fastify() as unknown as FastifyInstance
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await addDocument(app, packageVersion())
  addEndpoints(app, ANYTHING as Context, ANYTHING as Gate)
  await app.ready()
  const document = JSON.parse(JSON.stringify(documentOf(app))) as ApiDocument
  await app.close()
  return document
}

const ROLES: Readonly<Record<string, string>> = { anyone: 'anyone', local: 'anyone here, viewer elsewhere' }

/** `docs/api.md` below its mark. */
export function referenceText({ paths }: ApiDocument): string {
  const byTag = new Map<string, string[]>()
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods)) {
      const [tag = ''] = operation.tags
      const role = operation['x-role']
      const proof = operation['x-step-up'] === true ? ', proof' : ''
      const query = (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => `\`${name}\``)
      const row = `| \`${method.toUpperCase()} ${path}\` | ${ROLES[role] ?? role}${proof} | ${query.join(', ')} | ${operation.summary} |`
      byTag.set(tag, [...(byTag.get(tag) ?? []), row])
    }
  return [...byTag]
    .map(([tag, rows]) => `### ${tag}\n\n| request | who | query | what |\n|---|---|---|---|\n${rows.join('\n')}\n`)
    .join('\n')
}

const MARK = '<!-- made by npm run openapi -->'
const at = (path: string): URL => new URL(`../../${path}`, import.meta.url)

/** Files that are made of the document, by path, with what they should hold. */
export async function madeFiles(): Promise<ReadonlyMap<string, string>> {
  const document = await apiDocument()
  const reference = readFileSync(at('docs/api.md'), 'utf8')
  const head = reference.slice(0, reference.indexOf(MARK) + MARK.length)
  return new Map([
    ['docs/api/openapi.json', `${JSON.stringify(document, null, 2)}\n`],
    ['docs/api.md', `${head}\n\n${referenceText(document)}`],
    ['src/api/client/operations.ts', operationsText(document, contractNames())],
  ])
}

/** Types of the contract, with their files. */
function contractNames(): ReadonlyMap<string, string> {
  const folder = at('src/api/contract/')
  const names = new Map<string, string>()
  for (const file of readdirSync(folder).sort()) {
    const text = readFileSync(new URL(file, folder), 'utf8')
    for (const [, name] of text.matchAll(/^export (?:interface|type) (\w+)/gm))
      if (!names.has(name!)) names.set(name!, file)
  }
  return names
}

if (process.argv[1] === new URL(import.meta.url).pathname && process.argv.includes('--write')) {
  for (const [path, text] of await madeFiles()) writeFileSync(at(path), text)
}
