import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dataFolder } from '../../../test/outside-data.ts'
import type { Instant, InstrumentId, TradeDate } from '../../domain/units.ts'
import { loadPortfolio } from '../config/load.ts'
import { loadMarket } from '../run.ts'

const data = dataFolder()
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-chains-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(data === null)('option chains of a portfolio (needs the data folder)', () => {
  it('are recorded ones on the days that a file holds, and of the model on the others', async () => {
    const file = join(folder, 'p.yaml')
    writeFileSync(
      file,
      `name: Chains
capital: 100000
sleeves:
  - {id: a, weight: 1, strategy: theta-decay, universe: [AAPL], sizing: {kind: maximum_loss, budget: 2500, contracts_max: 2}}
instruments: {AAPL: {file: splits_raw/AAPL.csv, prices: raw}}
options:
  recorded: [options/AAPL_2014-06_lean_greeks.csv]
  underlyings: {AAPL: {volatility: {from: realised}}}
`,
    )
    const market = await loadMarket(await loadPortfolio(file), data!, {
      from: 20140501 as TradeDate,
      to: 20140630 as TradeDate,
    })
    const [block] = market.blocks
    const origins = Array.from(block!.tradeDates, (date, row) => {
      const at = block!.closes[row] as Instant
      return market.chains?.chain('AAPL' as InstrumentId, at, date as TradeDate, 'close', block!.close[row]!)?.origin
    })
    expect(origins.filter((origin) => origin === 'recorded').length).toBeGreaterThanOrEqual(10)
    expect(origins.filter((origin) => origin === 'model').length).toBeGreaterThan(20)
    expect(origins).not.toContain(undefined)
    expect(market.actions.map(({ action }) => action.kind)).toContain('split')
  })
})
