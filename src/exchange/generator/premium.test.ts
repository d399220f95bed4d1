import { describe, expect, it } from 'vitest'
import { createRandom } from '../../numerics/random.ts'
import { withPremium } from './premium.ts'

const RULES = { mean: 0.001, deviation: 0.002, tick: 0.01 }

function walk(count: number) {
  const random = createRandom(5)
  const close = new Float64Array(count)
  let price = 20_000
  for (let row = 0; row < count; row += 1) {
    price *= 1 + 0.03 * random.normal()
    close[row] = price
  }
  const open = close.map((_, row) => close[Math.max(0, row - 1)]!)
  const high = close.map((value, row) => Math.max(value, open[row]!) * 1.01)
  const low = close.map((value, row) => Math.min(value, open[row]!) * 0.99)
  return { open, high, low, close }
}

describe('withPremium', () => {
  const spot = walk(4_000)
  const perpetual = withPremium(spot, RULES, createRandom(9))

  it('stands at its mean premium, with its deviation, and comes back within days', () => {
    const premiums = Array.from(perpetual.close, (price, row) => price / spot.close[row]! - 1)
    const mean = premiums.reduce((sum, one) => sum + one, 0) / premiums.length
    const variance = premiums.reduce((sum, one) => sum + (one - mean) ** 2, 0) / premiums.length
    const lagged = premiums.slice(1).reduce((sum, one, row) => sum + (one - mean) * (premiums[row]! - mean), 0)
    expect(Math.abs(mean - RULES.mean)).toBeLessThan(0.0003)
    expect(Math.abs(Math.sqrt(variance) - RULES.deviation)).toBeLessThan(0.0003)
    expect(lagged / premiums.length / variance).toBeGreaterThan(0.6)
    expect(lagged / premiums.length / variance).toBeLessThan(0.8)
  })

  it('gives bars that are bars, on the tick, and opens where the premium closed', () => {
    for (let row = 0; row < spot.close.length; row += 1) {
      const [open, high, low, close] = [perpetual.open, perpetual.high, perpetual.low, perpetual.close].map(
        (values) => values[row]!,
      )
      expect(high!).toBeGreaterThanOrEqual(Math.max(open!, close!))
      expect(low!).toBeLessThanOrEqual(Math.min(open!, close!))
      if (row > 0) expect(Math.abs(open! / close! / (spot.open[row]! / spot.close[row]!) - 1)).toBeLessThan(0.02)
    }
  })

  it('begins the same in a longer history', () => {
    const longer = withPremium(walk(4_500), RULES, createRandom(9))
    expect(longer.close.subarray(0, 4_000)).toEqual(perpetual.close)
  })
})
