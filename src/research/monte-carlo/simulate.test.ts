import { describe, expect, it } from 'vitest'
import { createRandom } from '../../numerics/random.ts'
import { correlation, sampleDeviation } from '../../numerics/statistics.ts'
import { studentPaths, tailDegrees } from './paths.ts'
import { type SimulationSettings, simulate } from './simulate.ts'

const settings = (more: Partial<SimulationSettings> = {}): SimulationSettings => ({
  method: 'bootstrap',
  horizon: 2,
  paths: 20_000,
  seed: 1,
  block: 1,
  degrees: null,
  quantiles: [0.05, 0.5, 0.95],
  ruinAt: 0.5,
  breaches: [0.15],
  ...more,
})
const coin = Float64Array.of(0.1, -0.1)

function drawn(length: number, degrees: number): Float64Array {
  const random = createRandom('past')
  return Float64Array.from({ length }, () => 0.01 * random.studentT(degrees))
}

describe('a simulation', () => {
  it('of a fair coin finds the odds that can be counted', () => {
    // two tosses: 1.21 once, 0.99 twice, 0.81 once
    const [outcome] = simulate([coin], settings({ paths: 100_000 })).outcomes
    expect(outcome!.loss).toBeCloseTo(0.75, 2)
    expect(outcome!.breached[0]).toBeCloseTo(0.25, 2)
    expect(outcome!.mean).toBeCloseTo(1, 2)
    expect([...outcome!.final]).toEqual([0.81, 0.99, 1.21].map((value) => expect.closeTo(value, 12)))
    expect(outcome!.ruin).toBe(0)
  })

  it('keeps what followed each other within a block', () => {
    // in blocks of two each path is one rise and one fall, in either order
    const { outcomes } = simulate([coin], settings({ block: 2 }))
    expect([...outcomes[0]!.final]).toEqual([0.99, 0.99, 0.99].map((value) => expect.closeTo(value, 12)))
    expect(outcomes[0]!.breached[0]).toBe(0)
  })

  it('of a constant growth is a line', () => {
    const { cone } = simulate([new Float64Array(10).fill(0.01)], settings({ horizon: 30, paths: 50 }))
    for (const line of cone) expect(line[30]).toBeCloseTo(1.01 ** 30, 12)
    expect(cone[0]![0]).toBe(1)
  })

  it('knows no return from ruin', () => {
    const [outcome] = simulate([Float64Array.of(-1, 0.5)], settings({ horizon: 20 })).outcomes
    expect(outcome!.ruin).toBeGreaterThan(0.999)
    expect(outcome!.final[1]).toBe(0)
  })

  it('draws the parts of a portfolio together', () => {
    const past = drawn(500, 8)
    const { outcomes } = simulate([past, past.map((value) => value * 1)], settings({ horizon: 20, block: 5 }))
    expect(outcomes[1]).toEqual(outcomes[0])
    const student = simulate([past, past], settings({ method: 'student', horizon: 20, degrees: 6 }))
    for (const at of [0, 1, 2]) expect(student.outcomes[1]!.final[at]).toBeCloseTo(student.outcomes[0]!.final[at]!, 9)
  })

  it('is the same for the same seed, and another for another', () => {
    const past = drawn(300, 5)
    const run = (seed: number) => simulate([past], settings({ seed, horizon: 50, paths: 200, block: 10 }))
    expect(run(7)).toEqual(run(7))
    expect(run(8).cone[0]).not.toEqual(run(7).cone[0])
  })
})

describe('a Student t', () => {
  it('has the means, volatilities and correlations of the past', () => {
    const one = drawn(2000, 6)
    const more = drawn(4000, 6)
    const other = one.map((value, at) => 0.6 * value + 0.8 * more[2000 + at]!)
    const horizon = 40_000
    const out = [new Float64Array(horizon), new Float64Array(horizon)]
    studentPaths([one, other], 6, createRandom(3)).draw(out)
    for (const [at, past] of [one, other].entries())
      expect(sampleDeviation(out[at]!) / sampleDeviation(past)).toBeCloseTo(1, 1)
    expect(correlation(out[0]!, out[1]!)).toBeCloseTo(correlation(one, other), 1)
  })

  it('takes its degrees of freedom from the kurtosis: fat tails have few', () => {
    const fat = tailDegrees([drawn(5000, 5)])
    expect(fat).toBeGreaterThan(4)
    expect(fat).toBeLessThan(8)
    expect(tailDegrees([Float64Array.of(-1, 1, -1, 1, -1, 1)])).toBe(100)
  })
})
