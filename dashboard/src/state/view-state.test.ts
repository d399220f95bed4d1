import { describe, expect, it, vi } from 'vitest'
import { grouping, playedHistory } from './grouping.ts'
import { periodStart } from './periods.ts'
import { layOutForPaper, painted, preferences, themeShown } from './preferences.ts'
import { carriedSearch, withParameter } from './url.ts'

describe('history that is played', () => {
  it('is told from a market that goes on, however fast, by the days that pass in a second', () => {
    const rows = (...days: readonly number[]) => days.map((day) => ({ at: new Date(day * 86_400_000).toISOString() }))
    const isHistory = playedHistory()
    expect(isHistory(rows(100, 130, 160), 0)).toBe(true)
    expect(isHistory(rows(190), 1_000)).toBe(true)
    // A day in a second, and a week in ten.
    expect(isHistory(rows(191), 2_000)).toBe(false)
    expect(isHistory(rows(198, 197), 12_000)).toBe(false)
  })
})

describe('the address', () => {
  it('keeps what is not the default, and nothing else', () => {
    expect(withParameter('?period=1M', 'sort', 'value')).toBe('?period=1M&sort=value')
    expect(withParameter('?period=1M', 'period', '1Y', '1Y')).toBe('')
    expect(withParameter('?explain=7&period=1M', 'explain', null)).toBe('?period=1M')
    expect(withParameter('', 'q', 'a&b=c')).toBe('?q=a%26b%3Dc')
  })
  it('takes portfolio and period to the next page, filters stay behind', () => {
    expect(carriedSearch('?period=1M&severity=high&portfolio=a%20b')).toBe('?portfolio=a+b&period=1M')
  })
})

describe('a period', () => {
  it.each([
    ['1D', '2026-11-20', '2026-11-19'],
    ['1W', '2026-11-20', '2026-11-13'],
    ['1M', '2026-03-31', '2026-02-28'],
    ['3M', '2026-01-31', '2025-10-31'],
    ['1Y', '2024-02-29', '2023-02-28'],
    ['5Y', '2026-11-20', '2021-11-20'],
    ['YTD', '2026-11-20', '2025-12-31'],
  ] as const)('%s before %s begins on %s', (period, last, first) => expect(periodStart(period, last)).toBe(first))
  it('of everything has no beginning', () => expect(periodStart('All', '2026-11-20')).toBeNull())
})

describe('fills', () => {
  it('are told one by one up to three in a second, then together until it is quiet', () => {
    const tell = grouping()
    const told = [0, 100, 200, 300, 400, 2000, 2500].map((at) => tell('fill', at))
    expect(told.map(({ single }) => single !== null)).toEqual([true, true, true, false, false, false, false])
    expect(told.at(-1)!.gathered).toBe(4)
    expect(tell('fill', 5600)).toEqual({ single: 'fill', gathered: 0 })
  })
})

describe('pages that are laid out for paper', () => {
  it('are light whatever the reader chose, until they are left', () => {
    vi.stubGlobal('document', { documentElement: { dataset: {} } })
    preferences.set({ ...preferences.get(), theme: 'dark' })
    const shown = [false, true, false].map((isSo) => {
      layOutForPaper(isSo)
      return [themeShown(), painted.get().split(' ')[0], document.documentElement.dataset['theme']]
    })
    expect(shown).toEqual([
      ['dark', 'dark', 'dark'],
      ['light', 'light', 'light'],
      ['dark', 'dark', 'dark'],
    ])
    vi.unstubAllGlobals()
  })
})
