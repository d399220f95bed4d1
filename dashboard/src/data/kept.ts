/** Answers that a page carries with it: a report in one file, which asks nobody for anything. */
import type { KeptPage } from '../../../src/api/contract/kept.ts'
import type { EquityCurve } from '../../../src/api/contract/overview.ts'
import { unpacking } from './unpack.ts'

interface Kept extends Pick<KeptPage, 'refresh' | 'about'> {
  readonly paths: readonly string[]
  /** @param path one of them */
  read(path: string): unknown
}

const PLACE = 'kept-answers'

function read(): Kept | null {
  if (typeof document === 'undefined') return null
  const text = document.getElementById(PLACE)?.textContent
  return text === undefined || text === null || text === '' ? null : keptOf(JSON.parse(text) as KeptPage)
}

export function keptOf(page: KeptPage): Kept {
  const { refresh, about, answers } = page
  return { refresh, about, paths: Object.keys(answers), read: unpacking(page) }
}

/** Null: a server is asked. */
export const kept: Kept | null = read()

/** Addresses whose answer to one question is none to another. */
const EXACT = /\/analysis\/risk\/pair$/
/** What is not in the file, and where it is. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/\/explain\//, 'this report does not hold how that order came about; polyfolio explain and the dashboard do'],
  [/\/jobs\//, 'a report answers no new questions; the dashboard does'],
]

type Row = Readonly<Record<string, unknown>>
interface Listed {
  readonly data: { readonly rows: readonly Row[] }
}

/** As the server would: what was asked in other words is answered by what is there of the same address. */
export function keptResponse({ paths, read: answerAt }: Kept, method: string, path: string): Response {
  const [address, query = ''] = path.split('?') as [string, string?]
  const near = EXACT.test(address) ? undefined : paths.find((one) => one.split('?')[0] === address)
  const found = paths.includes(path) ? path : near
  if (method === 'GET' && found !== undefined) return Response.json(partOf(answerAt(found), new URLSearchParams(query)))
  const elsewhere = ELSEWHERE.find(([where]) => where.test(address))?.[1] ?? 'this report does not hold that'
  const title = method === 'GET' ? elsewhere : 'this is a report: nothing can be changed in it'
  return Response.json({ status: 404, code: 'not_found', title, requestId: '' }, { status: 404 })
}

/** Of a list that is asked for page by page: filtered by what its rows are called by, sorted, cut. */
function partOf(answer: unknown, asked: URLSearchParams): unknown {
  const from = asked.get('from')
  if (from !== null && isCurve(answer)) return { ...answer, data: curveFrom(answer.data, from) }
  const offset = asked.get('offset')
  if (offset === null || !isListed(answer)) return answer
  const filters = [...asked].filter(([name]) => !['offset', 'limit', 'sort', 'from', 'to'].includes(name))
  const fits = (row: Row): boolean =>
    filters.every(([name, value]) => !(name in row) || value.split(',').includes(String(row[name])))
  const rows = sorted(answer.data.rows.filter(fits), asked.get('sort'))
  const first = Number(offset)
  const shown = rows.slice(first, first + Number(asked.get('limit') ?? rows.length))
  return { ...answer, data: { ...answer.data, rows: shown, total: rows.length, next: null } }
}

function isCurve(answer: unknown): answer is { readonly data: EquityCurve } {
  return Array.isArray((answer as { readonly data?: Partial<EquityCurve> } | null)?.data?.lines)
}

/** A curve from a day on, grown from there. */
function curveFrom(curve: EquityCurve, from: string): EquityCurve {
  const start = Date.parse(from)
  const since = <T extends { readonly at: readonly number[]; readonly dates: readonly string[] | null }>(
    line: T,
  ): number =>
    Math.max(
      0,
      line.dates === null ? line.at.findIndex((at) => at >= start) : line.dates.findIndex((day) => day >= from),
    )
  const lines = curve.lines.map((line) => {
    const place = since(line)
    const growth = line.growth.slice(place)
    const first = growth.find((value) => value !== null) ?? 1
    return {
      ...line,
      at: line.at.slice(place),
      dates: line.dates?.slice(place) ?? null,
      value: line.value.slice(place),
      growth: growth.map((value) => (value === null ? null : value / first)),
    }
  })
  const { drawdown } = curve
  const place = since(drawdown)
  return {
    ...curve,
    lines,
    drawdown: {
      at: drawdown.at.slice(place),
      dates: drawdown.dates?.slice(place) ?? null,
      value: drawdown.value.slice(place),
    },
  }
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
