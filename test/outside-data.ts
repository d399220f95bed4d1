import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

function folder(variable: string, fallback: string): string | null {
  const path = resolve(root, process.env[variable] ?? fallback)
  return existsSync(path) ? path : null
}

/** Real market files that the project does not ship; null where they are not on this machine. */
export function dataFolder(): string | null {
  return folder('POLYFOLIO_TEST_DATA', '../shared/data')
}

/** Worked reference cases that the project does not ship; null where they are not on this machine. */
export function casesFolder(): string | null {
  return folder('POLYFOLIO_CASES', '../shared/cases')
}
