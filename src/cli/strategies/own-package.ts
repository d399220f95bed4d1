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

/**
 * Runs in the thread of Node that resolves imports, so it is text. A user's own file is a module whatever its folder says:
 * a stranger's folder has no package.json.
 */
const HOOKS = `
const entries = ${JSON.stringify(OWN_ENTRIES)}
export async function resolve(specifier, context, next) {
  const url = entries[specifier]
  if (url !== undefined) return { url, format: 'module', shortCircuit: true }
  const found = await next(specifier, context)
  const own = found.url.startsWith('file:') && !found.url.includes('/node_modules/') && /\\.[jt]s(\\?|$)/.test(found.url)
  return own ? { ...found, format: 'module' } : found
}`

const HOOKS_ADDRESS = `data:text/javascript,${encodeURIComponent(HOOKS)}`

/** A program that imports a file of the user's, TypeScript or not, in which `polyfolio` is this program. */
export function programFor(file: string): string {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'))
  const interfaceOf = new URL('./esm/api/index.mjs', loader).href
  return `
    import { register } from 'node:module'
    import { tsImport } from ${JSON.stringify(interfaceOf)}
    register(${JSON.stringify(HOOKS_ADDRESS)})
    await tsImport(${JSON.stringify(pathToFileURL(file).href)}, ${JSON.stringify(import.meta.url)})`
}

let isRegistered = false

/** From now on `polyfolio` and `polyfolio/node` can be imported by files anywhere on this machine. */
export function resolveOwnPackage(): void {
  if (isRegistered) return
  isRegistered = true
  register(HOOKS_ADDRESS)
}
