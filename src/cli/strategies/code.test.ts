import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { STRATEGIES } from '../../pipeline/strategies/registry.ts'
import { loadPortfolio } from '../config/load.ts'
import { codeOfBuiltIn } from './code.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-code-'))
afterAll(() => rmSync(folder, { recursive: true }))

const OWN = (bars: number): string => `export default {
  name: 'own',
  parameters: {},
  indicators: () => ({}),
  lookback: () => ${bars},
  start: () => ({}),
  decide: (view) => view.memory,
}
`

const FILE = `name: Codes
capital: 1000
sleeves:
  - {id: one, weight: 0.5, strategy: buy-and-hold, universe: [A], sizing: {kind: percent, fraction: 0.5}}
  - {id: two, weight: 0.4, strategy: ./own.js, universe: [A], sizing: {kind: percent, fraction: 0.5}}
instruments:
  A: {file: A.csv}
`

describe('the code of strategies', () => {
  it('is another one for every built-in strategy, and with every version of the program', () => {
    const codes = STRATEGIES.map((strategy) => codeOfBuiltIn(strategy))
    expect(new Set(codes).size).toBe(STRATEGIES.length)
    expect(STRATEGIES.map((strategy) => codeOfBuiltIn(strategy))).toEqual(codes)
    expect(codeOfBuiltIn(STRATEGIES[0]!, '99.0.0')).not.toBe(codes[0])
    expect(codeOfBuiltIn({ ...STRATEGIES[0]!, lookback: () => 7 })).not.toBe(codes[0])
  })

  it('is known of what the sleeves of a file decide by; of own ones it follows the file', async () => {
    writeFileSync(join(folder, 'portfolio.yaml'), FILE)
    const codes = async (bars: number): Promise<Readonly<Record<string, string>>> => {
      writeFileSync(join(folder, 'own.js'), OWN(bars))
      return (await loadPortfolio(join(folder, 'portfolio.yaml'))).codes
    }
    const [before, again, after] = [await codes(1), await codes(1), await codes(2)]
    expect(Object.keys(before)).toEqual(['buy-and-hold', 'own'])
    expect(before['own']).toMatch(/^[0-9a-f]{64}$/)
    expect(again).toEqual(before)
    expect(after['own']).not.toBe(before['own'])
    expect(after['buy-and-hold']).toBe(before['buy-and-hold'])
  })
})
