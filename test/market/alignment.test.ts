import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nyseSessions } from '../../src/adapters/calendars/nyse.ts'
import { readSeries } from '../../src/cli/data/read-series.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import { clockId, instrumentId } from '../../src/domain/units.ts'
import { alignClock, type ClockMember } from '../../src/pipeline/market/align.ts'
import { dataFolder } from '../outside-data.ts'

const data = dataFolder()

describe.skipIf(data === null)('alignment of real files (skipped without the data folder)', () => {
  it('knows that COIN lists in 2021 and a small cap ends in 2024', async () => {
    const members: ClockMember[] = []
    for (const name of ['stocks_daily/TSLA', 'stocks_daily/COIN', 'smallcaps_daily/ATEN']) {
      const result = await readSeries(join(data!, `${name}.csv`), `${name}.csv`, tradeDate(20261120))
      if (!result.ok) throw new Error(name)
      const factors = new Float64Array(result.series.dates.length).fill(1)
      members.push({ instrument: instrumentId(name.split('/')[1]!), series: result.series, factors })
    }
    const { block, actions, notes } = alignClock({
      clock: clockId('nyse-day'),
      sessions: nyseSessions(),
      members,
      from: tradeDate(20200101),
      to: tradeDate(20241231),
      barMs: null,
      dataEnd: null,
    })
    expect(block.tradeDates).toHaveLength(1258)
    expect(actions.map(({ tradeDate: date, action }) => `${date} ${action.kind}`)).toEqual(['20240308 ended'])
    expect(notes.map(({ instrument, text }) => `${instrument}: ${text}`)).toEqual([
      'COIN: not yet listed until 2021-04-14',
      'ATEN: ends on 2024-03-08: positions close at the last close',
    ])
  })
})
