/** Codes of an authenticator: six digits that change every 30 seconds. */
import { Secret, TOTP } from 'otpauth'
import type { TotpView } from '../contract/session.ts'

const PERIOD = 30
/** Steps before and after that are taken too: clocks differ. */
const WINDOW = 1

export function newCodes(name: string): TotpView {
  const totp = codesOf(new Secret({ size: 20 }).base32, name)
  return { secret: totp.secret.base32, uri: totp.toString() }
}

/** The time step that a code is of; null where it is none of now. */
export function stepOfCode(secret: string, code: string, now: number): number | null {
  const totp = codesOf(secret, '')
  const delta = totp.validate({ token: code, timestamp: now, window: WINDOW })
  return delta === null ? null : totp.counter({ timestamp: now }) + delta
}

/** Whether somebody has taken up a new secret: none of it was used before. */
export function isOwnCode(secret: string, code: string, now: number): boolean {
  return stepOfCode(secret, code, now) !== null
}

function codesOf(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: 'Polyfolio',
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD,
    secret: Secret.fromBase32(secret),
  })
}
