/**
 * Canonical bytes: equal values have equal bytes on every machine. Keys sorted, one NaN, no negative zero, typed arrays as
 * their numbers. The edge hashes them; the pure rings know no hash.
 */
function canonicalText(value: unknown): string {
  const parts: string[] = []
  write(value, parts)
  return parts.join('')
}

export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalText(value))
}

function write(value: unknown, parts: string[]): void {
  if (value === null || value === undefined) parts.push('null')
  else if (typeof value === 'number') parts.push(numberText(value))
  else if (typeof value === 'string') parts.push(JSON.stringify(value))
  else if (typeof value === 'boolean') parts.push(value ? 'true' : 'false')
  else if (Array.isArray(value) || ArrayBuffer.isView(value)) writeList(value as ArrayLike<unknown>, parts)
  else writeRecord(value as Record<string, unknown>, parts)
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return '"NaN"'
  if (value === Number.POSITIVE_INFINITY) return '"Infinity"'
  if (value === Number.NEGATIVE_INFINITY) return '"-Infinity"'
  return String(value === 0 ? 0 : value)
}

function writeList(list: ArrayLike<unknown>, parts: string[]): void {
  parts.push('[')
  for (let index = 0; index < list.length; index += 1) {
    if (index > 0) parts.push(',')
    write(list[index], parts)
  }
  parts.push(']')
}

function writeRecord(record: Record<string, unknown>, parts: string[]): void {
  const keys = Object.keys(record).sort((left, right) => (left < right ? -1 : left > right ? 1 : 0))
  parts.push('{')
  let first = true
  for (const key of keys) {
    if (record[key] === undefined) continue
    if (!first) parts.push(',')
    first = false
    parts.push(JSON.stringify(key), ':')
    write(record[key], parts)
  }
  parts.push('}')
}

/** A deep copy in plain JSON data: typed arrays become tagged lists that `revive` turns back. */
export function freeze(value: unknown): unknown {
  if (value instanceof Float64Array) return { $: 'f64', v: Array.from(value, frozenNumber) }
  if (value instanceof Int32Array) return { $: 'i32', v: Array.from(value) }
  if (value instanceof Uint8Array) return { $: 'u8', v: Array.from(value) }
  if (typeof value === 'number') return frozenNumber(value)
  if (Array.isArray(value)) return value.map(freeze)
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, freeze(item)]),
    )
  }
  return value
}

function frozenNumber(value: number): number | { $: 'n'; v: string } {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value
  return { $: 'n', v: Object.is(value, -0) ? '-0' : String(value) }
}

export function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive)
  if (value === null || typeof value !== 'object') return value
  const tagged = value as { readonly $?: string; readonly v?: unknown }
  switch (tagged.$) {
    case 'f64':
      return Float64Array.from((tagged.v as unknown[]).map(revive) as number[])
    case 'i32':
      return Int32Array.from(tagged.v as number[])
    case 'u8':
      return Uint8Array.from(tagged.v as number[])
    case 'n':
      return Number(tagged.v)
    default:
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]))
  }
}

/** Whether two values have the same canonical bytes. */
export function isSameData(one: unknown, other: unknown): boolean {
  return one === other || canonicalText(one) === canonicalText(other)
}
