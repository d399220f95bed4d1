import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = resolve(fileURLToPath(new URL('..', import.meta.url)), 'examples')

function output(name: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join(folder, name)], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}
const numberAfter = (text: string, label: string): number =>
  Number(new RegExp(`${label} (-?[\\d.]+)`).exec(text)?.[1] ?? Number.NaN)

describe('the examples', () => {
  it('are all run here', () => {
    expect(readdirSync(folder).filter((name) => name.endsWith('.ts'))).toEqual([
      '01-one-sleeve.ts',
      '02-two-strategies-one-account.ts',
    ])
  })
  it('01 runs one strategy and names its best trade', () => {
    const text = output('01-one-sleeve.ts')
    expect(text).toMatch(/^2020-01-02 to 2024-12-31: 10000 became \d+\.\d\d$/m)
    expect(text).toMatch(/^crossover: \d+ round trips, 8000 became/m)
    expect(text).toMatch(/^best trade: \d+ ACME from \d{8} to \d{8}, cross$/m)
  })
  it('02 shows fewer orders and fees with netting, and sleeves that add up', () => {
    const text = output('02-two-strategies-one-account.ts')
    const [, netted = '', apart = ''] = /with netting\n([\s\S]*)without netting\n([\s\S]*)sleeves/.exec(text) ?? []
    expect(numberAfter(netted, 'orders')).toBeLessThan(numberAfter(netted, 'wishes'))
    expect(numberAfter(apart, 'orders')).toBe(numberAfter(apart, 'wishes'))
    expect(numberAfter(text, 'sleeves')).toBe(numberAfter(text, 'portfolio'))
    expect(numberAfter(text, 'fees with netting')).toBeLessThan(numberAfter(text, 'without'))
  })
})
