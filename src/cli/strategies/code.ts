/** What tells the code of a strategy from another that bears its name: a journal keeps it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Strategy } from '../../domain/strategy.ts'
import { packageVersion } from '../package-root.ts'

/** Of a strategy of this program: its parameters, the text of its functions, and the version, for all that they call. */
export function codeOfBuiltIn(strategy: Strategy, version = packageVersion()): string {
  const parts = Object.entries(strategy).map(([name, part]) => [
    name,
    typeof part === 'function' ? Function.prototype.toString.call(part) : part,
  ])
  return hashOf(JSON.stringify([version, ...parts]))
}

/** Of a file of the user's own: its bytes. What it imports is not looked at. */
export function codeOfFile(file: string): string {
  return hashOf(readFileSync(file))
}

/** SHA-256, in hex. */
function hashOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
