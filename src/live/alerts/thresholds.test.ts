import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import type { AlertThreshold } from '../../domain/alerts.ts'
import type { Instant } from '../../domain/units.ts'
import { type Exceeded, exceededBy, thresholdAlerts } from './thresholds.ts'

const DEEP: AlertThreshold = {
  name: 'deep',
  isEnabled: true,
  figure: 'drawdown',
  sleeve: null,
  side: 'above',
  value: 0.08,
  release: 0.06,
  severity: 'high',
}
const LITTLE_CASH: AlertThreshold = {
  ...DEEP,
  name: 'little cash',
  figure: 'cash',
  side: 'below',
  value: 0.1,
  release: 0.12,
}

/** Since when it is exceeded, look by look. */
function seenOver(threshold: AlertThreshold, figures: readonly (number | null)[]): readonly (number | null)[] {
  let exceeded: Exceeded = {}
  return figures.map((figure, at) => {
    exceeded = exceededBy([threshold], () => figure, exceeded, at as Instant)
    return exceeded[threshold.name] ?? null
  })
}

describe('a threshold', () => {
  it('is exceeded beyond its value, and until the figure is back at the other one', () => {
    expect(seenOver(DEEP, [0.05, 0.08, 0.081, 0.07, 0.0601, 0.06, 0.079, 0.09])).toEqual([
      null,
      null,
      2,
      2,
      2,
      null,
      null,
      7,
    ])
    expect(seenOver(LITTLE_CASH, [0.11, 0.09, 0.115, 0.12, 0.11])).toEqual([null, 1, 1, null, null])
  })
  it('stays as it was where the figure is not known, and is none where it is switched off', () => {
    expect(seenOver(DEEP, [null, 0.09, null, null, 0.05, null])).toEqual([null, 1, 1, 1, null, null])
    expect(seenOver({ ...DEEP, isEnabled: false }, [0.5, 0.5])).toEqual([null, null])
  })
  it('is told of once however often a figure crosses its value without reaching the other one', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.0601, max: 0.2, noNaN: true }), { minLength: 1 }), (figures) => {
        const begun = new Set(seenOver(DEEP, [0.09, ...figures]))
        expect([...begun]).toEqual([0])
      }),
      propertyRuns(200),
    )
  })
  it('has one alert for as long as it lasts, and another one the next time', () => {
    const alertsAt = (exceeded: Exceeded, figure: number | null) =>
      thresholdAlerts('demo', [DEEP, { ...DEEP, name: 'of trend', sleeve: 'trend' }], () => figure, exceeded)
    const [first] = alertsAt({ deep: 5 }, 0.0912)
    expect(first).toMatchObject({
      id: 'demo threshold deep 5',
      rule: 'threshold_drawdown',
      severity: 'high',
      text: 'drawdown is 9.12 %, above 8.00 % (deep)',
      value: 0.0912,
      limit: 0.08,
      incident: 'around threshold deep',
      state: 'raised',
    })
    expect(alertsAt({ deep: 5 }, 0.07)[0]!.id).toBe(first!.id)
    expect(alertsAt({ deep: 9 }, 0.09)[0]!.id).not.toBe(first!.id)
    expect(alertsAt({ 'of trend': 1 }, null)[0]).toMatchObject({
      sleeve: 'trend',
      link: '/strategy/trend',
      text: 'drawdown of trend is not known, above 8.00 % (of trend)',
    })
    expect(alertsAt({}, 0.5)).toEqual([])
  })
  it('keeps what it remembers where nothing has changed', () => {
    const before = { deep: 5 }
    expect(exceededBy([DEEP], () => 0.07, before, 9 as Instant)).toBe(before)
  })
})
