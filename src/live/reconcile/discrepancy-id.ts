/** Names of discrepancies: short enough to be typed, and the same wherever the same is found. */
import type { DiscrepancyKind } from '../../domain/discrepancies.ts'

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const OFFSET = 0x81_1c_9d_c5
const PRIME = 0x01_00_01_93
const LENGTH = 6

/**
 * Kind, subject and a digest of what was found when, by FNV-1a. Two findings at one instant differ in kind or subject.
 *
 * @example discrepancyId('position', 'SPY', 'theirs 5') // => 'position-SPY-2g9fm1'
 */
export function discrepancyId(kind: DiscrepancyKind, subject: string, found: string): string {
  let hash = OFFSET
  for (let at = 0; at < found.length; at += 1) hash = Math.imul(hash ^ found.charCodeAt(at), PRIME) >>> 0
  let digest = ''
  for (let place = 0; place < LENGTH; place += 1) {
    digest += LETTERS[hash % LETTERS.length]!
    hash = Math.floor(hash / LETTERS.length)
  }
  return `${kind}-${subject}-${digest}`
}
