import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unpacking } from '../../../dashboard/src/data/unpack.ts'
import { propertyRuns } from '../../../test/profile.ts'
import { keptAnswers } from './answers.ts'
import { packed } from './pack.ts'

const through = (answers: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const page = JSON.parse(JSON.stringify(packed(answers)))
  return Object.fromEntries(Object.keys(answers).map((path) => [path, unpacking(page)(path)]))
}

const days = (count: number): string[] =>
  Array.from({ length: count }, (_, day) => new Date(day * 86_400_000).toISOString().slice(0, 10))

describe('answers that are asked for a file', () => {
  const place = '/api/v1/p/Two'
  const ask = async (path: string): Promise<unknown> => {
    const at = path.replace(`${place}/`, '')
    if (path === '/api/v1/session') return { role: 'admin', csrf: 'secret' }
    if (at === 'figures') return { data: { why: '', value: '1.00' } }
    if (at === 'analysis/report') return { data: null }
    if (at.startsWith('orders')) return { data: { rows: [{ order: 9 }, { order: 7 }, { order: 4 }], total: 3 } }
    if (at.startsWith('explain/')) return { order: Number(at.slice('explain/'.length)), steps: [] }
    throw new Error(`${path}: 404`)
  }

  it('hold how the newest orders came about, as many as are wanted, and no right to change anything', async () => {
    const explainedBy = async (count?: number) =>
      Object.keys(await keptAnswers(ask, 'Two', count)).filter((path) => path.includes('/explain/'))
    expect(await explainedBy()).toEqual([])
    expect(await explainedBy(2)).toEqual([`${place}/explain/9`, `${place}/explain/7`])
    expect((await keptAnswers(ask, 'Two'))['/api/v1/session']).toMatchObject({ role: 'viewer', csrf: null })
  })
})

describe('answers in a file', () => {
  it('come out as they went in', () => {
    const rows = fc.array(fc.record({ at: fc.integer(), name: fc.jsonValue({ maxDepth: 1 }) }), { maxLength: 8 })
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), rows)
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('/a', '/b', '/c'), value), (answers) => {
        const plain = JSON.parse(JSON.stringify(answers))
        expect(through(plain)).toEqual(plain)
      }),
      propertyRuns(100),
    )
  })

  it('hold a long part once, however often it is in them', () => {
    const long = Array.from({ length: 200 }, (_, place) => `day ${place}`)
    const once = JSON.stringify(packed({ a: { days: long } })).length
    expect(JSON.stringify(packed({ a: { days: long }, b: { days: long, more: { long } } })).length).toBeLessThan(
      once + 250,
    )
  })

  it('keep eight digits of what is drawn, and every digit of moments and of what stands alone', () => {
    const values = Array.from({ length: 60 }, (_, place) => place / 7)
    const moments = values.map((_, place) => 1_700_000_000_123 + place)
    const { page } = through({ page: { values, moments, alone: 1 / 3, row: [1 / 3] } }) as {
      page: { values: number[]; moments: number[]; alone: number; row: number[] }
    }
    for (const [place, value] of values.entries()) expect(page.values[place]).toBeCloseTo(value, 6)
    expect(page.values[1]).toBe(0.14285714)
    expect([page.moments, page.alone, page.row]).toEqual([moments, 1 / 3, [1 / 3]])
  })

  it('are no finer than charts: a line alone keeps its lowest point, lines together the same days', () => {
    const count = 5_000
    const values = Array.from({ length: count }, (_, place) => (place === 1_234 ? -9 : place / count))
    const line = { name: 'a', title: 'A', days: days(count), values }
    const { page } = through({ page: { line, lines: [line, { ...line, name: 'b' }] } }) as {
      page: { line: typeof line; lines: (typeof line)[] }
    }
    expect(page.line.days.length).toBeLessThanOrEqual(900)
    expect(page.line.values).toContain(-9)
    expect([page.line.days.at(-1), page.lines[0]!.days.length]).toEqual([line.days.at(-1), 900])
    expect(page.lines[1]!.days).toEqual(page.lines[0]!.days)
    expect([page.lines[0]!.days[0], page.lines[0]!.days.at(-1)]).toEqual([line.days[0], line.days.at(-1)])
  })
})
