import { describe, expect, it } from 'vitest'
import { createRandom, type Random, randomFrom } from './random.ts'

const DRAWS = 100_000

function draw(next: () => number, count: number = DRAWS): Float64Array {
  return Float64Array.from({ length: count }, next)
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Mean of (value - center)^power. */
function moment(values: Float64Array, center: number, power: number): number {
  return meanOf(values.map((value) => (value - center) ** power))
}

function correlation(left: Float64Array, right: Float64Array): number {
  const [leftMean, rightMean] = [meanOf(left), meanOf(right)]
  const products = left.map((value, index) => (value - leftMean) * (right[index]! - rightMean))
  return meanOf(products) / Math.sqrt(moment(left, leftMean, 2) * moment(right, rightMean, 2))
}

function words(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.word())
}

describe('xoshiro128**', () => {
  it('gives the published words for the state 1 2 3 4 (rand_xoshiro, from the reference C code)', () => {
    const published = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597]
    expect(words(randomFrom(Uint32Array.of(1, 2, 3, 4)), 9)).toEqual(published)
  })

  it('gives the words of a second port for a dense state', () => {
    const random = randomFrom(Uint32Array.of(0x964d4a0c, 0xd40ab895, 0xad7fdecb, 0x3006f0f0))
    expect(words(random, 4)).toEqual([0xf1391922, 0x6fe53806, 0xa5be2840, 0xf510ee70])
  })

  it('refuses the all-zero state, which it could never leave', () => {
    expect(() => randomFrom(new Uint32Array(4))).toThrow('must not be all zero')
  })
})

describe('createRandom', () => {
  it('repeats itself for one seed, written as a number or as a text', () => {
    expect(words(createRandom(7), 50)).toEqual(words(createRandom('7'), 50))
  })

  it('keeps its stream from one release to the next', () => {
    expect(words(createRandom('polyfolio'), 4)).toMatchInlineSnapshot(`
      [
        4159284592,
        2639672608,
        1840569209,
        434839370,
      ]
    `)
    expect(createRandom(1).uniform()).toMatchInlineSnapshot(`0.7027084620988221`)
    expect(createRandom(1).normal()).toMatchInlineSnapshot(`0.17833693031489098`)
  })

  it('differs between neighbouring seeds, between -0.5 and 0.5, and between swapped letters', () => {
    const seeds = [0, 1, 2, 3, -0.5, 0.5, 'ab', 'ba', '', 'a', 'aa']
    expect(new Set(seeds.map((seed) => words(createRandom(seed), 4).join())).size).toBe(seeds.length)
  })

  it('shows no correlation between the first draws of neighbouring seeds', () => {
    const first = draw(() => 0, 5_000).map((_, seed) => createRandom(seed).uniform())
    expect(Math.abs(correlation(first.subarray(0, 4_999), first.subarray(1)))).toBeLessThan(0.05)
    expect(meanOf(first)).toBeCloseTo(0.5, 1)
  })

  it('refuses a seed that is no number', () => {
    expect(() => createRandom(Number.NaN)).toThrow('was "NaN"')
  })
})

