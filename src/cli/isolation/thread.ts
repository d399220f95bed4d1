import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { FROM_SOURCE } from '../strategies/own-package.ts'

/** Starts a module of this folder in a thread of its own; from source, with the loader that reads TypeScript. */
export function startThread(name: 'guest' | 'warden', options: WorkerOptions): Worker {
  const url = new URL(`./${name}.${FROM_SOURCE ? 'ts' : 'js'}`, import.meta.url)
  if (!FROM_SOURCE) return new Worker(url, { ...options, execArgv: [] })
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'))
  const interfaceOf = new URL('./esm/api/index.mjs', loader).href
  const text = `import(${JSON.stringify(interfaceOf)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(url.href)})
  })`
  return new Worker(text, { ...options, execArgv: [], eval: true })
}
