import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/*
 * Builds the program for tests that start it again and again: its modules in few files, because most of what a short
 * command takes is finding and reading a thousand of them. Every module runs as it is, in the same order; where it asks
 * for its own address it is told the one that it has in the package.
 *
 *   tsx test/bundle.ts FOLDER
 */

const ROOT = resolve(import.meta.dirname, '..')
/** What is started or imported by its own address; threads are found by their name. */
const ENTRIES = [
  'src/index',
  'src/node',
  'src/cli/main',
  'src/cli/config/load',
  'src/cli/configurations/store',
  'src/cli/isolation/guest',
  'src/cli/isolation/isolate',
  'src/cli/isolation/warden',
]
/** Packages that are modules by the hundred, those that must share them, and what the bundler itself adds. */
const TAKEN_IN = /^(kysely|zod|fastify-type-provider-zod|@oxc-project\/runtime)(\/|$)/

interface Chunk {
  readonly fileName: string
}

/** The part of the bundler's interface that is used here. */
interface Bundler {
  rolldown(options: Readonly<Record<string, unknown>>): Promise<{
    write(options: Readonly<Record<string, unknown>>): Promise<unknown>
  }>
}

/** The one that the test runner brings along. */
function bundler(): Promise<Bundler> {
  const packages = ['vitest/package.json', 'vite/package.json', 'rolldown']
  const path = packages.reduce((from, name) => createRequire(from).resolve(name), import.meta.filename)
  return import(pathToFileURL(path).href) as Promise<Bundler>
}

function entries(): Readonly<Record<string, string>> {
  const threads = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|[\\/])thread\.ts$/.test(path))
    .map((path) => `src/${path.replaceAll('\\', '/').replace(/\.ts$/, '')}`)
  return Object.fromEntries([...ENTRIES, ...threads].map((name) => [name, join(ROOT, `${name}.ts`)]))
}

function isForeign(name: string, from: string | undefined): boolean {
  const isPath = /^[./\\\0]|^[A-Za-z]:/.test(name)
  return !isPath && !TAKEN_IN.test(name) && !/[\\/]node_modules[\\/]/.test(from ?? '')
}

const ADDRESS = /\bimport\.meta\.url\b/g
const ADDRESS_OF_PACKAGE = '__ADDRESS_OF_PACKAGE__'

/** Modules keep the addresses that they have in the package, whatever file they come to lie in. */
const addresses = {
  name: 'addresses',
  transform(code: string, id: string): string | null {
    if (id.includes('node_modules') || !ADDRESS.test(code)) return null
    const path = relative(ROOT, id).replaceAll('\\', '/').replace(/\.ts$/, '.js')
    return code.replaceAll(ADDRESS, `new URL(${JSON.stringify(path)}, ${ADDRESS_OF_PACKAGE}).href`)
  },
  renderChunk(code: string, { fileName }: Chunk): string | null {
    if (!code.includes(ADDRESS_OF_PACKAGE)) return null
    const up = '../'.repeat(fileName.split('/').length - 1)
    return code.replaceAll(ADDRESS_OF_PACKAGE, `new URL("./${up}", import.meta.url)`)
  },
}

async function bundle(folder: string): Promise<void> {
  const { rolldown } = await bundler()
  const modules = await rolldown({
    input: entries(),
    cwd: ROOT,
    platform: 'node',
    external: isForeign,
    plugins: [addresses],
  })
  await modules.write({
    dir: folder,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    strictExecutionOrder: true,
  })
}

/** Strategies are checked against the types of the program that runs. */
async function declare(folder: string): Promise<void> {
  const only = ['--noCheck', '--emitDeclarationOnly', '--declarationMap', 'false'] // types are looked at elsewhere
  const args = ['-p', 'tsconfig.build.json', ...only, '--outDir', folder]
  const compiler = spawn(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: ROOT, stdio: 'inherit' })
  const [code] = await once(compiler, 'close')
  if (code !== 0) throw new Error(`tsc ended with ${code}`)
}

const folder = resolve(process.argv[2]!)
await Promise.all([bundle(folder), declare(folder)])
