import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
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
      '03-your-own-strategy.ts',
      '04-who-owns-what.ts',
      '05-what-a-split-does.ts',
      '06-strategies-in-files.ts',
    ])
  })
  it('stand in the README, and use public names only', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.ts'))) {
      const text = readFileSync(join(folder, name), 'utf8')
      const question = /^\/\* (.+?\?) /.exec(text.replaceAll('\n', ' '))?.[1]
      expect(readme).toContain(`| \`${name}\` | ${question} |`)
      const imported = [...text.matchAll(/from '([^']+)'/g)].map((found) => found[1])
      expect(imported.filter((path) => !/^(node:.*|\.\.\/src\/(index|node)\.ts)$/.test(path ?? ''))).toEqual([])
    }
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
  it('03 buys the dip at the next open and sells it at the open after the recovery', () => {
    expect(output('03-your-own-strategy.ts')).toBe(
      [
        '20240113: buy 444 at 9',
        '20240115: sell 444 at 9.5',
        'dip -> back above after 2 bars: 222.00',
        ...['20240108', '20240109', '20240110', '20240111', '20240112'].map((day) => `${day} 10000.00`),
        '20240113 9778.00',
        ...['20240114', '20240115', '20240116', '20240117'].map((day) => `${day} 10222.00`),
        'broken invariants: 0',
        '',
      ].join('\n'),
    )
  })
  it('04 sends the difference and knows to the cent who owns what', () => {
    expect(output('04-who-owns-what.ts').split('\n')).toEqual([
      '20240305  wished to buy 100 and to sell 60, sent 40',
      '  trend wanted 100: 60 from the other sleeve, 40 from the broker',
      '  news wanted -60: -60 from the other sleeve, 0 from the broker',
      '20240306  wished to buy 80 and to sell 0, sent 80',
      '  news wanted 80: 0 from the other sleeve, 80 from the broker',
      '20240307  wished to buy 0 and to sell 100, sent -100',
      '  trend wanted -100: 0 from the other sleeve, -100 from the broker',
      'news holds 20 ACME',
      'trend is worth 10100.00',
      'news is worth 9860.00',
      'together 20 ACME and 19960.00, account 19960.00',
      '4 wishes, 3 orders, 6000.00 not traded',
      '',
    ])
  })
  it('05 keeps the average flat, the equity whole and pays the half share out', () => {
    expect(output('05-what-a-split-does.ts').split('\n')).toEqual([
      'the average it sees: -, 84.00, 84.00, 84.00, 84.00',
      '20240604 fill: +101 shares at 84, cash -8484.00',
      '20240605 split: +252 shares at 24, cash 12.00',
      '20240606 dividend: +0 shares at 0.5, cash 176.50',
      'equity: 10000.00, 10000.00, 10000.00, 10176.50, 10176.50',
      'at the end 353 shares, bought at 24 in shares of today',
      '',
    ])
  })
  it('06 runs one strategy in TypeScript and one in JavaScript, in a thread of its own, from their files', () => {
    const lines = output('06-strategies-in-files.ts').split('\n')
    const [, dips = 0] = /^dips: dip-buyer, (\d+) trades, sold because: back above, stop$/.exec(lines[0]!) ?? []
    const [, best = 0] = /^best: best-of-all, (\d+) trades, sold because: no longer best$/.exec(lines[2]!) ?? []
    expect(Number(dips)).toBeGreaterThan(20)
    expect(Number(best)).toBeGreaterThan(20)
    expect([lines[1], lines[3], ...lines.slice(4)]).toEqual([
      '  decided to the end',
      '  decided to the end',
      'broken invariants: 0',
      '',
    ])
  })
})
