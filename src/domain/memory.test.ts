import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../test/profile.ts'
import { MEMORY_BYTES_MAX, memoryProblem } from './memory.ts'

describe('memory', () => {
  it('is plain data', () => {
    expect(memoryProblem({})).toBeNull()
    expect(memoryProblem({ a: [1, 'x', null, true, { b: -0.5 }] })).toBeNull()
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (drawn) => {
        // JSON has one zero, and no null prototypes
        expect(memoryProblem(JSON.parse(JSON.stringify(drawn)))).toBeNull()
      }),
      propertyRuns(200),
    )
  })
  it.each<readonly [unknown, string]>([
    [null, 'decide returned no memory object'],
    [[1], 'decide returned no memory object'],
    [Promise.resolve({}), 'decide returned a promise; it must answer at once'],
    [{ a: Number.NaN }, 'memory.a is NaN; write null for what is not known'],
    [{ a: { b: [1, undefined] } }, 'memory.a.b[1] is undefined; memory is plain data'],
    [{ a: () => 1 }, 'memory.a is a function; memory is plain data'],
    [{ a: 1n }, 'memory.a is a bigint; memory is plain data'],
    [{ a: new Map() }, 'memory.a is a Map; memory is plain data'],
    [{ a: new Float64Array(2) }, 'memory.a is a Float64Array; memory is plain data'],
  ])('is not %s', (value, said) => {
    expect(memoryProblem(value)).toBe(said)
  })
  it('does not hold itself', () => {
    const ring: Record<string, unknown> = {}
    ring['a'] = ring
    expect(memoryProblem(ring)).toMatch(/nested deeper than 64$/)
  })
  it('holds 64 KB to the byte, and says what is too much', () => {
    expect(memoryProblem({ a: 'x'.repeat(MEMORY_BYTES_MAX - 1) })).toBeNull()
    expect(memoryProblem({ a: 'x'.repeat(MEMORY_BYTES_MAX) })).toBe('its memory holds 65537 bytes, more than 65536')
    expect(memoryProblem({ a: Array.from({ length: 8_192 }, () => 0) })).toMatch(/more than 65536$/)
  })
})
