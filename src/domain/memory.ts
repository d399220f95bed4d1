/** The most that a sleeve's memory may hold. */
export const MEMORY_BYTES_MAX = 65_536
/** Nothing that a sleeve notes is nested so deep, unless it holds itself. */
const DEPTH_MAX = 64
const NUMBER_BYTES = 8

/**
 * What keeps a value from being a sleeve's memory: it must be plain data that survives a round trip through JSON, of at
 * most 64 KB, counted as 8 bytes a number, 1 a character, 1 a flag or null. Null where nothing does.
 */
export function memoryProblem(value: unknown): string | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return 'decide returned no memory object'
  if (typeof (value as { then?: unknown }).then === 'function') {
    return 'decide returned a promise; it must answer at once'
  }
  const size = bytesOf(value, 'memory', 0)
  if (typeof size === 'string') return size
  return size <= MEMORY_BYTES_MAX ? null : `its memory holds ${size} bytes, more than ${MEMORY_BYTES_MAX}`
}

/** Bytes of a value, or why it is no plain data; counts no further once there are too many. */
function bytesOf(value: unknown, path: string, depth: number): number | string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? NUMBER_BYTES : `${path} is ${value}; write null for what is not known`
    case 'string':
      return value.length
    case 'boolean':
      return 1
    case 'object':
      break
    default:
      return `${path} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}; memory is plain data`
  }
  if (value === null) return 1
  if (depth === DEPTH_MAX) return `${path.slice(0, 60)}... is nested deeper than ${DEPTH_MAX}`
  return Array.isArray(value) ? bytesOfList(value, path, depth) : bytesOfRecord(value, path, depth)
}

/** Lists are long and mostly numbers: a place in one is named only where it is asked for. */
function bytesOfList(list: readonly unknown[], path: string, depth: number): number | string {
  let sum = 0
  for (let index = 0; index < list.length && sum <= MEMORY_BYTES_MAX; index += 1) {
    const item = list[index]
    if (typeof item === 'number' && Number.isFinite(item)) {
      sum += NUMBER_BYTES
      continue
    }
    const size = bytesOf(item, `${path}[${index}]`, depth + 1)
    if (typeof size === 'string') return size
    sum += size
  }
  return sum
}

function bytesOfRecord(record: object, path: string, depth: number): number | string {
  const prototype: unknown = Object.getPrototypeOf(record)
  if (prototype !== null && prototype !== Object.prototype) {
    return `${path} is a ${(prototype as { constructor?: { name?: string } }).constructor?.name ?? 'class'}; memory is plain data`
  }
  let sum = 0
  for (const [key, item] of Object.entries(record)) {
    const size = bytesOf(item, `${path}.${key}`, depth + 1)
    if (typeof size === 'string') return size
    sum += size + key.length
    if (sum > MEMORY_BYTES_MAX) break
  }
  return sum
}
