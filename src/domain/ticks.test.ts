import { describe, expect, it } from 'vitest'
import { toTick } from './ticks.ts'

const cents = { ticks: [{ from: 0, tick: 0.01 }] }
const sub = {
  ticks: [
    { from: 0, tick: 0.0001 },
    { from: 1, tick: 0.01 },
  ],
}

describe('toTick', () => {
  it('goes down for a buyer and up for a seller', () => {
    expect(toTick(cents, 10.019, 'down')).toBe(10.01)
    expect(toTick(cents, 10.011, 'up')).toBe(10.02)
  })
  it('leaves a price that is on its tick, whatever binary makes of it', () => {
    for (let count = 1; count < 100_000; count += 7) {
      expect(toTick(cents, count / 100, 'down')).toBe(count / 100)
      expect(toTick(cents, count / 100, 'up')).toBe(count / 100)
    }
  })
  it('takes the tick of the price level', () => {
    expect(toTick(sub, 0.12345, 'down')).toBe(0.1234)
    expect(toTick(sub, 1.239, 'down')).toBe(1.23)
  })
  it('knows ticks above one', () => expect(toTick({ ticks: [{ from: 0, tick: 5 }] }, 13, 'up')).toBe(15))
  it('passes a price without ticks, and NaN', () => {
    expect(toTick({ ticks: [] }, 1.23456, 'down')).toBe(1.23456)
    expect(toTick(cents, Number.NaN, 'up')).toBeNaN()
  })
})
