import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { pairReturns, readReturns } from './returns-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-returns-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('a file of returns', () => {
  it('is a column of numbers with or without header and dates', async () => {
    const plain = await readReturns(file('plain.csv', '0.01\n-0.02\n0.03\n'), undefined)
    expect([...plain.values]).toEqual([0.01, -0.02, 0.03])
    const named = await readReturns(file('named.csv', 'return\n0.01\n-0.02\n'), undefined)
    expect([...named.values]).toEqual([0.01, -0.02])
    const dated = await readReturns(file('dated.csv', 'date,r\n2024-01-02,0.01\n2024-01-03,-0.02\n'), undefined)
    expect([...dated.values]).toEqual([0.01, -0.02])
    expect(dated.dates).toEqual([20_240_102, 20_240_103])
    expect(dated.others).toEqual([])
  })
  it('with several columns is read by name, and says what else could have been meant', async () => {
    const path = file('wide.csv', ',alpha,benchmark\n2024-01-02,0.01,0.5\n2024-01-03,-0.02,0.6\n')
    expect((await readReturns(path, undefined)).column).toBe('alpha')
    expect((await readReturns(path, undefined)).others).toEqual(['benchmark'])
    expect((await readReturns(path, undefined, /benchmark/i)).column).toBe('benchmark')
    expect([...(await readReturns(path, 'benchmark')).values]).toEqual([0.5, 0.6])
    await expect(readReturns(path, 'beta')).rejects.toThrow(
      '"wide.csv" has no column "beta"; it has "alpha", "benchmark"',
    )
  })
  it('without numbers is refused', async () => {
    await expect(readReturns(file('text.csv', 'date,note\n2024-01-02,x\n'), undefined)).rejects.toThrow(
      '"text.csv" has no column "returns"; it has no column of numbers',
    )
  })
})

describe('two files of returns', () => {
  it('meet on the dates that both have', async () => {
    const left = await readReturns(file('l.csv', 'date,r\n2024-01-02,1\n2024-01-03,2\n2024-01-05,3\n'), undefined)
    const right = await readReturns(file('r.csv', 'date,r\n2024-01-03,20\n2024-01-04,30\n2024-01-05,40\n'), undefined)
    expect(pairReturns(left, right).map((values) => [...values])).toEqual([
      [2, 3],
      [20, 40],
    ])
  })
  it('without dates need the same number of rows', async () => {
    const left = await readReturns(file('a.csv', 'r\n1\n2\n'), undefined)
    const right = await readReturns(file('b.csv', 'r\n1\n2\n3\n'), undefined)
    expect(() => pairReturns(left, right)).toThrow(
      '"b.csv" cannot be read: has 3 rows, but "a.csv" has 2; give both a column of dates',
    )
  })
})
