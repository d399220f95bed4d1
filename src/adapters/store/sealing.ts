/** What of a store is unreadable without its key: configurations, states, and the parameters of strategies. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { FaultError, fault } from '../../domain/faults.ts'

/** How sealed bytes begin; no event and no state begins like this. */
const MARK = Buffer.from('PFSEAL1\0', 'latin1')
/** How sealed text begins, within the quotes that make it JSON. */
const TEXT_MARK = 'sealed:'
const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

export interface Sealing {
  readonly isOn: boolean
  /** @param place where the bytes stand: elsewhere they do not open */
  seal(bytes: Uint8Array, place: string): Uint8Array
  /** Gives back what was never sealed as it is. @throws FaultError STORE_KEY_MISSING, STORE_KEY_WRONG */
  open(bytes: Uint8Array, place: string): Uint8Array
  /** As JSON text. */
  sealText(text: string): string
  openText(text: string): string
}

/** @param key null: nothing is sealed, and nothing that is can be opened */
export function sealingWith(key: Uint8Array | null, store: string): Sealing {
  const secret = (): Uint8Array => {
    if (key === null) throw new FaultError(fault('STORE_KEY_MISSING', { store }))
    return key
  }
  const wrap = (bytes: Uint8Array, place: string): Buffer => {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, secret(), nonce).setAAD(Buffer.from(place))
    const sealed = Buffer.concat([cipher.update(bytes), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }
  const unwrap = (bytes: Buffer, place: string): Buffer => {
    const used = secret()
    try {
      const decipher = createDecipheriv(CIPHER, used, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(place))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
    } catch (error) {
      throw new FaultError(fault('STORE_KEY_WRONG', { store }), error)
    }
  }
  const isOn = key !== null
  return {
    isOn,
    seal: (bytes, place) => (isOn ? Buffer.concat([MARK, wrap(bytes, place)]) : bytes),
    open: (bytes, place) => {
      const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      return given.subarray(0, MARK.length).equals(MARK) ? unwrap(given.subarray(MARK.length), place) : bytes
    },
    sealText: (text) => {
      return isOn ? JSON.stringify(TEXT_MARK + wrap(Buffer.from(text), 'text').toString('base64')) : text
    },
    openText: (text) => {
      if (!text.startsWith(`"${TEXT_MARK}`)) return text
      const sealed = JSON.parse(text) as string
      return unwrap(Buffer.from(sealed.slice(TEXT_MARK.length), 'base64'), 'text').toString()
    },
  }
}

/** The key that the environment names: POLYFOLIO_STORE_KEY, or a file that holds it. Null where it names none. */
export function keyOfEnvironment(environment: Readonly<Record<string, string | undefined>>): Uint8Array | null {
  const { POLYFOLIO_STORE_KEY: given, POLYFOLIO_STORE_KEY_FILE: file } = environment
  if (given !== undefined && given !== '') return keyFrom(given, 'POLYFOLIO_STORE_KEY')
  if (file === undefined || file === '') return null
  return keyOfFile(file)
}

/** @throws FaultError FILE_MISSING, OPTION_INVALID where it holds no key */
export function keyOfFile(file: string): Uint8Array {
  try {
    return keyFrom(readFileSync(file, 'utf8'), `the key file "${file}"`)
  } catch (error) {
    if (error instanceof FaultError) throw error
    throw new FaultError(fault('OPTION_INVALID', { option: `the key file "${file}"`, reason: 'cannot be read' }), error)
  }
}

/** 32 bytes as 64 hexadecimal digits or as base 64. What it was is in no message. */
function keyFrom(text: string, option: string): Uint8Array {
  const given = text.trim()
  const bytes = /^[0-9a-f]{64}$/i.test(given) ? Buffer.from(given, 'hex') : Buffer.from(given, 'base64')
  if (bytes.length === KEY_BYTES) return bytes
  const reason = 'must hold 32 bytes, as 64 hexadecimal digits or as base 64: `openssl rand -hex 32` makes one'
  throw new FaultError(fault('OPTION_INVALID', { option, reason }))
}
