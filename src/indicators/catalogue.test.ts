import { describe, expect, it } from 'vitest'
import { indicatorContract } from '../../test/contracts/indicator.ts'
import { INDICATORS } from './catalogue.ts'

const examples = INDICATORS.flatMap((entry) => entry.examples)

for (const spec of examples) indicatorContract(spec)

describe('the catalogue', () => {
  it('names every indicator once', () => {
    const names = INDICATORS.map((entry) => entry.name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('gives different settings different keys', () => {
    const keys = examples.map((spec) => spec.key)
    expect(new Set(keys).size).toBe(keys.length)
  })
})
