import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { fromDays, toDays, tradeDate } from '../domain/sessions.ts'
import { runBacktest } from '../engine/run/run.ts'
import { createRandom } from '../numerics/random.ts'
import { loadPortfolio } from './config/load.ts'
import { packageRoot } from './package-root.ts'
import { loadMarket } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-unattended-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const DAYS = 420
const CRASH = { from: 120, to: 130, perDay: -0.035 }
const COLUMNS = ['mkt_rf', 'smb', 'hml', 'rmw', 'cma', 'mom']

/** Weekdays of six quiet streams that rise by themselves, with ten days on which all of them fall together. */
function writeStreams(): void {
  const random = createRandom(7)
  const first = toDays(tradeDate(20_190_102))
  const rows: string[] = []
  for (let day = 0; rows.length < DAYS; day += 1) {
    const weekday = (first + day + 3) % 7
    if (weekday >= 5) continue
    const falls = rows.length >= CRASH.from && rows.length < CRASH.to
    const returns = COLUMNS.map(() => (falls ? CRASH.perDay : 0.001 + 0.006 * (random.uniform() - 0.5)).toFixed(6))
    const date = String(fromDays(first + day))
    rows.push(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)},${returns.join(',')}`)
  }
  mkdirSync(join(folder, 'strategy_returns'))
  writeFileSync(
    join(folder, 'strategy_returns', 'ff5_mom_daily.csv'),
    `date,${COLUMNS.join(',')}\n${rows.join('\n')}\n`,
  )
}
writeStreams()

/** The rules of the six bots over recorded streams in the bots' place: what they trade cannot be made to fall together. */
function writePortfolio(): string {
  const preset = parse(readFileSync(join(packageRoot(), 'presets', 'six-bots.yaml'), 'utf8')) as Record<string, unknown>
  const { events: _, benchmark: __, parity: ___, instruments_file: ____, costs: _____, ...rules } = preset
  const bots = Object.keys((preset['allocation'] as { readonly volatilities: object }).volatilities)
  const sleeves = bots.map((id, place) => ({
    id,
    kind: 'return_stream',
    returns: { file: 'strategy_returns/ff5_mom_daily.csv', column: COLUMNS[place]! },
  }))
  const file = join(folder, 'six-bots.yaml')
  writeFileSync(file, stringify({ ...rules, sleeves }))
  return file
}

describe('the six-bots preset', () => {
  it('comes back from a crash by itself: halted, liquidated, flat, and in again step by step', async () => {
    const loaded = await loadPortfolio(writePortfolio())
    const market = await loadMarket(loaded, folder, { from: null, to: null })
    const result = runBacktest({
      config: loaded.config,
      market,
      strategies: [...loaded.strategies.values()],
      checks: true,
    })
    expect(result.invariants.violated).toEqual([])
    const halts = result.violations.map(({ rule, action, resolution }) => [rule, action, resolution?.how])
    expect(halts).toEqual([
      ['portfolio_drawdown', 'halt_entries', 'reset'],
      ['portfolio_drawdown', 'liquidate_all', 'reset'],
    ])
    expect(result.refusals.filter(({ rule }) => rule === 'paused')).toEqual([])
    const invested = [...result.grossExposure].map((exposure, day) => exposure / result.equity[day]!)
    const flat = invested.flatMap((part, day) => (day > 0 && part === 0 ? [day] : []))
    // Twenty flat sessions, then a quarter more every five.
    expect(flat).toHaveLength(20)
    const back = invested.slice(flat.at(-1)! + 1)
    for (const [step, most] of [0.25, 0.5, 0.75].entries()) {
      const held = back.slice(step * 5, step * 5 + 5)
      expect(Math.max(...held)).toBeLessThan(most + 0.01)
      expect(Math.min(...held)).toBeGreaterThan(most - 0.01)
    }
    expect(back[15]).toBeGreaterThan(0.99)
    expect(back.at(-1)).toBeGreaterThan(0.99)
  })
})
