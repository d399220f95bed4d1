/**
 * Secrets of users and of channels: sealed also where the rest of a store is not, by a key that never stands in it. That
 * is the store's own key; where it has none, the one that the environment names, else one in a file beside the store.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs'
import { FaultError, fault } from '../../domain/faults.ts'
import { OWNER_ONLY } from './own-files.ts'
import { keyOfFile, type Sealing, sealingWith } from './sealing.ts'

const KEY_BYTES = 32

export interface Secrets {
  /** @param place where the secret stands: elsewhere it does not open */
  seal(text: string, place: string): string
  /** @throws FaultError SECRETS_KEY_MISSING, STORE_KEY_WRONG */
  open(sealed: string, place: string): string
}

export interface SecretsPlace {
  /** The store as the user named it. */
  readonly name: string
  readonly isServer: boolean
  readonly sealing: Sealing
  /** The key that was given for the store, which may be one that is not encrypted; null: none. */
  readonly key: Uint8Array | null
}

export function secretsOf({ name, isServer, sealing, key }: SecretsPlace): Secrets {
  const file = `${name}.secrets-key`
  const ofFile = (): Sealing | null => (!isServer && existsSync(file) ? sealingWith(keyOfFile(file), name) : null)
  const given = sealing.isOn ? sealing : key === null ? null : sealingWith(key, name)
  const missing = (): FaultError => new FaultError(fault('SECRETS_KEY_MISSING', { store: name }))

  function sealingForNew(): Sealing {
    const known = given ?? ofFile()
    if (known !== null) return known
    if (isServer) throw missing()
    // Whoever makes it first has made it: another process then reads that one.
    writeNew(file, `${randomBytes(KEY_BYTES).toString('hex')}\n`)
    return ofFile()!
  }

  return {
    seal: (text, place) => Buffer.from(sealingForNew().seal(Buffer.from(text), place)).toString('base64'),
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64')
      // What was sealed before a key was given is sealed by the one of the file.
      const keys = [given, ofFile()].filter((one) => one !== null)
      for (const [at, one] of keys.entries()) {
        try {
          return Buffer.from(one.open(bytes, place)).toString()
        } catch (error) {
          if (at === keys.length - 1) throw error
        }
      }
      throw missing()
    },
  }
}

/** All of it or nothing, and nothing where it is there: another process may make it at the same moment. */
function writeNew(file: string, text: string): void {
  const written = `${file}.${process.pid}.new`
  writeFileSync(written, text, { mode: OWNER_ONLY })
  try {
    linkSync(written, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(written)
  }
}
