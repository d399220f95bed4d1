import type { Gauge } from '../../../src/api/contract/risk-page.ts'
import { house, type Option, type Palette } from './palette.ts'

/** A half circle with bands to 80 and 100 % of the limit, a needle and the number. */

const WARN_AT = 0.8

/** How far the limit is used: the word goes with the colour. */
export function bandOf(use: number | null): 'calm' | 'near' | 'beyond' {
  if (use === null || use < WARN_AT) return 'calm'
  return use < 1 ? 'near' : 'beyond'
}

/** End of the scale: a quarter above the limit, or above the figure where that is further out. */
export function scaleOf({ value, limit, target }: Gauge): number {
  const most = Math.max(limit ?? 0, target ?? 0, value ?? 0)
  return most <= 0 ? 1 : most * 1.25
}

export function gauge(view: Gauge, palette: Palette): Option {
  const end = scaleOf(view)
  const { value, limit } = view
  const bands: (readonly [number, string])[] =
    limit === null
      ? [[1, palette.paint.raised]]
      : [
          [(limit * WARN_AT) / end, palette.paint.text2],
          [limit / end, palette.paint.warn],
          [1, palette.paint.neg],
        ]
  return {
    ...house(palette),
    series: [
      {
        type: 'gauge',
        startAngle: 180,
        endAngle: 0,
        center: ['50%', '82%'],
        radius: '148%',
        min: 0,
        max: end,
        axisLine: { lineStyle: { width: 10, color: bands } },
        progress: { show: false },
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { show: false },
        anchor: { show: limit !== null, size: 8, itemStyle: { color: palette.paint.text } },
        pointer: {
          show: value !== null && limit !== null, // without a limit there is nothing to point against
          width: 3,
          length: '78%',
          itemStyle: { color: palette.paint.text },
        },
        detail: { show: false }, // the number is text beside it: readable, copied, spoken
        title: { show: false },
        data: [{ value: Math.min(end, Math.max(0, value ?? 0)) }],
        silent: true,
      },
    ],
  }
}
