import { describe, expect, it } from 'vitest'
import { indicatorByKey } from './by-key.ts'
import { INDICATORS } from './catalogue.ts'
import { previous } from './previous/previous.ts'
import { sma } from './sma/sma.ts'

const bars = (() => {
  const column = (scale: number): Float64Array =>
    Float64Array.from({ length: 60 }, (_, bar) => 50 + scale * ((bar * 37) % 11) - ((bar * 13) % 7))
  const session = Float64Array.from({ length: 60 }, (_, bar) => Math.floor(bar / 9))
  return { open: column(1), high: column(1.2), low: column(0.8), close: column(1.1), volume: column(9), session }
})()

describe('an indicator by its key', () => {
  it.each(INDICATORS.flatMap(({ examples }) => examples.map((spec) => [spec.key, spec] as const)))(
    '"%s" is the same again',
    (key, spec) => {
      const again = indicatorByKey(key)!
      expect({ key: again.key, outputs: again.outputs, bars: again.bars, ready: again.ready }).toEqual({
        key,
        outputs: spec.outputs,
        bars: spec.bars,
        ready: spec.ready,
      })
      expect(again.columns(bars)).toEqual(spec.columns(bars))
    },
  )
  it('is found through any number of bars before', () => {
    expect(indicatorByKey('previous(previous(sma(3)))')?.key).toBe(previous(previous(sma(3))).key)
  })
  it.each([
    '',
    'sma',
    'sma()',
    'sma(x)',
    'sma(2,close)',
    'sma(2,foo)',
    'sma(2,high',
    'mine(3)',
    'macd(12,26,9,odd)',
    'toString(1)',
    'sma(2,3,4)',
  ])('"%s" names none', (key) => {
    expect(indicatorByKey(key)).toBeNull()
  })
})
