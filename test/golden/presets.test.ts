import { beforeAll, describe, expect, it } from 'vitest'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import { dataFolder } from '../outside-data.ts'
import { isNightly } from '../profile.ts'
import { expectKept, RUN_MS, root, runner, type Written } from './kept.ts'

/*
 * The channels preset as a user runs it, on real files and on the simulated market: the report is kept whole, and every
 * file's hash with it, so each run of the tests is the second one of the run that was kept.
 */

const data = dataFolder()
const run = runner()
/** Numbers of the invariants that every run looks at. */
const ALWAYS_CHECKED = [1, 2, 3, 4, 6, 13, 14]
const PERIOD = ['--from', '2020-01-01', '--to', '2024-12-31']

/** What holds for every run of the preset, whatever its market. */
function expectSound(text: string): BacktestReport {
  const report = JSON.parse(text) as BacktestReport
  expect(report.portfolio.initial).toBe(99_000)
  expect(report.sleeves.map(({ capital }) => capital)).toEqual([24_750, 19_800, 24_750, 14_850, 14_850])
  expect(report.invariants.violated).toEqual([])
  const { checked } = report.invariants
  for (const number of ALWAYS_CHECKED) {
    const [name, count] = Object.entries(checked).find(([key]) => key.startsWith(`${number} `)) ?? [number, 0]
    expect({ name, isChecked: count > 0 }).toEqual({ name, isChecked: true })
  }
  expect(report.maxOrdersPerInstrumentCycle).toBe(1)
  expect(report.files.folder).toBeNull()
  expect(text).not.toContain(root)
  return report
}

describe.skipIf(data === null)('the channels preset on real files (needs the folder of POLYFOLIO_TEST_DATA)', () => {
  const args = ['backtest', 'presets/channels.yaml', '--data', data ?? '', ...PERIOD]
  let written: Written

  beforeAll(() => {
    written = run('channels', args)
  }, RUN_MS)

  it('gives the report that it always gave', () => expectKept('channels', written))

  it.skipIf(!isNightly)(
    'gives every file byte for byte on a second run of the day (needs the nightly profile)',
    () => {
      expect(run('channels-again', args)).toEqual(written)
    },
    RUN_MS,
  )

  it('closes round trips in every channel, breaks nothing and orders once per instrument and cycle', () => {
    const { sleeves } = expectSound(written.report)
    for (const { name, roundTrips } of sleeves.filter(({ strategy }) => strategy !== null)) {
      expect({ name, isEnough: roundTrips >= 20 }).toEqual({ name, isEnough: true })
    }
  })
})

describe('the channels preset on the simulated market', () => {
  let written: Written

  beforeAll(() => {
    written = run('demo', ['demo'])
  }, RUN_MS)

  it('gives the report that it always gave', () => expectKept('demo', written))

  it.skipIf(!isNightly)(
    'gives every file byte for byte on a second run of the day (needs the nightly profile)',
    () => {
      expect(run('demo-again', ['demo'])).toEqual(written)
    },
    RUN_MS,
  )

  it('trades every channel and breaks nothing', () => {
    const { sleeves } = expectSound(written.report)
    for (const { name, roundTrips, strategy } of sleeves) {
      expect({ name, trades: roundTrips > 0 }).toEqual({ name, trades: strategy !== null })
    }
  })
})
