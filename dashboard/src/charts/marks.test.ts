import { describe, expect, it } from 'vitest'
import type { SleeveBar, SleeveMark } from '../../../src/api/contract/sleeve-page.ts'
import { MARKERS_MOST, markersWithin, zoomed } from './price.ts'
import { jittered } from './trades.ts'

const DAYS = ['2024-01-02', '2024-01-03', '2024-01-05', '2024-01-08']
const COLOURS = { pos: '#0f0', neg: '#f00', text: '#fff', quiet: '#888' }
const bar = (day: string): SleeveBar => ({ day, open: 1, high: 1, low: 1, close: 1, volume: 1 })
const mark = (day: string, what: 'entry' | 'exit', side: string): SleeveMark => ({
  day,
  at: `${day}T14:30:00.000Z`,
  instrument: 'SPY',
  what,
  side,
  quantity: 1,
  price: 1,
  order: '1',
  reason: '',
  pnl: what === 'exit' ? -5 : null,
})

describe('markers of the price chart', () => {
  const all = {
    bars: DAYS.map(bar),
    marks: [mark('2024-01-08', 'exit', 'short'), mark('2024-01-03', 'entry', 'long')],
    signals: [],
  }
  it('are those of the bars in sight, in the order of their days', () => {
    expect(markersWithin(all, '2024-01-02', '2024-01-05', COLOURS).map(({ time }) => time)).toEqual(['2024-01-03'])
    expect(markersWithin(all, '2024-01-02', '2024-01-08', COLOURS).map(({ time }) => time)).toEqual([
      '2024-01-03',
      '2024-01-08',
    ])
  })
  it('point up below the bar where something was bought: also where a short was closed', () => {
    expect(markersWithin(all, '2024-01-02', '2024-01-08', COLOURS).map(({ shape }) => shape)).toEqual([
      'arrowUp',
      'arrowUp',
    ])
  })
  it('collapse to counts that add up when there are more than can be read', () => {
    const many = Array.from({ length: MARKERS_MOST + 1 }, (_, place) => mark(DAYS[place % 4]!, 'entry', 'long'))
    const counts = markersWithin({ ...all, marks: many }, '2024-01-02', '2024-01-08', COLOURS)
    expect(counts.reduce((sum, { text }) => sum + Number(text), 0)).toBe(MARKERS_MOST + 1)
    expect(counts.length).toBeLessThanOrEqual(40)
  })
  it('zoom around the pointer', () => {
    const { from, to } = zoomed({ from: 0, to: 100 }, 50, true, 1000)
    expect([from, to]).toEqual([10, 90])
  })
})

describe('hold times', () => {
  it('are moved aside by less than half a day, the same way every time', () => {
    const places = Array.from({ length: 1000 }, (_, place) => jittered(3, place))
    expect(Math.max(...places.map((place) => Math.abs(place - 3)))).toBeLessThan(0.5)
    expect(jittered(3, 17)).toBe(places[17])
  })
})
