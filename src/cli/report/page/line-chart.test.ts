import { describe, expect, it } from 'vitest'
import { type Line, lineChart } from './line-chart.ts'

const DAYS = ['2024-01-02', '2024-01-03']

function chartOf(values: readonly number[]): string {
  const lines = values.map((value, index): Line => ({ title: `line ${index}`, values: [0, value], style: `s${index}` }))
  const plot = {
    name: 'Many',
    lines,
    guides: [],
    height: 180,
    ticks: 4,
    ends: true,
    tickText: String,
    valueText: String,
  }
  return lineChart({ id: 'many', days: DAYS, plots: [plot] }, true).text
}

/** The names beside the ends of the lines, from the top. */
function endsOf(page: string): string[] {
  return [...page.matchAll(/<div class="end (s\d+)"/g)].map(([, style]) => style!)
}

describe('the ends of lines', () => {
  it('are all named where they fit', () => {
    expect(endsOf(chartOf([3, 1, 2]))).toEqual(['s0', 's1', 's2'])
  })

  it('are named for the first line, the highest and the lowest where they do not: none stands outside of the plot', () => {
    const page = chartOf(Array.from({ length: 30 }, (_, index) => (index === 0 ? 14.5 : index)))
    // 180 pixels hold ten names: the first line, five from above and four from below.
    expect(endsOf(page)).toEqual(['s0', 's1', 's2', 's3', 's4', 's25', 's26', 's27', 's28', 's29'])
    for (const [, top] of page.matchAll(/class="end s\d+" style="top:([\d.-]+)%"/g)) {
      expect(Number(top)).toBeGreaterThanOrEqual(0)
      expect(Number(top)).toBeLessThanOrEqual(100)
    }
    // Every line has its chip all the same.
    expect([...page.matchAll(/<label class="chip"/g)]).toHaveLength(30)
  })
})
