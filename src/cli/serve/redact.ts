/** Takes secrets out of what is written down: by the names of fields, by the form of texts, and by known values. */

const HIDDEN = '[hidden]'
const SECRET_NAME =
  /(secret|token|passw|passphrase|api[_-]?key|key[_-]?id|private|authorization|cookie|credential|session[_-]?id)/i
/** Deeper structures are not written at all. */
const DEPTH_MOST = 6
const ITEMS_MOST = 100
const TEXT_MOST = 4_000
/** Shorter values stand in too many texts. */
const KNOWN_LEAST = 6

/** Forms in which secrets stand in texts, each with what is left of it. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  // postgres://user:password@host
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${HIDDEN}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  // key=value and "key": "value"
  [
    /((?:secret|token|passw\w*|passphrase|api[_-]?key|apikey|key[_-]?id|authorization|cookie)["']?\s*[:=]\s*["']?)[^\s"',;&}]+/gi,
    `$1${HIDDEN}`,
  ],
]

export interface Redactor {
  text(text: string): string
  /** A copy in plain data, bounded in depth and length. */
  value(value: unknown): unknown
}

/** @param known values that must stand nowhere, such as those of the environment's passwords */
export function redactor(known: readonly string[]): Redactor {
  const values = known.filter((value) => value.length >= KNOWN_LEAST)
  const longest = Math.max(0, ...values.map(({ length }) => length))
  const text = (written: string): string => {
    // What is cut off afterwards leaves no half of a secret behind.
    let shown = written.slice(0, TEXT_MOST + longest)
    for (const value of values) shown = shown.replaceAll(value, HIDDEN)
    for (const [form, left] of FORMS) shown = shown.replace(form, left)
    return written.length > TEXT_MOST ? `${shown.slice(0, TEXT_MOST)}…` : shown
  }
  const copy = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return text(value)
    if (typeof value === 'bigint') return String(value)
    if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value
    if (depth === DEPTH_MOST) return '…'
    if (value instanceof Error) return errorOf(value, depth)
    if (Array.isArray(value)) return value.slice(0, ITEMS_MOST).map((item) => copy(item, depth + 1))
    if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
    const entries = Object.entries(value).slice(0, ITEMS_MOST)
    return Object.fromEntries(
      entries.map(([name, inner]) => [name, SECRET_NAME.test(name) ? HIDDEN : copy(inner, depth + 1)]),
    )
  }
  const errorOf = ({ name, message, stack, cause }: Error, depth: number): unknown => ({
    type: name,
    message: text(message),
    stack: text(stack ?? ''),
    ...(cause === undefined ? {} : { cause: copy(cause, depth + 1) }),
  })
  return { text, value: (value) => copy(value, 0) }
}

/** Values of the environment whose names say that they are secrets, and passwords of the addresses in it. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined || value === '') return []
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s/@]+)@/i.exec(value)?.[1]
    return [...(SECRET_NAME.test(name) ? [value] : []), ...(password === undefined ? [] : [password])]
  })
}
