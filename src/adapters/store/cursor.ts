/** Where a page ended, as text that whoever asks for the next one gives back. */

export type Place = readonly (number | string | null)[]

export function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/**
 * @param kinds what each part must be; null may stand for any of them where it is named
 * @throws RangeError where it is no such place
 */
export function placeOf(cursor: string, kinds: readonly ('number' | 'string' | 'any')[]): Place {
  const found = parsed(cursor)
  const isPlace =
    Array.isArray(found) && found.length === kinds.length && found.every((part, at) => fits(part, kinds[at]!))
  if (!isPlace) throw new RangeError('the page before is unknown')
  return found as Place
}

function fits(part: unknown, kind: 'number' | 'string' | 'any'): boolean {
  if (kind !== 'any') return typeof part === kind
  return part === null || typeof part === 'number' || typeof part === 'string'
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
}
