import { describe, expect, it } from 'vitest'
import { age, isoInZone, moment, remaining, stamp, tradeDate, wallPoint, zoneOffset } from './times.ts'

const NOW = Date.parse('2026-11-21T20:00:00Z')

describe('moments', () => {
  it.each([
    ['2026-11-21T15:42:07Z', '10:42:07'],
    ['2026-11-09T15:42:07Z', '9 Nov 10:42'],
    ['2025-11-09T15:42:07Z', '2025-11-09'],
    [null, 'n/a'],
  ])('%s at the exchange reads %s', (iso, text) => expect(moment(iso, 'exchange', NOW)).toBe(text))

  it('today is a day of the zone, not of UTC', () => {
    expect(moment('2026-11-21T04:30:00Z', 'exchange', NOW)).toBe('20 Nov 23:30')
    expect(moment('2026-11-21T04:30:00Z', 'utc', NOW)).toBe('04:30:00')
  })
  it('copies carry the offset, in summer and in winter', () => {
    expect(isoInZone('2026-11-21T15:42:07Z', 'exchange')).toBe('2026-11-21T10:42:07-05:00')
    expect(isoInZone('2026-07-21T15:42:07Z', 'exchange')).toBe('2026-07-21T11:42:07-04:00')
    expect(isoInZone('2026-07-21T15:42:07Z', 'utc')).toBe('2026-07-21T15:42:07Z')
    expect(stamp('2026-07-21T15:42:07Z', 'exchange')).toBe('2026-07-21 11:42:07')
    expect(zoneOffset(NOW, 'exchange')).toBe('UTC\u22125')
    expect(wallPoint(NOW, 'exchange')).toBe(NOW - 5 * 3_600_000)
  })
})

describe('trade dates', () => {
  it('are text: no zone moves them', () => {
    expect([tradeDate('2024-02-01'), tradeDate('2024-02-01T00:00:00.000Z'), tradeDate(null)]).toEqual([
      '1 Feb 2024',
      '1 Feb 2024',
      'n/a',
    ])
  })
})

describe('terms', () => {
  it.each([
    [2000, '2 s'],
    [14 * 60_000, '14 min'],
    [3 * 3_600_000, '3 h'],
    [3 * 86_400_000, '3 d'],
  ])('an age of %d ms reads %s', (ms, text) => expect(age(ms)).toBe(text))
  it.each([
    [39_500, '40 s'],
    [11 * 60_000, '11 min'],
    [130 * 60_000, '2 h 10 min'],
    [7_200_000, '2 h'],
  ])('%d ms that are left read %s', (ms, text) => expect(remaining(ms)).toBe(text))
})