describe('draws', () => {
  it('uniform stays in [0, 1), fills it evenly, and uses 53 bits', () => {
    const random = createRandom('uniform')
    const values = draw(random.uniform)
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    expect(meanOf(values)).toBeCloseTo(0.5, 2)
    expect(moment(values, 0.5, 2)).toBeCloseTo(1 / 12, 2)
    const lastBits = values.map((value) => (value * 2 ** 53) % 2)
    expect(Math.abs(meanOf(lastBits) - 0.5)).toBeLessThan(0.01)
    expect(Math.abs(correlation(values.subarray(1), values.subarray(0, DRAWS - 1)))).toBeLessThan(0.01)
  })

  it('normal has mean 0, variance 1, skew 0, kurtosis 3', () => {
    const values = draw(createRandom('normal').normal)
    expect(Math.abs(meanOf(values))).toBeLessThan(0.01)
    expect(Math.abs(moment(values, 0, 2) - 1)).toBeLessThan(0.02)
    expect(Math.abs(moment(values, 0, 3))).toBeLessThan(0.04)
    expect(Math.abs(moment(values, 0, 4) - 3)).toBeLessThan(0.1)
    const beyondTwo = values.filter((value) => Math.abs(value) > 1.959964).length / DRAWS
    expect(Math.abs(beyondTwo - 0.05)).toBeLessThan(0.003)
  })

  it('integer reaches both ends and favours no value', () => {
    const random = createRandom('integer')
    const counts = new Map<number, number>()
    for (let index = 0; index < 60_000; index += 1) {
      const value = random.integer(-2, 3)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    expect([...counts.keys()].sort((left, right) => left - right)).toEqual([-2, -1, 0, 1, 2, 3])
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400)
    expect(random.integer(5, 5)).toBe(5)
    expect(() => random.integer(2, 1)).toThrow('bounds')
    expect(() => random.integer(0.5, 1)).toThrow('bounds')
  })

  it('exponential has mean and deviation 1 / rate', () => {
    const random = createRandom('exponential')
    const values = draw(() => random.exponential(4))
    expect(values.every((value) => value >= 0)).toBe(true)
    expect(Math.abs(meanOf(values) - 0.25)).toBeLessThan(0.004)
    expect(Math.abs(Math.sqrt(moment(values, 0.25, 2)) - 0.25)).toBeLessThan(0.006)
    expect(() => random.exponential(0)).toThrow('rate')
  })

  it.each([0, 0.3, 4, 60])('poisson of mean %d has that mean and variance', (mean) => {
    const random = createRandom('poisson')
    const values = draw(() => random.poisson(mean), 20_000)
    expect(values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true)
    expect(Math.abs(meanOf(values) - mean)).toBeLessThanOrEqual(0.01 + mean * 0.02)
    expect(Math.abs(moment(values, mean, 2) - mean)).toBeLessThanOrEqual(0.02 + mean * 0.05)
  })

  it.each([0.4, 1, 3.5])('gamma of shape %d has that mean and variance', (shape) => {
    const random = createRandom('gamma')
    const values = draw(() => random.gamma(shape))
    expect(values.every((value) => value >= 0)).toBe(true)
    expect(Math.abs(meanOf(values) - shape)).toBeLessThan(0.03)
    expect(Math.abs(moment(values, shape, 2) / shape - 1)).toBeLessThan(0.05)
  })

  it('studentT of 8 degrees has variance 8/6 and heavier tails than the normal', () => {
    const random = createRandom('student')
    const values = draw(() => random.studentT(8))
    const variance = moment(values, 0, 2)
    expect(Math.abs(meanOf(values))).toBeLessThan(0.015)
    expect(Math.abs(variance - 8 / 6)).toBeLessThan(0.05)
    expect(moment(values, 0, 4) / (variance * variance)).toBeGreaterThan(3.8)
  })
})

describe('fork', () => {
  it('depends on its label alone, not on what was drawn before or forked beside it', () => {
    const fresh = createRandom(1)
    const used = createRandom(1)
    draw(used.uniform, 1_000)
    used.fork('other').normal()
    expect(words(used.fork('TSLA'), 20)).toEqual(words(fresh.fork('TSLA'), 20))
  })

  it('does not move its parent', () => {
    const forked = createRandom(1)
    forked.fork('a').word()
    expect(words(forked, 20)).toEqual(words(createRandom(1), 20))
  })

  it('is independent of its parent, of its siblings and of other seeds', () => {
    const parent = createRandom(1)
    const streams = [parent, parent.fork('a'), parent.fork('b'), parent.fork('a').fork('a'), createRandom(2).fork('a')]
    const columns = streams.map((stream) => draw(stream.normal, 20_000))
    for (let left = 0; left < columns.length; left += 1) {
      for (let right = 0; right < left; right += 1) {
        expect(Math.abs(correlation(columns[left]!, columns[right]!))).toBeLessThan(0.03)
      }
    }
  })
})

describe('snapshot', () => {
  it('survives JSON and continues with the same draws and the same forks', () => {
    const random = createRandom('snapshot')
    draw(random.normal, 37)
    const text = JSON.stringify(random.snapshot())
    const wanted = [random.normal(), random.studentT(5), random.poisson(3), random.fork('x').word()]
    const other = createRandom('elsewhere')
    other.restore(JSON.parse(text))
    expect([other.normal(), other.studentT(5), other.poisson(3), other.fork('x').word()]).toEqual(wanted)
  })

  it('refuses a list of the wrong length', () => {
    expect(() => createRandom(1).restore([1, 2, 3])).toThrow('eight words, had "3"')
  })
})
