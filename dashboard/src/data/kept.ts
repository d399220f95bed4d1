/** Answers that a page carries with it: a report in one file, which asks nobody for anything. */

interface Kept {
  /** Seconds after which the file is read again, where somebody keeps writing it; null: never. */
  readonly refresh: number | null
  /** What it is a report of: days, benchmark, version, hash of the books. */
  readonly about: string
  /** By address, query included. */
  readonly answers: Readonly<Record<string, unknown>>
}

const PLACE = 'kept-answers'

function read(): Kept | null {
  if (typeof document === 'undefined') return null
  const text = document.getElementById(PLACE)?.textContent
  return text === undefined || text === null || text === '' ? null : (JSON.parse(text) as Kept)
}

/** Null: a server is asked. */
export const kept: Kept | null = read()

/** Addresses whose answer to one question is none to another. */
const EXACT = /\/analysis\/risk\/pair$/

type Row = Readonly<Record<string, unknown>>
interface Listed {
  readonly data: { readonly rows: readonly Row[] }
}

/** As the server would: what was asked in other words is answered by what is there of the same address. */
export function keptResponse({ answers }: Kept, method: string, path: string): Response {
  const [address, query = ''] = path.split('?') as [string, string?]
  const near = EXACT.test(address) ? undefined : Object.keys(answers).find((one) => one.split('?')[0] === address)
  const answer = answers[path] ?? (near === undefined ? undefined : answers[near])
  if (method === 'GET' && answer !== undefined) return Response.json(partOf(answer, new URLSearchParams(query)))
  const title = method === 'GET' ? 'This report does not hold that.' : 'This is a report: nothing can be changed in it.'
  return Response.json({ status: 404, code: 'not_found', title, requestId: '' }, { status: 404 })
}

/** Of a list that is asked for page by page: filtered by what its rows are called by, sorted, cut. */
function partOf(answer: unknown, asked: URLSearchParams): unknown {
  const offset = asked.get('offset')
  if (offset === null || !isListed(answer)) return answer
  const filters = [...asked].filter(([name]) => !['offset', 'limit', 'sort', 'from', 'to'].includes(name))
  const fits = (row: Row): boolean =>
    filters.every(([name, value]) => !(name in row) || value.split(',').includes(String(row[name])))
  const rows = sorted(answer.data.rows.filter(fits), asked.get('sort'))
  const from = Number(offset)
  const shown = rows.slice(from, from + Number(asked.get('limit') ?? rows.length))
  return { ...answer, data: { ...answer.data, rows: shown, total: rows.length, next: null } }
}

function isListed(answer: unknown): answer is Listed {
  const rows = (answer as { readonly data?: { readonly rows?: unknown } } | null)?.data?.rows
  return Array.isArray(rows)
}

/** `profit`: largest first; `-profit`: smallest first. */
function sorted(rows: readonly Row[], by: string | null): readonly Row[] {
  if (by === null) return rows
  const key = by.replace(/^-/, '')
  const sign = by.startsWith('-') ? 1 : -1
  const order = (left: unknown, right: unknown): number => {
    const [one, other] = [Number(left), Number(right)]
    if (!Number.isNaN(one) && !Number.isNaN(other)) return one - other
    return String(left) < String(right) ? -1 : String(left) > String(right) ? 1 : 0
  }
  return rows.toSorted((left, right) => sign * order(left[key], right[key]))
}
