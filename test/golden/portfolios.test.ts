import { beforeAll, describe, expect, it } from 'vitest'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import { dataFolder } from '../outside-data.ts'
import { isNightly } from '../profile.ts'
import { condensed, expectKept, RUN_MS, root, runner, type Written } from './kept.ts'

/*
 * Presets over the longest span for which the folder of data has prices of what they trade. Of their reports long lists are
 * kept as hashes.
 */

const data = dataFolder()
const run = runner()
const ROUND_TRIPS_MIN = 20

/** The first day from which a preset has something to trade, up to the end of the files; and where its report is kept. */
const PRESETS: readonly (readonly [name: string, from: string, kept: string])[] = [
  ['channels', '2000-01-01', 'channels-longest'],
  ['momentum-trio', '2000-01-01', 'momentum-trio'],
  ['momentum-reversion-trend', '2000-01-01', 'momentum-reversion-trend'],
  ['multi-strategy', '2010-01-01', 'multi-strategy'],
  ['lifecycle', '2020-01-01', 'lifecycle'],
  ['six-bots', '2010-01-01', 'six-bots'],
  // Every strategy over every instrument takes as long as all the others together; the variants trade what their main one does.
  ...(isNightly
    ? ([
        ['multi-strategy/dynamic', '2010-01-01', 'multi-strategy-dynamic'],
        ['multi-strategy/risk-parity', '2010-01-01', 'multi-strategy-risk-parity'],
        ['all', '2010-01-01', 'all'],
      ] as const)
    : ([['all', '2022-01-01', 'all-from-2022']] as const)),
]

/** Sleeves that say why they closed few round trips: one that is paused, and two that have three years in which to trade. */
const FEW: Readonly<Record<string, readonly string[]>> = {
  'momentum-trio': ['momentum_200'],
  'all-from-2022': ['pairs', 'futures_trend'],
}

describe.skipIf(data === null).each(PRESETS)('%s on real files (needs the data folder)', (name, from, kept) => {
  let written: Written
  let report: BacktestReport

  beforeAll(() => {
    written = run(kept, ['backtest', `presets/${name}.yaml`, '--data', data ?? '', '--from', from])
    report = JSON.parse(written.report) as BacktestReport
  }, RUN_MS)

  it('gives the report that it always gave', () => expectKept(kept, condensed(written)))

  it('breaks no invariant, and sends one order per instrument and cycle', () => {
    expect(report.invariants.violated).toEqual([])
    expect(report.maxOrdersPerInstrumentCycle).toBe(1)
    expect(written.report).not.toContain(root)
  })

  it('closes enough round trips in every strategy, or says why not', () => {
    for (const { name: sleeve, strategy, roundTrips, fewRoundTrips } of report.sleeves) {
      if (strategy === null) continue
      const isTold = roundTrips >= ROUND_TRIPS_MIN ? fewRoundTrips === null : fewRoundTrips !== null
      expect({ sleeve, isTold }).toEqual({ sleeve, isTold: true })
    }
    const few = report.sleeves.filter(({ fewRoundTrips }) => fewRoundTrips !== null).map(({ name: sleeve }) => sleeve)
    expect(few).toEqual(FEW[kept] ?? [])
  })

  it('has sleeves whose profits add up to the portfolio', () => {
    const sum = report.attribution.sleeves.reduce((total, { profit }) => total + profit, 0)
    expect(sum).toBeCloseTo(report.portfolio.final - report.portfolio.initial, 4)
  })
})
