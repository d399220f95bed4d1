import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Strategy } from '../../domain/strategy.ts'
import { resolveOwnPackage } from './own-package.ts'
import { strategyIn } from './shape.ts'

/** A file that holds no strategy that can run: the reason, for the user. */
export class StrategyRefused extends Error {
  override readonly name = 'StrategyRefused'
}

const SOURCE = /\.[cm]?[jt]s$/

/** Whether a name of a strategy is that of a file. */
export const isStrategyFile = (name: string): boolean => /^(\.{0,2}[\\/]|[A-Za-z]:[\\/])/.test(name)

/** What is wrong with a file before it is read, `called` as its user calls it; null when nothing is. */
export function fileProblem(file: string, called: string): string | null {
  if (!existsSync(file)) return `no file "${called}"; the name is relative to the file that names it`
  if (!statSync(file).isFile()) return `"${called}" is a folder; name a file in it`
  return SOURCE.test(file) ? null : `"${called}" is no TypeScript or JavaScript; its name must end in .ts or .js`
}

/**
 * Imports the strategy of a file, in this thread: its newest text, whatever was imported before.
 * @throws StrategyRefused with what is wrong: syntax, a throw at import, no export, a wrong field
 */
export async function readStrategy(file: string): Promise<Strategy> {
  await resolveOwnPackage()
  // Plain JavaScript goes the same way: from source, the package that it imports is TypeScript.
  const { tsImport } = await import('tsx/esm/api')
  let module: Record<string, unknown>
  try {
    module = (await tsImport(pathToFileURL(file).href, import.meta.url)) as Record<string, unknown>
  } catch (cause) {
    throw new StrategyRefused(importProblem(cause, file))
  }
  const found = strategyIn(module)
  if (!found.ok) throw new StrategyRefused(found.reason)
  return found.strategy
}

function importProblem(cause: unknown, file: string): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  // The message of the transform: a first line without content, then "file:line:column: ERROR: reason".
  const transformed = /^(.*):(\d+):(\d+): ERROR: (.*)$/m.exec(text)
  if (transformed !== null) {
    const [, path = '', line = '', column = '', reason = ''] = transformed
    return `syntax error in ${path}:${line}:${Number(column) + 1}: ${reason}`
  }
  if (cause instanceof SyntaxError) return `syntax error in ${syntaxPlace(file)}: ${firstLine(text)}`
  const where = placeIn(cause, file)
  const name = cause instanceof Error ? `${cause.name}: ` : ''
  return `importing it failed${where === null ? '' : ` at ${where}`}: ${name}${firstLine(text)}`
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text

/** Node keeps the place of a syntax error to itself and prints it only when asked to check a text. */
function syntaxPlace(file: string): string {
  const input = readFileSync(file)
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--check', '-'], { input, encoding: 'utf8' })
  const line = /^\[stdin\]:(\d+)$/m.exec(stderr)?.[1]
  return line === undefined ? file : `${file}:${line}`
}

/** Where in the user's file an error came from, as its stack tells: "file:line:column". */
function placeIn(cause: unknown, file: string): string | null {
  if (!(cause instanceof Error) || cause.stack === undefined) return null
  const url = pathToFileURL(file).href
  for (const line of cause.stack.split('\n')) {
    const place = /\(?((?:file:\/\/)?\/?[^()]*?)(?:\?[^:]*)?:(\d+):(\d+)\)?$/.exec(line.replace(/^\s+at /, ''))
    if (place === null) continue
    const named = place[1]!.replace(/^.* /, '')
    const path = named.startsWith('file:') ? fileURLToPath(named) : named
    if (path === file || named === url) return `${file}:${place[2]}:${place[3]}`
  }
  return null
}
