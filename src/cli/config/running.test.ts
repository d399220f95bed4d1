import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { DESK_POLICY } from '../../live/desk/policy.ts'
import { loadPortfolio } from './load.ts'
import type { RunningSettings } from './running.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-running-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function running(block: string): Promise<RunningSettings> {
  const file = join(folder, 'p.yaml')
  writeFileSync(
    file,
    `name: test
capital: 100000
instruments: {SPY: {kind: equity, file: spy.csv}}
sleeves: [{id: one, weight: 1, strategy: mean-reversion, universe: [SPY], sizing: {kind: notional, amount: 1000}}]
${block}
`,
  )
  return (await loadPortfolio(file)).running
}

async function said(block: string): Promise<string> {
  try {
    await running(block)
    return 'fine'
  } catch (cause) {
    return (cause as Error).message.replaceAll(`${folder}/`, '')
  }
}

describe('orders of a portfolio file', () => {
  it('trip nothing on paper that is not named, and live what live trading always has', async () => {
    const { desk } = await running('')
    expect(Object.values(desk.breakers).every((limit) => limit === Number.POSITIVE_INFINITY)).toBe(true)
    expect({ ...desk, breakers: null }).toEqual({ ...DESK_POLICY, breakers: null })
    expect((await running('mode: live')).desk).toEqual(DESK_POLICY)
  })

  it('are as patient, and stopped by what, the file says', async () => {
    const block = `mode: live
engine:
  orders: {intent_life: 2m, sweep_every: 15s, takeover_wait: 20s, breakers: {rejects: 7, notional_per_day: 50000}}`
    const { desk } = await running(block)
    expect(desk).toEqual({
      ...DESK_POLICY,
      intentLife: 120_000,
      sweepEvery: 15_000,
      takeoverWait: 20_000,
      breakers: { ...DESK_POLICY.breakers, rejects: 7, notionalPerDay: 50_000 },
    })
  })

  it('are refused by line and key where a number cannot be', async () => {
    const wrong = 'engine: {orders: {sweep_every: 15, breakers: {rejects: 0, reject: 3}}}'
    const text = await said(wrong)
    expect(text).toContain('p.yaml:5')
    for (const key of ['engine.orders.sweep_every', 'engine.orders.breakers.rejects', '"reject"']) {
      expect(text).toContain(key)
    }
  })
})

describe('the pace of a portfolio file', () => {
  it('is a minute, five where all trade round the clock, or as it says; what is not used of it is named', async () => {
    const { cycleMs } = await running('')
    const coins = (await readFile(join(folder, 'p.yaml'), 'utf8')).replace('kind: equity', 'kind: crypto, unit: 0.01')
    expect([cycleMs, (await running('engine: {cycle: 30s}')).cycleMs]).toEqual([60_000, 30_000])
    writeFileSync(join(folder, 'coins.yaml'), coins)
    expect((await loadPortfolio(join(folder, 'coins.yaml'))).running.cycleMs).toBe(300_000)
    writeFileSync(join(folder, 'watched.yaml'), coins.replace('strategy:', 'watch: 1m, strategy:'))
    expect((await loadPortfolio(join(folder, 'watched.yaml'))).running.cycleMs).toBe(60_000)
    await running('engine: {update_every: 5m}')
    expect((await loadPortfolio(join(folder, 'p.yaml'))).unused).toEqual([
      expect.stringMatching(/^engine.update_every is not used: /),
    ])
  })
})
