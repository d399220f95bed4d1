import { describe, expect, it } from 'vitest'
import { FaultError } from '../../domain/faults.ts'
import { parseDelimited } from './delimited.ts'
import { readMoments } from './moments.ts'

function moments(...dates: readonly string[]) {
  return readMoments(parseDelimited(['date,close', ...dates.map((date) => `${date},1`)].join('\n'), 'hand.csv'), 0)
}

function iso(...dates: readonly string[]): readonly string[] {
  return Array.from(moments(...dates).times, (time) => new Date(time).toISOString())
}

function refusal(...dates: readonly string[]): string {
  try {
    moments(...dates)
  } catch (cause) {
    if (cause instanceof FaultError) return cause.message
  }
  return 'read'
}

describe('readMoments', () => {
  it('reads dates, times, zones and fractions', () => {
    expect(iso('2024-01-31')).toEqual(['2024-01-31T00:00:00.000Z'])
    expect(iso('20240131')).toEqual(['2024-01-31T00:00:00.000Z'])
    expect(iso('2024-01-31 04:00:00+00:00')).toEqual(['2024-01-31T04:00:00.000Z'])
    expect(iso('2024-01-31T09:30:00-05:00')).toEqual(['2024-01-31T14:30:00.000Z'])
    expect(iso('2024-01-31T00:00:01.25Z')).toEqual(['2024-01-31T00:00:01.250Z'])
  })

  it('keeps the date as written, whatever the zone', () => {
    expect([...moments('2024-01-31 00:00:00+09:00').dates]).toEqual([20240131])
  })

  it('brings seconds, milliseconds and microseconds to one unit, and says so', () => {
    const read = moments('1568944800.0', '1568948400000', '1568952000000000')
    expect(Array.from(read.times, (time) => time / 3_600_000)).toEqual([435818, 435819, 435820])
    expect(read.findings.map(({ kind, code, line }) => `${kind} ${code} ${line}`)).toEqual(['repair epoch-units 4'])
  })

  it('tells day from month by the rows that can only be read one way', () => {
    expect([...moments('01/02/2023', '01/13/2023').dates]).toEqual([20230102, 20230113])
    expect([...moments('01/02/2023', '13/02/2023').dates]).toEqual([20230201, 20230213])
    expect(refusal('01/02/2023', '03/04/2023')).toContain('line 2: no date tells')
    expect(refusal('13/02/2023', '01/13/2023')).toContain('line 3: some dates put the day first')
  })

  it('reads hours of half a day', () => {
    expect(iso('2017-08-17 12-AM', '2017-08-17 01-AM', '2017-08-17 12-PM', '2017-08-17 11-PM')).toEqual([
      '2017-08-17T00:00:00.000Z',
      '2017-08-17T01:00:00.000Z',
      '2017-08-17T12:00:00.000Z',
      '2017-08-17T23:00:00.000Z',
    ])
  })

  it('refuses dates that do not exist, are empty or written in two ways, with the line', () => {
    expect(refusal('2023-02-28', '2023-02-30')).toContain('line 3: date "2023-02-30" cannot be read as a date')
    expect(refusal('2023-02-28', '')).toContain('line 3: date ""')
    expect(refusal('2023-02-28', '2023-02-28 25:00')).toContain('line 3')
    expect(refusal('2023-02-28', '20230301')).toContain('write all dates one way')
  })
})
