import { register } from 'node:module'

/** Whether this program runs from its TypeScript source rather than from what was built. */
export const FROM_SOURCE = import.meta.url.endsWith('.ts')

const extension = FROM_SOURCE ? 'ts' : 'js'

/** What the package's names lead to: the program that runs, whatever is installed beside a user's file. */
export const OWN_ENTRIES: Readonly<Record<string, string>> = {
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

let isRegistered = false

/** From now on `polyfolio` and `polyfolio/node` can be imported by files anywhere on this machine. */
export function resolveOwnPackage(): void {
  if (isRegistered) return
  isRegistered = true
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`)
}
