import { describe, expect, it } from 'vitest'
import type { KeptPage } from '../../../src/api/contract/kept.ts'
import { keptOf, keptResponse } from './kept.ts'

const place = '/api/v1/p/Two'
const days = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05']
const line = { id: '', kind: 'portfolio', title: 'Two', ordinal: -1, at: [1, 2, 3, 4], dates: days }
const curve = {
  lines: [{ ...line, value: [100, 110, 121, 133.1], growth: [1, 1.1, 1.21, 1.331] }],
  drawdown: { at: [1, 2, 3, 4], dates: days, value: [0, -0.1, 0, 0] },
}
const page: KeptPage = {
  refresh: null,
  about: '',
  parts: [{ '~rows': 3, columns: { id: [1, 2, 3], sleeve: ['a', 'b', 'a'], profit: ['5', '-1', '7'] } }],
  answers: {
    [`${place}/equity`]: { seq: 1, data: curve },
    [`${place}/trades`]: { seq: 1, data: { rows: { '~at': 0 }, total: 3, next: null } },
    [`${place}/analysis/risk/pair?left=a&right=b`]: { data: { left: 'a' } },
  },
}
const kept = keptOf(page)

async function answer(path: string, method = 'GET'): Promise<{ readonly status: number; readonly body: never }> {
  const response = keptResponse(kept, method, path)
  return { status: response.status, body: (await response.json()) as never }
}

describe('a report in a file answers as the server would', () => {
  it('a curve from a day on, grown from there', async () => {
    const { body } = await answer(`${place}/equity?from=2024-01-03`)
    expect(body).toMatchObject({
      data: {
        lines: [{ dates: days.slice(1), value: [110, 121, 133.1] }],
        drawdown: { dates: days.slice(1), value: [-0.1, 0, 0] },
      },
    })
    const { data } = body as { readonly data: typeof curve }
    expect(data.lines[0]!.growth.map((value) => Math.round(value * 1e9) / 1e9)).toEqual([1, 1.1, 1.21])
  })

  it('a list page by page, filtered and sorted', async () => {
    const rows = async (query: string): Promise<unknown> => {
      const { data } = (await answer(`${place}/trades?${query}`)).body as {
        data: { rows: { id: number }[]; total: number }
      }
      return [data.total, ...data.rows.map(({ id }) => id)]
    }
    expect(await rows('offset=0&limit=2&sort=profit')).toEqual([3, 3, 1])
    expect(await rows('offset=0&limit=5&sleeve=a&sort=-profit')).toEqual([2, 1, 3])
    expect(await rows('offset=2&limit=2')).toEqual([3, 3])
  })

  it('says what it does not hold, and changes nothing', async () => {
    const texts = [
      await answer(`${place}/explain/7`),
      await answer(`${place}/analysis/risk/pair?left=b&right=a`),
      await answer(`${place}/notes`, 'POST'),
    ]
    expect(texts.map(({ status }) => status)).toEqual([404, 404, 404])
    expect(texts.map(({ body }) => (body as { title: string }).title)).toEqual([
      'this report does not hold how that order came about; polyfolio explain and the dashboard do',
      'this report does not hold that',
      'this is a report: nothing can be changed in it',
    ])
  })
})
