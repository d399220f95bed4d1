import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolder } from '../../test/outside-data.ts'
import { readScreener } from '../adapters/feeds/screener.ts'
import type { ScreenRecord } from '../domain/recorded.ts'
import type { TradeDate } from '../domain/units.ts'
import { readDocument } from './config/includes.ts'
import { type RawScreen, screenSchema } from './config/schema/universe.ts'
import { packageRoot } from './package-root.ts'
import { screenRecords } from './screen.ts'

const CRITERIA: RawScreen = {
  market_cap: { min: 50, max: 300 },
  float_max: 20,
  volume_min: 5,
  sectors: ['Health', 'EV'],
  sectors_required: true,
  sector_groups: { EV: ['Auto Manufacturers'] },
}
const record = (given: Partial<ScreenRecord>): ScreenRecord => ({
  snapshotDate: 20_230_815 as TradeDate,
  symbol: 'AAA',
  name: 'A',
  sector: 'Health',
  industry: 'Biotechnology',
  marketCap: 100,
  sharesOutstanding: null,
  floatShares: 10,
  shortFloat: null,
  averageVolume: 6,
  price: null,
  volume: null,
  previousClose: null,
  line: 2,
  ...given,
})
const reasons = (given: Partial<ScreenRecord>, criteria = CRITERIA): readonly string[] =>
  screenRecords([record(given)], criteria).failures[0]?.reasons ?? []

describe('a screen', () => {
  it('passes the bounds of market capitalisation and asks strictly for float and volume', () => {
    expect(reasons({ marketCap: 50 })).toEqual([])
    expect(reasons({ marketCap: 300 })).toEqual([])
    expect(reasons({ marketCap: 301 })).toEqual(['market_cap 301 is not at most 300'])
    expect(reasons({ floatShares: 20 })).toEqual(['float_shares 20 is not below 20'])
    expect(reasons({ averageVolume: 5 })).toEqual(['avg_volume 5 is not above 5'])
  })
  it('names every reason, and a missing field is one', () => {
    expect(
      reasons({ marketCap: null, floatShares: null, averageVolume: 1, sector: 'Energy', industry: 'Oil' }),
    ).toEqual([
      'market_cap is missing',
      'float_shares is missing',
      'avg_volume 1 is not above 5',
      'Energy / Oil is outside Health, EV',
    ])
  })
  it('takes a group of industries as a sector and marks where sectors are no must', () => {
    expect(reasons({ sector: 'Consumer Cyclical', industry: 'Auto  Manufacturers' })).toEqual([])
    const marked = screenRecords([record({ sector: 'Energy' })], { ...CRITERIA, sectors_required: false })
    expect(marked.passes.map(({ sectorMatch }) => sectorMatch)).toEqual([false])
  })
  it('asks nothing that is left out', () => {
    expect(reasons({ marketCap: null, floatShares: null, averageVolume: null }, { sectors_required: true })).toEqual([])
  })
})

const data = dataFolder()
describe.skipIf(data === null)('the channels screen on the snapshot of 2023-08-15 (needs the data folder)', () => {
  it('passes exactly eleven names, nine of them in its sectors', async () => {
    const document = readDocument(join(packageRoot(), 'presets', 'channels.yaml'))
    const criteria = screenSchema.parse((document.value as { readonly screen: unknown }).screen)
    const { records } = await readScreener(join(data!, 'screener', 'finviz_2023-08.csv'), 'finviz_2023-08.csv')
    const result = screenRecords(records, criteria)
    expect(result.passes.map(({ symbol }) => symbol).sort()).toEqual(
      'CLEU CUTR CXAI FARM GP GSIT LMDX NERV UCAR VTGN ZURA'.split(' '),
    )
    expect(result.passes.length + result.failures.length).toBe(records.length)
    const strict = screenRecords(records, { ...criteria, sectors_required: true })
    expect(strict.passes).toHaveLength(9)
    const outside = result.passes.filter(({ sectorMatch }) => sectorMatch === false).map(({ symbol }) => symbol)
    expect(outside.sort()).toEqual(['CLEU', 'FARM'])
  })
})
