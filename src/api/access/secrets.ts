/** Secrets that are shown once and kept as hashes: 256 random bits, so that a plain hash is enough. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const BYTES = 32

export function newSecret(): string {
  return randomBytes(BYTES).toString('base64url')
}

/** Under which a secret is found again. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** What a page of ours knows of the session and no other page can: it follows from the cookie, which scripts cannot read. */
export function csrfOf(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('csrf').digest('base64url')
}

/** Takes as long for the first letter as for the last. */
export function isSameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
