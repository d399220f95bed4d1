import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDriver } from '../src/adapters/store/sqlite-driver.ts'

/** Whether a store can be opened here. Under CI it must be: what is built on it is not skipped there. */
export const HAS_STORE = process.env['CI'] === 'true' || opens()

/** For the title of what is skipped without one. */
export const STORE_NEED = '(needs an SQLite driver)'

function opens(): boolean {
  try {
    openDriver(':memory:').close()
    return true
  } catch {
    return false
  }
}

/** A folder of its own, and what removes it. */
export function storeFolder(): { readonly path: (name: string) => string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-store-'))
  return {
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
