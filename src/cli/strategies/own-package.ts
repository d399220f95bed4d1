import { createRequire, register } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Whether this program runs from its TypeScript source rather than from what was built. */
export const FROM_SOURCE = import.meta.url.endsWith('.ts')

const extension = FROM_SOURCE ? 'ts' : 'js'

/** What the package's names lead to: the program that runs, whatever is installed beside a user's file. */
const OWN_ENTRIES: Readonly<Record<string, string>> = {
  polyfolio: new URL(`../../index.${extension}`, import.meta.url).href,
  'polyfolio/node': new URL(`../../node.${extension}`, import.meta.url).href,
}

/** The name under which this program keeps its own interface for files of the user's, which are modules apart. */
const INTERFACE = `polyfolio of ${import.meta.url}`

const addressOf = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`

/** A module that hands on, name by name, what the program keeps: no file is read, and there is one `polyfolio`. */
function interfaceModule(names: readonly string[]): string {
  const lines = names.map((name) => `export const ${name} = own.${name}`)
  return addressOf(`const own = globalThis[Symbol.for(${JSON.stringify(INTERFACE)})]\n${lines.join('\n')}`)
}

/**
 * Runs in the thread of Node that resolves imports, so it is text. A user's own file is a module whatever its folder says:
 * a stranger's folder has no package.json.
 */
const hooks = (entries: Readonly<Record<string, string>>): string => `
const entries = ${JSON.stringify(entries)}
export async function resolve(specifier, context, next) {
  const url = entries[specifier]
  if (url !== undefined) return { url, format: 'module', shortCircuit: true }
  const found = await next(specifier, context)
  const own = found.url.startsWith('file:') && !found.url.includes('/node_modules/') && /\\.[jt]s(\\?|$)/.test(found.url)
  return own ? { ...found, format: 'module' } : found
}`

/** A program that imports a file of the user's, TypeScript or not, in which `polyfolio` is this program. */
export function programFor(file: string): string {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'))
  const interfaceOf = new URL('./esm/api/index.mjs', loader).href
  return `
    import { register } from 'node:module'
    import { tsImport } from ${JSON.stringify(interfaceOf)}
    register(${JSON.stringify(addressOf(hooks(OWN_ENTRIES)))})
    await tsImport(${JSON.stringify(pathToFileURL(file).href)}, ${JSON.stringify(import.meta.url)})`
}

let registering: Promise<void> | null = null

/** From now on `polyfolio` and `polyfolio/node` can be imported by files anywhere on this machine. */
export function resolveOwnPackage(): Promise<void> {
  registering ??= registerOwnPackage()
  return registering
}

async function registerOwnPackage(): Promise<void> {
  const own = await import('../../index.ts')
  Object.defineProperty(globalThis, Symbol.for(INTERFACE), { value: own, configurable: true })
  register(addressOf(hooks({ ...OWN_ENTRIES, polyfolio: interfaceModule(Object.keys(own)) })))
}
