import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { FROM_SOURCE } from '../strategies/own-package.ts'

/** Starts a module of this folder in a thread of its own. */
export function startThread(name: 'guest' | 'warden', options: WorkerOptions): Worker {
  return startModule(new URL(`./${name}`, import.meta.url), options)
}

/** @param stem of the module, without its extension: from source it is started with the loader that reads TypeScript */
export function startModule(stem: URL, options: WorkerOptions): Worker {
  const url = new URL(`${stem.href}.${FROM_SOURCE ? 'ts' : 'js'}`)
  if (!FROM_SOURCE) return new Worker(url, { ...options, execArgv: [] })
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'))
  const interfaceOf = new URL('./esm/api/index.mjs', loader).href
  const text = `import(${JSON.stringify(interfaceOf)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(url.href)})
  })`
  return new Worker(text, { ...options, execArgv: [], eval: true })
}
