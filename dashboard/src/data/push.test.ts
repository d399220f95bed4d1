import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import type { Dated, Page } from '../../../src/api/contract/answers.ts'
import type {
  ActivityRow,
  EquityCurve,
  Figures,
  PositionRow,
  PositionTable,
} from '../../../src/api/contract/overview.ts'
import type { PushMessage } from '../../../src/api/contract/push.ts'
import { type ActivityPages, applyPush, extendCurve, mergePositions, mergeRows } from './push.ts'
import { readingKey } from './readings.ts'
import { lastSeen } from './seen.ts'
import { isGap, newestOf } from './socket.ts'

function dated<T>(data: T, seq = 7): Dated<T> {
  return { asOf: '2026-11-21T20:00:00.000Z', seq, every: 5000, late: [], data }
}

const position = (instrument: string, gross: string): PositionRow =>
  ({ instrument, gross, grossValue: gross, netValue: gross }) as PositionRow
const sum = (count: number) => ({ count, netValue: '0', grossValue: '0', unrealised: '0' })
const table = (rows: readonly PositionRow[], count = rows.length): PositionTable => ({
  rows,
  other: sum(0),
  total: sum(count),
})

const row = (id: string, kind: ActivityRow['kind'] = 'trade'): ActivityRow => ({ id, kind }) as ActivityRow

const CURVE: EquityCurve = {
  from: '2024-01-02',
  to: '2024-01-03',
  grain: 'day',
  lines: [
    {
      id: '',
      kind: 'portfolio',
      title: 'Demo',
      ordinal: -1,
      at: [1, 2],
      dates: ['2024-01-02', '2024-01-03'],
      value: [100, 110],
      growth: [1, 1.1],
    },
  ],
  drawdown: { at: [], dates: null, value: [] },
  haltLine: null,
  rebalancings: [],
  benchmarkWhy: '',
}

describe('what is pushed', () => {
  it('takes the place of key figures and leaves every other reading untouched', () => {
    const cache = new QueryClient()
    const risk = { untouched: true }
    cache.setQueryData(readingKey('p', 'analysis/risk'), risk)
    cache.setQueryData(readingKey('p', 'figures'), dated({ value: '1' } as Figures))
    const data = dated({ value: '2' } as Figures, 9)
    applyPush(cache, 'p', { n: 3, seq: 9, at: data.asOf!, kind: 'figures', data } as PushMessage)
    expect(cache.getQueryData<Dated<Figures>>(readingKey('p', 'figures'))!.data.value).toBe('2')
    expect(cache.getQueryData(readingKey('p', 'analysis/risk'))).toBe(risk)
    expect(lastSeen(cache, 'p')).toBe(9)
  })

  it('puts activity on top once, and only of the kinds that a feed shows', () => {
    const cache = new QueryClient()
    const page = (rows: readonly ActivityRow[]): ActivityPages => ({
      pages: [dated({ rows, total: null, next: null } as Page<ActivityRow>)],
      pageParams: [null],
    })
    cache.setQueryData(readingKey('p', 'activity', { kind: '' }), page([row('a')]))
    cache.setQueryData(readingKey('p', 'activity', { kind: 'risk,gate' }), page([row('r', 'risk')]))
    const message = {
      n: 1,
      seq: 8,
      at: '',
      kind: 'activity',
      data: dated([row('b'), row('g', 'gate'), row('a')], 8),
    } as unknown as PushMessage
    applyPush(cache, 'p', message)
    applyPush(cache, 'p', message)
    const ids = (kind: string): string[] =>
      cache.getQueryData<ActivityPages>(readingKey('p', 'activity', { kind }))!.pages[0]!.data.rows.map(({ id }) => id)
    expect(ids('')).toEqual(['b', 'g', 'a'])
    expect(ids('risk,gate')).toEqual(['g', 'r'])
  })

  it('moves the point of the day and puts a later one behind it', () => {
    const point = { id: '', at: 2, value: 121, growth: 9 }
    const day = extendCurve(CURVE, { lines: [point], drawdown: 0 })!
    expect(day.lines[0]!.value).toEqual([100, 121])
    expect(day.lines[0]!.growth[1]).toBeCloseTo(1.21, 12)
    const fine = { ...CURVE, lines: [{ ...CURVE.lines[0]!, dates: null }] }
    const later = extendCurve(fine, { lines: [{ ...point, at: 3 }], drawdown: 0 })!
    expect([later.lines[0]!.at, later.lines[0]!.value]).toEqual([
      [1, 2, 3],
      [100, 110, 121],
    ])
  })
})

describe('positions', () => {
  it('are replaced by a whole table, and patched by a part of one', () => {
    const before = table([position('A', '50'), position('B', '40')])
    expect(mergePositions(before, table([position('C', '9')])).rows.map(({ instrument }) => instrument)).toEqual(['C'])
    const part = table([position('B', '60'), position('A', '0'), position('C', '10')], 12)
    expect(mergePositions(before, part).rows.map(({ instrument }) => instrument)).toEqual(['B', 'C'])
  })
})

describe('rows', () => {
  it('that are new come first, changed ones stay in their place', () => {
    const key = ([name]: readonly [string, number]): string => name
    expect(
      mergeRows(
        [
          ['a', 1],
          ['b', 1],
        ] as const,
        [
          ['c', 2],
          ['b', 2],
        ] as const,
        key,
      ),
    ).toEqual([
      ['c', 2],
      ['a', 1],
      ['b', 2],
    ])
  })
})

describe('what waits to be drawn', () => {
  it('is the newest of each whole reading, and every row that was told', () => {
    const frame = (n: number, kind: PushMessage['kind']) => ({ n, kind }) as PushMessage
    const waiting = [
      frame(1, 'figures'),
      frame(2, 'activity'),
      frame(3, 'figures'),
      frame(4, 'activity'),
      frame(5, 'equity'),
    ]
    expect(newestOf(waiting).map(({ n }) => n)).toEqual([2, 3, 4, 5])
  })
})

describe('a gap', () => {
  it('is a number that was left out, never the first frame', () => {
    const frame = (n: number, kind: PushMessage['kind'] = 'figures') => ({ n, kind }) as PushMessage
    expect([isGap(4, frame(5)), isGap(4, frame(6)), isGap(0, frame(9)), isGap(4, frame(9, 'hello'))]).toEqual([
      false,
      true,
      false,
      false,
    ])
  })
})
