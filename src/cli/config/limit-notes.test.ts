import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { limitNotes } from './limit-notes.ts'
import { loadPortfolio } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-limit-notes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Two sleeves of 60 % and 40 %, with three places of 10 % each and four of 5,000. */
async function notesOf(limits: string, sleeve = '', sector = ''): Promise<readonly string[]> {
  writeFileSync(
    join(folder, 'p.yaml'),
    `name: Limited
capital: 100000
instruments:
  AAA: {file: a.csv${sector}}
${limits}
sleeves:
  - id: one
    weight: 0.6
    strategy: mean-reversion
    universe: [AAA]
    sizing: {kind: percent, fraction: 0.1}
    limits: {positions_max: 3${sleeve}}
  - id: two
    weight: 0.4
    strategy: mean-reversion
    universe: [AAA]
    sizing: {kind: notional, amount: 5000}
    limits: {positions_max: 4}
`,
  )
  const loaded = await loadPortfolio(join(folder, 'p.yaml'))
  return limitNotes(loaded.config, loaded.instruments)
}

describe('limits that can never bind', () => {
  it.each([
    [
      'limits: {positions_max: 7}',
      'limits: {positions_max: 6}',
      'limits.positions_max (7) can never bind: the sleeves have 7 places in all',
    ],
    [
      'limits: {exposure_max: 0.38}',
      'limits: {exposure_max: 0.37}',
      'limits.exposure_max (0.38) can never bind: places and sizes put at most 0.38 of the capital to work',
    ],
    [
      'limits: {cash_min: 0.3, exposure_max: 0.2}',
      'limits: {cash_min: 0.7}',
      'limits.cash_min (0.3) can never bind: limits.exposure_max allows 0.2 of equity in all',
    ],
    [
      'limits: {sector_weight_max: 0.7, cash_min: 0.3}',
      'limits: {sector_weight_max: 0.69, cash_min: 0.3}',
      'limits.sector_weight_max (0.7) can never bind: limits.cash_min leaves 0.7 of equity to work with',
    ],
    [
      'limits: {asset_class_weight_max: 1}',
      'leverage: 1.5\nlimits: {asset_class_weight_max: 1}',
      'limits.asset_class_weight_max (1) can never bind: leverage allows 1 of equity in all',
    ],
    [
      'leverage: 2\nlimits: {leverage_net_max: 2}',
      'leverage: 2\nlimits: {leverage_net_max: 0.5}',
      'limits.leverage_net_max (2) can never bind: leverage allows 2 of equity in all',
    ],
    [
      'limits: {lifecycle: {exposure_max: 0.5}}\noverlays: {lifecycle: {stages: {one: MATURE, two: DECAY}, total: {MATURE: 0.2, VALIDATION: 0.1, DISCOVERY: 0.05, DECAY: 0.1}}}',
      'limits: {lifecycle: {exposure_max: 0.4, cash_min: 0.7}}\noverlays: {lifecycle: {stages: {one: MATURE, two: DECAY}}}',
      'limits.lifecycle.exposure_max (0.5) can never bind: all stages together may have 0.45 of equity',
    ],
    [
      'limits: {lifecycle: {}}\noverlays: {lifecycle: {stages: {one: MATURE, two: DECAY}}}',
      'limits: {lifecycle: {cash_min: 0.6}}\noverlays: {lifecycle: {stages: {one: MATURE, two: DECAY}}}',
      'limits.lifecycle.cash_min (0.3) can never bind: exposure_max allows 0.5 of equity in all',
    ],
  ])('%s is named, %s is not', async (idle, binding, note) => {
    expect(await notesOf(idle, '', ', sector: Energy')).toContain(note)
    expect(await notesOf(binding, '', ', sector: Energy')).toEqual([])
  })

  it.each([
    [
      ', position_weight_max: 0.2',
      ', position_weight_max: 0.1',
      'one: limits.position_weight_max (0.2) can never bind: each entry is sized to 0.1 of the sleeve',
    ],
    [
      ', leverage_max: 0.5',
      ', leverage_max: 0.3',
      'one: limits.leverage_max (0.5) can never bind: 3 places of 0.1 are 0.3 of the sleeve',
    ],
  ])('of a sleeve: %s is named, %s is not', async (idle, binding, note) => {
    expect(await notesOf('', idle)).toEqual([note])
    expect(await notesOf('', binding)).toEqual([])
  })

  it('says that sectors are limited where none is known', async () => {
    const limits = 'limits: {sector_weight_max: 0.2}'
    expect(await notesOf(limits)).toEqual([
      'limits.sector_weight_max limits all instruments together: none of them names its sector',
    ])
    expect(await notesOf(limits, '', ', sector: Energy')).toEqual([])
  })
})
