import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import { daysOf, noise } from '../fixtures/capital-run.ts'
import { command } from './command.ts'

/* From a portfolio file with an allocation and overlays to the weights, records and table of its report. */

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-capital-report-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const DAYS = 160
const RETURNS: Readonly<Record<string, readonly number[]>> = {
  calm: noise(DAYS, 0.004, 71),
  wild: noise(DAYS, 0.02, 72),
  // Down a fifth in one day of the second month.
  falls: noise(DAYS, 0.01, 73).map((value, at) => (at === 30 ? -0.2 : value)),
}

const PORTFOLIO = `name: Dealt
capital: 1000000
allocation: {method: inverse_volatility, window: 40, min_observations: 40, recompute: 40, bounds: [0.1, 0.6]}
overlays: {month_ladder: {window: 40}, volatility_target: {target: 0.05, window: 40}}
rebalancing: every_bar
instruments:
${Object.keys(RETURNS)
  .map((name) => `  ${name.toUpperCase()}: {file: ${name}.csv, prices: raw}`)
  .join('\n')}
sleeves:
${Object.keys(RETURNS)
  .map(
    (name) =>
      `  - {id: ${name}, strategy: buy-and-hold, universe: [${name.toUpperCase()}], sizing: {kind: percent, fraction: 1}}`,
  )
  .join('\n')}
`

/** Prices in thousandths, written as a vendor's file. */
function priceFile(returns: readonly number[]): string {
  let close = 100
  const lines = daysOf(DAYS + 1).map((date, index) => {
    const open = close
    if (index > 0) close *= 1 + returns[index - 1]!
    const [low, high] = [Math.min(open, close), Math.max(open, close)]
    return `${date},${[open, high, low, close].map((price) => price.toFixed(6)).join(',')},1000000`
  })
  return `Date,Open,High,Low,Close,Volume\n${lines.join('\n')}\n`
}

describe('a backtest of a portfolio whose capital moves', () => {
  it('reports the weights in force, every change with its reason, and the same as a table', async () => {
    for (const [name, returns] of Object.entries(RETURNS))
      writeFileSync(join(folder, `${name}.csv`), priceFile(returns))
    writeFileSync(join(folder, 'p.yaml'), PORTFOLIO)
    const { code, out, err } = await command(folder, ['backtest', 'p.yaml', '--data', '.', '--out', 'out', '--json'])
    expect([code, err]).toEqual([0, expect.not.stringContaining('error')])
    const { capital, sleeves, invariants } = JSON.parse(out) as BacktestReport
    expect(invariants.violated).toEqual([])
    expect(sleeves.map(({ shadow }) => shadow !== null)).toEqual([true, true, true])
    const { method, names, days, records } = capital!
    expect([method, names]).toEqual(['inverse_volatility', ['calm', 'wild', 'falls']])
    expect(days[0]!.weights).toEqual([0.333333334, 0.333333333, 0.333333333])
    const computed = days.filter((day) => day.computed && day.tradeDate !== null)
    // Weekdays that are holidays of the exchange have no session.
    expect(computed).toHaveLength(3)
    for (const { weights } of computed) {
      expect(weights[0]!).toBe(Math.max(...weights))
      expect(weights[0]!).toBeLessThanOrEqual(0.6)
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(0.1)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9)
    }
    const fell = records.find(({ cause }) => cause === 'ladder')!
    expect(fell).toMatchObject({ sleeve: 'falls', before: 1, after: 0.5 })
    expect(fell.reason).toMatch(/^month to date -(1[5-9]|2[0-4])\.\d\d %$/)
    expect(new Set(records.map(({ cause }) => cause))).toEqual(new Set(['weights', 'ladder', 'volatilityTarget']))
    const table = readFileSync(join(folder, 'out', 'capital.csv'), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(table).toHaveLength(records.length + 1)
    expect(readFileSync(join(folder, 'out', 'report.html'), 'utf8')).toContain('What each sleeve may use')
  })
})
